//! What requests have reserved, by their ids; a reservation that nobody ends is given back in time.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Entries of ended reservations that may wait in the queue beside as many live ones.
const SLACK: usize = 64;

/// A reservation on each of some budgets.
#[derive(Clone, Debug)]
pub struct Reservation {
    /// Pico-dollars; 0 once they were given back for lateness.
    pub amount: i128,
    pub keys: Vec<Arc<str>>,
    serial: u64,
    expired: bool,
}

/// Reservations in the order in which they expire: all live equally long.
///
/// An expired one gives its amount back, and is remembered for as long again, so that a late settlement still counts.
pub struct Reservations {
    ttl_s: f64,
    by_id: HashMap<Arc<str>, Reservation>,
    queue: VecDeque<(f64, u64, Arc<str>)>,
    serial: u64,
}

impl Reservations {
    pub fn new(ttl_s: f64) -> Self {
        Self { ttl_s, by_id: HashMap::new(), queue: VecDeque::new(), serial: 0 }
    }

    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn insert(&mut self, id: &str, amount: i128, keys: Vec<Arc<str>>, now: f64) {
        self.serial += 1;
        let (id, serial) = (Arc::<str>::from(id), self.serial);
        self.queue.push_back((now + self.ttl_s, serial, Arc::clone(&id)));
        self.by_id.insert(id, Reservation { amount, keys, serial, expired: false });
    }

    pub fn remove(&mut self, id: &str) -> Option<Reservation> {
        let removed = self.by_id.remove(id);
        if self.queue.len() > 2 * self.by_id.len() + SLACK {
            let by_id = &self.by_id;
            self.queue.retain(|(_, serial, id)| by_id.get(id).is_some_and(|known| known.serial == *serial));
        }
        removed
    }

    /// A reservation whose time has come, as it was; call it until there is none.
    pub fn expire(&mut self, now: f64) -> Option<Reservation> {
        while self.queue.front().is_some_and(|(until, ..)| *until <= now) {
            let (_, serial, id) = self.queue.pop_front()?;
            let Some(known) = self.by_id.get_mut(&id).filter(|known| known.serial == serial) else { continue };
            if known.expired {
                self.by_id.remove(&id);
                continue;
            }
            let expired = known.clone();
            (known.amount, known.expired) = (0, true);
            self.queue.push_back((now + self.ttl_s, serial, id));
            return Some(expired);
        }
        None
    }
}
