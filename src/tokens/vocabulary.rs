//! A vocabulary: token bytes by rank, and ranks by token bytes. Read-only once built.

use std::sync::LazyLock;

use super::layout::{self, CUT_BITS};
pub use super::layout::{LONGEST, SHORT};
use super::merge::Piece;
use super::window::Window;

/// No token has this rank.
pub const NO_RANK: u32 = u32::MAX;
const RANK_SHIFT: u32 = 40;
const KEY_MASK: u64 = (1 << RANK_SHIFT) - 1;
/// Bits of `known` for a token.
const BITS_A_TOKEN: usize = 8;
const STARTS: usize = 1 << 16;
/// The bit of `lengths_by_start` for tokens that are longer than its other bits say.
const OPEN: usize = 31;

/// A vocabulary's file, and what the build script made of it.
struct Source {
    data: &'static [u8],
    pilots: &'static [u8],
    splits: &'static [u8],
    borders: &'static [u8],
    cuts: &'static [u8; CUT_BITS / 8],
}

macro_rules! source {
    ($name:literal) => {
        Source {
            data: include_bytes!(concat!("data/", $name, ".bin")),
            pilots: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".pilots")),
            splits: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".splits")),
            borders: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".borders")),
            cuts: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".cuts")),
        }
    };
}

static P50K_SOURCE: Source = source!("p50k_base");
static CL100K_SOURCE: Source = source!("cl100k_base");
static O200K_SOURCE: Source = source!("o200k_base");

pub static P50K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(&P50K_SOURCE, usize::MAX));
/// r50k_base is p50k_base without its runs of spaces.
pub static R50K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(&P50K_SOURCE, 50_256));
pub static CL100K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(&CL100K_SOURCE, usize::MAX));
pub static O200K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(&O200K_SOURCE, usize::MAX));

/// A short token: its first eight bytes; the other four, its length (8 bits) and its rank (24 bits). All zero: empty.
#[derive(Clone, Copy, Default)]
struct ShortSlot {
    low: u64,
    high: u64,
}

#[derive(Clone, Copy)]
struct LongSlot {
    tag: u32,
    rank: u32,
}

pub struct Vocabulary {
    bytes: &'static [u8],
    /// Where each token starts in `bytes`, and the end of the last.
    starts: Vec<u32>,
    /// A perfect hash of the short tokens: with a bucket's pilot, each has a slot of its own.
    pilots: &'static [[u8; 2]],
    short: Vec<ShortSlot>,
    /// One bit for each short token, by its hash: most joins end here, near the processor.
    known: Vec<u64>,
    /// Open addressing, at most half full; the length is a power of two.
    long: Vec<LongSlot>,
    single: [u32; 256],
    pairs: Vec<u32>,
    /// By a hash of a token's first three bytes: a bit for each length that occurs, from 3 on; the last for all above.
    lengths_by_start: Vec<u32>,
    /// By the same hash, in its order: a bit for each length above, where there is one.
    open_lengths: Vec<(u32, u128)>,
    /// By rank: where the token's last join is.
    splits: &'static [u8],
    /// A bit for three bytes and three bytes that meet within a token, by a hash.
    borders: &'static [[u8; 8]],
    /// A bit for two bytes that meet within a token, less than three bytes from an end of it.
    cuts: &'static [u8; CUT_BITS / 8],
}

/// Whether the bit that `hash` names is set.
#[inline]
fn has(bits: usize, hash: u64, word: impl Fn(usize) -> Option<u64>) -> bool {
    let at = layout::place(hash, bits);
    word(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

impl Vocabulary {
    /// Read a data file (its format: data/build.py), its first `limit` ranks.
    fn read(source: &'static Source, limit: usize) -> Self {
        let (count, rest) = source.data.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
        let (lengths, bytes) = rest.split_at_checked(u32::from_le_bytes(*count) as usize).unwrap_or_default();
        let all_short = lengths.iter().filter(|length| (1..=SHORT).contains(&usize::from(**length))).count();
        let lengths = lengths.get(..limit).unwrap_or(lengths);
        let long = lengths.iter().filter(|length| usize::from(**length) > SHORT).count();
        let mut vocabulary = Self {
            bytes,
            starts: Vec::with_capacity(lengths.len() + 1),
            pilots: source.pilots.as_chunks().0,
            short: vec![ShortSlot::default(); layout::slots(all_short)],
            known: vec![0; (lengths.len() * BITS_A_TOKEN).next_power_of_two() / 64],
            long: vec![LongSlot { tag: 0, rank: NO_RANK }; (long * 2).next_power_of_two()],
            single: [NO_RANK; 256],
            pairs: vec![NO_RANK; 1 << 16],
            lengths_by_start: vec![0; STARTS],
            open_lengths: Vec::new(),
            splits: source.splits,
            borders: source.borders.as_chunks().0,
            cuts: source.cuts,
        };
        vocabulary.starts.push(0);
        let mut end = 0;
        for (rank, length) in (0..).zip(lengths) {
            end += u32::from(*length);
            vocabulary.starts.push(end);
            vocabulary.insert(rank);
        }
        vocabulary
    }

    fn insert(&mut self, rank: u32) {
        let Some(token) = self.token(rank) else { return };
        match *token {
            [byte] => set(&mut self.single, usize::from(byte), rank),
            [first, second] => set(&mut self.pairs, pair_index(first, second), rank),
            _ => {
                let start = start_index(token, 0);
                if let Some(lengths) = self.lengths_by_start.get_mut(start) {
                    *lengths |= 1 << (token.len() - 3).min(OPEN);
                }
                if token.len() - 3 >= OPEN {
                    self.insert_open(start as u32, token.len());
                }
            }
        }
        if token.len() <= SHORT {
            self.insert_short(Window::of(self.bytes, self.piece(rank).start, token.len()), rank);
        } else {
            self.insert_long(token, rank);
        }
    }

    fn insert_open(&mut self, start: u32, length: usize) {
        let found = self.open_lengths.binary_search_by_key(&start, |(start, _)| *start);
        let at = found.unwrap_or_else(|at| {
            self.open_lengths.insert(at, (start, 0));
            at
        });
        if let Some((_, lengths)) = self.open_lengths.get_mut(at) {
            *lengths |= 1 << (length - 1);
        }
    }

    fn insert_short(&mut self, key: Window, rank: u32) {
        let hash = key.hash();
        let bit = layout::place(hash, self.known.len() * 64);
        if let Some(word) = self.known.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
        let at = self.short_place(hash);
        if let Some(slot) = self.short.get_mut(at) {
            *slot = ShortSlot { low: key.low, high: key.high | u64::from(rank) << RANK_SHIFT };
        }
    }

    fn insert_long(&mut self, token: &[u8], rank: u32) {
        let (mut at, tag) = self.long_place(token);
        while let Some(slot) = self.long.get_mut(at) {
            if slot.rank == NO_RANK {
                *slot = LongSlot { tag, rank };
                return;
            }
            at = (at + 1) & (self.long.len() - 1);
        }
    }

    #[inline]
    fn short_place(&self, hash: u64) -> usize {
        let pilot = self.pilots.get(layout::place(hash, self.pilots.len())).copied().unwrap_or_default();
        layout::slot(hash, u16::from_le_bytes(pilot), self.short.len())
    }

    #[inline]
    fn long_place(&self, token: &[u8]) -> (usize, u32) {
        let hash = hash(token);
        (hash as usize & (self.long.len() - 1), (hash >> 32) as u32)
    }

    /// The rank of a short token, or `NO_RANK`.
    #[inline]
    pub fn short_rank(&self, key: Window) -> u32 {
        let hash = key.hash();
        if !has(self.known.len() * 64, hash, |at| self.known.get(at).copied()) {
            return NO_RANK;
        }
        let slot = self.short.get(self.short_place(hash)).copied().unwrap_or_default();
        if slot.low == key.low && slot.high & KEY_MASK == key.high { (slot.high >> RANK_SHIFT) as u32 } else { NO_RANK }
    }

    /// The rank of `text[start..end]`, or `NO_RANK`.
    #[inline]
    pub fn rank_in(&self, text: &[u8], start: usize, end: usize) -> u32 {
        let length = end - start;
        if length > SHORT {
            return self.long_rank(text, start, end);
        }
        self.short_rank(Window::of(text, start, length))
    }

    /// Whether a token has, or could have, these two characters of three bytes next to each other in it, or parts of
    /// them. Where none has, what ends with the first and what starts with the second are merged apart.
    #[inline]
    pub fn may_span(&self, characters: u64) -> bool {
        let cut = layout::cut_index(characters);
        self.cuts.get(cut / 8).is_some_and(|bits| bits >> (cut % 8) & 1 == 1)
            || has(self.borders.len() * 64, layout::border_hash(characters), |at| {
                self.borders.get(at).copied().map(u64::from_le_bytes)
            })
    }

    #[inline(never)]
    fn long_rank(&self, text: &[u8], start: usize, end: usize) -> u32 {
        if end - start > LONGEST {
            return NO_RANK;
        }
        let Some(token) = text.get(start..end) else { return NO_RANK };
        let (mut at, tag) = self.long_place(token);
        while let Some(slot) = self.long.get(at) {
            if slot.rank == NO_RANK || (slot.tag == tag && self.token(slot.rank) == Some(token)) {
                return slot.rank;
            }
            at = (at + 1) & (self.long.len() - 1);
        }
        NO_RANK
    }

    /// The rank of these two bytes, or `NO_RANK`.
    #[inline]
    pub fn pair_rank(&self, first: u8, second: u8) -> u32 {
        self.pairs.get(pair_index(first, second)).copied().unwrap_or(NO_RANK)
    }

    /// The rank of one byte.
    #[inline]
    pub fn byte_rank(&self, byte: u8) -> u32 {
        self.single.get(usize::from(byte)).copied().unwrap_or(NO_RANK)
    }

    /// The rank and length of the longest token that `text[at..]` starts with, at most `room` bytes long.
    #[inline]
    pub fn longest_match(&self, text: &[u8], at: usize, room: usize) -> (u32, usize) {
        if room > 2 {
            let mut lengths = self.lengths_by_start.get(start_index(text, at)).copied().unwrap_or_default();
            if lengths >> OPEN == 1 {
                let found = self.open_match(text, at, room);
                if found.0 != NO_RANK {
                    return found;
                }
            }
            lengths &= (1 << (room - 2).min(OPEN)) - 1;
            while lengths != 0 {
                let length = lengths.ilog2() as usize + 3;
                let rank = self.rank_in(text, at, at + length);
                if rank != NO_RANK {
                    return (rank, length);
                }
                lengths ^= 1 << (length - 3);
            }
        }
        let first = text.get(at).copied().unwrap_or_default();
        if room > 1 {
            let rank = self.pair_rank(first, text.get(at + 1).copied().unwrap_or_default());
            if rank != NO_RANK {
                return (rank, 2);
            }
        }
        (self.byte_rank(first), 1)
    }

    /// The longest token of those that `lengths_by_start` has no bits for, or `NO_RANK`.
    fn open_match(&self, text: &[u8], at: usize, room: usize) -> (u32, usize) {
        let start = start_index(text, at) as u32;
        let found = self.open_lengths.binary_search_by_key(&start, |(start, _)| *start);
        let lengths = found.ok().and_then(|at| self.open_lengths.get(at)).map_or(0, |(_, lengths)| *lengths);
        let mut lengths = if room < LONGEST { lengths & ((1 << room) - 1) } else { lengths };
        while lengths != 0 {
            let length = lengths.ilog2() as usize + 1;
            let rank = self.long_rank(text, at, at + length);
            if rank != NO_RANK {
                return (rank, length);
            }
            lengths ^= 1 << (length - 1);
        }
        (NO_RANK, 0)
    }

    /// The bytes of a token, None for a rank that is not in use.
    #[inline]
    pub fn token(&self, rank: u32) -> Option<&'static [u8]> {
        let start = *self.starts.get(rank as usize)? as usize;
        let end = *self.starts.get(rank as usize + 1)? as usize;
        self.bytes.get(start..end).filter(|token| !token.is_empty())
    }

    /// The bytes of a token, in the vocabulary; empty for a rank that is not in use.
    #[inline]
    pub fn piece(&self, rank: u32) -> Piece<'static> {
        let place = |rank: u32| self.starts.get(rank as usize).map_or(0, |start| *start as usize);
        Piece { text: self.bytes, start: place(rank), end: place(rank + 1) }
    }

    /// Where the last join of a token of two bytes or more is.
    #[inline]
    pub fn split(&self, rank: u32) -> usize {
        self.splits.get(rank as usize).copied().map_or(0, usize::from)
    }

    /// One more than the highest rank.
    pub fn ranks(&self) -> u32 {
        u32::try_from(self.starts.len() - 1).unwrap_or(u32::MAX)
    }
}

fn set(table: &mut [u32], at: usize, rank: u32) {
    if let Some(entry) = table.get_mut(at) {
        *entry = rank;
    }
}

#[inline]
fn pair_index(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// A hash of the three bytes at `at`.
#[inline]
fn start_index(text: &[u8], at: usize) -> usize {
    let byte = |offset: usize| u32::from(text.get(at + offset).copied().unwrap_or_default());
    let start = byte(0) << 16 | byte(1) << 8 | byte(2);
    (start.wrapping_mul(0x9E37_79B1) >> 16) as usize & (STARTS - 1)
}

/// Folded multiplication, eight bytes a step; the last eight may have been looked at before.
#[inline]
pub fn hash(token: &[u8]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let fold = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(ODD);
        (product as u64) ^ (product >> 64) as u64
    };
    let (words, tail) = token.as_chunks::<8>();
    let state = words.iter().fold(token.len() as u64, |state, word| fold(state, u64::from_le_bytes(*word)));
    let rest = match token.last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => tail.iter().rev().fold(0, |rest, byte| rest << 8 | u64::from(*byte)),
    };
    fold(state ^ ODD, rest)
}
