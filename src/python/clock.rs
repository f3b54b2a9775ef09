//! The clock of a table: seconds since 1970 that never go back, or what a Python function says.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pub struct Clock {
    started: Instant,
    started_at: f64,
    function: Option<Py<PyAny>>,
}

impl Clock {
    pub fn new(function: Option<Py<PyAny>>) -> Self {
        let started_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
        Self { started: Instant::now(), started_at, function }
    }

    /// The clock of threads without an interpreter; None where it is a function of the user's.
    #[cfg(unix)]
    pub fn native(&self) -> Option<crate::gateway::Clock> {
        let clock = crate::gateway::Clock { started: self.started, started_at: self.started_at };
        self.function.is_none().then_some(clock)
    }

    /// Seconds now. Call it before taking a lock: the function is the user's.
    pub fn now(&self, py: Python<'_>) -> PyResult<f64> {
        let Some(function) = &self.function else { return Ok(self.started_at + self.started.elapsed().as_secs_f64()) };
        let now: f64 = function.call0(py)?.extract(py)?;
        if now.is_finite() {
            return Ok(now);
        }
        Err(PyValueError::new_err(format!("clock: expected finite seconds, got {now}")))
    }
}
