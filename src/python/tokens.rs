//! Binds `tokens`.

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyDict};

use crate::tokens::{Encoding, names};

/// Bytes of text above which the interpreter is let go while counting: about 20 µs of work.
const RELEASE_ABOVE: usize = 512;

/// A native encoding.
#[pyclass(frozen, module = "litellm_rust._native")]
struct NativeEncoding {
    encoding: Encoding,
}

impl NativeEncoding {
    fn with<T: Send>(&self, py: Python<'_>, size: usize, work: impl Send + FnOnce(&Encoding) -> T) -> T {
        if size > RELEASE_ABOVE { py.detach(|| work(&self.encoding)) } else { work(&self.encoding) }
    }
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

    fn count(&self, py: Python<'_>, text: &str) -> usize {
        self.with(py, text.len(), |encoding| encoding.count(text))
    }

    fn count_many(&self, py: Python<'_>, texts: Vec<PyBackedStr>) -> Vec<usize> {
        py.detach(|| texts.iter().map(|text| self.encoding.count(text)).collect())
    }

    fn encode(&self, py: Python<'_>, text: &str) -> Vec<u32> {
        self.with(py, text.len(), |encoding| encoding.encode(text))
    }

    fn decode_bytes<'py>(&self, py: Python<'py>, tokens: Vec<u32>) -> PyResult<Bound<'py, PyBytes>> {
        match self.encoding.decode(&tokens) {
            Ok(bytes) => Ok(PyBytes::new(py, &bytes)),
            Err(_) => Err(PyKeyError::new_err("tokens: one is not in the vocabulary")),
        }
    }

    fn truncate<'a>(&self, text: &'a str, max_tokens: usize) -> &'a str {
        self.encoding.truncate(text, max_tokens)
    }

    /// token bytes → token, without special tokens.
    fn ranks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let ranks = PyDict::new(py);
        for (bytes, token) in self.encoding.ranks() {
            ranks.set_item(PyBytes::new(py, &bytes), token)?;
        }
        Ok(ranks)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<NativeEncoding>()?;
    module.add("ENCODINGS", names())
}
