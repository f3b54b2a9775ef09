//! What is kept of a request for those who are told of it once it has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// Bytes of a stream that are kept.
const MAX_REPLY: usize = 16 << 20;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Keep {
    Nothing,
    /// The headers of the provider's answer.
    Heads,
    /// All that was asked and answered.
    Whole,
}

impl Keep {
    pub(super) fn of(number: u8) -> Self {
        [Self::Nothing, Self::Heads, Self::Whole].into_iter().find(|keep| *keep as u8 == number).unwrap_or(Self::Whole)
    }

    pub(super) fn seen(self, request: &[u8], kept: &Arc<AtomicUsize>) -> Option<Seen> {
        let whole = self == Self::Whole;
        let mut seen =
            Seen { whole, request: Vec::new(), headers: Vec::new(), reply: Vec::new(), counted: 0, kept: kept.clone() };
        if whole {
            seen.request = request.to_vec();
            seen.count(request.len());
        }
        (self != Self::Nothing).then_some(seen)
    }
}

/// What is kept of one request; its bytes count for as long as it lives.
#[derive(Debug)]
pub struct Seen {
    whole: bool,
    /// As it came, head and body; empty where only heads are kept.
    pub request: Vec<u8>,
    /// Of the provider's answer.
    pub headers: Vec<(Bytes, Bytes)>,
    /// The provider's answer; empty where only heads are kept.
    pub reply: Vec<u8>,
    counted: usize,
    kept: Arc<AtomicUsize>,
}

impl Seen {
    /// A piece of the answer.
    pub fn piece(&mut self, data: &[u8]) {
        if self.whole && self.reply.len() < MAX_REPLY {
            self.reply.extend_from_slice(data);
            self.count(data.len());
        }
    }

    fn count(&mut self, bytes: usize) {
        self.counted += bytes;
        self.kept.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.kept.fetch_sub(self.counted, Ordering::Relaxed);
    }
}
