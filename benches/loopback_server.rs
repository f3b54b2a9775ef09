//! A server that costs next to nothing, for benchmarks of clients: every request gets the same chat completion.
//!
//! `cargo run --profile fast --example loopback_server` prints its address and serves until killed. A request whose
//! body asks for a stream gets 200 chunks.

use std::io::Write as _;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#;
const CHUNK: &str = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"hi "},"finish_reason":null}]}"#;
const CHUNKS: usize = 200;

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn content_length(head: &[u8]) -> usize {
    String::from_utf8_lossy(head)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

fn plain() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ANSWER}", ANSWER.len())
        .into_bytes()
}

fn streamed() -> Vec<u8> {
    let mut out = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for event in std::iter::repeat_n(CHUNK, CHUNKS).chain(["data: [DONE]"]) {
        let _ = write!(out, "{:x}\r\n{event}\n\n\r\n", event.len() + 2);
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

async fn connection(mut stream: TcpStream, plain: &[u8], streamed: &[u8]) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(16 << 10);
    loop {
        let end = loop {
            if let Some(head) = find(&buffer, b"\r\n\r\n") {
                let end = head + 4 + content_length(buffer.get(..head).unwrap_or_default());
                if buffer.len() >= end {
                    break end;
                }
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let request: Vec<u8> = buffer.drain(..end).collect();
        let wants_stream = find(&request, b"\"stream\":true").or_else(|| find(&request, b"\"stream\": true"));
        stream.write_all(if wants_stream.is_some() { streamed } else { plain }).await?;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let (plain, streamed): (&[u8], &[u8]) = (plain().leak(), streamed().leak());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, plain, streamed));
    }
}
