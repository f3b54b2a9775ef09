//! A pool of connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::{self, Answer};
use super::config::{PoolConfig, seconds};
use super::exchange::{Exchange, Wake};
use super::local::{Drivers, LocalExchange};
use super::upload::Upload;
use super::{ErrorKind, TransportError, runtime, upload};

/// Distinct connect timeouts that have a client of their own (reqwest sets it per client).
const MAX_CLIENTS: usize = 8;
/// Threads whose drivers are kept.
const MAX_DRIVERS: usize = 64;
/// Hosts whose limits are remembered; idle ones go first.
const MAX_HOSTS: usize = 4096;

/// httpx's four limits, in seconds; `None` is without limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timeouts {
    pub connect: Option<f64>,
    pub read: Option<f64>,
    pub write: Option<f64>,
    pub pool: Option<f64>,
}

/// One request, as bytes.
pub struct Call {
    pub method: String,
    pub url: String,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Bytes,
    pub upload: Option<Upload>,
    pub timeouts: Timeouts,
}

/// Clients by their connect timeout.
pub(super) type Clients = HashMap<Option<u64>, reqwest::Client>;

struct Inner {
    pid: u32,
    runtime: Arc<Runtime>,
    clients: Clients,
    drivers: Arc<Drivers>,
    total: Arc<Semaphore>,
    hosts: HashMap<String, Arc<Semaphore>>,
}

/// Connections by host, kept alive between requests. Cheap to share; safe from any thread and after `fork()`.
pub struct Pool {
    config: PoolConfig,
    inner: Mutex<Option<Inner>>,
}

/// What a started request holds until its end.
pub(super) struct Permits {
    _total: OwnedSemaphorePermit,
    _host: Option<OwnedSemaphorePermit>,
}

pub(super) struct Ready {
    pub client: reqwest::Client,
    pub total: Arc<Semaphore>,
    pub host: Option<Arc<Semaphore>>,
}

impl Pool {
    /// A pool that connects as configured. Fails when certificates or the proxy address cannot be read.
    pub fn new(config: PoolConfig) -> Result<Self, TransportError> {
        config.client()?;
        Ok(Self { config, inner: Mutex::new(None) })
    }

    /// Send a request in the background. `wake` is called, from any thread, whenever something can be taken.
    pub fn start(&self, call: Call, wake: Option<Box<dyn Wake>>) -> Result<Exchange, TransportError> {
        let request = build(&call)?;
        let mut guard = self.lock();
        let inner = self.inner(&mut guard)?;
        let client = self.client(&mut inner.clients, call.timeouts.connect)?;
        let ready = self.ready(inner, client, &request);
        let body = (call.body, call.upload);
        Ok(Exchange::spawn(&inner.runtime, ready, request, body, call.timeouts, wake))
    }

    /// Send a request on the caller's runtime and wait for the head of its answer. Without an upload.
    pub async fn ask(&self, call: Call) -> Result<Answer, TransportError> {
        let mut request = build(&call)?;
        let ready = {
            let mut guard = self.lock();
            let inner = self.inner(&mut guard)?;
            let client = self.client(&mut inner.clients, call.timeouts.connect)?;
            self.ready(inner, client, &request)
        };
        let length = call.body.len() as u64;
        let (body, progress) = upload::body(call.body, None, Some(length));
        *request.body_mut() = body;
        answer::ask(ready, request, progress, call.timeouts).await
    }

    /// Whether `begin` may be used. HTTP/2 needs a task that answers pings while nobody waits.
    pub fn is_local(&self) -> bool {
        !self.config.http2 && self.config.max_keepalive > 0
    }

    /// Make a request that the waiting thread drives, without an upload. The quickest for a blocking caller.
    pub fn begin(&self, call: Call) -> Result<LocalExchange, TransportError> {
        let request = build(&call)?;
        let mut guard = self.lock();
        let inner = self.inner(&mut guard)?;
        let home = inner.drivers.clone();
        let mut driver = home.take()?;
        let client = self.client(&mut driver.clients, call.timeouts.connect)?;
        let ready = self.ready(inner, client, &request);
        Ok(LocalExchange::new(driver, home, ready, request, call.body, call.timeouts))
    }

    /// Forget all idle connections; requests under way go on.
    pub fn close(&self) {
        if let Some(old) = self.lock().take()
            && old.pid != std::process::id()
        {
            std::mem::forget(old);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Inner>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inner<'a>(&self, guard: &'a mut Option<Inner>) -> Result<&'a mut Inner, TransportError> {
        if guard.as_ref().is_some_and(|inner| inner.pid != std::process::id()) {
            std::mem::forget(guard.take()); // the parent's connections are the parent's
        }
        match guard {
            Some(inner) => Ok(inner),
            None => Ok(guard.insert(self.fresh()?)),
        }
    }

    fn client(&self, clients: &mut Clients, connect: Option<f64>) -> Result<reqwest::Client, TransportError> {
        if let Some(client) = clients.get(&connect.map(f64::to_bits)) {
            return Ok(client.clone());
        }
        if clients.len() >= MAX_CLIENTS {
            clients.clear();
        }
        let client = PoolConfig { connect_timeout: connect, ..self.config.clone() }.client()?;
        clients.insert(connect.map(f64::to_bits), client.clone());
        Ok(client)
    }

    fn ready(&self, inner: &mut Inner, client: reqwest::Client, request: &reqwest::Request) -> Ready {
        let host = self.config.max_connections_per_host.map(|limit| {
            if inner.hosts.len() >= MAX_HOSTS {
                inner.hosts.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
            }
            let url = request.url();
            let key = format!("{}:{}", url.host_str().unwrap_or(""), url.port_or_known_default().unwrap_or(0));
            inner.hosts.entry(key).or_insert_with(|| Arc::new(Semaphore::new(limit))).clone()
        });
        Ready { client, total: inner.total.clone(), host }
    }

    fn fresh(&self) -> Result<Inner, TransportError> {
        let (pid, runtime) =
            runtime::current().map_err(|error| TransportError::new(ErrorKind::ConnectError, error.to_string()))?;
        let total = self.config.max_connections.unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        let total = Arc::new(Semaphore::new(total));
        let drivers = Drivers::new(pid, self.config.max_keepalive.min(MAX_DRIVERS));
        Ok(Inner { pid, runtime, clients: HashMap::new(), drivers, total, hosts: HashMap::new() })
    }
}

impl Ready {
    /// Wait for a free place, at most `limit` seconds.
    pub(super) async fn permits(&self, limit: Option<f64>) -> Result<Permits, TransportError> {
        let both = async {
            let host = match &self.host {
                Some(host) => Some(host.clone().acquire_owned().await.map_err(|_| closed())?),
                None => None,
            };
            let total = self.total.clone().acquire_owned().await.map_err(|_| closed())?;
            Ok(Permits { _total: total, _host: host })
        };
        match limit {
            None => both.await,
            Some(limit) => tokio::time::timeout(seconds(limit), both)
                .await
                .map_err(|_| TransportError::new(ErrorKind::PoolTimeout, "no free connection in time"))?,
        }
    }
}

fn closed() -> TransportError {
    TransportError::new(ErrorKind::PoolTimeout, "the pool is closed")
}

fn build(call: &Call) -> Result<reqwest::Request, TransportError> {
    let local = |message: String| TransportError::new(ErrorKind::LocalProtocolError, message);
    let unsupported = |message: String| TransportError::new(ErrorKind::UnsupportedProtocol, message);
    let url = reqwest::Url::parse(&call.url).map_err(|error| {
        let named =
            ["http://", "https://"].iter().any(|scheme| call.url.len() > scheme.len() && call.url.starts_with(scheme));
        let kind = if named { ErrorKind::ConnectError } else { ErrorKind::UnsupportedProtocol };
        TransportError::new(kind, format!("URL: {error}"))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unsupported(format!("URL scheme {:?} is not http or https", url.scheme())));
    }
    let method =
        reqwest::Method::from_bytes(call.method.as_bytes()).map_err(|error| local(format!("method: {error}")))?;
    let mut headers = HeaderMap::with_capacity(call.headers.len());
    for (name, value) in &call.headers {
        let name = HeaderName::from_bytes(name).map_err(|error| local(format!("header name: {error}")))?;
        if name == reqwest::header::TRANSFER_ENCODING || name == reqwest::header::CONNECTION {
            continue; // of this connection, so hyper's to say
        }
        if name == reqwest::header::CONTENT_LENGTH && call.upload.is_none() && !(call.body.is_empty() && value == b"0")
        {
            continue; // known from the body, if there is one
        }
        let value =
            HeaderValue::from_bytes(value).map_err(|_| local(format!("header {name}: value has a forbidden byte")))?;
        headers.append(name, value);
    }
    let mut request = reqwest::Request::new(method, url);
    *request.headers_mut() = headers;
    Ok(request)
}
