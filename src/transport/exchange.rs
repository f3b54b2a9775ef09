//! One request under way: a task drives it, whoever asked takes what has arrived.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::config::seconds;
use super::pool::{Ready, Timeouts, Upload, head_limit};
use super::{ErrorKind, TransportError};
use crate::metrics::TRANSPORT;

/// Bytes of a body that wait to be taken before the connection is read no further.
const MAX_WAITING: usize = 1 << 20;
/// A body of known length up to this is handed over together with its head.
const WHOLE_BODY: u64 = 256 << 10;

/// Told, from any thread, that something can be taken.
pub trait Wake: Send + Sync {
    fn wake(&self);
}

/// Status line and headers of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    pub status: u16,
    pub version: &'static str,
    pub headers: Vec<(Bytes, Bytes)>,
}

/// What can be taken right now.
#[derive(Debug)]
pub enum Progress<T> {
    Ready(T),
    Waiting,
    Failed(TransportError),
}

#[derive(Default)]
struct State {
    head: Option<Head>,
    body: VecDeque<Bytes>,
    waiting: usize,
    ended: bool,
    error: Option<TransportError>,
    /// Whether somebody asked to be woken.
    armed: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    drained: Notify,
    wake: Option<Box<dyn Wake>>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        let armed = std::mem::take(&mut state.armed);
        drop(state);
        self.changed.notify_all();
        if armed && let Some(wake) = &self.wake {
            wake.wake();
        }
    }
}

/// A request under way. Dropped before its end, the request is given up and its connection closed.
pub struct Exchange {
    shared: Arc<Shared>,
    task: AbortHandle,
}

impl Exchange {
    pub(super) fn spawn(
        runtime: &Runtime,
        ready: Ready,
        request: reqwest::Request,
        upload: Option<Upload>,
        timeouts: Timeouts,
        wake: Option<Box<dyn Wake>>,
    ) -> Self {
        TRANSPORT.calls.add();
        let state = Mutex::new(State { armed: true, ..State::default() });
        let shared = Arc::new(Shared { state, changed: Condvar::new(), drained: Notify::new(), wake });
        let task = runtime.spawn(drive(shared.clone(), ready, request, upload, timeouts));
        Self { shared, task: task.abort_handle() }
    }

    /// The head, once it is there; `Waiting` arms the wake.
    pub fn head(&self) -> Progress<Head> {
        let mut state = self.shared.lock();
        if let Some(head) = &state.head {
            return Progress::Ready(head.clone());
        }
        Self::failed_or_waiting(&mut state)
    }

    /// All bytes that have arrived, as one piece; `None` at the end of the body. `Waiting` arms the wake.
    pub fn body(&self) -> Progress<Option<Bytes>> {
        let mut state = self.shared.lock();
        if let Some(bytes) = take_all(&mut state) {
            drop(state);
            self.shared.drained.notify_one();
            return Progress::Ready(Some(bytes));
        }
        if state.ended {
            return Progress::Ready(None);
        }
        Self::failed_or_waiting(&mut state)
    }

    /// The whole body, when all of it came with the head.
    pub fn whole_body(&self) -> Option<Bytes> {
        let mut state = self.shared.lock();
        if !state.ended || state.error.is_some() {
            return None;
        }
        Some(take_all(&mut state).unwrap_or_default())
    }

    /// Block until something changes, at most `limit`.
    pub fn wait(&self, limit: Duration) {
        let state = self.shared.lock();
        if state.head.is_some() && (!state.body.is_empty() || state.ended) || state.error.is_some() || !state.armed {
            return;
        }
        let _ = self.shared.changed.wait_timeout(state, limit);
    }

    /// Give the request up.
    pub fn cancel(&self) {
        self.task.abort();
    }

    fn failed_or_waiting<T>(state: &mut State) -> Progress<T> {
        match &state.error {
            Some(error) => Progress::Failed(error.clone()),
            None => {
                state.armed = true;
                Progress::Waiting
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn take_all(state: &mut State) -> Option<Bytes> {
    state.waiting = 0;
    match state.body.len() {
        0 | 1 => state.body.pop_front(),
        _ => {
            let mut all = BytesMut::with_capacity(state.body.iter().map(Bytes::len).sum());
            state.body.drain(..).for_each(|piece| all.extend_from_slice(&piece));
            Some(all.freeze())
        }
    }
}

async fn drive(
    shared: Arc<Shared>,
    ready: Ready,
    request: reqwest::Request,
    upload: Option<Upload>,
    timeouts: Timeouts,
) {
    if let Err(error) = run(&shared, ready, request, upload, timeouts).await {
        shared.change(|state| state.error = Some(error));
    }
}

async fn run(
    shared: &Arc<Shared>,
    ready: Ready,
    mut request: reqwest::Request,
    upload: Option<Upload>,
    timeouts: Timeouts,
) -> Result<(), TransportError> {
    let started = Instant::now();
    let _permits = ready.permits(timeouts.pool).await?;
    let uploaded = Arc::new(Notify::new());
    match upload {
        Some(upload) => *request.body_mut() = Some(upload_body(upload, uploaded.clone())),
        None => uploaded.notify_one(),
    }
    let too_late = async {
        match head_limit(&timeouts) {
            None => std::future::pending().await,
            Some(limit) => {
                uploaded.notified().await;
                tokio::time::sleep(limit).await;
            }
        }
    };
    let response = tokio::select! {
        response = ready.client.execute(request) => response?,
        () = too_late => return Err(read_timeout()),
    };
    TRANSPORT.latency.record(started.elapsed());
    let head = Head {
        status: response.status().as_u16(),
        version: version(response.version()),
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| {
                (Bytes::copy_from_slice(name.as_str().as_bytes()), Bytes::copy_from_slice(value.as_bytes()))
            })
            .collect(),
    };
    let whole = response.content_length().is_some_and(|length| length <= WHOLE_BODY);
    if !whole {
        shared.change(|state| state.head = Some(head.clone()));
    }
    let mut body = response.bytes_stream();
    let mut held = Vec::new();
    loop {
        let next = match timeouts.read {
            None => body.next().await,
            Some(limit) => tokio::time::timeout(seconds(limit), body.next()).await.map_err(|_| read_timeout())?,
        };
        let Some(piece) = next.transpose()? else { break };
        if whole {
            held.push(piece);
            continue;
        }
        let full = {
            let mut waiting = 0;
            shared.change(|state| {
                state.waiting += piece.len();
                state.body.push_back(piece);
                waiting = state.waiting;
            });
            waiting >= MAX_WAITING
        };
        if full {
            shared.drained.notified().await;
        }
    }
    shared.change(|state| {
        if whole {
            state.body.extend(held);
            state.head = Some(head);
        }
        state.ended = true;
    });
    Ok(())
}

fn upload_body(upload: Upload, uploaded: Arc<Notify>) -> reqwest::Body {
    let pieces = futures_util::stream::unfold((upload, uploaded), |(mut upload, uploaded)| async move {
        let piece = upload.recv().await;
        if piece.is_none() {
            uploaded.notify_one();
        }
        piece.map(|piece| (piece, (upload, uploaded)))
    });
    reqwest::Body::wrap_stream(pieces)
}

fn read_timeout() -> TransportError {
    TransportError::new(ErrorKind::ReadTimeout, "no answer from the server in time")
}

fn version(version: reqwest::Version) -> &'static str {
    match version {
        reqwest::Version::HTTP_2 => "HTTP/2",
        reqwest::Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}
