//! Budgets in integer pico-dollars: a request reserves its estimate on all its budgets or on none, and settles once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::calendar::Duration;
use super::reservations::Reservations;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetStatus {
    /// None without a limit.
    pub max_budget: Option<i128>,
    pub spent: i128,
    pub reserved: i128,
    /// Seconds since 1970, for budgets that start anew.
    pub reset_at: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BudgetError {
    UnknownKey(String),
    AlreadyReserved(String),
}

/// The budget that has no room for a reservation.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub key: String,
    pub status: BudgetStatus,
}

#[derive(Debug)]
struct Budget {
    status: BudgetStatus,
    duration: Option<Duration>,
}

impl Budget {
    fn advance(&mut self, now: f64) {
        if let Some(duration) = self.duration
            && self.status.reset_at.is_some_and(|reset_at| now >= reset_at)
        {
            self.status.spent = 0;
            self.status.reset_at = Some(duration.next_reset(now));
        }
    }

    fn give_back(&mut self, amount: i128) {
        self.status.reserved = self.status.reserved.saturating_sub(amount).max(0);
    }
}

struct Inner {
    budgets: HashMap<Arc<str>, Budget>,
    reservations: Reservations,
}

impl Inner {
    /// Give back what was reserved too long ago.
    fn expire(&mut self, now: f64) {
        while let Some(expired) = self.reservations.expire(now) {
            for key in &expired.keys {
                if let Some(budget) = self.budgets.get_mut(key) {
                    budget.give_back(expired.amount);
                }
            }
        }
    }
}

pub struct BudgetTable {
    inner: Mutex<Inner>,
}

impl BudgetTable {
    /// A reservation that is not ended within `ttl_s` seconds is given back.
    pub fn new(ttl_s: f64) -> Self {
        Self { inner: Mutex::new(Inner { budgets: HashMap::new(), reservations: Reservations::new(ttl_s) }) }
    }

    /// Set a budget and what is spent of it; what is reserved stays.
    pub fn set(
        &self,
        key: &str,
        max_budget: Option<i128>,
        spent: i128,
        duration: Option<Duration>,
        reset_at: Option<f64>,
        now: f64,
    ) {
        let mut inner = self.lock();
        let reserved = inner.budgets.get(key).map_or(0, |budget| budget.status.reserved);
        let reset_at = reset_at.or_else(|| duration.map(|duration| duration.next_reset(now)));
        let status = BudgetStatus { max_budget, spent, reserved, reset_at };
        inner.budgets.insert(key.into(), Budget { status, duration });
    }

    /// Forget a budget; false when there is none.
    pub fn remove(&self, key: &str) -> bool {
        self.lock().budgets.remove(key).is_some()
    }

    /// Reserve `amount` on every budget of `keys`, or on none and say which refuses. A reservation of 0 asks whether
    /// anything is left.
    pub fn reserve(
        &self,
        request_id: &str,
        keys: &[&str],
        amount: i128,
        now: f64,
    ) -> Result<Option<Refusal>, BudgetError> {
        let mut guard = self.lock();
        let inner = &mut *guard;
        inner.expire(now);
        if inner.reservations.contains(request_id) {
            return Err(BudgetError::AlreadyReserved(request_id.to_owned()));
        }
        let mut held: Vec<Arc<str>> = Vec::with_capacity(keys.len());
        for key in keys {
            let found = inner.budgets.get_key_value(*key).map(|(key, _)| Arc::clone(key));
            held.push(found.ok_or_else(|| BudgetError::UnknownKey((*key).to_owned()))?);
        }
        held.sort_unstable();
        held.dedup();
        for key in &held {
            let Some(budget) = inner.budgets.get_mut(key) else { continue };
            budget.advance(now);
            let BudgetStatus { max_budget, spent, reserved, .. } = budget.status;
            if max_budget.is_some_and(|most| spent.saturating_add(reserved).saturating_add(amount.max(1)) > most) {
                return Ok(Some(Refusal { key: key.to_string(), status: budget.status }));
            }
        }
        for key in &held {
            if let Some(budget) = inner.budgets.get_mut(key) {
                budget.status.reserved = budget.status.reserved.saturating_add(amount);
            }
        }
        inner.reservations.insert(request_id, amount, held, now);
        Ok(None)
    }

    /// End a reservation with what was really spent (0 to release it); false when there is none, as when it ended
    /// before.
    pub fn settle(&self, request_id: &str, actual: i128, now: f64) -> bool {
        let mut guard = self.lock();
        let inner = &mut *guard;
        inner.expire(now);
        let Some(reservation) = inner.reservations.remove(request_id) else { return false };
        for key in &reservation.keys {
            if let Some(budget) = inner.budgets.get_mut(key) {
                budget.advance(now);
                budget.give_back(reservation.amount);
                budget.status.spent = budget.status.spent.saturating_add(actual);
            }
        }
        true
    }

    /// Add what was spent without a reservation; false for an unknown budget.
    pub fn add_spend(&self, key: &str, amount: i128, now: f64) -> bool {
        let mut inner = self.lock();
        let Some(budget) = inner.budgets.get_mut(key) else { return false };
        budget.advance(now);
        budget.status.spent = budget.status.spent.saturating_add(amount);
        true
    }

    pub fn status(&self, key: &str, now: f64) -> Result<BudgetStatus, BudgetError> {
        let mut inner = self.lock();
        inner.expire(now);
        let budget = inner.budgets.get_mut(key).ok_or_else(|| BudgetError::UnknownKey(key.to_owned()))?;
        budget.advance(now);
        Ok(budget.status)
    }

    /// Reservations that have not ended, expired ones that may still be settled included.
    pub fn outstanding(&self) -> usize {
        self.lock().reservations.len()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
