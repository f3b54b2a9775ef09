//! Binds `limits`: argument checks, the clock, and exceptions.

use std::sync::Arc;

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyList, PyTuple};

use super::clock::Clock;
use super::routing::count;
use crate::limits::{BudgetError, BudgetStatus, Duration, Few, Limit, MAX_WINDOW_S};
use crate::metrics::RATE_LIMITING;

impl From<BudgetError> for PyErr {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::UnknownKey(key) => PyKeyError::new_err(format!("unknown budget {key:?}")),
            BudgetError::AlreadyReserved(id) => PyValueError::new_err(format!("request {id:?} has a reservation")),
        }
    }
}

fn window_ms(window_s: f64) -> PyResult<u32> {
    if (0.0..=MAX_WINDOW_S).contains(&window_s) {
        return Ok((window_s * 1000.0).ceil() as u32);
    }
    Err(PyValueError::new_err(format!("window_s: expected 0 to {MAX_WINDOW_S} seconds, got {window_s}")))
}

fn money(name: &str, value: i128) -> PyResult<i128> {
    if value >= 0 {
        return Ok(value);
    }
    Err(PyValueError::new_err(format!("{name}: expected an integer >= 0, got {value}")))
}

/// The year 3871: far from where calendars end.
const MAX_NOW_S: f64 = 6e10;

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

#[pyclass(frozen, module = "litellm_rust._native")]
struct Decision {
    #[pyo3(get)]
    allowed: bool,
    #[pyo3(get)]
    refused: Option<usize>,
    #[pyo3(get)]
    retry_after_s: Option<f64>,
    remaining: Few<u64>,
    reset_ms: Few<u64>,
}

#[pymethods]
impl Decision {
    #[getter]
    fn remaining(&self) -> Vec<u64> {
        self.remaining.to_vec()
    }

    #[getter]
    fn reset_s(&self) -> Vec<f64> {
        self.reset_ms.iter().map(|ms| seconds(*ms)).collect()
    }
}

/// The limits of a check, each `(key, limit, window_s, cost)`, held so that nobody else frees them.
fn rows<'py>(limits: &Bound<'py, PyAny>) -> PyResult<Few<Bound<'py, PyTuple>>> {
    let mut rows = Few::new();
    // Loops: collecting through `Result` costs a tenth of the call.
    if let Ok(list) = limits.cast_exact::<PyList>() {
        for row in list {
            rows.push(row.cast_into()?);
        }
    } else {
        for row in limits.try_iter()? {
            rows.push(row?.cast_into()?);
        }
    }
    Ok(rows)
}

fn limit<'a>(row: &'a Bound<'_, PyTuple>) -> PyResult<Limit<'a>> {
    if row.len() != 4 {
        let expected = "limits: expected (key, limit, window_s, cost)";
        return Err(PyValueError::new_err(format!("{expected}, got {} values", row.len())));
    }
    let number = |index, name| count(name, row.get_borrowed_item(index)?.extract()?);
    Ok(Limit {
        key: row.get_borrowed_item(0)?.extract()?,
        limit: number(1, "limit")?,
        window_ms: window_ms(row.get_borrowed_item(2)?.extract()?)?,
        cost: number(3, "cost")?,
    })
}

#[pyclass(frozen, module = "litellm_rust._native")]
pub(super) struct LimitTable {
    pub(super) table: Arc<crate::limits::LimitTable>,
    pub(super) clock: Clock,
}

impl LimitTable {
    fn now_ms(&self, py: Python<'_>) -> PyResult<u64> {
        Ok((self.clock.now(py)?.max(0.0) * 1000.0) as u64)
    }
}

#[pymethods]
impl LimitTable {
    #[new]
    #[pyo3(signature = (*, clock=None))]
    fn new(clock: Option<Py<PyAny>>) -> Self {
        Self { table: Arc::default(), clock: Clock::new(clock) }
    }

    fn check(&self, py: Python<'_>, limits: &Bound<'_, PyAny>) -> PyResult<Decision> {
        let _timed = RATE_LIMITING.call();
        let rows = rows(limits)?;
        let mut checked: Few<Limit> = Few::new();
        for row in &rows {
            checked.push(limit(row)?);
        }
        let found = self.table.check(&checked, self.now_ms(py)?);
        Ok(Decision {
            allowed: found.refused.is_none(),
            refused: found.refused,
            retry_after_s: found.retry_after_ms.map(seconds),
            remaining: found.remaining,
            reset_ms: found.reset_ms,
        })
    }

    fn record(&self, py: Python<'_>, key: &str, window_s: f64, amount: i64) -> PyResult<()> {
        let (window, amount) = (window_ms(window_s)?, count("amount", amount)?);
        self.table.record(key, window, amount, self.now_ms(py)?);
        Ok(())
    }

    fn refund(&self, py: Python<'_>, key: &str, window_s: f64, amount: i64) -> PyResult<()> {
        let (window, amount) = (window_ms(window_s)?, count("amount", amount)?);
        self.table.refund(key, window, amount, self.now_ms(py)?);
        Ok(())
    }

    fn used(&self, py: Python<'_>, key: &str, window_s: f64) -> PyResult<u64> {
        Ok(self.table.used(key, window_ms(window_s)?, self.now_ms(py)?))
    }

    fn purge(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.table.purge(self.now_ms(py)?))
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }
}

#[pyclass(frozen, module = "litellm_rust._native")]
pub(super) struct BudgetTable {
    pub(super) table: Arc<crate::limits::BudgetTable>,
    pub(super) clock: Clock,
}

type Status = (Option<i128>, i128, i128, Option<f64>);

fn status(status: BudgetStatus) -> Status {
    (status.max_budget, status.spent, status.reserved, status.reset_at)
}

fn duration(text: &str) -> PyResult<Duration> {
    let expected = "expected <number><s|m|h|d|w|mo>, hourly, daily, weekly or monthly";
    Duration::parse(text).ok_or_else(|| PyValueError::new_err(format!("duration: {expected}, got {text:?}")))
}

#[pymethods]
impl BudgetTable {
    #[new]
    #[pyo3(signature = (*, clock=None, reservation_ttl_s=3600.0))]
    fn new(clock: Option<Py<PyAny>>, reservation_ttl_s: f64) -> PyResult<Self> {
        if reservation_ttl_s.is_nan() || reservation_ttl_s <= 0.0 {
            let expected = "reservation_ttl_s: expected seconds > 0 or infinity";
            return Err(PyValueError::new_err(format!("{expected}, got {reservation_ttl_s}")));
        }
        Ok(Self { table: Arc::new(crate::limits::BudgetTable::new(reservation_ttl_s)), clock: Clock::new(clock) })
    }

    #[pyo3(name = "set", signature = (key, max_budget, *, spent=0, duration=None, reset_at=None))]
    fn configure(
        &self,
        py: Python<'_>,
        key: &str,
        max_budget: Option<i128>,
        spent: i128,
        duration: Option<&str>,
        reset_at: Option<f64>,
    ) -> PyResult<()> {
        let max_budget = max_budget.map(|most| money("max_budget", most)).transpose()?;
        let spent = money("spent", spent)?;
        let duration = duration.map(self::duration).transpose()?;
        if reset_at.is_some_and(|at| !at.is_finite()) {
            return Err(PyValueError::new_err("reset_at: expected finite seconds"));
        }
        self.table.set(key, max_budget, spent, duration, reset_at, self.clock.now(py)?);
        Ok(())
    }

    fn remove(&self, key: &str) -> bool {
        self.table.remove(key)
    }

    fn reserve(
        &self,
        py: Python<'_>,
        request_id: &str,
        keys: Vec<PyBackedStr>,
        amount: i128,
    ) -> PyResult<Option<(String, Status)>> {
        let _timed = RATE_LIMITING.call();
        let amount = money("amount", amount)?;
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let refusal = self.table.reserve(request_id, &keys, amount, self.clock.now(py)?)?;
        Ok(refusal.map(|refusal| (refusal.key, status(refusal.status))))
    }

    fn settle(&self, py: Python<'_>, request_id: &str, actual: i128) -> PyResult<bool> {
        let _timed = RATE_LIMITING.call();
        Ok(self.table.settle(request_id, money("actual", actual)?, self.clock.now(py)?))
    }

    fn release(&self, py: Python<'_>, request_id: &str) -> PyResult<bool> {
        Ok(self.table.settle(request_id, 0, self.clock.now(py)?))
    }

    fn add_spend(&self, py: Python<'_>, key: &str, amount: i128) -> PyResult<bool> {
        Ok(self.table.add_spend(key, money("amount", amount)?, self.clock.now(py)?))
    }

    fn status(&self, py: Python<'_>, key: &str) -> PyResult<Status> {
        Ok(status(self.table.status(key, self.clock.now(py)?)?))
    }

    fn outstanding(&self) -> usize {
        self.table.outstanding()
    }
}

#[pyfunction]
#[pyo3(signature = (duration, now))]
fn next_reset(duration: &str, now: f64) -> PyResult<f64> {
    if now.is_nan() || now.abs() > MAX_NOW_S {
        let expected = format!("now: expected seconds since 1970, to {MAX_NOW_S} at most");
        return Err(PyValueError::new_err(format!("{expected}, got {now}")));
    }
    Ok(self::duration(duration)?.next_reset(now))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Decision>()?;
    module.add_class::<LimitTable>()?;
    module.add_class::<BudgetTable>()?;
    module.add_function(wrap_pyfunction!(next_reset, module)?)
}
