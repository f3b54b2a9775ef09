//! Byte-pair merging of one piece: the neighbours whose join has the lowest rank first, the leftmost of equals.

use super::backtrack;
use super::vocabulary::{NO_RANK, Vocabulary};

/// Most pieces that are no token are no longer than this.
const SMALL: usize = 16;
/// Pieces longer than this are encoded by `backtrack`, in linear time.
const LARGE: usize = 48;

/// A part of a text. What follows it is there to be read, but not looked at: a key is made by one load and a mask.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    pub text: &'a [u8],
    pub start: usize,
    pub end: usize,
}

impl<'a> Piece<'a> {
    pub fn len(self) -> usize {
        self.end - self.start
    }

    pub fn bytes(self) -> &'a [u8] {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// The rank of the piece's bytes from `from` to `to`, or `NO_RANK`.
    #[inline]
    pub fn rank(self, vocabulary: &Vocabulary, from: usize, to: usize) -> u32 {
        vocabulary.rank_in(self.text, self.start + from, self.start + to)
    }
}

/// Call `emit` with each token of `piece`, which is known not to be one token.
pub fn merge(vocabulary: &Vocabulary, piece: Piece<'_>, emit: impl FnMut(u32)) {
    match piece.len() {
        ..=SMALL => Parts::<SMALL>::merged(vocabulary, piece).emit(vocabulary, piece, emit),
        length if length <= LARGE => Parts::<LARGE>::merged(vocabulary, piece).emit(vocabulary, piece, emit),
        _ => backtrack::encode(vocabulary, piece, emit),
    }
}

/// How many tokens `piece` is, which is known not to be one.
pub fn count(vocabulary: &Vocabulary, piece: Piece<'_>) -> usize {
    match piece.len() {
        ..=SMALL => Parts::<SMALL>::merged(vocabulary, piece).count,
        length if length <= LARGE => Parts::<LARGE>::merged(vocabulary, piece).count,
        _ => {
            let mut count = 0;
            backtrack::encode(vocabulary, piece, |_| count += 1);
            count
        }
    }
}

const DEAD: i32 = i32::MAX;
const AT_BITS: u32 = 6;

/// A piece of at most `N` bytes in parts, each known by where it starts.
struct Parts<const N: usize> {
    length: usize,
    count: usize,
    /// By a part's start: the rank of its join with the next part above the start itself; `DEAD` for no join.
    joins: [i32; N],
    /// By a part's start: where the next one starts, and the one before.
    next: [u8; N],
    previous: [u8; N],
}

impl<const N: usize> Parts<N> {
    const NEXT: [u8; N] = numbered(1);
    const PREVIOUS: [u8; N] = numbered(u8::MAX);

    /// `piece` after all joins.
    #[inline]
    fn merged(vocabulary: &Vocabulary, piece: Piece<'_>) -> Self {
        let length = piece.len();
        let mut parts = Self { length, count: length, joins: [DEAD; N], next: Self::NEXT, previous: Self::PREVIOUS };
        for (at, (join, pair)) in parts.joins.iter_mut().zip(piece.bytes().windows(2)).enumerate() {
            if let [first, second] = *pair {
                *join = packed(vocabulary.pair_rank(first, second), at);
            }
        }
        while let Some(at) = parts.lowest() {
            parts.join(vocabulary, piece, at);
        }
        parts
    }

    /// The part whose join comes first.
    #[inline]
    fn lowest(&self) -> Option<usize> {
        let lowest = self.joins.iter().copied().fold(DEAD, i32::min);
        (lowest != DEAD).then_some((lowest & ((1 << AT_BITS) - 1)) as usize)
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        self.next.get(at).copied().map_or(self.length, usize::from)
    }

    #[inline]
    fn join(&mut self, vocabulary: &Vocabulary, piece: Piece<'_>, at: usize) {
        let taken = self.next(at);
        let after = self.next(taken);
        self.count -= 1;
        set(&mut self.joins, taken, DEAD);
        set(&mut self.next, at, after as u8);
        set(&mut self.previous, after, at as u8);
        let mine = if after < self.length { piece.rank(vocabulary, at, self.next(after)) } else { NO_RANK };
        set(&mut self.joins, at, packed(mine, at));
        if at > 0 {
            let before = self.previous.get(at).copied().map_or(0, usize::from);
            let theirs = piece.rank(vocabulary, before, after);
            set(&mut self.joins, before, packed(theirs, before));
        }
    }

    fn emit(&self, vocabulary: &Vocabulary, piece: Piece<'_>, mut emit: impl FnMut(u32)) {
        let mut at = 0;
        while at < self.length {
            let next = self.next(at);
            emit(piece.rank(vocabulary, at, next));
            at = next;
        }
    }
}

/// `first`, and one more at each place.
const fn numbered<const N: usize>(first: u8) -> [u8; N] {
    let mut numbers = [0; N];
    let mut at = 0;
    while at < N {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        {
            numbers[at] = first.wrapping_add(at as u8);
        }
        at += 1;
    }
    numbers
}

#[inline]
fn packed(rank: u32, at: usize) -> i32 {
    if rank == NO_RANK { DEAD } else { (rank << AT_BITS) as i32 | at as i32 }
}

#[inline]
fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(entry) = values.get_mut(at) {
        *entry = value;
    }
}
