//! What can go wrong with a request, in httpx's terms.

use std::error::Error as _;
use std::fmt;

/// One kind per httpx exception class; `name` is that class's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    ConnectTimeout,
    ReadTimeout,
    WriteTimeout,
    PoolTimeout,
    ConnectError,
    ReadError,
    WriteError,
    ProxyError,
    RemoteProtocolError,
    LocalProtocolError,
    UnsupportedProtocol,
}

impl ErrorKind {
    /// The httpx exception class.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConnectTimeout => "ConnectTimeout",
            Self::ReadTimeout => "ReadTimeout",
            Self::WriteTimeout => "WriteTimeout",
            Self::PoolTimeout => "PoolTimeout",
            Self::ConnectError => "ConnectError",
            Self::ReadError => "ReadError",
            Self::WriteError => "WriteError",
            Self::ProxyError => "ProxyError",
            Self::RemoteProtocolError => "RemoteProtocolError",
            Self::LocalProtocolError => "LocalProtocolError",
            Self::UnsupportedProtocol => "UnsupportedProtocol",
        }
    }
}

/// A failed request: its kind, and a message that names the cause but no URL (a URL may hold a key).
#[derive(Clone, Debug)]
pub struct TransportError {
    pub kind: ErrorKind,
    pub message: String,
}

impl TransportError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(super) fn read_timeout() -> Self {
        Self::new(ErrorKind::ReadTimeout, "no answer from the server in time")
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for TransportError {}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        let kind = classify(&error);
        let error = error.without_url();
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = cause.to_string();
            source = cause.source();
        }
        Self { kind, message }
    }
}

fn classify(error: &reqwest::Error) -> ErrorKind {
    if error.is_connect() {
        if error.is_timeout() {
            return ErrorKind::ConnectTimeout;
        }
        let through_proxy = chain(error).any(|cause| {
            let text = cause.to_string();
            text.contains("tunnel") || text.contains("proxy") || text.contains("socks")
        });
        return if through_proxy { ErrorKind::ProxyError } else { ErrorKind::ConnectError };
    }
    if error.is_timeout() {
        return ErrorKind::ReadTimeout;
    }
    if error.is_builder() {
        return ErrorKind::UnsupportedProtocol;
    }
    for cause in chain(error) {
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            if hyper.is_incomplete_message() || hyper.is_parse() || hyper.is_closed() {
                return ErrorKind::RemoteProtocolError;
            }
            if hyper.is_user() {
                return ErrorKind::LocalProtocolError;
            }
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            match io.kind() {
                std::io::ErrorKind::BrokenPipe => return ErrorKind::WriteError,
                std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::InvalidInput => return ErrorKind::RemoteProtocolError,
                _ => return ErrorKind::ReadError,
            }
        }
    }
    if error.is_body() || error.is_decode() { ErrorKind::ReadError } else { ErrorKind::RemoteProtocolError }
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&'a (dyn std::error::Error + 'static)| (*cause).source())
}
