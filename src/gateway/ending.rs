//! How a request ended: what it used, and what the journal and Python are told of it.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::value::RawValue;

use super::asked::Asked;
use super::chat::Request;
use super::outbox::Event;
use super::plan::Deployment;
use super::usage::Usage;
use crate::transport::TransportError;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Success,
    Failure,
    ClientGone,
}

/// What a call used: as it is told, and in counts, where those can be.
pub(super) struct Used {
    pub told: String,
    pub counts: Usage,
    /// None where the price is Python's to find.
    pub pico: Option<i128>,
    /// What the answer cites, which Python finds the price of.
    cited: Option<Box<RawValue>>,
}

impl Used {
    pub fn told(raw: &str, deployment: &Deployment) -> Self {
        let counts = Usage::read(raw);
        let pico = counts.as_ref().and_then(|usage| usage.cost_pico(deployment.prices.as_ref()?));
        Self { told: raw.to_owned(), counts: counts.unwrap_or_default(), pico, cited: None }
    }

    pub fn counted(counts: Usage, deployment: &Deployment) -> Self {
        let told = serde_json::to_string(&counts).unwrap_or_default();
        let pico = deployment.prices.as_ref().and_then(|prices| counts.cost_pico(prices));
        Self { told, counts, pico, cited: None }
    }

    /// The same, of an answer that cites this.
    pub fn citing(mut self, annotations: Option<&str>) -> Self {
        self.cited = annotations.and_then(|raw| RawValue::from_string(raw.to_owned()).ok());
        self.pico = self.pico.filter(|_| self.cited.is_none());
        self
    }
}

/// How a request ended, for the journal and for Python.
#[derive(Serialize)]
struct End<'a> {
    status: Status,
    model_id: &'a str,
    facts: &'a RawValue,
    usage: &'a RawValue,
    /// None where the price is Python's to find.
    pico: Option<i128>,
    cited: Option<&'a RawValue>,
    started: f64,
    /// When the provider was asked.
    sent: f64,
    ended: f64,
    first: Option<f64>,
    ip: IpAddr,
    /// What it said of itself; None for nothing.
    asked: Option<&'a Asked>,
    /// What broke the answer off: the name of httpx's exception, and its words.
    error: Option<&'static str>,
    words: Option<&'a str>,
}

/// What is known only at the end.
pub(super) struct Ended<'a> {
    pub status: Status,
    pub used: &'a Used,
    /// When the first piece of a stream was sent, in seconds since 1970.
    pub first: Option<f64>,
    pub error: Option<&'a TransportError>,
}

impl Request<'_> {
    /// Note the end: in the journal, and for Python.
    pub(super) fn note(&mut self, deployment: &Deployment, end: Ended<'_>) {
        let Ended { status, used, first, error } = end;
        let usage = RawValue::from_string(used.told.clone()).unwrap_or_else(|_| RawValue::NULL.to_owned());
        let seen = self.seen.take();
        let admitted = &self.admitted;
        let end = End {
            status,
            model_id: &admitted.deployment,
            facts: &deployment.facts,
            usage: &usage,
            pico: used.pico,
            cited: used.cited.as_deref(),
            started: admitted.started_at,
            sent: admitted.started_at + self.sent.saturating_duration_since(admitted.started).as_secs_f64(),
            ended: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64(),
            first,
            ip: self.ip,
            asked: Some(&admitted.asked).filter(|asked| !asked.is_nothing()),
            error: error.map(|error| error.kind.name()),
            words: error.map(|error| error.message.as_str()),
        };
        let end = serde_json::to_string(&end).unwrap_or_default();
        // A disk that is full: the event still reaches the database, as long as this process lives.
        let _ = self.shared.tables.journal.ended(&admitted.id, &end);
        self.shared.outbox.ended(Event { plan: admitted.held.key.clone(), request_id: admitted.id.clone(), end, seen });
    }
}
