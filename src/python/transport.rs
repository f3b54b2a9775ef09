//! Binds `transport`: pools, requests under way, and the splitters.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use tokio::sync::mpsc;

use crate::transport::event_stream::FrameSplitter;
use crate::transport::sse::SseSplitter;
use crate::transport::{
    Call, ClientCert, ErrorKind, Exchange, Head, LocalExchange, Pool, PoolConfig, Progress, Timeouts, TransportError,
    Upload, Verify, Wake,
};

/// How long a blocked thread waits before it looks for signals.
const SIGNAL_CHECK: Duration = Duration::from_millis(100);
/// Pieces of an upload that may wait to be sent.
const UPLOAD_PIECES: usize = 8;

pyo3::create_exception!(_native, TransportFailure, pyo3::exceptions::PyException, "(httpx class name, message)");

impl From<TransportError> for PyErr {
    fn from(error: TransportError) -> Self {
        TransportFailure::new_err((error.kind.name(), error.message))
    }
}

#[derive(FromPyObject)]
enum VerifyArg {
    Flag(bool),
    Pem(PyBackedBytes),
    Der(Vec<PyBackedBytes>),
}

/// Where finished work is announced to one event loop: a readable descriptor, and the numbers to wake.
#[pyclass(frozen, module = "litellm_rust._native")]
pub(super) struct WakePort {
    inner: Arc<PortInner>,
}

impl WakePort {
    /// What announces `ident` on this port.
    pub(super) fn wake(&self, ident: u64) -> Box<dyn Wake> {
        Box::new(PortWake { inner: self.inner.clone(), ident })
    }
}

struct PortInner {
    queue: Mutex<VecDeque<u64>>,
    #[cfg(unix)]
    pair: (std::os::unix::net::UnixStream, std::os::unix::net::UnixStream),
    #[cfg(not(unix))]
    pair: (std::net::TcpStream, std::net::TcpStream),
}

struct PortWake {
    inner: Arc<PortInner>,
    ident: u64,
}

impl Wake for PortWake {
    fn wake(&self) {
        use std::io::Write as _;
        let mut queue = self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(self.ident);
        if queue.len() == 1 {
            let _ = (&self.inner.pair.1).write(&[1]); // full means that a wake is already on its way
        }
    }
}

#[cfg(unix)]
fn wake_pair() -> std::io::Result<(std::os::unix::net::UnixStream, std::os::unix::net::UnixStream)> {
    let pair = std::os::unix::net::UnixStream::pair()?;
    pair.0.set_nonblocking(true)?;
    pair.1.set_nonblocking(true)?;
    Ok(pair)
}

#[cfg(not(unix))]
fn wake_pair() -> std::io::Result<(std::net::TcpStream, std::net::TcpStream)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let writer = std::net::TcpStream::connect(listener.local_addr()?)?;
    let (reader, _) = listener.accept()?;
    writer.set_nodelay(true)?;
    reader.set_nonblocking(true)?;
    writer.set_nonblocking(true)?;
    Ok((reader, writer))
}

#[pymethods]
impl WakePort {
    #[new]
    fn new() -> PyResult<Self> {
        Ok(Self { inner: Arc::new(PortInner { queue: Mutex::default(), pair: wake_pair()? }) })
    }

    /// The descriptor that becomes readable.
    fn fileno(&self) -> i64 {
        #[cfg(unix)]
        {
            use std::os::fd::AsRawFd as _;
            i64::from(self.inner.pair.0.as_raw_fd())
        }
        #[cfg(not(unix))]
        {
            use std::os::windows::io::AsRawSocket as _;
            self.inner.pair.0.as_raw_socket() as i64
        }
    }

    /// The numbers to wake, each as often as it was announced.
    fn drain(&self) -> Vec<u64> {
        use std::io::Read as _;
        let mut queue = self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = (&self.inner.pair.0).read(&mut [0; 64]); // nothing to read is nothing to do
        queue.drain(..).collect()
    }
}

/// A pool of connections.
#[pyclass(frozen, module = "litellm_rust._native")]
struct ConnectionPool {
    pool: Pool,
}

#[pymethods]
impl ConnectionPool {
    #[new]
    #[pyo3(signature = (*, verify, client_cert, http1, http2, max_connections, max_connections_per_host,
                        max_keepalive, keepalive_expiry, proxy, trust_env, local_address))]
    #[expect(clippy::too_many_arguments, reason = "keyword-only settings")]
    fn new(
        verify: VerifyArg,
        client_cert: Option<PyBackedBytes>,
        http1: bool,
        http2: bool,
        max_connections: Option<usize>,
        max_connections_per_host: Option<usize>,
        max_keepalive: Option<usize>,
        keepalive_expiry: Option<f64>,
        proxy: Option<String>,
        trust_env: bool,
        local_address: Option<IpAddr>,
    ) -> PyResult<Self> {
        let verify = match verify {
            VerifyArg::Flag(true) => Verify::Platform,
            VerifyArg::Flag(false) => Verify::Off,
            VerifyArg::Pem(pem) => Verify::Pem(pem.to_vec()),
            VerifyArg::Der(ders) => Verify::Der(ders.iter().map(|der| der.to_vec()).collect()),
        };
        let config = PoolConfig {
            verify,
            client_cert: client_cert.map(|pem| ClientCert { pem: pem.to_vec() }),
            http1,
            http2,
            max_connections,
            max_connections_per_host,
            max_keepalive: max_keepalive.unwrap_or(usize::MAX),
            keepalive_expiry,
            connect_timeout: None,
            proxy,
            trust_env,
            local_address,
        };
        let pool = Pool::new(config).map_err(|error| PyValueError::new_err(error.message))?;
        Ok(Self { pool })
    }

    /// Start a request. `timeouts` are (connect, read, write, pool) in seconds.
    #[pyo3(signature = (method, url, headers, body, timeouts, *, port=None, ident=0, upload=false))]
    #[expect(clippy::too_many_arguments, reason = "one crossing with everything the call needs")]
    fn start(
        &self,
        method: String,
        url: String,
        headers: Headers,
        body: &[u8],
        timeouts: Limits,
        port: Option<&WakePort>,
        ident: u64,
        upload: bool,
    ) -> PyResult<PendingRequest> {
        let (sender, receiver) = if upload { Some(mpsc::channel(UPLOAD_PIECES)).unzip() } else { (None, None) };
        let call = call(method, url, headers, body, timeouts, receiver);
        let wake = port.map(|port| port.wake(ident));
        Ok(PendingRequest { exchange: self.pool.start(call, wake)?, upload: Mutex::new(sender) })
    }

    /// Send a request and wait for its head. (status, HTTP version, headers, whole body or None), and what the rest of
    /// the body is read from.
    fn fetch<'py>(
        &self,
        py: Python<'py>,
        method: String,
        url: String,
        headers: Headers,
        body: &[u8],
        timeouts: Limits,
    ) -> PyResult<(Bound<'py, PyTuple>, Option<LocalRequest>)> {
        let call = call(method, url, headers, body, timeouts, None);
        let mut exchange = self.pool.begin(call)?;
        loop {
            match py.detach(|| exchange.head(SIGNAL_CHECK)) {
                Progress::Ready((head, Some(whole))) => return Ok((head_tuple(py, &head, Some(&whole))?, None)),
                Progress::Ready((head, None)) => {
                    let rest = LocalRequest { exchange: Mutex::new(exchange), cancelled: AtomicBool::new(false) };
                    return Ok((head_tuple(py, &head, None)?, Some(rest)));
                }
                Progress::Failed(error) => return Err(error.into()),
                Progress::Waiting => py.check_signals()?,
            }
        }
    }

    /// Whether `fetch` may be used.
    #[getter]
    fn is_local(&self) -> bool {
        self.pool.is_local()
    }

    /// Close idle connections.
    fn close(&self) {
        self.pool.close();
    }
}

/// A request whose body is read by the thread that asks for it.
#[pyclass(frozen, module = "litellm_rust._native")]
struct LocalRequest {
    exchange: Mutex<LocalExchange>,
    /// For a thread that waits while another one cancels.
    cancelled: AtomicBool,
}

#[pymethods]
impl LocalRequest {
    /// The next piece of the body, blocking until there is one; b"" at its end.
    fn wait_body(&self, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        loop {
            if self.cancelled.load(Ordering::Relaxed) {
                self.cancel();
                return Err(TransportError::new(ErrorKind::ReadError, "the request was closed").into());
            }
            let progress =
                py.detach(|| self.exchange.lock().unwrap_or_else(PoisonError::into_inner).piece(SIGNAL_CHECK));
            match progress {
                Progress::Ready(piece) => return Ok(bytes_of(py, &piece.unwrap_or_default())),
                Progress::Failed(error) => return Err(error.into()),
                Progress::Waiting => py.check_signals()?,
            }
        }
    }

    /// Give the request up and close its connection, unless it has ended.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        if let Ok(mut exchange) = self.exchange.try_lock() {
            exchange.cancel();
        }
    }
}

type Headers = Vec<(PyBackedBytes, PyBackedBytes)>;
/// Connect, read, write, pool; in seconds.
type Limits = (Option<f64>, Option<f64>, Option<f64>, Option<f64>);

fn call(method: String, url: String, headers: Headers, body: &[u8], timeouts: Limits, upload: Option<Upload>) -> Call {
    let (connect, read, write, pool) = timeouts;
    Call {
        method,
        url,
        headers: headers.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
        body: Bytes::copy_from_slice(body),
        upload,
        timeouts: Timeouts { connect, read, write, pool },
    }
}

fn head_tuple<'py>(py: Python<'py>, head: &Head, whole: Option<&[u8]>) -> PyResult<Bound<'py, PyTuple>> {
    let headers =
        PyList::new(py, head.headers.iter().map(|(name, value)| (PyBytes::new(py, name), PyBytes::new(py, value))))?;
    let whole = whole.map(|body| bytes_of(py, body));
    (head.status, head.version, headers, whole).into_pyobject(py)
}

type UploadSender = mpsc::Sender<Result<Bytes, std::io::Error>>;

/// A request under way.
#[pyclass(frozen, module = "litellm_rust._native")]
struct PendingRequest {
    exchange: Exchange,
    upload: Mutex<Option<UploadSender>>,
}

fn bytes_of(py: Python<'_>, bytes: &[u8]) -> Py<PyBytes> {
    PyBytes::new(py, bytes).unbind()
}

impl PendingRequest {
    fn head_tuple<'py>(&self, py: Python<'py>, head: &Head) -> PyResult<Bound<'py, PyTuple>> {
        head_tuple(py, head, self.exchange.whole_body().as_deref())
    }

    fn sender(&self) -> Option<UploadSender> {
        self.upload.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[pymethods]
impl PendingRequest {
    /// (status, HTTP version, headers, whole body or None), or None while it is not there.
    fn head<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        match self.exchange.head() {
            Progress::Ready(head) => self.head_tuple(py, &head).map(Some),
            Progress::Waiting => Ok(None),
            Progress::Failed(error) => Err(error.into()),
        }
    }

    /// What has arrived of the body: b"" at its end, None while there is nothing.
    fn body(&self, py: Python<'_>) -> PyResult<Option<Py<PyBytes>>> {
        match self.exchange.body() {
            Progress::Ready(piece) => Ok(Some(bytes_of(py, &piece.unwrap_or_default()))),
            Progress::Waiting => Ok(None),
            Progress::Failed(error) => Err(error.into()),
        }
    }

    /// As `head`, blocking until it is there.
    fn wait_head<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        loop {
            match self.exchange.head() {
                Progress::Ready(head) => return self.head_tuple(py, &head),
                Progress::Failed(error) => return Err(error.into()),
                Progress::Waiting => py.detach(|| self.exchange.wait(SIGNAL_CHECK)),
            }
            py.check_signals()?;
        }
    }

    /// As `body`, blocking until there is something.
    fn wait_body(&self, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        loop {
            match self.exchange.body() {
                Progress::Ready(piece) => return Ok(bytes_of(py, &piece.unwrap_or_default())),
                Progress::Failed(error) => return Err(error.into()),
                Progress::Waiting => py.detach(|| self.exchange.wait(SIGNAL_CHECK)),
            }
            py.check_signals()?;
        }
    }

    /// Add a piece to the upload. False when it must wait: then use `push`. An upload nobody reads swallows it.
    fn try_push(&self, piece: &[u8]) -> bool {
        let Some(sender) = self.sender() else { return true };
        !matches!(sender.try_send(Ok(Bytes::copy_from_slice(piece))), Err(mpsc::error::TrySendError::Full(_)))
    }

    /// Add a piece to the upload, blocking until there is room.
    fn push(&self, py: Python<'_>, piece: &[u8]) {
        if let Some(sender) = self.sender() {
            let piece = Bytes::copy_from_slice(piece);
            let _ = py.detach(|| sender.blocking_send(Ok(piece))); // refused when the request has ended
        }
    }

    /// End the upload; `broken` makes the request fail instead.
    #[pyo3(signature = (broken=false))]
    fn end_upload(&self, broken: bool) {
        if broken {
            self.exchange.cancel();
        }
        self.upload.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Give the request up and close its connection, unless it has ended.
    fn cancel(&self) {
        self.exchange.cancel();
    }
}

/// Splits the bytes of a server-sent event stream into events, wherever they are cut.
#[pyclass(module = "litellm_rust._native", name = "SSESplitter")]
struct PySseSplitter {
    splitter: SseSplitter,
}

#[pymethods]
impl PySseSplitter {
    #[new]
    #[pyo3(signature = (*, max_event_bytes=16_777_216))]
    fn new(max_event_bytes: usize) -> Self {
        Self { splitter: SseSplitter::new(max_event_bytes) }
    }

    /// (event name, data) of each event that these bytes complete. Raises ValueError when one passes the limit.
    fn feed<'py>(&mut self, py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyList>> {
        let too_long = self.splitter.feed(data).is_err();
        let events = PyList::empty(py);
        while let Some(event) = self.splitter.next_event() {
            events.append(event_tuple(py, &event)?)?;
        }
        if too_long {
            return Err(PyValueError::new_err("an event is longer than max_event_bytes"));
        }
        Ok(events)
    }

    /// The event that the stream's end leaves unfinished, if it has data.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.splitter.finish().map(|event| event_tuple(py, &event)).transpose()
    }
}

fn event_tuple<'py>(py: Python<'py>, event: &crate::transport::sse::Event<'_>) -> PyResult<Bound<'py, PyTuple>> {
    let name = PyString::new(py, &String::from_utf8_lossy(event.name));
    let data = PyString::new(py, &String::from_utf8_lossy(event.data));
    PyTuple::new(py, [name, data])
}

/// Splits the bytes of an AWS event stream into frames, wherever they are cut.
#[pyclass(module = "litellm_rust._native")]
struct EventStreamSplitter {
    splitter: FrameSplitter,
}

#[pymethods]
impl EventStreamSplitter {
    #[new]
    #[pyo3(signature = (*, max_frame_bytes=25_165_824))]
    fn new(max_frame_bytes: usize) -> Self {
        Self { splitter: FrameSplitter::new(max_frame_bytes) }
    }

    /// Whether the bytes so far end in the middle of a frame.
    #[getter]
    fn unfinished(&self) -> bool {
        self.splitter.unfinished()
    }

    /// (string headers, payload) of each frame that these bytes complete. Raises ValueError when one is damaged.
    fn feed<'py>(&mut self, py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyList>> {
        self.splitter.feed(data);
        let frames = PyList::empty(py);
        while let Some(frame) = self.splitter.next_frame().map_err(|error| PyValueError::new_err(error.to_string()))? {
            let headers: std::collections::HashMap<_, _> = frame.headers.iter().copied().collect();
            frames.append((headers, PyBytes::new(py, frame.payload)))?;
        }
        Ok(frames)
    }
}

/// Names of the httpx classes that a `TransportFailure` can carry.
fn failure_names() -> Vec<&'static str> {
    use ErrorKind::*;
    [
        ConnectTimeout,
        ReadTimeout,
        WriteTimeout,
        PoolTimeout,
        ConnectError,
        ReadError,
        WriteError,
        ProxyError,
        RemoteProtocolError,
        LocalProtocolError,
        UnsupportedProtocol,
    ]
    .map(ErrorKind::name)
    .to_vec()
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<WakePort>()?;
    module.add_class::<ConnectionPool>()?;
    module.add_class::<LocalRequest>()?;
    module.add_class::<PendingRequest>()?;
    module.add_class::<PySseSplitter>()?;
    module.add_class::<EventStreamSplitter>()?;
    module.add("TransportFailure", module.py().get_type::<TransportFailure>())?;
    module.add("TRANSPORT_FAILURES", failure_names())
}
