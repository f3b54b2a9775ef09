//! A request driven by the thread that waits for it, so that no other thread has to be woken.
//!
//! A `Driver` is a runtime of one thread and the connections made on it. It belongs to one request at a time; between
//! requests it waits in its pool, the one used last on top, so that its connections are used again.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

use super::answer::{Answer, Head, ask};
use super::pool::{Clients, Ready, Timeouts};
use super::{ErrorKind, Progress, TransportError, upload};

/// A runtime for one thread at a time, and its connections.
pub(super) struct Driver {
    runtime: Runtime,
    pub clients: Clients,
}

impl Driver {
    fn new() -> Result<Self, TransportError> {
        let built = Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(|error| TransportError::new(ErrorKind::ConnectError, error.to_string()))?;
        Ok(Self { runtime, clients: HashMap::new() })
    }

    fn run<T>(&self, limit: Duration, future: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async { tokio::time::timeout(limit, future).await.ok() })
    }
}

/// Let connections notice what happened to them: that the server closed, that a body was read or given up.
async fn settle() {
    for _ in 0..3 {
        yield_now().await;
    }
}

/// The drivers that wait for a request.
pub(super) struct Drivers {
    pid: u32,
    most: usize,
    idle: Mutex<Vec<Driver>>,
}

impl Drivers {
    pub fn new(pid: u32, most: usize) -> Arc<Self> {
        Arc::new(Self { pid, most, idle: Mutex::default() })
    }

    /// The driver used last, or a new one.
    pub fn take(&self) -> Result<Driver, TransportError> {
        let last = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        last.map_or_else(Driver::new, Ok)
    }

    fn give_back(&self, driver: Driver) {
        if self.pid != std::process::id() {
            std::mem::forget(driver); // the parent's connections are the parent's
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.most {
            idle.push(driver);
        } else {
            drop(idle);
            driver.runtime.shutdown_background();
        }
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// The answer given back, and what was read of it.
type Read = (Box<Answer>, Result<Option<Bytes>, TransportError>);

enum State {
    Asking(Boxed<Result<(Answer, Option<Bytes>), TransportError>>),
    Open(Box<Answer>),
    Reading(Boxed<Read>),
    Ended,
}

/// A request under way on a driver of its own. Dropped before its end, it is given up and its connection closed.
pub struct LocalExchange {
    state: State,
    driver: Option<Driver>,
    home: Arc<Drivers>,
}

impl LocalExchange {
    pub(super) fn new(
        driver: Driver,
        home: Arc<Drivers>,
        ready: Ready,
        mut request: reqwest::Request,
        body: Bytes,
        timeouts: Timeouts,
    ) -> Self {
        let asking = async move {
            settle().await;
            let (body, progress) = upload::body(body, None, None);
            *request.body_mut() = body;
            let mut answer = ask(ready, request, progress, timeouts).await?;
            let whole = if answer.whole { Some(answer.all().await?) } else { None };
            Ok((answer, whole))
        };
        Self { state: State::Asking(Box::pin(asking)), driver: Some(driver), home }
    }

    /// Wait for the head at most `limit`; a short body comes with it.
    pub fn head(&mut self, limit: Duration) -> Progress<(Head, Option<Bytes>)> {
        let (Some(driver), State::Asking(asking)) = (&self.driver, &mut self.state) else { return ended() };
        match driver.run(limit, asking) {
            None => Progress::Waiting,
            Some(Err(error)) => {
                self.end(true);
                Progress::Failed(error)
            }
            Some(Ok((answer, whole))) => {
                let head = answer.head.clone();
                self.state = State::Open(Box::new(answer));
                if whole.is_some() {
                    self.end(false);
                }
                Progress::Ready((head, whole))
            }
        }
    }

    /// Wait for a piece of the body at most `limit`; None at its end.
    pub fn piece(&mut self, limit: Duration) -> Progress<Option<Bytes>> {
        self.state = match std::mem::replace(&mut self.state, State::Ended) {
            State::Open(mut answer) => State::Reading(Box::pin(async move {
                let piece = answer.piece().await;
                (answer, piece)
            })),
            State::Ended => return Progress::Ready(None),
            other => other,
        };
        let (Some(driver), State::Reading(reading)) = (&self.driver, &mut self.state) else { return ended() };
        let Some((answer, piece)) = driver.run(limit, reading) else { return Progress::Waiting };
        self.state = State::Open(answer);
        match piece {
            Ok(Some(piece)) => return Progress::Ready(Some(piece)),
            Ok(None) => self.end(false),
            Err(error) => {
                self.end(true);
                return Progress::Failed(error);
            }
        }
        Progress::Ready(None)
    }

    /// Give the request up, unless it has ended.
    pub fn cancel(&mut self) {
        self.end(true);
    }

    fn end(&mut self, broken: bool) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        let Some(driver) = self.driver.take() else { return };
        if self.home.pid != std::process::id() {
            std::mem::forget((state, driver));
            return;
        }
        let _inside = driver.runtime.enter();
        drop(state);
        drop(_inside);
        if broken {
            driver.runtime.block_on(settle());
        }
        self.home.give_back(driver);
    }
}

impl Drop for LocalExchange {
    fn drop(&mut self) {
        self.end(true);
    }
}

fn ended<T>() -> Progress<T> {
    Progress::Failed(TransportError::new(ErrorKind::ReadError, "the request has ended"))
}
