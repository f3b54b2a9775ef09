//! What Python takes over: connections, and the ends of requests.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::plan::KeyPlan;
use super::seen::{Keep, Seen};
use crate::transport::{TransportError, Wake};

/// Bytes of requests and answers that are kept before requests are no longer taken here.
const MAX_KEPT: usize = 64 << 20;

/// What came of an attempt that was made here and is Python's to go on with: an answer, or as much of it as there was.
#[derive(Debug)]
pub struct Outcome {
    /// The deployment, which still counts the attempt as under way.
    pub deployment: String,
    /// Status and headers, where a head came.
    pub head: Option<(u16, Vec<(Bytes, Bytes)>)>,
    pub body: Vec<u8>,
    /// How the answer broke off.
    pub error: Option<TransportError>,
}

/// A connection, with what was read of it and not answered.
#[derive(Debug)]
pub struct HandOver {
    pub stream: TcpStream,
    pub read: Vec<u8>,
    pub outcome: Option<Outcome>,
}

/// The end of a request.
#[derive(Debug)]
pub struct Event {
    pub plan: Arc<KeyPlan>,
    pub request_id: String,
    /// As the journal has it: JSON.
    pub end: String,
    /// What was asked and answered, where somebody is told of it.
    pub seen: Option<Seen>,
}

#[derive(Default)]
struct Inner {
    handed: VecDeque<HandOver>,
    events: VecDeque<Event>,
}

/// Queues between the server's threads and Python's event loop.
pub struct Outbox {
    inner: Mutex<Inner>,
    /// Events that wait, also while nobody holds the lock.
    waiting: AtomicUsize,
    most: usize,
    wake: Box<dyn Wake>,
    keep: AtomicU8,
    /// Bytes of what is kept, of requests under way too.
    kept: Arc<AtomicUsize>,
    /// Whether those who are told of ends have enough to do.
    held: AtomicBool,
}

impl Outbox {
    /// At most `most` events wait before requests are no longer taken here.
    pub fn new(most: usize, wake: Box<dyn Wake>) -> Self {
        Self {
            inner: Mutex::default(),
            waiting: AtomicUsize::new(0),
            most,
            wake,
            keep: AtomicU8::new(Keep::Nothing as u8),
            kept: Arc::default(),
            held: AtomicBool::new(false),
        }
    }

    /// Whether no more requests are to be taken here.
    pub fn is_full(&self) -> bool {
        self.waiting() >= self.most
            || self.kept.load(Ordering::Relaxed) >= MAX_KEPT
            || self.held.load(Ordering::Relaxed)
    }

    /// Take no more requests, or take them again.
    pub fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    /// What is kept of requests from now on.
    pub fn keep(&self, keep: Keep) {
        self.keep.store(keep as u8, Ordering::Relaxed);
    }

    /// What is kept of `request`, the bytes of its head and body; None where nobody is told of it.
    pub fn seen(&self, request: &[u8]) -> Option<Seen> {
        Keep::of(self.keep.load(Ordering::Relaxed)).seen(request, &self.kept)
    }

    /// Events that nobody has taken yet.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub fn hand_over(&self, handed: HandOver) {
        self.lock().handed.push_back(handed);
        self.wake.wake();
    }

    pub fn ended(&self, event: Event) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.lock().events.push_back(event);
    }

    pub fn take_handed(&self) -> VecDeque<HandOver> {
        std::mem::take(&mut self.lock().handed)
    }

    /// The oldest events, at most so many.
    pub fn take_events(&self, most: usize) -> Vec<Event> {
        let mut inner = self.lock();
        let count = inner.events.len().min(most);
        let events: Vec<Event> = inner.events.drain(..count).collect();
        drop(inner);
        self.waiting.fetch_sub(events.len(), Ordering::Relaxed);
        events
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
