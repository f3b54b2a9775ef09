//! Where a vocabulary's tables hold what, for the build script, which works out a part of them, and for `vocabulary`.

/// Tokens up to this length lie whole in the table of short ones, where one comparison settles a search.
pub const SHORT: usize = 12;
/// No token is longer.
pub const LONGEST: usize = 128;
/// Bits of the table of borders by the bytes that meet.
pub const CUT_BITS: usize = 1 << 10;

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// How many slots so many short tokens have.
pub fn slots(tokens: usize) -> usize {
    tokens * 10 / 9
}

/// The place of a short token among `slots`: where the pilot of its bucket sends it, so that no two share a place.
#[inline]
pub fn slot(hash: u64, pilot: u16, slots: usize) -> usize {
    let mixed = (hash ^ u64::from(pilot).wrapping_mul(0xA24B_AED4_963E_E407)).wrapping_mul(GOLDEN);
    (((mixed >> 32) * slots as u64) >> 32) as usize
}

/// The top bits of a hash, as a place in a table of so many entries, a power of two above 1.
#[inline]
pub fn place(hash: u64, entries: usize) -> usize {
    (hash >> (64 - entries.trailing_zeros())) as usize
}

/// A hash of two characters of three bytes that meet, the bytes in the order of a little-endian number.
#[inline]
pub fn border_hash(characters: u64) -> u64 {
    const BYTES: u64 = (1 << 48) - 1;
    (characters & BYTES).wrapping_mul(GOLDEN)
}

/// The place of the bytes that meet between them.
#[inline]
pub fn cut_index(characters: u64) -> usize {
    ((characters >> 16 & 0x3F) << 4 | characters >> 24 & 0xF) as usize
}
