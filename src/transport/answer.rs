//! A request sent and its answer read, whoever drives it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};

use super::TransportError;
use super::config::seconds;
use super::pool::{Permits, Ready, Timeouts};
use super::upload::{Ending, Progress};
use crate::metrics::TRANSPORT;

/// A body of known length up to this is handed over together with its head.
const WHOLE_BODY: u64 = 256 << 10;

/// Status line and headers of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    pub status: u16,
    pub version: &'static str,
    pub headers: Vec<(Bytes, Bytes)>,
}

/// An answer whose body is still to be read.
pub struct Answer {
    pub head: Head,
    /// Whether the body is short enough to come with the head.
    pub(super) whole: bool,
    body: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    read: Option<Duration>,
    _permits: Permits,
    _upload: Ending,
}

impl Answer {
    /// The next piece of the body; None at its end.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, TransportError> {
        let next = match self.read {
            None => self.body.next().await,
            Some(limit) => {
                tokio::time::timeout(limit, self.body.next()).await.map_err(|_| TransportError::read_timeout())?
            }
        };
        Ok(next.transpose()?)
    }

    /// All of the body.
    pub async fn all(&mut self) -> Result<Bytes, TransportError> {
        let Some(first) = self.piece().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.piece().await? else { return Ok(first) };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(piece) = self.piece().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

/// Send a request, within its limits in time and number, and wait for the head of the answer.
pub(super) async fn ask(
    ready: Ready,
    request: reqwest::Request,
    progress: Arc<Progress>,
    timeouts: Timeouts,
) -> Result<Answer, TransportError> {
    TRANSPORT.calls.add();
    let upload = Ending(progress.clone());
    let started = Instant::now();
    let permits = ready.permits(timeouts.pool).await?;
    let response = tokio::select! {
        response = ready.client.execute(request) => response?,
        error = progress.too_late(timeouts.write.map(seconds), head_limit(&timeouts)) => return Err(error),
    };
    TRANSPORT.latency.record(started.elapsed());
    let name_and_value = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (Bytes::copy_from_slice(name.as_str().as_bytes()), Bytes::copy_from_slice(value.as_bytes()))
    };
    let head = Head {
        status: response.status().as_u16(),
        version: version(response.version()),
        headers: response.headers().iter().map(name_and_value).collect(),
    };
    Ok(Answer {
        head,
        whole: response.content_length().is_some_and(|length| length <= WHOLE_BODY),
        body: Box::pin(response.bytes_stream()),
        read: timeouts.read.map(seconds),
        _permits: permits,
        _upload: upload,
    })
}

/// How long the head of an answer may take after the body has left: the first read, and a fresh connection before it.
fn head_limit(timeouts: &Timeouts) -> Option<Duration> {
    let read = timeouts.read?;
    Some(seconds(read + timeouts.connect.unwrap_or(read).min(read)))
}

fn version(version: reqwest::Version) -> &'static str {
    match version {
        reqwest::Version::HTTP_2 => "HTTP/2",
        reqwest::Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}
