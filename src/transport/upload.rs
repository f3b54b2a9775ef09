//! Bodies on their way out, and how long they take.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::{ErrorKind, TransportError};

/// A body that is sent while it is produced.
pub type Upload = mpsc::Receiver<Result<Bytes, std::io::Error>>;

/// A body up to this goes out in one piece: the socket takes it at once.
const WATCHED: usize = 64 << 10;

#[derive(Clone, Copy)]
enum Phase {
    /// The connection has asked for nothing yet, or the caller has not produced the next piece.
    Waiting,
    /// A piece was handed over and the next one not asked for: it is being written.
    Writing(Instant),
    Sent,
}

/// Where a body is on its way out.
pub(super) struct Progress {
    phase: Mutex<Phase>,
    changed: Notify,
    /// Here and not in the body, which a connection keeps for as long as the server takes nothing.
    upload: Mutex<Option<Upload>>,
}

/// Ends an upload with its request, so that whoever produces it does not wait for a connection that nobody reads.
pub(super) struct Ending(pub Arc<Progress>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.upload.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Progress {
    /// Of a body that goes out at once.
    pub fn sent() -> Arc<Self> {
        Self::at(Phase::Sent, None)
    }

    fn at(phase: Phase, upload: Option<Upload>) -> Arc<Self> {
        Arc::new(Self { phase: Mutex::new(phase), changed: Notify::new(), upload: Mutex::new(upload) })
    }

    fn set(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        self.changed.notify_one();
    }

    fn get(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_upload(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, std::io::Error>>> {
        match self.upload.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(upload) => upload.poll_recv(context),
            None => Poll::Ready(Some(Err(std::io::ErrorKind::BrokenPipe.into()))),
        }
    }

    /// Resolves when a piece takes longer than `write`, or the head longer than `head` after the body has left.
    pub async fn too_late(&self, write: Option<Duration>, head: Option<Duration>) -> TransportError {
        loop {
            match (self.get(), write) {
                (Phase::Sent, _) => break,
                (Phase::Writing(since), Some(limit)) => {
                    let stalled = tokio::time::sleep_until(since + limit);
                    tokio::select! {
                        () = stalled => return TransportError::new(ErrorKind::WriteTimeout, "the server took no data in time"),
                        () = self.changed.notified() => {}
                    }
                }
                _ => self.changed.notified().await,
            }
        }
        match head {
            None => std::future::pending().await,
            Some(limit) => tokio::time::sleep(limit).await,
        }
        TransportError::read_timeout()
    }
}

/// The body of a request, and what tells how far it is. `length` is what the headers say of an upload.
pub(super) fn body(
    whole: Bytes,
    upload: Option<Upload>,
    length: Option<u64>,
) -> (Option<reqwest::Body>, Arc<Progress>) {
    let source = match upload {
        Some(_) => Source::Streamed { left: length },
        None if whole.is_empty() => return (None, Progress::sent()),
        None if whole.len() <= WATCHED => return (Some(whole.into()), Progress::sent()),
        None => Source::Whole(whole),
    };
    let progress = Progress::at(Phase::Waiting, upload);
    (Some(reqwest::Body::wrap(Watched { source, progress: progress.clone() })), progress)
}

enum Source {
    Whole(Bytes),
    Streamed { left: Option<u64> },
}

impl Source {
    /// Whether nothing more will be asked for: a connection that knows the length does not ask for the end.
    fn is_over(&self) -> bool {
        match self {
            Source::Whole(rest) => rest.is_empty(),
            Source::Streamed { left } => *left == Some(0),
        }
    }
}

struct Watched {
    source: Source,
    progress: Arc<Progress>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let Self { source, progress } = &mut *self;
        let piece = match source {
            Source::Whole(rest) if rest.is_empty() => None,
            Source::Whole(rest) => Some(Ok(rest.split_to(rest.len().min(WATCHED)))),
            Source::Streamed { left } => match progress.poll_upload(context) {
                Poll::Ready(piece) => {
                    let length = piece.as_ref().map_or(0, |piece| piece.as_ref().map_or(0, Bytes::len));
                    *left = left.map(|left| left.saturating_sub(length as u64));
                    piece
                }
                Poll::Pending => {
                    self.progress.set(Phase::Waiting);
                    return Poll::Pending;
                }
            },
        };
        let over = piece.is_none() || self.source.is_over();
        self.progress.set(if over { Phase::Sent } else { Phase::Writing(Instant::now()) });
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        false // so that the end is asked for, and seen
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Whole(rest) => SizeHint::with_exact(rest.len() as u64),
            Source::Streamed { .. } => SizeHint::default(),
        }
    }
}
