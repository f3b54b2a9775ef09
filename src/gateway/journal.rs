//! What this process owes to the database, in files that survive `kill -9`: the format of the ledger's journal.
//!
//! A line a record: the CRC-32 of its JSON in hexadecimal, a space, the JSON, a newline; written with one `write`, so
//! that the operating system has it when the call returns. Records: `r` reserved, `p` cost so far, `n` ended here, `x`
//! given up, and so as if it had never been. Two files take turns, so that one can be emptied while the other is written.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a file before the other one is written, if nothing is kept in it.
const TURN_AT: u64 = 4 << 20;

struct Segment {
    file: File,
    size: u64,
    live: usize,
}

impl Segment {
    fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        Ok(Self { file: options.open(path)?, size: 0, live: 0 })
    }

    /// Add a record whole, or nothing of it.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let written = self.file.write(line)?;
        if written != line.len() {
            self.file.set_len(self.size)?;
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk took only a part of a record"));
        }
        self.size += written as u64;
        Ok(())
    }

    fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.size = 0;
        Ok(())
    }
}

struct Inner {
    segments: [Segment; 2],
    active: usize,
    /// The file that a request's records are in.
    live: HashMap<String, usize>,
}

impl Inner {
    fn segment(&mut self, number: usize) -> &mut Segment {
        let [first, second] = &mut self.segments;
        if number == 0 { first } else { second }
    }
}

pub struct Journal {
    inner: Mutex<Inner>,
}

impl Journal {
    /// Fails when a file cannot be opened.
    pub fn open(first: &Path, second: &Path) -> io::Result<Self> {
        let segments = [Segment::open(first)?, Segment::open(second)?];
        Ok(Self { inner: Mutex::new(Inner { segments, active: 0, live: HashMap::new() }) })
    }

    /// A reservation; `members` are JSON without braces.
    pub fn reserved(&self, id: &str, members: &str) -> io::Result<()> {
        let line = line(format!("{{\"k\":\"r\",\"id\":\"{id}\",{members}}}").as_bytes());
        let mut guard = self.lock();
        let inner = &mut *guard;
        let active = inner.active;
        inner.segment(active).write(&line)?;
        inner.segment(active).live += 1;
        inner.live.insert(id.to_owned(), active);
        let other = 1 - active;
        if inner.segment(active).size > TURN_AT && inner.segment(other).live == 0 {
            inner.segment(other).empty()?;
            inner.active = other;
        }
        Ok(())
    }

    /// What a stream has cost so far.
    pub fn progress(&self, id: &str, pico: i128) -> io::Result<()> {
        self.add(id, &format!("{{\"k\":\"p\",\"id\":\"{id}\",\"pico\":{pico}}}"))
    }

    /// How a request ended; `end` is JSON.
    pub fn ended(&self, id: &str, end: &str) -> io::Result<()> {
        self.add(id, &format!("{{\"k\":\"n\",\"id\":\"{id}\",\"end\":{end}}}"))
    }

    /// The request was not answered here: somebody else counts it.
    pub fn given_up(&self, id: &str) -> io::Result<()> {
        self.add(id, &format!("{{\"k\":\"x\",\"id\":\"{id}\"}}"))?;
        self.done([id])
    }

    /// Forget what the database now has.
    pub fn done<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        let mut guard = self.lock();
        let inner = &mut *guard;
        let mut left = [false; 2];
        for id in ids {
            if let Some(number) = inner.live.remove(id) {
                let segment = inner.segment(number);
                segment.live -= 1;
                if let Some(left) = left.get_mut(number) {
                    *left = segment.live == 0;
                }
            }
        }
        for (segment, empty) in inner.segments.iter_mut().zip(left) {
            if empty && segment.live == 0 {
                segment.empty()?;
            }
        }
        Ok(())
    }

    /// Requests that the database does not have yet.
    pub fn live(&self) -> usize {
        self.lock().live.len()
    }

    fn add(&self, id: &str, record: &str) -> io::Result<()> {
        let line = line(record.as_bytes());
        let mut guard = self.lock();
        let number = guard.live.get(id).copied().unwrap_or(guard.active);
        guard.segment(number).write(&line)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line(record: &[u8]) -> Vec<u8> {
    let mut line = format!("{:08x} ", crc32fast::hash(record)).into_bytes();
    line.extend_from_slice(record);
    line.push(b'\n');
    line
}
