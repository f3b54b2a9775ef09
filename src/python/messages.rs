//! Walks chat messages for `tokens`, in one pass: the plain ones that `litellm_rust/message_tokens.py` counts alike.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

/// Tokens that every message costs, and a name more.
const MESSAGE: usize = 3;
const NAME: usize = 1;

/// Tokens of `messages`; None where one holds more than names, texts and calls of tools, which is left to Python.
pub fn count(
    messages: &Bound<'_, PyAny>,
    count: impl Fn(&Bound<'_, PyString>) -> PyResult<usize>,
) -> PyResult<Option<usize>> {
    let Ok(messages) = messages.cast_exact::<PyList>() else { return Ok(None) };
    let counter = Counter { count };
    let mut total = 0;
    for message in messages {
        let Some(counted) = counter.message(&message)? else { return Ok(None) };
        total += counted;
    }
    Ok(Some(total))
}

struct Counter<F> {
    count: F,
}

/// None: left to Python.
type Counted = PyResult<Option<usize>>;

impl<F: Fn(&Bound<'_, PyString>) -> PyResult<usize>> Counter<F> {
    fn message(&self, message: &Bound<'_, PyAny>) -> Counted {
        let Ok(message) = message.cast_exact::<PyDict>() else { return Ok(None) };
        let mut total = MESSAGE;
        for (key, value) in message {
            let Ok(key) = key.cast_exact::<PyString>() else { return Ok(None) };
            let Some(counted) = self.field(key.to_str().unwrap_or_default(), &value)? else { return Ok(None) };
            total += counted;
        }
        Ok(Some(total))
    }

    fn field(&self, key: &str, value: &Bound<'_, PyAny>) -> Counted {
        if value.is_none() {
            return Ok(Some(0));
        }
        match key {
            "tool_calls" => self.each(value, |call| self.call(call)),
            "function_call" => Ok(None),
            _ => match value.cast_exact::<PyString>() {
                Ok(text) => Ok(Some((self.count)(text)? + if key == "name" { NAME } else { 0 })),
                Err(_) if key == "content" => self.each(value, |block| self.block(block)),
                Err(_) => Ok(None),
            },
        }
    }

    fn each(&self, values: &Bound<'_, PyAny>, one: impl Fn(&Bound<'_, PyAny>) -> Counted) -> Counted {
        let Ok(values) = values.cast_exact::<PyList>() else { return Ok(None) };
        let mut total = 0;
        for value in values {
            let Some(counted) = one(&value)? else { return Ok(None) };
            total += counted;
        }
        Ok(Some(total))
    }

    fn call(&self, call: &Bound<'_, PyAny>) -> Counted {
        let Some(function) = item(call, "function")? else { return Ok(None) };
        self.text(item(&function, "arguments")?)
    }

    fn block(&self, block: &Bound<'_, PyAny>) -> Counted {
        let Some(kind) = item(block, "type")? else { return Ok(None) };
        let is_text = kind.cast_exact::<PyString>().is_ok_and(|kind| kind == "text");
        if is_text { self.text(item(block, "text")?) } else { Ok(None) }
    }

    fn text(&self, text: Option<Bound<'_, PyAny>>) -> Counted {
        let Some(text) = text else { return Ok(None) };
        let Ok(text) = text.cast_exact::<PyString>() else { return Ok(None) };
        (self.count)(text).map(Some)
    }
}

fn item<'py>(mapping: &Bound<'py, PyAny>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    match mapping.cast_exact::<PyDict>() {
        Ok(mapping) => mapping.get_item(key),
        Err(_) => Ok(None),
    }
}
