//! One request under way: a task drives it, whoever asked takes what has arrived.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::TransportError;
use super::answer::{Head, ask};
use super::pool::{Ready, Timeouts};
use super::upload::{self, Upload};

/// Bytes of a body that wait to be taken before the connection is read no further.
const MAX_WAITING: usize = 1 << 20;

/// Told, from any thread, that something can be taken.
pub trait Wake: Send + Sync {
    fn wake(&self);
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
        mut request: reqwest::Request,
        (body, upload): (Bytes, Option<Upload>),
        timeouts: Timeouts,
        wake: Option<Box<dyn Wake>>,
    ) -> Self {
        let length = request.headers().get(reqwest::header::CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
        let (body, progress) = upload::body(body, upload, length);
        *request.body_mut() = body;
        let state = Mutex::new(State { armed: true, ..State::default() });
        let shared = Arc::new(Shared { state, changed: Condvar::new(), drained: Notify::new(), wake });
        let task = runtime.spawn(drive(shared.clone(), ready, request, progress, timeouts));
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
    progress: Arc<upload::Progress>,
    timeouts: Timeouts,
) {
    if let Err(error) = run(&shared, ready, request, progress, timeouts).await {
        shared.change(|state| state.error = Some(error));
    }
}

async fn run(
    shared: &Arc<Shared>,
    ready: Ready,
    request: reqwest::Request,
    progress: Arc<upload::Progress>,
    timeouts: Timeouts,
) -> Result<(), TransportError> {
    let mut answer = ask(ready, request, progress, timeouts).await?;
    if answer.whole {
        let body = answer.all().await?;
        shared.change(|state| {
            state.body.push_back(body);
            state.head = Some(answer.head);
            state.ended = true;
        });
        return Ok(());
    }
    shared.change(|state| state.head = Some(answer.head.clone()));
    while let Some(piece) = answer.piece().await? {
        let mut waiting = 0;
        shared.change(|state| {
            state.waiting += piece.len();
            state.body.push_back(piece);
            waiting = state.waiting;
        });
        if waiting >= MAX_WAITING {
            shared.drained.notified().await;
        }
    }
    shared.change(|state| state.ended = true);
    Ok(())
}
