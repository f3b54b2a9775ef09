//! Frames of AWS's binary event stream out of a byte stream, cut anywhere.
//!
//! Format: AWS "Event stream encoding": total length, headers length, CRC-32 of those; headers; payload; CRC-32 of all.

use std::fmt;

const PRELUDE: usize = 12;
const TRAILER: usize = 4;

/// One frame: its string headers, and its payload.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    pub headers: Vec<(&'a str, &'a str)>,
    pub payload: &'a [u8],
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    Length,
    PreludeChecksum,
    Checksum,
    Header,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a frame's length is impossible or over the limit",
            Self::PreludeChecksum => "a frame's prelude fails its checksum",
            Self::Checksum => "a frame fails its checksum",
            Self::Header => "a frame's header cannot be read",
        })
    }
}

/// Splits bytes into frames of at most `limit` bytes each.
pub struct FrameSplitter {
    buffer: Vec<u8>,
    start: usize,
    limit: usize,
}

impl FrameSplitter {
    pub fn new(limit: usize) -> Self {
        Self { buffer: Vec::new(), start: 0, limit }
    }

    /// Add bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether the bytes so far end in the middle of a frame.
    pub fn unfinished(&self) -> bool {
        self.start < self.buffer.len()
    }

    /// The next whole frame, if there is one. After an error the stream is lost.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let (Some(total), Some(headers_length), Some(prelude_crc)) = (word(rest, 0), word(rest, 4), word(rest, 8))
        else {
            return Ok(None);
        };
        let (total, headers_length) = (total as usize, headers_length as usize);
        if crc32fast::hash(rest.get(..8).unwrap_or_default()) != prelude_crc {
            return Err(FrameError::PreludeChecksum);
        }
        if total > self.limit || headers_length > total || total - headers_length < PRELUDE + TRAILER {
            return Err(FrameError::Length);
        }
        let Some(frame) = rest.get(..total) else { return Ok(None) };
        let (Some(signed), Some(crc)) = (frame.get(..total - TRAILER), word(frame, total - TRAILER)) else {
            return Err(FrameError::Length);
        };
        if crc32fast::hash(signed) != crc {
            return Err(FrameError::Checksum);
        }
        self.start += total;
        let headers = headers(signed.get(PRELUDE..PRELUDE + headers_length).unwrap_or_default())?;
        Ok(Some(Frame { headers, payload: signed.get(PRELUDE + headers_length..).unwrap_or_default() }))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// The headers of type string; those of other types are skipped by their length.
fn headers(mut bytes: &[u8]) -> Result<Vec<(&str, &str)>, FrameError> {
    let mut found = Vec::new();
    while let Some((&length, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at_checked(length as usize).ok_or(FrameError::Header)?;
        let (&kind, rest) = rest.split_first().ok_or(FrameError::Header)?;
        let (skip, size) = match kind {
            0 | 1 => (0, 0),
            2 => (0, 1),
            3 => (0, 2),
            4 => (0, 4),
            5 | 8 => (0, 8),
            9 => (0, 16),
            6 | 7 => match rest {
                [high, low, ..] => (2, usize::from(u16::from_be_bytes([*high, *low]))),
                _ => return Err(FrameError::Header),
            },
            _ => return Err(FrameError::Header),
        };
        let (value, rest) = rest.split_at_checked(skip + size).ok_or(FrameError::Header)?;
        if kind == 7 {
            let text = |bytes| std::str::from_utf8(bytes).map_err(|_| FrameError::Header);
            found.push((text(name)?, text(value.get(2..).unwrap_or_default())?));
        }
        bytes = rest;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
        let mut raw = Vec::new();
        for (name, value) in headers {
            raw.push(name.len() as u8);
            raw.extend_from_slice(name.as_bytes());
            raw.push(7);
            raw.extend_from_slice(&(value.len() as u16).to_be_bytes());
            raw.extend_from_slice(value.as_bytes());
        }
        let mut out = ((16 + raw.len() + payload.len()) as u32).to_be_bytes().to_vec();
        out.extend_from_slice(&(raw.len() as u32).to_be_bytes());
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out.extend_from_slice(&raw);
        out.extend_from_slice(payload);
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    #[test]
    fn frames_are_found_at_every_cut_and_damage_is_seen() {
        let mut bytes = frame(&[(":event-type", "chunk"), (":message-type", "event")], b"{\"a\":1}");
        bytes.extend(frame(&[], b""));
        for cut in 0..=bytes.len() {
            let mut splitter = FrameSplitter::new(1 << 20);
            let mut payloads = Vec::new();
            for piece in [&bytes[..cut], &bytes[cut..]] {
                splitter.feed(piece);
                while let Some(found) = splitter.next_frame().unwrap() {
                    payloads.push((found.headers.len(), found.payload.to_vec()));
                }
            }
            assert_eq!(payloads, [(2, b"{\"a\":1}".to_vec()), (0, Vec::new())]);
            assert!(!splitter.unfinished());
        }
        for damaged in 0..bytes.len() - 16 {
            let mut broken = bytes.clone();
            broken[damaged] ^= 1;
            let mut splitter = FrameSplitter::new(1 << 20);
            splitter.feed(&broken);
            let outcome = splitter.next_frame().map(|frame| frame.map(|f| f.payload.to_vec()));
            assert!(outcome.is_err(), "byte {damaged}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut splitter = FrameSplitter::new(1 << 10);
            splitter.feed(&bytes);
            while let Ok(Some(_)) = splitter.next_frame() {}
        }
    }
}
