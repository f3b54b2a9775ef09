//! Server-sent events out of a byte stream, cut anywhere.
//!
//! Rules: WHATWG HTML, "Server-sent events", interpreting an event stream. `id` and `retry` are skipped.

use std::ops::Range;

/// One event: its name (empty when not given) and its data.
#[derive(Debug, PartialEq, Eq)]
pub struct Event<'a> {
    pub name: &'a [u8],
    pub data: &'a [u8],
}

/// An event longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

/// Splits bytes into events. Holds at most `limit` bytes of an unfinished event.
pub struct SseSplitter {
    buffer: Vec<u8>,
    start: usize,
    scanned: usize,
    limit: usize,
    /// Data of an event with several `data` lines, joined.
    joined: Vec<u8>,
    first: bool,
}

impl SseSplitter {
    pub fn new(limit: usize) -> Self {
        Self { buffer: Vec::new(), start: 0, scanned: 0, limit, joined: Vec::new(), first: true }
    }

    /// Add bytes. Fails when the unfinished event passes the limit.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
        if self.first && self.buffer.len() >= 3 {
            self.first = false;
            if self.buffer.starts_with(b"\xef\xbb\xbf") {
                self.buffer.drain(..3);
            }
        }
        if self.buffer.len() - bytes.len().min(self.buffer.len()) > self.limit { Err(TooLong) } else { Ok(()) }
    }

    /// The next whole event, if there is one.
    pub fn next_event(&mut self) -> Option<Event<'_>> {
        loop {
            let (end, after) = find_blank_line(&self.buffer, self.scanned.max(self.start)).or_else(|| {
                self.scanned = self.buffer.len().saturating_sub(3).max(self.start);
                None
            })?;
            let block = self.start..end;
            self.start = after;
            self.scanned = after;
            if let Some(found) = self.parse(block) {
                return Some(self.event(found));
            }
        }
    }

    /// The event that the stream's end leaves unfinished, if it has data.
    pub fn finish(&mut self) -> Option<Event<'_>> {
        let block = self.start..self.buffer.len();
        self.start = self.buffer.len();
        self.scanned = self.start;
        let found = self.parse(block)?;
        Some(self.event(found))
    }

    fn event(&self, found: Found) -> Event<'_> {
        let data = match found.data {
            Some(range) => self.buffer.get(range),
            None => Some(self.joined.as_slice()),
        };
        Event { name: self.buffer.get(found.name).unwrap_or_default(), data: data.unwrap_or_default() }
    }

    fn parse(&mut self, block: Range<usize>) -> Option<Found> {
        let mut name = 0..0;
        let mut single: Option<Range<usize>> = None;
        let mut lines = 0;
        let mut position = block.start;
        while position < block.end {
            let rest = self.buffer.get(position..block.end)?;
            let length = rest.iter().position(|&b| b == b'\n' || b == b'\r').unwrap_or(rest.len());
            let line = rest.get(..length)?;
            let value = |field: &[u8]| {
                let tail = line.strip_prefix(field)?;
                let skip = match tail {
                    [] => 0,
                    [b':', b' ', ..] => 2,
                    [b':', ..] => 1,
                    _ => return None,
                };
                Some(position + field.len() + skip..position + length)
            };
            if let Some(range) = value(b"data") {
                lines += 1;
                match single.take() {
                    None if lines == 1 => single = Some(range),
                    previous => {
                        if let Some(previous) = previous {
                            self.joined.clear();
                            self.joined.extend_from_slice(self.buffer.get(previous)?);
                        }
                        self.joined.push(b'\n');
                        self.joined.extend_from_slice(self.buffer.get(range)?);
                    }
                }
            } else if let Some(range) = value(b"event") {
                name = range;
            }
            position += length;
            position += match self.buffer.get(position..block.end)? {
                [b'\r', b'\n', ..] => 2,
                _ => 1,
            };
        }
        (lines > 0).then_some(Found { name, data: single })
    }
}

struct Found {
    name: Range<usize>,
    /// `None` when the data was joined from several lines.
    data: Option<Range<usize>>,
}

/// The end of the lines before the first blank line at or after `from`, and the position after it.
///
/// A `\r` at the very end may be half of a `\r\n`, so it ends nothing yet.
fn find_blank_line(buffer: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut position = from;
    loop {
        let rest = buffer.get(position..)?;
        position += rest.iter().position(|&b| b == b'\n' || b == b'\r')?;
        let end = position;
        position += newline(buffer.get(position..)?)?;
        let after = buffer.get(position..)?;
        if matches!(after.first(), Some(b'\n' | b'\r')) {
            return Some((end, position + newline(after)?));
        }
    }
}

/// The length of the line end that `bytes` starts with; `None` when that cannot be told yet.
fn newline(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] => None,
        _ => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(pieces: &[&[u8]]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut splitter = SseSplitter::new(1 << 20);
        let mut events = Vec::new();
        for piece in pieces {
            splitter.feed(piece).unwrap();
            while let Some(event) = splitter.next_event() {
                events.push((event.name.to_vec(), event.data.to_vec()));
            }
        }
        if let Some(event) = splitter.finish() {
            events.push((event.name.to_vec(), event.data.to_vec()));
        }
        events
    }

    #[test]
    fn every_line_end_and_field_is_understood() {
        let text = b"\xef\xbb\xbf: hello\n\ndata: one\n\nevent: two\r\ndata:two\r\ndata: more\r\n\r\ndata\rid: 7\r\rdata: [DONE]";
        let want: Vec<(Vec<u8>, Vec<u8>)> = [("", "one"), ("two", "two\nmore"), ("", ""), ("", "[DONE]")]
            .iter()
            .map(|(name, data)| (name.as_bytes().to_vec(), data.as_bytes().to_vec()))
            .collect();
        assert_eq!(split(&[text]), want);
        for cut in 0..text.len() {
            assert_eq!(split(&[&text[..cut], &text[cut..]]), want, "cut at {cut}");
        }
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut splitter = SseSplitter::new(100);
        assert_eq!(splitter.feed(&[b'x'; 90]), Ok(()));
        assert!(splitter.next_event().is_none());
        assert_eq!(splitter.feed(&[b'x'; 90]), Ok(()));
        assert_eq!(splitter.feed(&[b'x'; 90]), Err(TooLong));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_events(text in "[a:d\r\n t-]{0,200}|(data: [a-z]{0,9}\r?\n){0,9}\n?", cuts in proptest::collection::vec(0usize..220, 0..6)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts { pieces.push(&bytes[from..cut]); from = cut; }
            pieces.push(&bytes[from..]);
            prop_assert_eq!(split(&pieces), split(&[bytes]));
        }
    }
}
