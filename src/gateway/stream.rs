//! A streamed answer: read event by event, told under the model's asked-for name as it comes.

use std::time::Duration;

use super::chat::{Done, Request};
use super::chunk::Chunk;
use super::connection::Client;
use super::ending::{Ended, Status, Used};
use super::plan::Deployment;
use super::reply::{self, Framing};
use super::usage::Usage;
use crate::transport::sse::SseSplitter;
use crate::transport::{Answer, ErrorKind, TransportError};

/// Bytes of one event.
const MAX_EVENT: usize = 16 << 20;
/// Bytes before anything is said; a longer silence is sent on.
const MAX_HELD: usize = 1 << 20;
/// Pieces between two checkpoints of the cost.
const PROGRESS_EVERY: u64 = 8;
/// Bytes of text that are kept to be counted, should the provider not tell its usage.
const MAX_TEXT: usize = 16 << 20;
/// How long a provider may take to end a stream after its last event.
const FINISH_LIMIT: Duration = Duration::from_secs(1);

/// One stream on its way to the client. Nothing is sent before something is said: until then another attempt may answer.
pub(super) struct Stream<'a> {
    request: Request<'a>,
    answer: Answer,
    deployment: &'a Deployment,
    usage_wanted: bool,
    events: SseSplitter,
    read: Reading,
    /// What the provider sent before anything was said.
    held: Vec<u8>,
    /// What is to be sent next.
    out: Vec<u8>,
    /// Seconds to the first word.
    begun: Option<f64>,
    checkpoint: u64,
}

impl<'a> Stream<'a> {
    pub(super) fn new(request: Request<'a>, answer: Answer, deployment: &'a Deployment) -> Self {
        let usage_wanted = request.chat.usage_wanted || request.group.always_usage;
        Self {
            request,
            answer,
            deployment,
            usage_wanted,
            events: SseSplitter::new(MAX_EVENT),
            read: Reading::default(),
            held: Vec::new(),
            out: Vec::new(),
            begun: None,
            checkpoint: 0,
        }
    }

    pub(super) async fn run(mut self, client: &mut Client) -> Done {
        loop {
            let piece = tokio::select! {
                piece = self.answer.piece() => piece,
                () = client.gone() => return self.gone(),
            };
            let ended = match piece {
                Ok(piece) => match self.take(piece.as_deref()) {
                    Ok(ended) => ended,
                    Err(words) => {
                        let error = TransportError::new(ErrorKind::RemoteProtocolError, words);
                        return self.broke(error, client).await;
                    }
                },
                Err(error) => return self.broke(error, client).await,
            };
            if !self.send(ended, client).await {
                return self.gone();
            }
            if ended || self.read.done {
                return self.ended(client).await;
            }
        }
    }

    /// Take what has arrived; whether it was the last. Fails for what is no part of an answer.
    fn take(&mut self, piece: Option<&[u8]>) -> Result<bool, &'static str> {
        if let Some(data) = piece {
            if self.begun.is_none() {
                self.held.extend_from_slice(data);
            }
            if let Some(seen) = &mut self.request.seen {
                seen.piece(data);
            }
            self.events.feed(data).map_err(|_| "an event is too long")?;
        }
        let model = &self.request.chat.model;
        let broken = self.read.take(&mut self.events, piece.is_none(), model, self.usage_wanted, &mut self.out);
        if broken { Err("the provider sent an error") } else { Ok(piece.is_none()) }
    }

    /// Send what there is, once something was said. False when the client is gone.
    async fn send(&mut self, ended: bool, client: &mut Client) -> bool {
        let says = self.read.says || self.held.len() > MAX_HELD || (ended && self.read.pieces > 0);
        if self.begun.is_none() && says {
            self.begun = Some(self.request.admitted.started.elapsed().as_secs_f64());
            self.held = Vec::new();
            let Request { group, admitted, keep_alive, .. } = &self.request;
            let provider = &self.answer.head;
            let head =
                reply::head(group, self.deployment, admitted, provider, None, None, Framing::Events, *keep_alive);
            if !client.write(head.as_bytes()).await {
                return false;
            }
        }
        if self.begun.is_none() {
            return true;
        }
        if self.read.pieces >= self.checkpoint {
            self.checkpoint = self.read.pieces + PROGRESS_EVERY;
            let Request { admitted, group, prompt_tokens, .. } = &self.request;
            let prompt = i128::from(*prompt_tokens) * group.input_pico;
            admitted.progress(prompt + i128::from(self.read.pieces) * group.output_pico);
        }
        ended || self.out.is_empty() || client.write_chunk(&mut self.out).await
    }

    /// The provider said all.
    async fn ended(mut self, client: &mut Client) -> Done {
        let Some(first_s) = self.begun else { return self.unsaid(None) };
        let used = self.used();
        self.request.admitted.answered(&used.counts, &self.request.group.limited_tokens, Some(first_s));
        self.note(Status::Success, &used, None);
        if self.usage_wanted && self.read.usage.is_none() {
            let event = self.read.usage_event(&self.request.chat.model, &used.told);
            self.out.extend_from_slice(event.as_bytes());
        }
        self.out.extend_from_slice(b"data: [DONE]\n\n");
        let sent = client.write_last(&mut self.out).await;
        let done = if sent { self.request.done() } else { Done::Close };
        if self.read.done {
            tokio::spawn(finish(self.answer));
        }
        done
    }

    /// The answer broke off.
    async fn broke(mut self, error: TransportError, client: &mut Client) -> Done {
        if self.begun.is_none() {
            return self.unsaid(Some(error));
        }
        let used = self.used();
        self.request.admitted.broken(&used.counts, &self.request.group.limited_tokens);
        self.note(Status::Failure, &used, Some(&error));
        self.out.extend_from_slice(broken_off(&error).as_bytes());
        if client.write_last(&mut self.out).await { self.request.done() } else { Done::Close }
    }

    /// Nothing was said: another attempt may answer instead.
    fn unsaid(mut self, error: Option<TransportError>) -> Done {
        let head = (self.answer.head.status, std::mem::take(&mut self.answer.head.headers));
        self.request.hand_over(Some(head), self.held, error)
    }

    /// The client left: it is billed for what was produced.
    fn gone(mut self) -> Done {
        let used = self.used();
        self.request.admitted.abandoned(&used.counts, &self.request.group.limited_tokens);
        self.note(Status::ClientGone, &used, None);
        Done::Close
    }

    fn note(&mut self, status: Status, used: &Used, error: Option<&TransportError>) {
        let first = self.begun.map(|first_s| self.request.admitted.started_at + first_s);
        self.request.note(self.deployment, Ended { status, used, first, error });
    }

    /// What it used: what its provider said, or what was read of it, counted.
    fn used(&self) -> Used {
        let Request { chat, prompt_tokens, encoding, .. } = &self.request;
        let used = match &self.read.usage {
            Some(told) => Used::told(told, self.deployment),
            None if self.read.pieces == 0 => Used::counted(Usage::default(), self.deployment),
            None => {
                let prompt = match prompt_tokens {
                    0 => chat.prompt_tokens(*encoding),
                    counted => *counted,
                };
                let completion = encoding.count(&self.read.text) as u64;
                Used::counted(Usage::counted(prompt, completion), self.deployment)
            }
        };
        used.citing(self.read.cited.as_deref())
    }
}

/// Read what follows the last event, so that the connection can be used again.
async fn finish(mut answer: Answer) {
    let rest = async { while let Ok(Some(_)) = answer.piece().await {} };
    // A provider that goes on for longer loses its connection.
    let _ = tokio::time::timeout(FINISH_LIMIT, rest).await;
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
    /// What was cited first.
    cited: Option<String>,
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
        model: &str,
        usage_wanted: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        while let Some(event) = events.next_event() {
            if self.event(event.data, model, usage_wanted, out) {
                return true;
            }
        }
        let rest = if ended { events.finish() } else { None };
        rest.is_some_and(|event| self.event(event.data, model, usage_wanted, out))
    }

    fn event(&mut self, data: &[u8], model: &str, usage_wanted: bool, out: &mut Vec<u8>) -> bool {
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
        chunk.event(model, usage_wanted, out);
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.to_owned());
        }
        if self.cited.is_none() {
            self.cited = chunk.cites().map(str::to_owned);
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
