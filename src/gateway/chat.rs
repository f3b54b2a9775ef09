//! One chat completion: admitted, sent, answered, and its end noted before the client has it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::io::AsyncWriteExt as _;

use super::admission::{Admitted, admit};
use super::body::Chat;
use super::chunk::{Chunk, whole};
use super::connection::Client;
use super::head::Head;
use super::outbox::{Event, Outcome};
use super::plan::{Deployment, Group, KeyPlan};
use super::reply::{self, Framing};
use super::server::Shared;
use super::usage::Usage;
use crate::tokens::{Encoding, encoding_for_model};
use crate::transport::sse::SseSplitter;
use crate::transport::{Answer, Call, ErrorKind, Timeouts, TransportError};

/// Bytes of an answer that is read whole.
const MAX_ANSWER: usize = 64 << 20;
/// Bytes of one event of a stream.
const MAX_EVENT: usize = 16 << 20;
/// Bytes of a stream before it says anything; a longer silence is sent on.
const MAX_HELD: usize = 1 << 20;
/// Pieces of a stream between two checkpoints of its cost.
const PROGRESS_EVERY: u64 = 8;
/// Bytes of text that are kept to be counted, should the provider not tell its usage.
const MAX_TEXT: usize = 16 << 20;

/// How long a provider may take to end a stream after its last event.
const FINISH_LIMIT: Duration = Duration::from_secs(1);
/// Ends that wait to be booked before further requests have to wait a little.
const BEHIND_AT: usize = 4_000;
/// How long such a request waits at most, and between two looks.
const BEHIND_LIMIT: Duration = Duration::from_millis(250);
const BEHIND_LOOK: Duration = Duration::from_millis(5);

/// What becomes of the connection.
pub enum Done {
    KeepAlive,
    Close,
    /// Python takes it, with the request, and with what came of an attempt.
    HandOver(Option<Outcome>),
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Success,
    Failure,
    ClientGone,
}

/// What a call used: as it is told, and in counts, where those can be.
struct Used {
    told: String,
    counts: Usage,
    /// None where the price is Python's to find.
    pico: Option<i128>,
}

impl Used {
    fn told(raw: &str, deployment: &Deployment) -> Self {
        let counts = Usage::read(raw);
        let pico = counts.as_ref().and_then(|usage| usage.cost_pico(deployment.prices.as_ref()?));
        Self { told: raw.to_owned(), counts: counts.unwrap_or_default(), pico }
    }

    fn counted(counts: Usage, deployment: &Deployment) -> Self {
        let told = serde_json::to_string(&counts).unwrap_or_default();
        let pico = deployment.prices.as_ref().and_then(|prices| counts.cost_pico(prices));
        Self { told, counts, pico }
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
    started: f64,
    ended: f64,
    first: Option<f64>,
    stream: bool,
    ip: IpAddr,
    error: Option<&'static str>,
}

struct Ended<'a> {
    status: Status,
    used: &'a Used,
    first: Option<f64>,
    error: Option<&'static str>,
}

struct Request<'a> {
    shared: &'a Shared,
    plan: Arc<KeyPlan>,
    group: Arc<Group>,
    chat: Chat<'a>,
    admitted: Admitted,
    prompt_tokens: u64,
    encoding: Encoding,
    keep_alive: bool,
    ip: IpAddr,
    /// When the provider was asked.
    sent: Instant,
}

/// Answer a request, its body whole, or leave it to Python as it is.
pub async fn answer(shared: &Shared, head: &Head, body: &[u8], client: &mut Client) -> Done {
    let mut waited = Duration::ZERO;
    while shared.outbox.waiting() > BEHIND_AT && waited < BEHIND_LIMIT {
        tokio::time::sleep(BEHIND_LOOK).await;
        waited += BEHIND_LOOK;
    }
    let Some(mut request) = admitted(shared, head, body, client.ip) else { return Done::HandOver(None) };
    let group = request.group.clone();
    let Some(deployment) = group.deployments.get(request.admitted.deployment.as_ref()) else {
        return Done::HandOver(None);
    };
    let Some(call) = call(&request.chat, deployment) else { return Done::HandOver(None) };
    request.sent = Instant::now();
    let answer = match shared.pool.ask(call).await {
        Ok(answer) => answer,
        Err(error) => return request.hand_over(None, Vec::new(), Some(error)),
    };
    match answer.head.status {
        200 if !is_encoded(&answer) => {}
        300..400 => return Done::HandOver(None), // Python's client follows it
        _ => return request.hand_over_answer(answer).await,
    }
    if request.chat.stream {
        request.stream(answer, deployment, client).await
    } else {
        request.whole(answer, deployment, client).await
    }
}

fn admitted<'a>(shared: &'a Shared, head: &Head, body: &'a [u8], ip: IpAddr) -> Option<Request<'a>> {
    if shared.outbox.is_full() {
        return None;
    }
    let chat = Chat::read(body)?;
    let (plan, group) = shared.plans.find(&head.token, &chat.model)?;
    if !(chat.takes_only(&group.params) && chat.is_plain()) {
        return None;
    }
    let encoding = Encoding::get(&group.encoding).or_else(|| encoding_for_model(&group.encoding));
    let encoding = encoding.unwrap_or(Encoding::Cl100kBase);
    let priced = group.input_pico != 0 || group.output_pico != 0;
    let prompt_tokens = if priced { chat.prompt_tokens(encoding) } else { 0 };
    let asked = chat.output_limit.unwrap_or(group.reserved_output);
    let output = asked.min(group.max_output.unwrap_or(asked)).saturating_mul(chat.answers);
    let admitted = admit(&shared.tables, plan.clone(), &group, prompt_tokens, output, chat.stream)?;
    let keep_alive = head.keep_alive && !shared.is_draining();
    Some(Request { shared, plan, group, chat, admitted, prompt_tokens, encoding, keep_alive, ip, sent: Instant::now() })
}

fn call(chat: &Chat<'_>, deployment: &Deployment) -> Option<Call> {
    let timeout = if chat.stream { deployment.stream_timeout_s.or(deployment.timeout_s) } else { deployment.timeout_s };
    Some(Call {
        method: "POST".to_owned(),
        url: deployment.url.clone(),
        headers: deployment.headers.iter().map(|(name, value)| (name.clone().into(), value.clone().into())).collect(),
        body: Bytes::from(chat.for_provider(&deployment.model)?),
        upload: None,
        timeouts: Timeouts { connect: timeout, read: timeout, write: timeout, pool: timeout },
    })
}

impl Request<'_> {
    fn hand_over(self, head: Option<(u16, Vec<(Bytes, Bytes)>)>, body: Vec<u8>, error: Option<TransportError>) -> Done {
        let deployment = self.admitted.deployment.to_string();
        self.admitted.give_up(true);
        Done::HandOver(Some(Outcome { deployment, head, body, error }))
    }

    /// Leave an answer to Python: a refusal, or one in words that it has to put right.
    async fn hand_over_answer(self, mut answer: Answer) -> Done {
        let head = (answer.head.status, std::mem::take(&mut answer.head.headers));
        let (body, error) = all(&mut answer).await;
        self.hand_over(Some(head), body, error)
    }

    async fn whole(mut self, mut answer: Answer, deployment: &Deployment, client: &mut Client) -> Done {
        let (data, error) = all(&mut answer).await;
        let provider_time = self.sent.elapsed();
        let made = if error.is_none() { whole(&data, &self.chat.model) } else { None };
        let Some((body, usage)) = made else {
            let head = (answer.head.status, std::mem::take(&mut answer.head.headers));
            return self.hand_over(Some(head), data, error);
        };
        let used = Used::told(usage, deployment);
        self.admitted.answered(&used.counts, &self.group.limited_tokens, None);
        let end = Ended { status: Status::Success, used: &used, first: None, error: None };
        self.note(deployment, end);
        let head = reply::head(
            &self.plan,
            &self.group,
            deployment,
            &self.admitted,
            &answer.head,
            used.pico,
            Some(provider_time),
            Framing::Whole(body.len()),
            self.keep_alive,
        );
        let mut out = head.into_bytes();
        out.extend_from_slice(&body);
        if client.write(&out).await { self.done() } else { Done::Close }
    }

    fn done(&self) -> Done {
        if self.keep_alive { Done::KeepAlive } else { Done::Close }
    }

    async fn stream(mut self, mut answer: Answer, deployment: &Deployment, client: &mut Client) -> Done {
        let mut events = SseSplitter::new(MAX_EVENT);
        let mut read = Reading::default();
        let mut held: Vec<u8> = Vec::new();
        let mut out: Vec<u8> = Vec::new();
        let (mut begun, mut checkpoint) = (None, 0);
        let usage_wanted = self.chat.usage_wanted || self.group.always_usage;
        let failure = loop {
            let piece = tokio::select! {
                piece = answer.piece() => piece,
                () = client.gone() => return self.gone(&read, deployment, begun),
            };
            let ended = match piece {
                Ok(Some(data)) => {
                    if begun.is_none() {
                        held.extend_from_slice(&data);
                    }
                    if events.feed(&data).is_err() {
                        break Some(TransportError::new(ErrorKind::RemoteProtocolError, "an event is too long"));
                    }
                    false
                }
                Ok(None) => true,
                Err(error) => break Some(error),
            };
            let broken = read.take(&mut events, ended, &self.chat, usage_wanted, &mut out);
            if broken {
                break Some(TransportError::new(ErrorKind::RemoteProtocolError, "the provider sent an error"));
            }
            if begun.is_none() && (read.says || held.len() > MAX_HELD || (ended && read.pieces > 0)) {
                begun = Some(self.admitted.started.elapsed().as_secs_f64());
                held = Vec::new();
                let head = reply::head(
                    &self.plan,
                    &self.group,
                    deployment,
                    &self.admitted,
                    &answer.head,
                    None,
                    None,
                    Framing::Events,
                    self.keep_alive,
                );
                if !client.write(head.as_bytes()).await {
                    return self.gone(&read, deployment, begun);
                }
            }
            if begun.is_some() {
                if read.pieces >= checkpoint {
                    checkpoint = read.pieces + PROGRESS_EVERY;
                    let prompt = i128::from(self.prompt_tokens) * self.group.input_pico;
                    self.admitted.progress(prompt + i128::from(read.pieces) * self.group.output_pico);
                }
                if !ended && !out.is_empty() && !client.write_chunk(&mut out).await {
                    return self.gone(&read, deployment, begun);
                }
            }
            if ended || read.done {
                break None;
            }
        };
        let Some(first_s) = begun else {
            // Nothing was said: another attempt may answer instead.
            let head = (answer.head.status, std::mem::take(&mut answer.head.headers));
            return self.hand_over(Some(head), held, failure);
        };
        let used = self.used(&read, deployment);
        let first = Some(self.admitted.started_at + first_s);
        match &failure {
            None => {
                self.admitted.answered(&used.counts, &self.group.limited_tokens, Some(first_s));
                let end = Ended { status: Status::Success, used: &used, first, error: None };
                self.note(deployment, end);
                if usage_wanted && read.usage.is_none() {
                    out.extend_from_slice(read.usage_event(&self.chat.model, &used.told).as_bytes());
                }
                out.extend_from_slice(b"data: [DONE]\n\n");
            }
            Some(failed) => {
                self.admitted.broken(&used.counts, &self.group.limited_tokens);
                let error = Some(failed.kind.name());
                let end = Ended { status: Status::Failure, used: &used, first, error };
                self.note(deployment, end);
                out.extend_from_slice(broken_off(failed).as_bytes());
            }
        }
        let sent = client.write_last(&mut out).await;
        if read.done {
            tokio::spawn(finish(answer));
        }
        if sent { self.done() } else { Done::Close }
    }

    /// The client left: it is billed for what was produced.
    fn gone(mut self, read: &Reading, deployment: &Deployment, begun: Option<f64>) -> Done {
        let used = self.used(read, deployment);
        self.admitted.abandoned(&used.counts, &self.group.limited_tokens);
        let first = begun.map(|first_s| self.admitted.started_at + first_s);
        let end = Ended { status: Status::ClientGone, used: &used, first, error: None };
        self.note(deployment, end);
        Done::Close
    }

    /// What a stream used: what its provider said, or what was read of it, counted.
    fn used(&self, read: &Reading, deployment: &Deployment) -> Used {
        match &read.usage {
            Some(told) => Used::told(told, deployment),
            None if read.pieces == 0 => Used::counted(Usage::default(), deployment),
            None => {
                let prompt = match self.prompt_tokens {
                    0 => self.chat.prompt_tokens(self.encoding),
                    counted => counted,
                };
                Used::counted(Usage::counted(prompt, self.encoding.count(&read.text) as u64), deployment)
            }
        }
    }

    fn note(&self, deployment: &Deployment, end: Ended<'_>) {
        let Ended { status, used, first, error } = end;
        let usage = RawValue::from_string(used.told.clone()).unwrap_or_else(|_| RawValue::NULL.to_owned());
        let admitted = &self.admitted;
        let end = End {
            status,
            model_id: &admitted.deployment,
            facts: &deployment.facts,
            usage: &usage,
            pico: used.pico,
            started: admitted.started_at,
            ended: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64(),
            first,
            stream: self.chat.stream,
            ip: self.ip,
            error,
        };
        let end = serde_json::to_string(&end).unwrap_or_default();
        // A disk that is full: the event still reaches the database, as long as this process lives.
        let _ = self.shared.tables.journal.ended(&admitted.id, &end);
        self.shared.outbox.ended(Event { plan: self.plan.clone(), request_id: admitted.id.clone(), end });
    }
}

/// Read what follows the last event, so that the connection can be used again.
async fn finish(mut answer: Answer) {
    let rest = async { while let Ok(Some(_)) = answer.piece().await {} };
    // A provider that goes on for longer loses its connection.
    let _ = tokio::time::timeout(FINISH_LIMIT, rest).await;
}

fn is_encoded(answer: &Answer) -> bool {
    answer
        .head
        .headers
        .iter()
        .any(|(name, value)| name.as_ref() == b"content-encoding" && value.as_ref() != b"identity")
}

async fn all(answer: &mut Answer) -> (Vec<u8>, Option<TransportError>) {
    let mut body = Vec::new();
    loop {
        match answer.piece().await {
            Ok(Some(piece)) if body.len() + piece.len() <= MAX_ANSWER => body.extend_from_slice(&piece),
            Ok(Some(_)) => {
                let error = TransportError::new(ErrorKind::RemoteProtocolError, "the answer is too long");
                return (body, Some(error));
            }
            Ok(None) => return (body, None),
            Err(error) => return (body, Some(error)),
        }
    }
}

/// The last event of a stream that broke off.
fn broken_off(error: &TransportError) -> String {
    let message = format!("litellm.MidStreamFallbackError: the provider's stream broke off: {}", error.kind.name());
    let message = serde_json::to_string(&message).unwrap_or_default();
    format!(
        "data: {{\"error\":{{\"message\":{message},\"type\":\"internal_server_error\",\"param\":null,\"code\":\"503\"}}}}\n\n"
    )
}

/// What was read of a stream.
#[derive(Default)]
struct Reading {
    pieces: u64,
    text: String,
    usage: Option<String>,
    says: bool,
    done: bool,
    /// A piece, for what has to be told in its manner.
    last: Vec<u8>,
}

impl Reading {
    /// Take what has arrived; the events for the client go to `out`. True for an event that is no piece of an answer.
    fn take(
        &mut self,
        events: &mut SseSplitter,
        ended: bool,
        chat: &Chat<'_>,
        usage_wanted: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        while let Some(event) = events.next_event() {
            if self.event(event.data, chat, usage_wanted, out) {
                return true;
            }
        }
        let rest = if ended { events.finish() } else { None };
        rest.is_some_and(|event| self.event(event.data, chat, usage_wanted, out))
    }

    fn event(&mut self, data: &[u8], chat: &Chat<'_>, usage_wanted: bool, out: &mut Vec<u8>) -> bool {
        if self.done || data == b"[DONE]" {
            self.done = true;
            return false;
        }
        let Some(chunk) = Chunk::read(data) else { return true };
        self.pieces += 1;
        self.says = self.says || chunk.says_something();
        if self.text.len() < MAX_TEXT {
            chunk.text(&mut self.text);
        }
        chunk.event(&chat.model, usage_wanted, out);
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.to_owned());
        }
        if self.last.is_empty() {
            self.last = data.to_vec();
        }
        false
    }

    fn usage_event(&self, model: &str, usage: &str) -> String {
        Chunk::read(&self.last).map_or_else(String::new, |chunk| chunk.usage_event(model, usage))
    }
}

impl Client {
    async fn write(&mut self, data: &[u8]) -> bool {
        let writing = self.stream.write_all(data);
        matches!(tokio::time::timeout(self.write_limit, writing).await, Ok(Ok(())))
    }

    /// Send and empty `out`.
    async fn write_chunk(&mut self, out: &mut Vec<u8>) -> bool {
        let mut framed = Vec::with_capacity(out.len() + 16);
        reply::chunk(out, &mut framed);
        out.clear();
        self.write(&framed).await
    }

    async fn write_last(&mut self, out: &mut Vec<u8>) -> bool {
        let mut framed = Vec::with_capacity(out.len() + 24);
        reply::chunk(out, &mut framed);
        framed.extend_from_slice(reply::LAST_CHUNK);
        out.clear();
        self.write(&framed).await
    }
}
