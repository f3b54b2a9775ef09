//! Binds `gateway`: a server that Python starts, tells its plans, and takes connections and events from.

use std::os::fd::IntoRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};

use super::limits::{BudgetTable, LimitTable};
use super::routing::RoutingTable;
use super::transport::WakePort;
use crate::gateway::{
    Clock, Event, Group, Guest, HandOver, Journal, Keep, KeyPlan, Outbox, Outcome, Server, Settings, Shared, Tables,
    Token,
};
use crate::transport::{Pool, PoolConfig, Verify};

/// Announced on the port: connections wait to be taken.
const HANDED: u64 = 1;
const MAX_THREADS: usize = 4;

fn native(name: &str, clock: Option<Clock>) -> PyResult<Clock> {
    clock.ok_or_else(|| PyValueError::new_err(format!("{name}: expected a table that counts by its own clock")))
}

fn token(text: &str) -> PyResult<Token> {
    let mut token = Token::default();
    let digits = text.len() == 2 * token.len() && text.is_ascii();
    for (number, byte) in token.iter_mut().enumerate() {
        let digits = text.get(2 * number..2 * number + 2).filter(|_| digits).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16)
            .map_err(|_| PyValueError::new_err("token: expected 64 hexadecimal digits"))?;
    }
    Ok(token)
}

fn plan<'a, T: serde::Deserialize<'a>>(json: &'a str) -> PyResult<T> {
    serde_json::from_str(json).map_err(|error| PyValueError::new_err(format!("plan: {error}")))
}

/// A gateway's native front: answers what its plans cover, and hands every other connection over.
#[pyclass(frozen, module = "litellm_rust._native")]
struct GatewayServer {
    server: Mutex<Option<Server>>,
    shared: Arc<Shared>,
    channel: Mutex<Option<UnixStream>>,
}

#[pymethods]
impl GatewayServer {
    #[new]
    #[pyo3(signature = (*, limits, budgets, routing, journals, port, handed=Vec::new(), max_body=8_388_608, keep_alive_s=65.0, write_limit_s=60.0, max_waiting=100_000))]
    #[expect(clippy::too_many_arguments, reason = "keyword-only settings")]
    fn new(
        limits: &LimitTable,
        budgets: &BudgetTable,
        routing: &RoutingTable,
        journals: (PathBuf, PathBuf),
        port: &WakePort,
        handed: Vec<String>,
        max_body: usize,
        keep_alive_s: f64,
        write_limit_s: f64,
        max_waiting: usize,
    ) -> PyResult<Self> {
        let journal = Journal::open(&journals.0, &journals.1)?;
        let tables = Tables {
            limits: (limits.table.clone(), native("limits", limits.clock.native())?),
            budgets: (budgets.table.clone(), native("budgets", budgets.clock.native())?),
            routing: RwLock::new((routing.table.clone(), native("routing", routing.clock.native())?)),
            journal,
        };
        let seconds = |name: &str, value: f64| {
            Duration::try_from_secs_f64(value)
                .map_err(|_| PyValueError::new_err(format!("{name}: expected seconds >= 0, got {value}")))
        };
        let settings = Settings {
            max_body,
            keep_alive: seconds("keep_alive_s", keep_alive_s)?,
            write_limit: seconds("write_limit_s", write_limit_s)?,
            handed,
            threads: std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS),
        };
        let pool = Pool::new(providers()).map_err(|error| PyValueError::new_err(error.message))?;
        let shared = Shared::new(settings, Arc::new(tables), pool, Outbox::new(max_waiting, port.wake(HANDED)));
        let (ours, theirs) = UnixStream::pair()?;
        let server = Server::start(shared, theirs)?;
        let shared = server.shared.clone();
        Ok(Self { server: Mutex::new(Some(server)), shared, channel: Mutex::new(Some(ours)) })
    }

    /// The descriptor of a socket that takes sockets, the caller's from then on: listeners come with the byte `l`,
    /// connections of whose next request nothing is read with `c`. None when somebody has it already.
    fn channel(&self) -> Option<i32> {
        let channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner).take();
        channel.map(|channel| channel.into_raw_fd())
    }

    /// Say what requests of the key with this SHA-256 to `model` are held to, for so many seconds.
    fn put(&self, token: &str, model: String, plan: &str, seconds: f64) -> PyResult<()> {
        let known = self::plan::<KeyPlan>(plan)?;
        let until = Instant::now() + Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
        self.shared.plans.put(self::token(token)?, model, known, until);
        Ok(())
    }

    /// Say what requests of an end user (`end_user:<name>`) or with a tag (`tag:<name>`) are held to beside their key,
    /// for so many seconds.
    fn put_guest(&self, name: String, guest: &str, seconds: f64) -> PyResult<()> {
        let until = Instant::now() + Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
        self.shared.plans.put_guest(name, plan::<Guest>(guest)?, until);
        Ok(())
    }

    fn forget_guest(&self, name: &str) {
        self.shared.plans.forget_guest(name);
    }

    /// Say where requests to a model group go.
    fn put_group(&self, group: &str) -> PyResult<()> {
        self.shared.plans.put_group(plan::<Group>(group)?);
        Ok(())
    }

    fn has_group(&self, model: &str) -> bool {
        self.shared.plans.has_group(model)
    }

    /// Forget what is known of a key.
    fn forget(&self, token: &str) -> PyResult<()> {
        self.shared.plans.forget(&self::token(token)?);
        Ok(())
    }

    /// Forget every plan.
    fn clear(&self) {
        self.shared.plans.clear();
    }

    /// Choose deployments by another table from now on.
    fn route_by(&self, routing: &RoutingTable) -> PyResult<()> {
        let fresh = (routing.table.clone(), native("routing", routing.clock.native())?);
        *self.shared.tables.routing.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The connections that wait: (descriptor, bytes read, what came of an attempt or None) each. An attempt is
    /// (deployment, status or 0, headers, body, (httpx class name, message) or None).
    fn take_handed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let handed = self.shared.outbox.take_handed();
        PyList::new(py, handed.into_iter().map(|each| connection(py, each)).collect::<PyResult<Vec<_>>>()?)
    }

    /// The requests that ended, the oldest `most` of them: (request's id, its plan's record, the end as JSON, what was
    /// seen or None) each. What was seen is (who asked as JSON, the answer's headers, the request, the answer), the
    /// latter two empty unless they are kept.
    fn take_events<'py>(&self, py: Python<'py>, most: usize) -> Vec<Ended<'py>> {
        let events = self.shared.outbox.take_events(most);
        events.into_iter().map(|event| ended(py, event)).collect()
    }

    /// What is kept of requests from now on, for those who are told of their ends: `nothing`, `heads` or `whole`.
    fn keep(&self, what: &str) -> PyResult<()> {
        let keep = match what {
            "nothing" => Keep::Nothing,
            "heads" => Keep::Heads,
            "whole" => Keep::Whole,
            _ => return Err(PyValueError::new_err(format!("keep: expected nothing, heads or whole, got {what:?}"))),
        };
        self.shared.outbox.keep(keep);
        Ok(())
    }

    /// Leave all requests to Python, or take them again.
    fn hold(&self, held: bool) {
        self.shared.outbox.hold(held);
    }

    /// Forget what the database now has.
    fn done(&self, ids: Vec<String>) -> PyResult<()> {
        Ok(self.shared.tables.journal.done(ids.iter().map(String::as_str))?)
    }

    /// Requests that are being answered here, and those whose end the database does not have yet.
    fn open(&self) -> (usize, usize) {
        (self.shared.in_flight(), self.shared.tables.journal.live())
    }

    /// Accept no more, and close connections that wait for a request.
    fn drain(&self) {
        if let Some(server) = &*self.lock() {
            server.drain();
        }
    }

    /// End all threads, after at most so many seconds.
    fn stop(&self, py: Python<'_>, seconds: f64) {
        let server = self.lock().take();
        let limit = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
        if let Some(server) = server {
            py.detach(|| {
                server.drain();
                server.stop(limit);
            });
        }
    }
}

impl GatewayServer {
    fn lock(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn providers() -> PoolConfig {
    PoolConfig {
        verify: Verify::Platform,
        client_cert: None,
        http1: true,
        http2: false,
        max_connections: None,
        max_connections_per_host: None,
        max_keepalive: usize::MAX,
        keepalive_expiry: Some(60.0),
        connect_timeout: None,
        proxy: None,
        trust_env: true,
        local_address: None,
    }
}

fn connection<'py>(py: Python<'py>, handed: HandOver) -> PyResult<Bound<'py, PyTuple>> {
    let outcome = handed.outcome.map(|outcome| attempt(py, outcome)).transpose()?;
    let descriptor = handed.stream.into_raw_fd();
    (descriptor, PyBytes::new(py, &handed.read), outcome).into_pyobject(py)
}

type Headers<'py> = Vec<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)>;
type Attempt<'py> = (String, u16, Headers<'py>, Bound<'py, PyBytes>, Option<(&'static str, String)>);
type Saw<'py> = (String, Headers<'py>, Bound<'py, PyBytes>, Bound<'py, PyBytes>);
type Ended<'py> = (String, String, String, Option<Saw<'py>>);

fn headers<'py>(py: Python<'py>, headers: &[(Bytes, Bytes)]) -> Headers<'py> {
    headers.iter().map(|(name, value)| (PyBytes::new(py, name), PyBytes::new(py, value))).collect()
}

fn ended(py: Python<'_>, event: Event) -> Ended<'_> {
    let bytes = |data: &[u8]| PyBytes::new(py, data);
    let seen = event
        .seen
        .map(|seen| (event.plan.caller.clone(), headers(py, &seen.headers), bytes(&seen.request), bytes(&seen.reply)));
    (event.request_id, event.plan.record.clone(), event.end, seen)
}

fn attempt(py: Python<'_>, outcome: Outcome) -> PyResult<Attempt<'_>> {
    let (status, head) = outcome.head.unwrap_or_default();
    let error = outcome.error.map(|error| (error.kind.name(), error.message));
    Ok((outcome.deployment, status, headers(py, &head), PyBytes::new(py, &outcome.body), error))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<GatewayServer>()
}
