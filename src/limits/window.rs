//! One sliding window in 96 bytes: what was used, in a few buckets of neighbouring times.
//!
//! A bucket leaves the window when its *last* use does, so a window never allows more than its limit in any interval
//! of its length. A burst frees up exactly one window later, steady use up to a quarter of a window later.

const BUCKETS: usize = 5;
/// Offsets are 32-bit milliseconds, and a window must fit in half of them.
pub const MAX_WINDOW_S: f64 = 2_000_000.0;
/// Milliseconds after which a parallel request that was never given back is forgotten.
const LEASE_MS: u64 = 3_600_000;

#[derive(Clone, Debug)]
pub struct Window {
    /// Hash of the key: wide enough to stand for it.
    pub hash: [u64; 2],
    used: [u64; BUCKETS],
    /// Time of each bucket's last use, in milliseconds after `base_ms`; oldest bucket first.
    last: [u32; BUCKETS],
    base_ms: u64,
    /// 0 for parallel requests, which leave by being given back.
    window_ms: u32,
    /// When the newest bucket was opened.
    opened: u32,
    len: u8,
}

impl Window {
    pub fn new(hash: [u64; 2], window_ms: u32, now_ms: u64) -> Self {
        Self { hash, used: [0; BUCKETS], last: [0; BUCKETS], base_ms: now_ms, window_ms, opened: 0, len: 0 }
    }

    fn span_ms(&self) -> u64 {
        if self.window_ms == 0 { LEASE_MS } else { u64::from(self.window_ms) }
    }

    /// Forget what has left the window.
    pub fn advance(&mut self, now_ms: u64) {
        while self.len > 0 && now_ms >= self.base_ms + u64::from(self.last[0]) + self.span_ms() {
            self.used.copy_within(1.., 0);
            self.last.copy_within(1.., 0);
            self.len -= 1;
            self.used.iter_mut().skip(usize::from(self.len)).for_each(|used| *used = 0);
            self.last.iter_mut().skip(usize::from(self.len)).for_each(|last| *last = 0);
        }
    }

    pub fn used(&self) -> u64 {
        self.used.iter().fold(0, |sum, used| sum.saturating_add(*used))
    }

    pub fn is_idle(&self) -> bool {
        self.len == 0
    }

    /// Use `cost` now. `advance` first.
    pub fn add(&mut self, cost: u64, now_ms: u64) {
        if self.len == 0 {
            self.base_ms = now_ms;
        }
        let offset = self.offset(now_ms);
        let quarter = self.window_ms / 4;
        let full = usize::from(self.len) == BUCKETS || self.window_ms == 0;
        if self.len == 0 || (!full && offset - self.opened.min(offset) >= quarter) {
            self.len += 1;
            self.opened = offset;
        }
        let newest = usize::from(self.len) - 1;
        if let (Some(used), Some(last)) = (self.used.get_mut(newest), self.last.get_mut(newest)) {
            *used = used.saturating_add(cost);
            *last = (*last).max(offset);
        }
    }

    /// Give back what was used last.
    pub fn subtract(&mut self, mut cost: u64) {
        for used in self.used.iter_mut().rev() {
            let part = cost.min(*used);
            *used -= part;
            cost -= part;
        }
        if self.used() == 0 {
            self.len = 0;
            self.last = [0; BUCKETS];
        }
    }

    /// Milliseconds until at most `allowed` is still used.
    pub fn until_ms(&self, allowed: u64, now_ms: u64) -> u64 {
        let mut left = self.used();
        for (used, last) in self.used.iter().zip(self.last).take(usize::from(self.len)) {
            if left <= allowed {
                return 0;
            }
            left -= used;
            if left <= allowed {
                return (self.base_ms + u64::from(last) + self.span_ms()).saturating_sub(now_ms);
            }
        }
        0
    }

    /// Milliseconds until nothing is used any more; 0 for parallel requests, which leave by being given back.
    pub fn empty_in_ms(&self, now_ms: u64) -> u64 {
        if self.window_ms == 0 {
            return 0;
        }
        let newest = self.used.iter().zip(self.last).rev().find(|(used, _)| **used > 0);
        newest.map_or(0, |(_, last)| (self.base_ms + u64::from(last) + self.span_ms()).saturating_sub(now_ms))
    }

    /// `now_ms` after the base, moving the base when it gets far.
    fn offset(&mut self, now_ms: u64) -> u32 {
        let offset = now_ms.saturating_sub(self.base_ms);
        if let Ok(offset) = u32::try_from(offset) {
            return offset;
        }
        let shift = self.last[0];
        self.last.iter_mut().for_each(|last| *last = last.saturating_sub(shift));
        self.opened = self.opened.saturating_sub(shift);
        self.base_ms += u64::from(shift);
        u32::try_from(now_ms.saturating_sub(self.base_ms)).unwrap_or(u32::MAX)
    }
}
