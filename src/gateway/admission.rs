//! What a request takes before it is sent, and gives back at its end: limits, budgets, a deployment, its place in the
//! journal.

use std::sync::Arc;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::asked::Asked;
use super::journal::Journal;
use super::plan::{Group, Held, LimitKind, PlannedLimit};
use super::usage::Usage;
use crate::limits::{BudgetTable, Decision, Limit, LimitTable};
use crate::routing::{Outcome, Request, Strategy, Table};

const MINUTE_MS: u32 = 60_000;

/// Seconds since 1970 that never go back, as each table counts them.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub started: Instant,
    pub started_at: f64,
}

impl Clock {
    pub fn new() -> Self {
        let started_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
        Self { started: Instant::now(), started_at }
    }

    pub fn now(&self) -> f64 {
        self.started_at + self.started.elapsed().as_secs_f64()
    }

    fn now_ms(&self) -> u64 {
        (self.now().max(0.0) * 1000.0) as u64
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// The tables that Python decides on as well.
pub struct Tables {
    pub limits: (Arc<LimitTable>, Clock),
    pub budgets: (Arc<BudgetTable>, Clock),
    /// A router makes a new table when its settings change.
    pub routing: RwLock<(Arc<Table>, Clock)>,
    pub journal: Journal,
}

impl Tables {
    fn routing(&self) -> (Arc<Table>, Clock) {
        let routing = self.routing.read().unwrap_or_else(PoisonError::into_inner);
        (routing.0.clone(), routing.1)
    }
}

/// A request that nothing refused. Dropped before its end, it gives everything back as if it had never been.
pub struct Admitted {
    tables: Arc<Tables>,
    routing: (Arc<Table>, Clock),
    pub held: Held,
    pub asked: Asked,
    pub id: String,
    pub deployment: Arc<str>,
    pub decision: Decision,
    pub started: Instant,
    pub started_at: f64,
    open: bool,
}

impl LimitKind {
    fn window_ms(self) -> u32 {
        if self == Self::MaxParallelRequests { 0 } else { MINUTE_MS }
    }

    fn cost(self) -> u64 {
        u64::from(self != Self::Tokens)
    }
}

/// Take all of it, or nothing: None leaves the request to Python, which says why it is refused or finds more room.
pub fn admit(
    tables: &Arc<Tables>,
    (held, asked): (Held, Asked),
    group: &Group,
    prompt_tokens: u64,
    output_tokens: u64,
    stream: bool,
) -> Option<Admitted> {
    let (limits, clock) = &tables.limits;
    let decision = {
        let asked: crate::limits::Few<Limit<'_>> = held.limits().map(limit).collect();
        limits.check(&asked, clock.now_ms())
    };
    if decision.refused.is_some() {
        return None;
    }
    let id = request_id();
    let prompt_pico = i128::from(prompt_tokens) * group.input_pico;
    let pico = prompt_pico + i128::from(output_tokens) * group.output_pico;
    let wall = Clock::new();
    let mut admitted = Admitted {
        tables: tables.clone(),
        routing: tables.routing(),
        held,
        asked,
        id,
        deployment: Arc::from(""),
        decision,
        started: wall.started,
        started_at: wall.started_at,
        open: true,
    };
    if !admitted.reserve(pico) {
        admitted.give_back_limits();
        admitted.open = false;
        return None;
    }
    if !(admitted.pick(group, stream) && admitted.note(prompt_pico)) {
        return None; // what it holds goes back as it is dropped
    }
    Some(admitted)
}

fn limit(limit: &PlannedLimit) -> Limit<'_> {
    let window_ms = limit.kind.window_ms();
    Limit { key: &limit.key, limit: limit.limit, window_ms, cost: limit.kind.cost() }
}

/// A random UUID.
pub fn request_id() -> String {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0u8; 16];
    if ring::rand::SystemRandom::new().fill(&mut bytes).is_err() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        bytes = now.as_nanos().to_le_bytes();
    }
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xf000 << 64) & !(0xc000 << 48) | 0x4000 << 64 | 0x8000 << 48;
    let digits = format!("{number:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

impl Admitted {
    /// As the client and the logs know it.
    pub fn call_id(&self) -> &str {
        self.asked.call_id.as_deref().unwrap_or(&self.id)
    }

    fn reserve(&self, pico: i128) -> bool {
        let names: Vec<&str> = self.held.accounts().collect();
        if names.is_empty() {
            return true;
        }
        let (budgets, clock) = &self.tables.budgets;
        matches!(budgets.reserve(&self.id, &names, pico, clock.now()), Ok(None))
    }

    fn pick(&mut self, group: &Group, stream: bool) -> bool {
        let Some(strategy) = Strategy::from_name(&group.strategy) else { return false };
        let request = Request { tokens: 0, exclude: Vec::new(), among: None, tags: None, match_any: true, stream };
        let (table, clock) = &self.routing;
        let Ok(Some(id)) = table.pick(&group.name, strategy, &request, true, clock.now()) else { return false };
        let known = group.deployments.contains_key(id.as_ref());
        if known {
            self.deployment = id;
        } else {
            table.release(&id);
        }
        known
    }

    /// `sent_pico`: what the request costs once it is sent.
    fn note(&self, sent_pico: i128) -> bool {
        let record = &self.held.key.record;
        let mut members = format!("\"started\":{},\"pico\":{sent_pico},{record}", self.started_at);
        if !self.asked.is_nothing() {
            members.push_str(",\"asked\":");
            members.push_str(&serde_json::to_string(&self.asked).unwrap_or_default());
        }
        self.tables.journal.reserved(&self.id, &members).is_ok()
    }

    /// A checkpoint of a stream.
    pub fn progress(&self, pico: i128) {
        // One that the disk does not take costs nothing: the next, or the end, says more.
        let _ = self.tables.journal.progress(&self.id, pico);
    }

    /// The answer came whole.
    pub fn answered(&mut self, usage: &Usage, limited: &str, first_piece_s: Option<f64>) {
        let (table, clock) = &self.routing;
        let outcome = Outcome {
            ok: true,
            timed_out: false,
            latency_s: Some(self.started.elapsed().as_secs_f64()),
            ttft_s: first_piece_s,
            tokens: usage.total_tokens,
            completion_tokens: usage.completion_tokens,
        };
        table.report(&self.deployment, &outcome, clock.now());
        self.end_limits(usage.limited(limited));
    }

    /// The client went away in the middle of its answer.
    pub fn abandoned(&mut self, usage: &Usage, limited: &str) {
        self.routing.0.release(&self.deployment);
        self.end_limits(usage.limited(limited));
    }

    /// The answer broke off. The deployment stays counted as in use: Python says what the failure means for it.
    pub fn broken(&mut self, usage: &Usage, limited: &str) {
        self.end_limits(usage.limited(limited));
    }

    fn end_limits(&mut self, tokens: u64) {
        self.open = false;
        let (limits, clock) = &self.tables.limits;
        for limit in self.held.limits() {
            match limit.kind {
                LimitKind::Requests => {}
                LimitKind::Tokens if tokens == 0 => {}
                LimitKind::Tokens => limits.record(&limit.key, MINUTE_MS, tokens, clock.now_ms()),
                LimitKind::MaxParallelRequests => limits.refund(&limit.key, 0, 1, clock.now_ms()),
            }
        }
    }

    fn give_back_limits(&self) {
        let (limits, clock) = &self.tables.limits;
        for limit in self.held.limits().filter(|limit| limit.kind.cost() > 0) {
            limits.refund(&limit.key, limit.kind.window_ms(), limit.kind.cost(), clock.now_ms());
        }
    }

    /// Leave the request to Python, which counts it anew, and the attempt at its deployment, which goes on.
    pub fn hand_over(mut self) {
        self.deployment = Arc::from("");
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        self.give_back_limits();
        if self.held.accounts().next().is_some() {
            let (budgets, clock) = &self.tables.budgets;
            budgets.settle(&self.id, 0, clock.now());
        }
        if !self.deployment.is_empty() {
            self.routing.0.release(&self.deployment);
        }
        // What the disk does not take is counted at most once too often, after a crash.
        let _ = self.tables.journal.given_up(&self.id);
    }
}
