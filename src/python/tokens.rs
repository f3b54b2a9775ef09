//! Binds `tokens`.

use std::num::NonZeroUsize;

use pyo3::exceptions::{PyKeyError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PySequence, PyString};

use super::messages;
use crate::metrics::TOKEN_COUNTING;
use crate::tokens::{Encoding, Pretrained, PretrainedError, encoding_for_model, names};

/// Bytes of text that are counted without letting the interpreter go: about 20 µs of work.
const HELD: usize = 8192;

/// A native encoding. A lone surrogate counts as U+FFFD, a pair as the character it means, as tiktoken has it.
#[pyclass(frozen, module = "litellm_rust._native")]
struct NativeEncoding {
    encoding: Encoding,
}

/// What `work` makes of `text`, with the interpreter let go while it looks at more than `held` bytes.
fn in_text<T: Send>(text: &Bound<'_, PyString>, held: usize, work: impl Sync + Fn(&str) -> T) -> PyResult<T> {
    let _timed = TOKEN_COUNTING.call();
    let (py, work) = (text.py(), &work);
    let run = |text: &str| if text.len() > held { py.detach(|| work(text)) } else { work(text) };
    match text.to_str() {
        Ok(plain) => Ok(run(plain)),
        Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(py) => Ok(run(&without_surrogates(text)?)),
        Err(error) => Err(error),
    }
}

/// The sum of the counts of `text`'s stretches of so many characters. A pair of surrogates is two characters.
fn stretches_in(encoding: Encoding, text: &Bound<'_, PyString>, characters: NonZeroUsize) -> PyResult<usize> {
    if text.to_str().is_ok() {
        return in_text(text, HELD, |text| encoding.count_stretches(text, characters));
    }
    let mut total = 0;
    for start in (0..text.len()?).step_by(characters.get()) {
        let end = start.saturating_add(characters.get()).min(text.len()?);
        let stretch = text.as_any().cast::<PySequence>()?.get_slice(start, end)?;
        total += in_text(stretch.cast()?, HELD, |text| encoding.count(text))?;
    }
    Ok(total)
}

fn positive(characters: usize) -> PyResult<NonZeroUsize> {
    NonZeroUsize::new(characters).ok_or_else(|| PyValueError::new_err("characters: expected 1 or more, got 0"))
}

/// The start of `text` that `start` takes for `max_tokens`: `text` itself where that is all of it.
fn start_of<'py>(
    text: &Bound<'py, PyString>,
    held: usize,
    max_tokens: i64,
    start: impl Sync + for<'a> Fn(&'a str, usize) -> Result<&'a str, PretrainedError>,
) -> PyResult<Bound<'py, PyString>> {
    let limit = usize::try_from(max_tokens)
        .map_err(|_| PyValueError::new_err(format!("max_tokens: expected 0 or more, got {max_tokens}")))?;
    let kept =
        in_text(text, held, |text| start(text, limit).map(|kept| (kept.len() < text.len()).then(|| kept.to_owned())))?;
    Ok(kept.map_err(refused)?.map_or_else(|| text.clone(), |kept| PyString::new(text.py(), &kept)))
}

/// `text` with pairs of surrogates as the character they mean and lone ones as U+FFFD.
fn without_surrogates(text: &Bound<'_, PyString>) -> PyResult<String> {
    let units = text.call_method1("encode", ("utf-16-le", "surrogatepass"))?;
    let units = units.cast::<PyBytes>()?.as_bytes();
    let units = units.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    Ok(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[pymethods]
impl NativeEncoding {
    #[new]
    fn new(name: &str) -> PyResult<Self> {
        Encoding::get(name)
            .map(|encoding| Self { encoding })
            .ok_or_else(|| PyValueError::new_err(format!("unknown encoding {name:?}; known: {}", names().join(", "))))
    }

    #[getter]
    fn name(&self) -> &'static str {
        self.encoding.name()
    }

    fn count(&self, text: &Bound<'_, PyString>) -> PyResult<usize> {
        in_text(text, HELD, |text| self.encoding.count(text))
    }

    fn count_many(&self, texts: Vec<Bound<'_, PyString>>) -> PyResult<Vec<usize>> {
        texts.iter().map(|text| self.count(text)).collect()
    }

    /// The sum of the counts of `text`'s stretches of so many characters.
    fn count_stretches(&self, text: &Bound<'_, PyString>, characters: usize) -> PyResult<usize> {
        stretches_in(self.encoding, text, positive(characters)?)
    }

    /// Tokens of messages that are plain: names, texts and calls of tools; None for others.
    fn count_messages(&self, messages: &Bound<'_, PyAny>, characters: usize) -> PyResult<Option<usize>> {
        let characters = positive(characters)?;
        messages::count(messages, |text| stretches_in(self.encoding, text, characters))
    }

    fn encode(&self, text: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
        in_text(text, HELD, |text| self.encoding.encode(text))
    }

    /// Bytes that are no UTF-8 become U+FFFD.
    fn decode(&self, tokens: Vec<u32>) -> PyResult<String> {
        Ok(String::from_utf8_lossy(&self.bytes(&tokens)?).into_owned())
    }

    fn decode_bytes<'py>(&self, py: Python<'py>, tokens: Vec<u32>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.bytes(&tokens)?))
    }

    fn truncate<'py>(&self, text: &Bound<'py, PyString>, max_tokens: i64) -> PyResult<Bound<'py, PyString>> {
        start_of(text, HELD, max_tokens, |text, limit| Ok(self.encoding.truncate(text, limit)))
    }

    /// token bytes → token, without special tokens.
    fn ranks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let ranks = PyDict::new(py);
        for (bytes, token) in self.encoding.ranks() {
            ranks.set_item(PyBytes::new(py, &bytes), token)?;
        }
        Ok(ranks)
    }

    /// special token → its number.
    fn special_tokens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let tokens = PyDict::new(py);
        for (text, token) in self.encoding.special_tokens() {
            tokens.set_item(text, token)?;
        }
        Ok(tokens)
    }

    fn __repr__(&self) -> String {
        format!("<NativeEncoding {:?}>", self.encoding.name())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (&'static str,)) {
        (slf.get_type().into_any(), (slf.get().name(),))
    }
}

impl NativeEncoding {
    fn bytes(&self, tokens: &[u32]) -> PyResult<Vec<u8>> {
        self.encoding.decode(tokens).map_err(|_| PyKeyError::new_err("tokens: one is not in the vocabulary"))
    }
}

/// A tokenizer from a `tokenizer.json`. Lone surrogates are U+FFFD.
#[pyclass(frozen, module = "litellm_rust._native")]
struct NativeTokenizer {
    json: String,
    pretrained: Pretrained,
}

#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
fn refused(error: PretrainedError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymethods]
impl NativeTokenizer {
    #[new]
    fn new(py: Python<'_>, json: String) -> PyResult<Self> {
        let pretrained = py.detach(|| Pretrained::from_json(json.as_bytes()));
        let pretrained = pretrained.map_err(|error| PyValueError::new_err(format!("tokenizer.json: {error}")))?;
        Ok(Self { json, pretrained })
    }

    #[getter]
    fn vocabulary_size(&self) -> usize {
        self.pretrained.vocabulary_size()
    }

    #[pyo3(signature = (text, *, special = true))]
    fn count(&self, text: &Bound<'_, PyString>, special: bool) -> PyResult<usize> {
        in_text(text, 0, |text| self.pretrained.count(text, special))?.map_err(refused)
    }

    #[pyo3(signature = (texts, *, special = true))]
    fn count_many(&self, texts: Vec<Bound<'_, PyString>>, special: bool) -> PyResult<Vec<usize>> {
        texts.iter().map(|text| self.count(text, special)).collect()
    }

    #[pyo3(signature = (text, *, special = true))]
    fn encode(&self, text: &Bound<'_, PyString>, special: bool) -> PyResult<Vec<u32>> {
        in_text(text, 0, |text| self.pretrained.encode(text, special))?.map_err(refused)
    }

    #[pyo3(signature = (tokens, *, skip_special = true))]
    fn decode(&self, tokens: Vec<u32>, skip_special: bool) -> PyResult<String> {
        self.pretrained.decode(&tokens, skip_special).map_err(refused)
    }

    fn truncate<'py>(&self, text: &Bound<'py, PyString>, max_tokens: i64) -> PyResult<Bound<'py, PyString>> {
        start_of(text, 0, max_tokens, |text, limit| self.pretrained.truncate(text, limit))
    }

    fn __repr__(&self) -> String {
        format!("<NativeTokenizer of {} tokens>", self.pretrained.vocabulary_size())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String,)) {
        (slf.get_type().into_any(), (slf.get().json.clone(),))
    }
}

/// The name of the encoding of one of OpenAI's models, None for another.
#[pyfunction]
fn encoding_name_for_model(model: &str) -> Option<&'static str> {
    encoding_for_model(model).map(Encoding::name)
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<NativeEncoding>()?;
    module.add_class::<NativeTokenizer>()?;
    module.add("ENCODINGS", names())?;
    module.add_function(wrap_pyfunction!(encoding_name_for_model, module)?)
}
