//! One client's connection, request after request, until somebody closes it or Python takes it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::chat::{self, Done};
use super::head::{self, Head, MAX_HEAD, Read};
use super::outbox::{HandOver, Outcome};
use super::reply;
use super::server::Shared;

const READ: usize = 16 << 10;
/// Between two pieces of a body; after it Python's server waits on, and says when it is too late.
const PIECE_LIMIT: Duration = Duration::from_secs(10);

/// The client's end of a connection.
pub struct Client {
    stream: TcpStream,
    /// What was read and not answered.
    read: Vec<u8>,
    pub ip: IpAddr,
    write_limit: Duration,
}

enum Next {
    Chat(Head),
    HandOver,
    Closed,
}

/// Serve a connection.
pub async fn serve(shared: Arc<Shared>, stream: TcpStream, ip: IpAddr) {
    let mut client = Client { stream, read: Vec::new(), ip, write_limit: shared.settings.write_limit };
    let _ = client.stream.set_nodelay(true); // a connection without it is only slower
    let mut outcome = None;
    loop {
        match client.next(&shared).await {
            Next::Closed => return,
            Next::HandOver => break,
            Next::Chat(head) => {
                let length = head.length + head.body_length;
                let request = client.read.get(..length).map(<[u8]>::to_vec).unwrap_or_default();
                let served = shared.served();
                match chat::answer(&shared, &head, &request, &mut client).await {
                    Done::KeepAlive => drop(client.read.drain(..length)),
                    Done::Close => return,
                    Done::HandOver(attempt) => {
                        outcome = attempt;
                        drop(served);
                        break;
                    }
                }
            }
        }
    }
    client.hand_over(&shared, outcome);
}

impl Client {
    /// Read the next request, its body too, as far as it is one to be answered here.
    async fn next(&mut self, shared: &Shared) -> Next {
        if self.read.is_empty() {
            let idle = tokio::time::timeout(shared.settings.keep_alive, self.more());
            let more = tokio::select! {
                more = idle => more.unwrap_or(false),
                () = shared.draining() => false,
            };
            if !more {
                return Next::Closed;
            }
        }
        let Read::Chat(head) = head::read(self.read.get(..MAX_HEAD).unwrap_or(&self.read), &shared.settings.handed)
        else {
            return Next::HandOver;
        };
        if head.body_length > shared.settings.max_body {
            return Next::HandOver;
        }
        while self.read.len() < head.length + head.body_length {
            match tokio::time::timeout(PIECE_LIMIT, self.more()).await {
                Ok(true) => {}
                Ok(false) => return Next::Closed,
                Err(_) => return Next::HandOver,
            }
        }
        Next::Chat(head)
    }

    /// Read what has come; false at the end of the connection.
    async fn more(&mut self) -> bool {
        self.read.reserve(READ);
        matches!(self.stream.read_buf(&mut self.read).await, Ok(length) if length > 0)
    }

    /// Wait until the client has closed the connection. A request that it sends meanwhile ends the watch.
    pub(super) async fn gone(&mut self) {
        let mut byte = [0];
        if let Ok(1..) = self.stream.peek(&mut byte).await {
            std::future::pending::<()>().await;
        }
    }

    /// Send `data`; false when the client does not take it.
    pub(super) async fn write(&mut self, data: &[u8]) -> bool {
        let writing = self.stream.write_all(data);
        matches!(tokio::time::timeout(self.write_limit, writing).await, Ok(Ok(())))
    }

    /// Send and empty `out`, a piece of a chunked body.
    pub(super) async fn write_chunk(&mut self, out: &mut Vec<u8>) -> bool {
        let mut framed = Vec::with_capacity(out.len() + 16);
        reply::chunk(out, &mut framed);
        out.clear();
        self.write(&framed).await
    }

    /// Send and empty `out`, the last of a chunked body.
    pub(super) async fn write_last(&mut self, out: &mut Vec<u8>) -> bool {
        let mut framed = Vec::with_capacity(out.len() + 24);
        reply::chunk(out, &mut framed);
        framed.extend_from_slice(reply::LAST_CHUNK);
        out.clear();
        self.write(&framed).await
    }

    fn hand_over(self, shared: &Shared, outcome: Option<Outcome>) {
        // A connection that is gone by now has nobody to answer; an attempt on it still has to be told of.
        if let Ok(stream) = self.stream.into_std() {
            shared.outbox.hand_over(HandOver { stream, read: self.read, outcome });
        }
    }
}
