//! A pool of connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::config::{PoolConfig, seconds};
use super::exchange::{Exchange, Wake};
use super::{ErrorKind, TransportError, runtime};

/// Distinct connect timeouts that have a client of their own (reqwest sets it per client).
const MAX_CLIENTS: usize = 8;
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

/// A body that is sent while it is produced.
pub type Upload = mpsc::Receiver<Result<Bytes, std::io::Error>>;

/// One request, as bytes.
pub struct Call {
    pub method: String,
    pub url: String,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Bytes,
    pub upload: Option<Upload>,
    pub timeouts: Timeouts,
}

struct Inner {
    pid: u32,
    runtime: Arc<Runtime>,
    clients: HashMap<Option<u64>, reqwest::Client>,
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
        let (runtime, ready) = self.ready(&request, call.timeouts.connect)?;
        Ok(Exchange::spawn(&runtime, ready, request, call.upload, call.timeouts, wake))
    }

    /// Forget all idle connections; requests under way go on.
    pub fn close(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = inner.take()
            && old.pid != std::process::id()
        {
            std::mem::forget(old);
        }
    }

    fn ready(&self, request: &reqwest::Request, connect: Option<f64>) -> Result<(Arc<Runtime>, Ready), TransportError> {
        let mut guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.as_ref().is_some_and(|inner| inner.pid != std::process::id()) {
            std::mem::forget(guard.take()); // the parent's connections are the parent's
        }
        let inner = match guard.as_mut() {
            Some(inner) => inner,
            None => guard.insert(self.fresh()?),
        };
        let client = match inner.clients.get(&connect.map(f64::to_bits)) {
            Some(client) => client.clone(),
            None => {
                if inner.clients.len() >= MAX_CLIENTS {
                    inner.clients.clear();
                }
                let client = PoolConfig { connect_timeout: connect, ..self.config.clone() }.client()?;
                inner.clients.insert(connect.map(f64::to_bits), client.clone());
                client
            }
        };
        let host = self.config.max_connections_per_host.map(|limit| {
            if inner.hosts.len() >= MAX_HOSTS {
                inner.hosts.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
            }
            let url = request.url();
            let key = format!("{}:{}", url.host_str().unwrap_or(""), url.port_or_known_default().unwrap_or(0));
            inner.hosts.entry(key).or_insert_with(|| Arc::new(Semaphore::new(limit))).clone()
        });
        Ok((inner.runtime.clone(), Ready { client, total: inner.total.clone(), host }))
    }

    fn fresh(&self) -> Result<Inner, TransportError> {
        let (pid, runtime) =
            runtime::current().map_err(|error| TransportError::new(ErrorKind::ConnectError, error.to_string()))?;
        let total = self.config.max_connections.unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        let total = Arc::new(Semaphore::new(total));
        Ok(Inner { pid, runtime, clients: HashMap::new(), total, hosts: HashMap::new() })
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

/// How long the head of an answer may take: a fresh connection, the body's way out and the first read.
pub(super) fn head_limit(timeouts: &Timeouts) -> Option<Duration> {
    let read = timeouts.read?;
    Some(seconds(read + timeouts.connect.unwrap_or(read).min(read)))
}

fn build(call: &Call) -> Result<reqwest::Request, TransportError> {
    let local = |message: String| TransportError::new(ErrorKind::LocalProtocolError, message);
    let unsupported = |message: String| TransportError::new(ErrorKind::UnsupportedProtocol, message);
    let url = reqwest::Url::parse(&call.url).map_err(|error| unsupported(format!("URL: {error}")))?;
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
        if name == reqwest::header::CONTENT_LENGTH && call.upload.is_none() {
            continue; // known from the body
        }
        let value =
            HeaderValue::from_bytes(value).map_err(|_| local(format!("header {name}: value has a forbidden byte")))?;
        headers.append(name, value);
    }
    let mut request = reqwest::Request::new(method, url);
    *request.headers_mut() = headers;
    if !call.body.is_empty() {
        *request.body_mut() = Some(call.body.clone().into());
    }
    Ok(request)
}
