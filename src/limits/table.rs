//! Windows for any number of keys, in shards with a lock each; keys without use expire.

use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::{DefaultHashBuilder, HashTable};
use smallvec::SmallVec;

use super::window::Window;

/// As many as a `u64` has bits.
const SHARDS: usize = 64;
const CHUNK: usize = 256;
/// Windows looked at for expiry each time one is created: more than one, so the idle ones run out.
const SWEPT: usize = 2;

/// As many limits as a request usually has, without an allocation.
pub type Few<T> = SmallVec<[T; 8]>;

/// One limit of a request. A window of 0 limits parallel requests: what is used is given back by `refund`.
#[derive(Clone, Copy, Debug)]
pub struct Limit<'a> {
    pub key: &'a str,
    pub limit: u64,
    pub window_ms: u32,
    /// 0 uses nothing and asks whether anything is left.
    pub cost: u64,
}

/// Whether a request may pass, and where each of its limits stands after it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// The first limit that refuses.
    pub refused: Option<usize>,
    /// Milliseconds until the refusing limit would allow the same cost; None when it never will by itself.
    pub retry_after_ms: Option<u64>,
    pub remaining: Few<u64>,
    /// Milliseconds until nothing is used any more.
    pub reset_ms: Few<u64>,
}

#[derive(Default)]
struct Shard {
    index: HashTable<u32>,
    chunks: Vec<Vec<Window>>,
    free: Vec<u32>,
    hand: u32,
    /// Windows created since the last sweep.
    created: usize,
}

impl Shard {
    fn get(&mut self, slot: u32) -> Option<&mut Window> {
        self.chunks.get_mut(slot as usize / CHUNK)?.get_mut(slot as usize % CHUNK)
    }

    fn slot(&mut self, hash: [u64; 2], window_ms: u32, now_ms: u64) -> u32 {
        let chunks = &self.chunks;
        let at = |slot: u32| chunks.get(slot as usize / CHUNK).and_then(|chunk| chunk.get(slot as usize % CHUNK));
        if let Some(slot) = self.index.find(hash[0], |slot| at(*slot).is_some_and(|window| window.hash == hash)) {
            return *slot;
        }
        self.created += 1;
        let window = Window::new(hash, window_ms, now_ms);
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => self.grow(),
        };
        match self.get(slot) {
            Some(old) => *old = window,
            None => {
                if let Some(chunk) = self.chunks.last_mut() {
                    chunk.push(window);
                }
            }
        }
        let chunks = &self.chunks;
        let at = |slot: u32| chunks.get(slot as usize / CHUNK).and_then(|chunk| chunk.get(slot as usize % CHUNK));
        self.index.insert_unique(hash[0], slot, |slot| at(*slot).map_or(0, |window| window.hash[0]));
        slot
    }

    /// The slot behind the last one, with room for it.
    fn grow(&mut self) -> u32 {
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.slots()
    }

    fn slots(&self) -> u32 {
        let last = self.chunks.last().map_or(0, Vec::len);
        (self.chunks.len().saturating_sub(1) * CHUNK + last) as u32
    }

    /// Look for idle windows, in proportion to the new ones. Only when no slot found before is used any more: a window
    /// that was just created is idle too.
    fn sweep(&mut self, now_ms: u64) {
        for _ in 0..std::mem::take(&mut self.created) * SWEPT {
            self.hand = if self.hand >= self.slots() { 0 } else { self.hand };
            let slot = self.hand;
            self.hand += 1;
            self.expire(slot, now_ms);
        }
    }

    fn expire(&mut self, slot: u32, now_ms: u64) {
        let Some(window) = self.get(slot) else { return };
        window.advance(now_ms);
        if window.is_idle() {
            let hash = window.hash;
            if let Ok(entry) = self.index.find_entry(hash[0], |other| *other == slot) {
                entry.remove();
                self.free.push(slot);
            }
        }
    }
}

pub struct LimitTable {
    shards: Vec<Mutex<Shard>>,
    hashers: [DefaultHashBuilder; 2],
}

impl Default for LimitTable {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hashers: [DefaultHashBuilder::default(), DefaultHashBuilder::default()] }
    }
}

/// A limit's window: the guard of its shard, and its slot there.
#[derive(Clone, Copy)]
struct Place {
    hash: [u64; 2],
    guard: usize,
    slot: u32,
    /// What was used before the check.
    used: u64,
    /// What earlier limits of the same check take from this one's window.
    pending: u64,
}

/// The windows of one check, their shards locked.
struct Held<'a> {
    guards: Few<MutexGuard<'a, Shard>>,
    places: Few<Place>,
}

impl Held<'_> {
    fn window(&mut self, number: usize) -> Option<&mut Window> {
        let place = *self.places.get(number)?;
        self.guards.get_mut(place.guard)?.get(place.slot)
    }
}

impl LimitTable {
    /// Use every limit, or none if one of them refuses. `now_ms` never goes back.
    pub fn check(&self, limits: &[Limit], now_ms: u64) -> Decision {
        let mut held = self.hold(limits, now_ms);
        let mut decision = Decision::default();
        let refuses = |(limit, place): &(&Limit, &Place)| {
            place.used.saturating_add(place.pending).saturating_add(limit.cost.max(1)) > limit.limit
        };
        decision.refused = limits.iter().zip(&held.places).position(|pair| refuses(&pair));
        match decision.refused.and_then(|number| Some((limits.get(number)?, *held.places.get(number)?, number))) {
            Some((limit, place, number)) => {
                let room = limit.limit.checked_sub(limit.cost.max(1));
                let room = room.filter(|_| limit.window_ms > 0 && place.pending == 0);
                decision.retry_after_ms = room.and_then(|room| Some(held.window(number)?.until_ms(room, now_ms)));
            }
            None => {
                for (number, limit) in limits.iter().enumerate().filter(|(_, limit)| limit.cost > 0) {
                    if let Some(window) = held.window(number) {
                        window.add(limit.cost, now_ms);
                    }
                }
            }
        }
        for (number, limit) in limits.iter().enumerate() {
            if let Some(window) = held.window(number) {
                decision.remaining.push(limit.limit.saturating_sub(window.used()));
                decision.reset_ms.push(window.empty_in_ms(now_ms));
            }
        }
        held.guards.iter_mut().for_each(|shard| shard.sweep(now_ms));
        decision
    }

    /// Use amounts that are known only afterwards, whatever the limits.
    pub fn record(&self, key: &str, window_ms: u32, amount: u64, now_ms: u64) {
        self.with(key, window_ms, now_ms, |window| window.add(amount, now_ms));
    }

    /// Give back what was used: a parallel request that ended, tokens that were not needed.
    pub fn refund(&self, key: &str, window_ms: u32, amount: u64, now_ms: u64) {
        self.with(key, window_ms, now_ms, |window| window.subtract(amount));
    }

    /// What is used of a key now.
    pub fn used(&self, key: &str, window_ms: u32, now_ms: u64) -> u64 {
        self.with(key, window_ms, now_ms, |window| window.used())
    }

    /// Forget every key that is idle; how many keys are left.
    pub fn purge(&self, now_ms: u64) -> usize {
        for shard in &self.shards {
            let mut shard = lock(shard);
            (0..shard.slots()).for_each(|slot| shard.expire(slot, now_ms));
        }
        self.len()
    }

    /// Keys that are held, idle ones that were not swept yet included.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).index.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn hash(&self, key: &str, window_ms: u32) -> [u64; 2] {
        self.hashers.each_ref().map(|hasher| hasher.hash_one((key, window_ms)))
    }

    fn with<T>(&self, key: &str, window_ms: u32, now_ms: u64, action: impl FnOnce(&mut Window) -> T) -> T {
        let hash = self.hash(key, window_ms);
        let mut fresh = Window::new(hash, window_ms, now_ms);
        let Some(shard) = self.shards.get(shard_of(hash)) else { return action(&mut fresh) };
        let mut shard = lock(shard);
        let slot = shard.slot(hash, window_ms, now_ms);
        let window = shard.get(slot).unwrap_or(&mut fresh);
        window.advance(now_ms);
        let result = action(window);
        shard.sweep(now_ms);
        result
    }

    /// Find the windows, their shards locked in ascending order so that two checks never wait for each other.
    fn hold(&self, limits: &[Limit], now_ms: u64) -> Held<'_> {
        let hashes: Few<[u64; 2]> = limits.iter().map(|limit| self.hash(limit.key, limit.window_ms)).collect();
        let wanted = hashes.iter().fold(0u64, |mask, hash| mask | 1 << shard_of(*hash));
        let mut guards = Few::new();
        let mut left = wanted;
        while let Some(shard) = (left != 0).then(|| self.shards.get(left.trailing_zeros() as usize)).flatten() {
            guards.push(lock(shard));
            left &= left - 1;
        }
        let mut places: Few<Place> = Few::new();
        for (hash, limit) in hashes.into_iter().zip(limits) {
            let guard = (wanted & ((1 << shard_of(hash)) - 1)).count_ones() as usize;
            let Some(shard) = guards.get_mut(guard) else { continue };
            let slot = shard.slot(hash, limit.window_ms, now_ms);
            let Some(window) = shard.get(slot) else { continue };
            window.advance(now_ms);
            let used = window.used();
            let same = places.iter().zip(limits).filter(|(earlier, _)| earlier.hash == hash);
            let pending = same.fold(0, |sum: u64, (_, earlier)| sum.saturating_add(earlier.cost));
            places.push(Place { hash, guard, slot, used, pending });
        }
        Held { guards, places }
    }
}

fn shard_of(hash: [u64; 2]) -> usize {
    (hash[1] % SHARDS as u64) as usize
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
