//! Binds `metrics`: counters to add to, and what they hold.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::metrics::{self, BOUNDS_S, Feature};

/// Which of a feature's counters a `Counter` stands for.
#[derive(Clone, Copy)]
enum Kind {
    Native,
    Shadowed,
    Differences,
}

/// A counter that many threads may raise.
#[pyclass(frozen, module = "litellm_rust._native")]
struct Counter {
    feature: Arc<Feature>,
    kind: Kind,
}

impl Counter {
    fn counter(&self) -> &metrics::Counter {
        match self.kind {
            Kind::Native => &self.feature.native,
            Kind::Shadowed => &self.feature.shadowed,
            Kind::Differences => &self.feature.differences,
        }
    }
}

#[pymethods]
impl Counter {
    /// Count one more.
    fn add(&self) {
        self.counter().add();
    }

    #[getter]
    fn value(&self) -> u64 {
        self.counter().value()
    }
}

/// What is counted of one feature.
#[pyclass(frozen, module = "litellm_rust._native")]
struct FeatureMetrics {
    feature: Arc<Feature>,
    #[pyo3(get)]
    native: Py<Counter>,
    #[pyo3(get)]
    shadowed: Py<Counter>,
    #[pyo3(get)]
    differences: Py<Counter>,
}

#[pymethods]
impl FeatureMetrics {
    /// Calls of native functions.
    #[getter]
    fn calls(&self) -> u64 {
        self.feature.calls.value()
    }

    /// Count a call that the original served, because of `reason` (a short fixed phrase).
    fn fallback(&self, reason: &str) {
        self.feature.fallback(reason);
    }

    /// Calls left to the original, by reason.
    fn fallbacks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for (reason, count) in self.feature.fallbacks() {
            counts.set_item(reason, count)?;
        }
        Ok(counts)
    }

    /// (timed calls, their sum in seconds, calls up to each bound in seconds).
    fn latency(&self) -> (u64, f64, Vec<(f64, u64)>) {
        let latency = &self.feature.latency;
        let bounds = BOUNDS_S.into_iter().chain([f64::INFINITY]);
        (latency.count(), latency.sum_s(), bounds.zip(latency.cumulative()).collect())
    }

    /// The time in seconds that a share (0, 1] of the timed calls kept to, rounded up to a bound.
    fn quantile_s(&self, share: f64) -> f64 {
        self.feature.latency.quantile_s(share)
    }
}

/// The metrics of one feature.
#[pyfunction]
fn feature_metrics(py: Python<'_>, feature: &str) -> PyResult<FeatureMetrics> {
    let feature = metrics::feature(feature);
    let counter = |kind| Py::new(py, Counter { feature: Arc::clone(&feature), kind });
    Ok(FeatureMetrics {
        native: counter(Kind::Native)?,
        shadowed: counter(Kind::Shadowed)?,
        differences: counter(Kind::Differences)?,
        feature,
    })
}

/// Every metric in Prometheus' text format.
#[pyfunction]
fn metrics_text() -> String {
    metrics::render(&metrics::features())
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Counter>()?;
    module.add_class::<FeatureMetrics>()?;
    module.add_function(wrap_pyfunction!(feature_metrics, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_text, module)?)
}
