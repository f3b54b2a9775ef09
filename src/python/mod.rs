//! The Python module `litellm_rust._native`: one submodule a file, registered here and nothing else.

mod clock;
#[cfg(unix)]
mod gateway;
mod limits;
mod messages;
mod metrics;
mod routing;
mod tokens;
mod transport;

use pyo3::prelude::*;

// Free-threaded Python is not tested, so not declared.
#[pymodule(gil_used = true)]
#[pyo3(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    #[cfg(unix)]
    gateway::register(module)?;
    limits::register(module)?;
    metrics::register(module)?;
    routing::register(module)?;
    tokens::register(module)?;
    transport::register(module)
}
