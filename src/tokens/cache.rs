//! A small cache of counts, one a thread and of a fixed size (508 KiB): texts repeat their words, and the vocabulary's
//! tables are too large to stay near the processor.

use std::cell::RefCell;

use super::merge::Piece;
use super::vocabulary::{SHORT, hash};
use super::window::Window;

const SHORT_ENTRIES: usize = 1 << 14;
const COUNT_SHIFT: u32 = 48;
const ENCODING_SHIFT: u32 = 40;
const MEDIUM: usize = 24;
const MEDIUM_ENTRIES: usize = 1 << 12;
const LARGE: usize = 56;
const LARGE_ENTRIES: usize = 1 << 11;

/// A piece of up to `SHORT` bytes: its key; above it the encoding (8 bits) and the count (16 bits). All zero: empty.
#[derive(Clone, Copy, Default)]
struct ShortEntry {
    low: u64,
    high: u64,
}

#[derive(Clone, Copy)]
struct Entry<const N: usize> {
    piece: [u8; N],
    count: u16,
    encoding: u8,
    length: u8,
}

/// As many entries as its owner asks for, each at the place that its hash names.
#[derive(Default)]
struct Entries<const N: usize>(Vec<Entry<N>>);

impl<const N: usize> Entries<N> {
    const EMPTY: Entry<N> = Entry { piece: [0; N], count: 0, encoding: 0, length: 0 };

    #[inline]
    fn count(&mut self, entries: usize, encoding: u8, piece: &[u8], make: impl FnOnce() -> usize) -> usize {
        if self.0.is_empty() {
            self.0.resize(entries, Self::EMPTY);
        }
        let at = hash(piece) as usize % self.0.len();
        let Some(entry) = self.0.get_mut(at) else { return make() };
        let length = usize::from(entry.length);
        if entry.encoding == encoding && length == piece.len() && entry.piece.get(..length) == Some(piece) {
            return usize::from(entry.count);
        }
        let made = make();
        if let Some(kept) = entry.piece.get_mut(..piece.len()) {
            kept.copy_from_slice(piece);
            (entry.count, entry.encoding, entry.length) = (made as u16, encoding, piece.len() as u8);
        }
        made
    }
}

/// Counts of pieces that were looked at lately.
#[derive(Default)]
pub struct Counts {
    short: Vec<ShortEntry>,
    medium: Entries<MEDIUM>,
    large: Entries<LARGE>,
}

impl Counts {
    /// The count of a piece of up to `SHORT` bytes, whose key is `key`: remembered, or made by `make`.
    #[inline]
    pub fn short(&mut self, encoding: u8, key: Window, make: impl FnOnce() -> usize) -> usize {
        let high = key.high | u64::from(encoding) << ENCODING_SHIFT;
        let at = (key.hash() >> (64 - SHORT_ENTRIES.trailing_zeros())) as usize;
        let Some(entry) = self.short.get_mut(at) else { return make() };
        if entry.low == key.low && entry.high & ((1 << COUNT_SHIFT) - 1) == high {
            return (entry.high >> COUNT_SHIFT) as usize;
        }
        let made = make();
        *entry = ShortEntry { low: key.low, high: high | (made as u64) << COUNT_SHIFT };
        made
    }

    /// The count of a longer piece: remembered, or made by `make`.
    #[inline]
    pub fn longer(&mut self, encoding: u8, piece: Piece<'_>, make: impl FnOnce() -> usize) -> usize {
        match piece.len() {
            ..=MEDIUM => self.medium.count(MEDIUM_ENTRIES, encoding, piece.bytes(), make),
            length if length <= LARGE => self.large.count(LARGE_ENTRIES, encoding, piece.bytes(), make),
            _ => make(),
        }
    }
}

const _: () = assert!(SHORT < MEDIUM);

thread_local! {
    static COUNTS: RefCell<Counts> = RefCell::default();
}

/// Call `work` with this thread's cache.
pub fn with<T>(work: impl FnOnce(&mut Counts) -> T) -> T {
    COUNTS.with_borrow_mut(|counts| {
        if counts.short.is_empty() {
            counts.short.resize(SHORT_ENTRIES, ShortEntry::default());
        }
        work(counts)
    })
}

const ANSWERS: usize = 1 << 12;

thread_local! {
    static ANSWERS_OF_PAIRS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Whether two tokens stay apart: remembered, or found by `make`. `key` names them and their vocabulary in 63 bits and
/// is not zero.
#[inline]
pub fn stays(key: u64, make: impl FnOnce() -> bool) -> bool {
    let at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize % ANSWERS;
    let known = ANSWERS_OF_PAIRS.with_borrow_mut(|answers| {
        if answers.is_empty() {
            answers.resize(ANSWERS, 0);
        }
        answers.get(at).copied().unwrap_or_default()
    });
    if known >> 1 == key {
        return known & 1 == 1;
    }
    let made = make();
    ANSWERS_OF_PAIRS.with_borrow_mut(|answers| {
        if let Some(answer) = answers.get_mut(at) {
            *answer = key << 1 | u64::from(made);
        }
    });
    made
}
