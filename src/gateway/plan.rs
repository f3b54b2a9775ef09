//! What Python has decided beforehand: for a key and a model, what a request is held to; for a model, where it goes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::asked::Asked;
use super::usage::Prices;

/// End users and tags that are remembered: clients choose their names.
const MAX_GUESTS: usize = 50_000;

/// A key's SHA-256.
pub type Token = [u8; 32];

/// What of a limit is given back or counted at the end of a request.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    Requests,
    Tokens,
    MaxParallelRequests,
}

/// One limit of a request, and the headers that tell where it stands.
#[derive(Debug, Deserialize)]
pub struct PlannedLimit {
    pub key: String,
    pub limit: u64,
    pub kind: LimitKind,
    /// Names that end in `-remaining-<kind>` and the like are made of these: (limit, remaining, reset) each.
    pub headers: Vec<(String, String, String)>,
}

/// A key's requests to one model.
#[derive(Debug, Deserialize)]
pub struct KeyPlan {
    pub limits: Vec<PlannedLimit>,
    /// Names of the budgets that an estimate is reserved on.
    pub accounts: Vec<String>,
    /// Members of the journal's record of a reservation: JSON without its braces.
    pub record: String,
    /// Headers of every answer.
    pub headers: Vec<(String, String)>,
    /// USD that the key has spent, for the header that adds the request's cost.
    pub spent: f64,
    /// Who asks, for whoever is told of ends: JSON.
    #[serde(default)]
    pub caller: String,
}

/// What an end user or a tag adds to what a request is held to.
#[derive(Debug, Deserialize)]
pub struct Guest {
    pub limits: Vec<PlannedLimit>,
    pub accounts: Vec<String>,
}

/// What a request is held to.
#[derive(Clone, Debug)]
pub struct Held {
    pub key: Arc<KeyPlan>,
    guests: Vec<Arc<Guest>>,
}

impl Held {
    pub fn limits(&self) -> impl Iterator<Item = &PlannedLimit> {
        self.key.limits.iter().chain(self.guests.iter().flat_map(|guest| &guest.limits))
    }

    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        let of_guests = self.guests.iter().flat_map(|guest| &guest.accounts);
        self.key.accounts.iter().chain(of_guests).map(String::as_str)
    }
}

/// A provider's address of a model.
#[derive(Debug, Deserialize)]
pub struct Deployment {
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// What the provider calls the model.
    pub model: String,
    pub timeout_s: Option<f64>,
    pub stream_timeout_s: Option<f64>,
    /// What a token costs; None where a price is more than that, and Python's to find.
    pub prices: Option<Prices>,
    /// What the log of a request says of it.
    pub facts: Box<RawValue>,
    pub answer_headers: Vec<(String, String)>,
}

/// A model group.
#[derive(Debug, Deserialize)]
pub struct Group {
    pub name: String,
    pub strategy: String,
    /// Fields of a body that every deployment takes as they are.
    pub params: HashSet<String>,
    /// By id.
    pub deployments: HashMap<String, Deployment>,
    pub encoding: String,
    /// The dearest deployment's prices of a token, in pico-dollars.
    pub input_pico: i128,
    pub output_pico: i128,
    /// Output that is reserved for when a request sets no limit, and the model's own limit.
    pub reserved_output: u64,
    pub max_output: Option<u64>,
    pub always_usage: bool,
    /// Which count of a usage counts for limits.
    pub limited_tokens: String,
}

#[derive(Default)]
struct Inner {
    keys: HashMap<Token, HashMap<String, (Instant, Arc<KeyPlan>)>>,
    groups: HashMap<String, Arc<Group>>,
    guests: HashMap<String, (Instant, Arc<Guest>)>,
}

/// All plans.
#[derive(Default)]
pub struct Plans {
    inner: RwLock<Inner>,
}

impl Plans {
    /// What a key's request to `model` is held to, and the model's group.
    pub fn find(&self, token: &Token, model: &str, asked: &Asked) -> Option<(Held, Arc<Group>)> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let (until, plan) = inner.keys.get(token)?.get(model)?;
        let now = Instant::now();
        (*until > now).then_some(())?;
        let guest = |name: String| inner.guests.get(&name).filter(|(until, _)| *until > now).map(|(_, it)| it.clone());
        let guests = asked.guests().map(guest).collect::<Option<Vec<_>>>()?;
        Some((Held { key: plan.clone(), guests }, inner.groups.get(model)?.clone()))
    }

    pub fn put(&self, token: Token, model: String, plan: KeyPlan, until: Instant) {
        self.write(|inner| {
            inner.keys.entry(token).or_default().insert(model, (until, Arc::new(plan)));
        });
    }

    pub fn put_group(&self, group: Group) {
        self.write(|inner| {
            inner.groups.insert(group.name.clone(), Arc::new(group));
        });
    }

    /// `name`: `end_user:<name>` or `tag:<name>`.
    pub fn put_guest(&self, name: String, guest: Guest, until: Instant) {
        self.write(|inner| {
            if inner.guests.len() >= MAX_GUESTS {
                inner.guests.clear();
            }
            inner.guests.insert(name, (until, Arc::new(guest)));
        });
    }

    pub fn forget_guest(&self, name: &str) {
        self.write(|inner| {
            inner.guests.remove(name);
        });
    }

    /// Forget a key.
    pub fn forget(&self, token: &Token) {
        self.write(|inner| {
            inner.keys.remove(token);
        });
    }

    pub fn clear(&self) {
        self.write(|inner| *inner = Inner::default());
    }

    pub fn has_group(&self, model: &str) -> bool {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).groups.contains_key(model)
    }

    fn write(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.write().unwrap_or_else(PoisonError::into_inner));
    }
}
