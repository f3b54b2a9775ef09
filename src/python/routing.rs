//! Binds `routing`: argument checks, the clock, and exceptions.

use std::sync::Arc;

use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyString;

use super::clock::Clock;
use crate::metrics::ROUTING;
use crate::routing::{Config, Error, LatencyRules, Outcome, Request, Stats, Strategy, Table};

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        match error {
            Error::UnknownGroup(group) => PyKeyError::new_err(format!("unknown model group {group:?}")),
            Error::UnknownDeployment(id) => PyKeyError::new_err(format!("unknown deployment {id:?}")),
            Error::DuplicateDeployment(id) => PyValueError::new_err(format!("deployment {id:?} is already there")),
        }
    }
}

/// A number that is finite and not negative, or the error that names it.
pub fn amount(name: &str, value: f64) -> PyResult<f64> {
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(PyValueError::new_err(format!("{name}: expected a finite number >= 0, got {value}")))
}

/// A whole number that is not negative, or the error that names it.
pub fn count(name: &str, value: i64) -> PyResult<u64> {
    u64::try_from(value).map_err(|_| PyValueError::new_err(format!("{name}: expected an integer >= 0, got {value}")))
}

fn amounts(name: &str, value: Option<f64>) -> PyResult<Option<f64>> {
    value.map(|value| amount(name, value)).transpose()
}

fn strings(name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<PyBackedStr>>> {
    let Some(value) = value else { return Ok(None) };
    if value.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!("{name}: expected an iterable of strings, got a string")));
    }
    value.try_iter()?.map(|item| item?.extract::<PyBackedStr>()).collect::<PyResult<_>>().map(Some)
}

fn borrowed(strings: &Option<Vec<PyBackedStr>>) -> Option<Vec<&str>> {
    strings.as_ref().map(|strings| strings.iter().map(|string| &**string).collect())
}

#[pyclass(frozen, weakref, module = "litellm_rust._native")]
pub(super) struct RoutingTable {
    pub(super) table: Arc<Table>,
    pub(super) clock: Clock,
}

#[pymethods]
impl RoutingTable {
    #[new]
    #[pyo3(signature = (seed=None, *, clock=None, latency_buffer=0.0, latency_samples=10, latency_ttl_s=3600.0, ttft_percentile=None))]
    fn new(
        seed: Option<i64>,
        clock: Option<Py<PyAny>>,
        latency_buffer: f64,
        latency_samples: i64,
        latency_ttl_s: f64,
        ttft_percentile: Option<f64>,
    ) -> PyResult<Self> {
        let samples = count("latency_samples", latency_samples)? as usize;
        if samples == 0 {
            return Err(PyValueError::new_err("latency_samples: expected an integer >= 1, got 0"));
        }
        if let Some(share) = ttft_percentile
            && !(share > 0.0 && share <= 1.0)
        {
            return Err(PyValueError::new_err(format!("ttft_percentile: expected 0 < share <= 1, got {share}")));
        }
        let rules = LatencyRules {
            buffer: amount("latency_buffer", latency_buffer)?,
            samples,
            ttl_s: amount("latency_ttl_s", latency_ttl_s)?,
            ttft_percentile,
        };
        let seed = seed.map(|seed| count("seed", seed)).transpose()?;
        Ok(Self { table: Arc::new(Table::new(seed, rules)), clock: Clock::new(clock) })
    }

    #[pyo3(signature = (group, deployment_id, *, weight=None, rpm=None, tpm=None, max_parallel_requests=None, order=None, input_cost=None, output_cost=None, tags=None))]
    #[expect(clippy::too_many_arguments, reason = "one crossing with everything the call needs")]
    fn add(
        &self,
        group: &str,
        deployment_id: &str,
        weight: Option<f64>,
        rpm: Option<f64>,
        tpm: Option<f64>,
        max_parallel_requests: Option<i64>,
        order: Option<i64>,
        input_cost: Option<f64>,
        output_cost: Option<f64>,
        tags: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let config = Config {
            weight: amounts("weight", weight)?,
            rpm: amounts("rpm", rpm)?,
            tpm: amounts("tpm", tpm)?,
            max_parallel_requests: max_parallel_requests
                .map(|limit| count("max_parallel_requests", limit))
                .transpose()?,
            order,
            input_cost: amounts("input_cost", input_cost)?,
            output_cost: amounts("output_cost", output_cost)?,
            tags: borrowed(&strings("tags", tags)?).unwrap_or_default().into_iter().map(str::to_owned).collect(),
        };
        Ok(self.table.add(group, deployment_id, config)?)
    }

    fn set_weight(&self, deployment_id: &str, weight: Option<f64>) -> PyResult<()> {
        let weight = amounts("weight", weight)?;
        Ok(self.table.update(deployment_id, |config| config.weight = weight)?)
    }

    fn remove(&self, deployment_id: &str) -> bool {
        self.table.remove(deployment_id)
    }

    #[pyo3(signature = (group, strategy, *, tokens=0, exclude=None, among=None, tags=None, match_any=true, stream=false, reserve=true))]
    #[expect(clippy::too_many_arguments, reason = "one crossing with everything the call needs")]
    fn pick<'py>(
        &self,
        py: Python<'py>,
        group: &str,
        strategy: &str,
        tokens: i64,
        exclude: Option<&Bound<'py, PyAny>>,
        among: Option<&Bound<'py, PyAny>>,
        tags: Option<&Bound<'py, PyAny>>,
        match_any: bool,
        stream: bool,
        reserve: bool,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let _timed = ROUTING.call();
        let Some(strategy) = Strategy::from_name(strategy) else {
            let known: Vec<&str> = Strategy::NAMES.iter().map(|(name, _)| *name).collect();
            return Err(PyValueError::new_err(format!(
                "strategy: expected one of {}, got {strategy:?}",
                known.join(", ")
            )));
        };
        let tokens = count("tokens", tokens)?;
        let exclude = strings("exclude", exclude)?;
        let (among, tags) = (strings("among", among)?, strings("tags", tags)?);
        let request = Request {
            tokens,
            exclude: borrowed(&exclude).unwrap_or_default(),
            among: borrowed(&among),
            tags: borrowed(&tags),
            match_any,
            stream,
        };
        let picked = self.table.pick(group, strategy, &request, reserve, self.clock.now(py)?)?;
        Ok(picked.map(|id| PyString::new(py, &id)))
    }

    fn reserve(&self, py: Python<'_>, deployment_id: &str) -> PyResult<bool> {
        Ok(self.table.reserve(deployment_id, self.clock.now(py)?))
    }

    fn raise_usage(&self, py: Python<'_>, deployment_id: &str, requests: i64, tokens: i64) -> PyResult<bool> {
        let (requests, tokens) = (count("requests", requests)?, count("tokens", tokens)?);
        Ok(self.table.raise_usage(deployment_id, requests, tokens, self.clock.now(py)?))
    }

    fn release(&self, deployment_id: &str) -> bool {
        self.table.release(deployment_id)
    }

    #[pyo3(signature = (deployment_id, *, ok, latency_s=None, ttft_s=None, tokens=0, completion_tokens=0, timed_out=false))]
    #[expect(clippy::too_many_arguments, reason = "one crossing with everything the call needs")]
    fn report(
        &self,
        py: Python<'_>,
        deployment_id: &str,
        ok: bool,
        latency_s: Option<f64>,
        ttft_s: Option<f64>,
        tokens: i64,
        completion_tokens: i64,
        timed_out: bool,
    ) -> PyResult<Option<(u64, u64)>> {
        let _timed = ROUTING.call();
        let outcome = Outcome {
            ok,
            timed_out,
            latency_s: amounts("latency_s", latency_s)?,
            ttft_s: amounts("ttft_s", ttft_s)?,
            tokens: count("tokens", tokens)?,
            completion_tokens: count("completion_tokens", completion_tokens)?,
        };
        Ok(self.table.report(deployment_id, &outcome, self.clock.now(py)?))
    }

    fn learn(
        &self,
        py: Python<'_>,
        deployment_id: &str,
        latencies: Vec<f64>,
        first_tokens: Vec<f64>,
    ) -> PyResult<bool> {
        for (name, values) in [("latencies", &latencies), ("first_tokens", &first_tokens)] {
            values.iter().try_for_each(|value| amount(name, *value).map(drop))?;
        }
        Ok(self.table.learn(deployment_id, &latencies, &first_tokens, self.clock.now(py)?))
    }

    fn cool_down(&self, py: Python<'_>, deployment_id: &str, seconds: f64) -> PyResult<bool> {
        Ok(self.table.cool_down(deployment_id, amount("seconds", seconds)?, self.clock.now(py)?))
    }

    fn cooling(&self, py: Python<'_>) -> PyResult<Vec<(String, f64)>> {
        let cooling = self.table.cooling(self.clock.now(py)?);
        Ok(cooling.into_iter().map(|(id, seconds)| (id.to_string(), seconds)).collect())
    }

    fn set_healthy(&self, deployment_id: &str, healthy: bool) -> bool {
        self.table.set_healthy(deployment_id, healthy)
    }

    fn usage(&self, py: Python<'_>, deployment_id: &str) -> PyResult<(u64, u64)> {
        let stats = self.table.stats(deployment_id, self.clock.now(py)?)?;
        Ok((stats.requests, stats.tokens))
    }

    fn stats<'py>(&self, py: Python<'py>, deployment_id: &str) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
        let found: Stats = self.table.stats(deployment_id, self.clock.now(py)?)?;
        let stats = pyo3::types::PyDict::new(py);
        stats.set_item("in_flight", found.in_flight)?;
        stats.set_item("requests", found.requests)?;
        stats.set_item("tokens", found.tokens)?;
        stats.set_item("successes", found.successes)?;
        stats.set_item("failures", found.failures)?;
        stats.set_item("latency_s", found.latency_s)?;
        stats.set_item("ttft_s", found.ttft_s)?;
        stats.set_item("cooling_s", found.cooling_s)?;
        stats.set_item("healthy", found.healthy)?;
        Ok(stats)
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }

    fn _after_fork(&self) {
        self.table.after_fork();
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<RoutingTable>()
}
