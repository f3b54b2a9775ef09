//! Binds `tokens`.

use pyo3::exceptions::{PyKeyError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::metrics::TOKEN_COUNTING;
use crate::tokens::{Encoding, Pretrained, PretrainedError, encoding_for_model, names};

/// Bytes of text above which the interpreter is let go while counting: about 20 µs of work.
const RELEASE_ABOVE: usize = 8192;

/// A native encoding. A lone surrogate counts as U+FFFD, a pair as the character it means, as tiktoken has it.
#[pyclass(frozen, module = "litellm_rust._native")]
struct NativeEncoding {
    encoding: Encoding,
}

impl NativeEncoding {
    fn with<T: Send>(&self, text: &Bound<'_, PyString>, work: impl Sync + Fn(Encoding, &str) -> T) -> PyResult<T> {
        let _timed = TOKEN_COUNTING.call();
        let (py, encoding) = (text.py(), self.encoding);
        let work = &work;
        let run = |text: &str| {
            if text.len() > RELEASE_ABOVE { py.detach(|| work(encoding, text)) } else { work(encoding, text) }
        };
        match text.to_str() {
            Ok(plain) => Ok(run(plain)),
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(py) => Ok(run(&without_surrogates(text)?)),
            Err(error) => Err(error),
        }
    }
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
        self.with(text, Encoding::count)
    }

    fn count_many(&self, texts: Vec<Bound<'_, PyString>>) -> PyResult<Vec<usize>> {
        texts.iter().map(|text| self.count(text)).collect()
    }

    fn encode(&self, text: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
        self.with(text, Encoding::encode)
    }

    /// Bytes that are no UTF-8 become U+FFFD.
    fn decode(&self, tokens: Vec<u32>) -> PyResult<String> {
        Ok(String::from_utf8_lossy(&self.bytes(&tokens)?).into_owned())
    }

    fn decode_bytes<'py>(&self, py: Python<'py>, tokens: Vec<u32>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.bytes(&tokens)?))
    }

    fn truncate<'py>(&self, text: &Bound<'py, PyString>, max_tokens: i64) -> PyResult<Bound<'py, PyString>> {
        let limit = usize::try_from(max_tokens)
            .map_err(|_| PyValueError::new_err(format!("max_tokens: expected 0 or more, got {max_tokens}")))?;
        let kept = self.with(text, |encoding, text| {
            let kept = encoding.truncate(text, limit);
            (kept.len() < text.len()).then(|| kept.to_owned())
        })?;
        Ok(kept.map_or_else(|| text.clone(), |kept| PyString::new(text.py(), &kept)))
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

impl NativeTokenizer {
    fn with<T: Send>(
        &self,
        text: &Bound<'_, PyString>,
        work: impl Sync + Fn(&Pretrained, &str) -> Result<T, PretrainedError>,
    ) -> PyResult<T> {
        let _timed = TOKEN_COUNTING.call();
        let (py, pretrained, work) = (text.py(), &self.pretrained, &work);
        let run = |text: &str| py.detach(|| work(pretrained, text)).map_err(refused);
        match text.to_str() {
            Ok(plain) => run(plain),
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(py) => run(&without_surrogates(text)?),
            Err(error) => Err(error),
        }
    }
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
        self.with(text, |pretrained, text| pretrained.count(text, special))
    }

    #[pyo3(signature = (texts, *, special = true))]
    fn count_many(&self, texts: Vec<Bound<'_, PyString>>, special: bool) -> PyResult<Vec<usize>> {
        texts.iter().map(|text| self.count(text, special)).collect()
    }

    #[pyo3(signature = (text, *, special = true))]
    fn encode(&self, text: &Bound<'_, PyString>, special: bool) -> PyResult<Vec<u32>> {
        self.with(text, |pretrained, text| pretrained.encode(text, special))
    }

    #[pyo3(signature = (tokens, *, skip_special = true))]
    fn decode(&self, tokens: Vec<u32>, skip_special: bool) -> PyResult<String> {
        self.pretrained.decode(&tokens, skip_special).map_err(refused)
    }

    fn truncate<'py>(&self, text: &Bound<'py, PyString>, max_tokens: i64) -> PyResult<Bound<'py, PyString>> {
        let limit = usize::try_from(max_tokens)
            .map_err(|_| PyValueError::new_err(format!("max_tokens: expected 0 or more, got {max_tokens}")))?;
        let kept = self.with(text, |pretrained, text| {
            let kept = pretrained.truncate(text, limit)?;
            Ok((kept.len() < text.len()).then(|| kept.to_owned()))
        })?;
        Ok(kept.map_or_else(|| text.clone(), |kept| PyString::new(text.py(), &kept)))
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
