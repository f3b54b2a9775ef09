//! A vocabulary: token bytes by rank, and ranks by token bytes. Read-only once built.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::merge::Piece;
use super::window::Window;

/// No token has this rank.
pub const NO_RANK: u32 = u32::MAX;

pub static P50K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(P50K_DATA, usize::MAX));
/// r50k_base is p50k_base without its runs of spaces.
pub static R50K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(P50K_DATA, 50_256));
pub static CL100K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(CL100K_DATA, usize::MAX));
pub static O200K: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(O200K_DATA, usize::MAX));

static P50K_DATA: &[u8] = include_bytes!("data/p50k_base.bin");
static CL100K_DATA: &[u8] = include_bytes!("data/cl100k_base.bin");
static O200K_DATA: &[u8] = include_bytes!("data/o200k_base.bin");

/// Tokens up to this length lie whole in the table of short ones, where one comparison settles a search.
pub const SHORT: usize = 12;
const RANK_SHIFT: u32 = 40;
const KEY_MASK: u64 = (1 << RANK_SHIFT) - 1;
const BITS_A_SLOT: usize = 4;
const STARTS: usize = 1 << 16;
/// The bit of `lengths_by_start` for tokens that are longer than its other bits say.
const OPEN: usize = 31;

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
    /// Open addressing, at most half full; the length is a power of two.
    short: Vec<ShortSlot>,
    short_shift: u32,
    /// One bit for each short token, by the hash that `short` goes by: most joins end here, near the processor.
    known: Vec<u64>,
    known_shift: u32,
    long: Vec<LongSlot>,
    single: [u32; 256],
    pairs: Vec<u32>,
    /// By a hash of a token's first three bytes: a bit for each length that occurs, from 3 on; the last for all above.
    lengths_by_start: Vec<u32>,
    longest: usize,
    /// By rank: where the token's last join is, once somebody asked; 0 until then.
    splits: Vec<AtomicU8>,
}

impl Vocabulary {
    /// Read a data file (its format: data/build.py), its first `limit` ranks.
    fn read(data: &'static [u8], limit: usize) -> Self {
        let (count, rest) = data.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
        let (lengths, bytes) = rest.split_at_checked(u32::from_le_bytes(*count) as usize).unwrap_or_default();
        let lengths = lengths.get(..limit).unwrap_or(lengths);
        let long = lengths.iter().filter(|length| usize::from(**length) > SHORT).count();
        let slots = (lengths.len() * 2).next_power_of_two();
        let mut vocabulary = Self {
            bytes,
            starts: Vec::with_capacity(lengths.len() + 1),
            short: vec![ShortSlot::default(); slots],
            short_shift: 64 - slots.trailing_zeros(),
            known: vec![0; slots * BITS_A_SLOT / 64],
            known_shift: 64 - (slots * BITS_A_SLOT).trailing_zeros(),
            long: vec![LongSlot { tag: 0, rank: NO_RANK }; (long * 2).next_power_of_two()],
            single: [NO_RANK; 256],
            pairs: vec![NO_RANK; 1 << 16],
            lengths_by_start: vec![0; STARTS],
            longest: lengths.iter().copied().max().map_or(0, usize::from),
            splits: (0..lengths.len()).map(|_| AtomicU8::new(0)).collect(),
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
                let lengths = self.lengths_by_start.get_mut(start_index(token, 0));
                if let Some(lengths) = lengths {
                    *lengths |= 1 << (token.len() - 3).min(OPEN);
                }
            }
        }
        if token.len() <= SHORT {
            self.insert_short(Window::of(token, 0, token.len()), rank);
        } else {
            self.insert_long(token, rank);
        }
    }

    fn insert_short(&mut self, key: Window, rank: u32) {
        let bit = key.hash() >> self.known_shift;
        if let Some(word) = self.known.get_mut(bit as usize / 64) {
            *word |= 1 << (bit % 64);
        }
        let mut at = self.short_place(key);
        while let Some(slot) = self.short.get_mut(at) {
            if slot.high == 0 {
                *slot = ShortSlot { low: key.low, high: key.high | u64::from(rank) << RANK_SHIFT };
                return;
            }
            at = (at + 1) & (self.short.len() - 1);
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
    fn short_place(&self, key: Window) -> usize {
        (key.hash() >> self.short_shift) as usize
    }

    #[inline]
    fn long_place(&self, token: &[u8]) -> (usize, u32) {
        let hash = hash(token);
        (hash as usize & (self.long.len() - 1), (hash >> 32) as u32)
    }

    /// The rank of a short token, or `NO_RANK`.
    #[inline]
    pub fn short_rank(&self, key: Window) -> u32 {
        let mut at = self.short_place(key);
        while let Some(slot) = self.short.get(at) {
            if slot.low == key.low && slot.high & KEY_MASK == key.high {
                return (slot.high >> RANK_SHIFT) as u32;
            }
            if slot.high == 0 {
                break;
            }
            at = (at + 1) & (self.short.len() - 1);
        }
        NO_RANK
    }

    /// The rank of `text[start..end]`, or `NO_RANK`.
    #[inline]
    pub fn rank_in(&self, text: &[u8], start: usize, end: usize) -> u32 {
        let length = end - start;
        if length > SHORT {
            return self.long_rank(text, start, end);
        }
        let key = Window::of(text, start, length);
        let bit = key.hash() >> self.known_shift;
        let known = self.known.get(bit as usize / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
        if known { self.short_rank(key) } else { NO_RANK }
    }

    #[inline(never)]
    fn long_rank(&self, text: &[u8], start: usize, end: usize) -> u32 {
        if end - start > self.longest {
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
                for length in (OPEN + 3..=room.min(self.longest)).rev() {
                    let rank = self.long_rank(text, at, at + length);
                    if rank != NO_RANK {
                        return (rank, length);
                    }
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

    /// Where the last join of a token of two bytes or more is, as `find` finds it the first time.
    #[inline]
    pub fn split(&self, rank: u32, find: impl FnOnce() -> usize) -> usize {
        let Some(split) = self.splits.get(rank as usize) else { return 0 };
        let known = split.load(Ordering::Relaxed);
        if known != 0 {
            return usize::from(known);
        }
        let found = find();
        split.store(u8::try_from(found).unwrap_or_default(), Ordering::Relaxed);
        found
    }

    /// The length of the longest token.
    pub fn longest(&self) -> usize {
        self.longest
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
