//! One chat completion: admitted, sent, answered, and its end noted before the client has it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::admission::{Admitted, admit};
use super::asked::Asked;
use super::body::Chat;
use super::chunk::whole;
use super::connection::Client;
use super::ending::{Ended, Status, Used};
use super::head::Head;
use super::outbox::Outcome;
use super::plan::{Deployment, Group};
use super::reply::{self, Framing};
use super::seen::Seen;
use super::server::Shared;
use super::stream::Stream;
use crate::tokens::{Encoding, encoding_for_model};
use crate::transport::{Answer, Call, ErrorKind, Timeouts, TransportError};

/// Bytes of an answer that is read whole.
const MAX_ANSWER: usize = 64 << 20;
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

/// A request on its way.
pub(super) struct Request<'a> {
    pub shared: &'a Shared,
    pub group: Arc<Group>,
    pub chat: Chat<'a>,
    pub admitted: Admitted,
    pub prompt_tokens: u64,
    pub encoding: Encoding,
    pub keep_alive: bool,
    pub ip: IpAddr,
    /// When the provider was asked.
    pub sent: Instant,
    pub seen: Option<Seen>,
}

/// Answer a request, its head and body whole, or leave it to Python as it is.
pub async fn answer(shared: &Shared, head: &Head, bytes: &[u8], client: &mut Client) -> Done {
    let mut waited = Duration::ZERO;
    while shared.outbox.waiting() > BEHIND_AT && waited < BEHIND_LIMIT {
        tokio::time::sleep(BEHIND_LOOK).await;
        waited += BEHIND_LOOK;
    }
    let Some(mut request) = admitted(shared, head, bytes, client.ip) else { return Done::HandOver(None) };
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
    if let Some(seen) = &mut request.seen {
        seen.headers.clone_from(&answer.head.headers);
    }
    match answer.head.status {
        200 if !is_encoded(&answer) => {}
        300..400 => return Done::HandOver(None), // Python's client follows it
        _ => return request.hand_over_answer(answer).await,
    }
    if request.chat.stream {
        Stream::new(request, answer, deployment).run(client).await
    } else {
        request.whole(answer, deployment, client).await
    }
}

fn admitted<'a>(shared: &'a Shared, head: &Head, bytes: &'a [u8], ip: IpAddr) -> Option<Request<'a>> {
    if shared.outbox.is_full() {
        return None;
    }
    let chat = Chat::read(bytes.get(head.length..)?)?;
    let asked = Asked::read(&head.own, &chat)?;
    let (held, group) = shared.plans.find(&head.token, &chat.model, &asked)?;
    if !(chat.takes_only(&group.params) && chat.is_plain()) {
        return None;
    }
    let encoding = Encoding::get(&group.encoding).or_else(|| encoding_for_model(&group.encoding));
    let encoding = encoding.unwrap_or(Encoding::Cl100kBase);
    let priced = group.input_pico != 0 || group.output_pico != 0;
    let prompt_tokens = if priced { chat.prompt_tokens(encoding) } else { 0 };
    let allowed = chat.output_limit.unwrap_or(group.reserved_output);
    let output = allowed.min(group.max_output.unwrap_or(allowed)).saturating_mul(chat.answers);
    let admitted = admit(&shared.tables, (held, asked), &group, prompt_tokens, output, chat.stream)?;
    let keep_alive = head.keep_alive && !shared.is_draining();
    let (sent, seen) = (Instant::now(), shared.outbox.seen(bytes));
    Some(Request { shared, group, chat, admitted, prompt_tokens, encoding, keep_alive, ip, sent, seen })
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
    pub(super) fn hand_over(
        self,
        head: Option<(u16, Vec<(Bytes, Bytes)>)>,
        body: Vec<u8>,
        error: Option<TransportError>,
    ) -> Done {
        let deployment = self.admitted.deployment.to_string();
        self.admitted.hand_over();
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
        if let Some(seen) = &mut self.seen {
            seen.piece(&data);
        }
        self.admitted.answered(&used.counts, &self.group.limited_tokens, None);
        let end = Ended { status: Status::Success, used: &used, first: None, error: None };
        self.note(deployment, end);
        let head = reply::head(
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

    /// What becomes of the connection after the answer.
    pub(super) fn done(&self) -> Done {
        if self.keep_alive { Done::KeepAlive } else { Done::Close }
    }
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
