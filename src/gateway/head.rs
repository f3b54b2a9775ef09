//! The head of a request, as far as it has to be understood here.

use super::asked::OwnHeaders;
use super::plan::Token;

/// Bytes of a head that are looked at; Python's server says what is too long.
pub const MAX_HEAD: usize = 64 << 10;
const MAX_HEADERS: usize = 96;
const PATHS: [&str; 2] = ["/v1/chat/completions", "/chat/completions"];
/// The client's words to the gateway, most of which Python reads.
const OWN_PREFIX: &str = "x-litellm-";
/// Headers of requests that are not plain, or that come with another key.
const NOT_PLAIN: [&str; 9] = [
    "transfer-encoding",
    "expect",
    "upgrade",
    "content-encoding",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "x-http-method-override",
];

/// A plain chat request, its body still to be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// Where the body begins.
    pub length: usize,
    pub body_length: usize,
    pub token: Token,
    pub keep_alive: bool,
    pub own: Box<OwnHeaders>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    Chat(Head),
    /// Something else, or nothing that can be told yet.
    Other,
}

/// Look at the start of a request.
pub fn read(bytes: &[u8], handed: &[String]) -> Read {
    parse(bytes, handed).map_or(Read::Other, Read::Chat)
}

fn parse(bytes: &[u8], handed: &[String]) -> Option<Head> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = request.parse(bytes).ok()? else { return None };
    if request.method != Some("POST") || request.version != Some(1) || !PATHS.contains(&request.path?) {
        return None;
    }
    let (mut key, mut body_length, mut keep_alive) = (None, None, true);
    let mut own = Box::<OwnHeaders>::default();
    for header in request.headers.iter() {
        let name = header.name;
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("authorization") {
            let once = key.replace(bearer(header.value)?).is_none();
            once.then_some(())?;
        } else if is("content-length") {
            let text = std::str::from_utf8(header.value).ok()?;
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let once = digits && body_length.replace(text.parse().ok()?).is_none();
            once.then_some(())?;
        } else if is("connection") {
            keep_alive = header.value.eq_ignore_ascii_case(b"keep-alive");
            (keep_alive || header.value.eq_ignore_ascii_case(b"close")).then_some(())?;
        } else {
            if NOT_PLAIN.iter().any(|other| is(other)) || handed.iter().any(|other| is(other)) {
                return None;
            }
            if let Some((start, rest)) = name.split_at_checked(OWN_PREFIX.len())
                && start.eq_ignore_ascii_case(OWN_PREFIX)
            {
                own.take(rest, header.value)?;
            }
        }
    }
    Some(Head { length, body_length: body_length?, token: hash(key?), keep_alive, own })
}

/// The key of `Bearer <key>`.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, key) = value.split_at_checked(7)?;
    (scheme.eq_ignore_ascii_case(b"bearer ") && key.is_ascii() && key == key.trim_ascii() && !key.is_empty())
        .then_some(key)
}

fn hash(key: &[u8]) -> Token {
    let digest = ring::digest::digest(&ring::digest::SHA256, key);
    let mut token = Token::default();
    token.copy_from_slice(digest.as_ref());
    token
}
