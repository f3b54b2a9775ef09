//! A small cache of counts, one a thread and of a fixed size (672 KiB): texts repeat their rare words and their CJK
//! sentences.

use std::cell::RefCell;

use super::vocabulary::hash;

const SMALL: usize = 24;
const SMALL_ENTRIES: usize = 1 << 14;
const LARGE: usize = 56;
const LARGE_ENTRIES: usize = 1 << 11;

#[derive(Clone, Copy)]
struct Entry<const N: usize> {
    piece: [u8; N],
    count: u16,
    encoding: u8,
    length: u8,
}

/// As many entries as its owner asks for, each at the place that its hash names.
struct Counts<const N: usize>(Vec<Entry<N>>);

impl<const N: usize> Counts<N> {
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

thread_local! {
    static SMALL_COUNTS: RefCell<Counts<SMALL>> = const { RefCell::new(Counts(Vec::new())) };
    static LARGE_COUNTS: RefCell<Counts<LARGE>> = const { RefCell::new(Counts(Vec::new())) };
}

/// The count of `piece` in the encoding numbered `encoding`: remembered, or made by `make`.
#[inline]
pub fn count(encoding: u8, piece: &[u8], make: impl FnOnce() -> usize) -> usize {
    if piece.len() <= SMALL {
        SMALL_COUNTS.with_borrow_mut(|counts| counts.count(SMALL_ENTRIES, encoding, piece, make))
    } else if piece.len() <= LARGE {
        LARGE_COUNTS.with_borrow_mut(|counts| counts.count(LARGE_ENTRIES, encoding, piece, make))
    } else {
        make()
    }
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
