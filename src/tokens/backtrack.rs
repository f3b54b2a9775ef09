//! Long pieces in linear time: longest tokens from the left, taken back where two of them would not stay apart.
//!
//! Two neighbouring tokens are what merging leaves exactly when no join across their boundary comes before the joins
//! that made them (H. van Antwerpen, A. Neubeck, "So many tokens, so little time", GitHub, 2024).

use super::cache;
use super::merge::Piece;
use super::vocabulary::{LONGEST, NO_RANK, Vocabulary};

#[derive(Clone, Copy)]
struct Token {
    rank: u32,
    length: u32,
}

/// Call `emit` with each token of `piece`.
pub fn encode(vocabulary: &Vocabulary, piece: Piece<'_>, mut emit: impl FnMut(u32)) {
    for token in tokens_of(vocabulary, piece) {
        emit(token.rank);
    }
}

/// The tokens of `piece` after all joins.
fn tokens_of(vocabulary: &Vocabulary, piece: Piece<'_>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(piece.len() / 4);
    // By token: the dead ends that were known ahead when it was chosen.
    let mut known: Vec<u128> = Vec::with_capacity(piece.len() / 4);
    let mut dead = DeadEnds { bits: vec![0; piece.len() / 64 + 1], last: 0 };
    let (mut at, mut longest) = (0, usize::MAX);
    while at < piece.len() {
        let last = tokens.last().copied();
        let next = candidates(vocabulary, piece, at, longest).find(|token| {
            !dead.is_at(at + token.length as usize)
                && last.is_none_or(|last| stay_apart_known(vocabulary, piece, at, last, *token))
        });
        if let Some(token) = next {
            let from = at;
            at += token.length as usize;
            longest = usize::MAX;
            let ahead = dead.ahead(at);
            if last.is_some_and(|last| last.rank == token.rank) && known.last() == Some(&ahead) {
                let again = dead.reach(from).map_or(0, |reach| repeats(piece, from, at, reach));
                tokens.extend(std::iter::repeat_n(token, again));
                known.extend(std::iter::repeat_n(ahead, again));
                at += again * token.length as usize;
                dead.repeat(at, ahead);
            }
            tokens.push(token);
            known.push(ahead);
        } else {
            dead.add(at);
            let Some(last) = tokens.pop() else { break };
            known.pop();
            at -= last.length as usize;
            longest = last.length as usize - 1;
        }
    }
    tokens
}

/// Places in a piece from which there is no way on.
struct DeadEnds {
    bits: Vec<u64>,
    last: usize,
}

impl DeadEnds {
    fn is_at(&self, at: usize) -> bool {
        self.bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn add(&mut self, at: usize) {
        if let Some(word) = self.bits.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
        self.last = self.last.max(at);
    }

    /// Those of the next `LONGEST` places from `at` on.
    fn ahead(&self, at: usize) -> u128 {
        if self.last < at {
            return 0;
        }
        let word = |offset: usize| u128::from(self.bits.get(at / 64 + offset).copied().unwrap_or_default());
        let (near, far) = (word(0) | word(1) << 64, word(2));
        let shift = at % 64;
        if shift == 0 { near } else { near >> shift | far << (128 - shift) }
    }

    /// Where what can have been looked at since `from` ends; None when dead ends are known that `ahead(from)` left out.
    fn reach(&self, from: usize) -> Option<usize> {
        (self.last < from + LONGEST).then_some(self.last.max(from + LONGEST) + LONGEST)
    }

    /// Know of the same dead ends ahead of `at` as were known before.
    fn repeat(&mut self, at: usize, ahead: u128) {
        let mut left = ahead;
        while left != 0 {
            self.add(at + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
}

/// How often the token from `from` to `at`, chosen after itself, is chosen again: as often as all that was looked at
/// for the choice, up to `reach`, is the same one token later. So a long run of a letter takes as long as comparing it.
fn repeats(piece: Piece<'_>, from: usize, at: usize, reach: usize) -> usize {
    let bytes = piece.bytes();
    let (Some(before), Some(after)) = (bytes.get(from..), bytes.get(at..)) else { return 0 };
    (at + same(before, after)).saturating_sub(reach) / (at - from)
}

/// How many bytes two texts have in common at their start, but for up to 31.
fn same(one: &[u8], other: &[u8]) -> usize {
    let (one, other) = (one.as_chunks::<32>().0, other.as_chunks::<32>().0);
    32 * one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// The tokens that `piece[at..]` starts with, the longest first, of at most `longest` bytes.
fn candidates<'a>(
    vocabulary: &'a Vocabulary,
    piece: Piece<'a>,
    at: usize,
    longest: usize,
) -> impl Iterator<Item = Token> + 'a {
    let first = move |longest: usize| {
        (longest > 0).then(|| {
            let (rank, length) = vocabulary.longest_match(piece.text, piece.start + at, longest.min(piece.len() - at));
            Token { rank, length: length as u32 }
        })
    };
    std::iter::successors(first(longest), move |token| first(token.length as usize - 1))
}

/// `stay_apart`, remembered.
#[inline]
fn stay_apart_known(vocabulary: &Vocabulary, piece: Piece<'_>, border: usize, left: Token, right: Token) -> bool {
    // A vocabulary is known by its size; all numbers are below 2^18.
    let key = u64::from(vocabulary.ranks()) << 36 | u64::from(left.rank) << 18 | u64::from(right.rank);
    cache::stays(key, || stay_apart(vocabulary, piece, border, left, right))
}

/// Whether merging leaves `left` and `right`, which meet at `border`, as two tokens: undoes their joins, the latest
/// first, and looks whether what meets there would have been joined before.
fn stay_apart(vocabulary: &Vocabulary, piece: Piece<'_>, border: usize, mut left: Token, mut right: Token) -> bool {
    let mut limit = NO_RANK;
    loop {
        let (from, to) = (border - left.length as usize, border + right.length as usize);
        if piece.rank(vocabulary, from, to) < limit {
            return false;
        }
        let undo_left = left.length > 1 && (right.length == 1 || left.rank > right.rank);
        if undo_left {
            limit = left.rank;
            left = right_part(vocabulary, left);
        } else if right.length > 1 {
            limit = right.rank + 1;
            right = left_part(vocabulary, right);
        } else {
            return true;
        }
    }
}

fn right_part(vocabulary: &Vocabulary, token: Token) -> Token {
    let (bytes, split) = undone(vocabulary, token);
    Token { rank: bytes.rank(vocabulary, split, bytes.len()), length: (bytes.len() - split) as u32 }
}

fn left_part(vocabulary: &Vocabulary, token: Token) -> Token {
    let (bytes, split) = undone(vocabulary, token);
    Token { rank: bytes.rank(vocabulary, 0, split), length: split as u32 }
}

/// The bytes of a token, and where its last join is.
#[inline]
fn undone(vocabulary: &Vocabulary, token: Token) -> (Piece<'static>, usize) {
    let bytes = vocabulary.piece(token.rank);
    (bytes, vocabulary.split(token.rank))
}
