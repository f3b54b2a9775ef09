//! Answers on a connection.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use super::admission::Admitted;
use super::plan::{Deployment, Group};
use super::usage::{python_float, usd};
use crate::transport::Head;

/// Bytes of a provider's header that are shown.
const MAX_VALUE: usize = 1024;

/// The head of a successful answer, up to and with the empty line.
#[expect(clippy::too_many_arguments, reason = "what an answer's headers tell of")]
pub fn head(
    group: &Group,
    deployment: &Deployment,
    admitted: &Admitted,
    provider: &Head,
    cost_pico: Option<i128>,
    provider_time: Option<Duration>,
    body: Framing,
    keep_alive: bool,
) -> String {
    let mut text = String::with_capacity(1024);
    text.push_str("HTTP/1.1 200 OK\r\n");
    let mut header = |name: &str, value: &str| {
        // A value that could end the header is not told. Writing to a String cannot fail.
        if value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            let _ = write!(text, "{name}: {value}\r\n");
        }
    };
    match body {
        Framing::Whole(length) => {
            header("content-type", "application/json");
            header("content-length", &length.to_string());
        }
        Framing::Events => {
            header("content-type", "text/event-stream; charset=utf-8");
            header("cache-control", "no-cache");
            header("x-accel-buffering", "no");
            header("transfer-encoding", "chunked");
        }
    }
    header("date", &httpdate::fmt_http_date(SystemTime::now()));
    header("x-litellm-call-id", admitted.call_id());
    header("x-litellm-served-by", "rust");
    header("x-litellm-model-group", &group.name);
    let duration = admitted.started.elapsed();
    header("x-litellm-response-duration-ms", &milliseconds(duration));
    if let Some(waited) = provider_time {
        header("x-litellm-overhead-duration-ms", &milliseconds(duration.saturating_sub(waited)));
    }
    if let Some(pico) = cost_pico.filter(|_| matches!(body, Framing::Whole(_))) {
        header("x-litellm-response-cost", &python_float(usd(pico)));
    }
    let plan = &admitted.held.key;
    header("x-litellm-key-spend", &python_float(plan.spent + usd(cost_pico.unwrap_or(0))));
    for (name, value) in plan.headers.iter().chain(&deployment.answer_headers) {
        header(name, value);
    }
    let decision = &admitted.decision;
    let limited = admitted.held.limits().any(|limit| !limit.headers.is_empty());
    for ((limit, left), reset_ms) in admitted.held.limits().zip(&decision.remaining).zip(&decision.reset_ms) {
        for (of_limit, of_rest, of_reset) in &limit.headers {
            header(of_limit, &limit.limit.to_string());
            header(of_rest, &left.to_string());
            header(of_reset, &format!("{:.0}s", *reset_ms as f64 / 1000.0));
        }
    }
    for (name, value) in &provider.headers {
        let (Ok(name), Ok(value)) = (std::str::from_utf8(name), std::str::from_utf8(value)) else { continue };
        if value.len() > MAX_VALUE {
            continue;
        }
        header(&format!("llm_provider-{name}"), value);
        match name {
            "x-request-id" => {
                header("request-id", value);
                header("llm_provider-request-id", value);
            }
            _ if name.starts_with("x-ratelimit-") && !limited => header(name, value),
            _ => {}
        }
    }
    if !keep_alive {
        header("connection", "close");
    }
    text.push_str("\r\n");
    text
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64() * 1000.0)
}

/// How a body comes.
#[derive(Clone, Copy)]
pub enum Framing {
    Whole(usize),
    Events,
}

/// A piece of a chunked body.
pub fn chunk(data: &[u8], into: &mut Vec<u8>) {
    if !data.is_empty() {
        into.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
        into.extend_from_slice(data);
        into.extend_from_slice(b"\r\n");
    }
}

/// The end of a chunked body.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
