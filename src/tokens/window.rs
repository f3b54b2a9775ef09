//! Up to sixteen bytes of text in two registers: the key of a short token, and what a scanner looks at at once.

/// Bytes from a position on, little-endian. As a key: at most twelve bytes, and their number above them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub low: u64,
    pub high: u64,
}

pub const EACH: u64 = 0x0101_0101_0101_0101;
pub const HIGH_BITS: u64 = 0x80 * EACH;

/// By length: the bits of so many bytes.
static MASKS: [[u64; 2]; 13] = {
    let mut masks = [[0; 2]; 13];
    let mut length = 0;
    while length < 13 {
        let mask = (1u128 << (8 * length)) - 1;
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        {
            masks[length] = [mask as u64, (mask >> 64) as u64];
        }
        length += 1;
    }
    masks
};

impl Window {
    /// The sixteen bytes at `at`, zeros past the end.
    #[inline]
    pub fn at(text: &[u8], at: usize) -> Self {
        if let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
            return Self::from_bytes(*bytes);
        }
        Self::at_end(text, at)
    }

    #[inline]
    fn at_end(text: &[u8], at: usize) -> Self {
        let left = text.len().saturating_sub(at);
        let whole = match text.last_chunk::<16>() {
            Some(_) if left == 0 => 0,
            Some(last) => u128::from_le_bytes(*last) >> (8 * (16 - left)),
            None => text.iter().skip(at).rev().fold(0, |whole, byte| whole << 8 | u128::from(*byte)),
        };
        Self { low: whole as u64, high: (whole >> 64) as u64 }
    }

    #[inline]
    fn from_bytes(bytes: [u8; 16]) -> Self {
        let whole = u128::from_le_bytes(bytes);
        Self { low: whole as u64, high: (whole >> 64) as u64 }
    }

    /// The key of the `length` (1 to 12) bytes of `text` at `start`.
    #[inline]
    pub fn of(text: &[u8], start: usize, length: usize) -> Self {
        Self::at(text, start).key(length)
    }

    /// The key of the window's first `length` (1 to 12) bytes.
    #[inline]
    pub fn key(self, length: usize) -> Self {
        let [low, high] = MASKS.get(length).copied().unwrap_or_default();
        Self { low: self.low & low, high: self.high & high | (length as u64) << 32 }
    }

    /// A hash of a key; its high bits are the best.
    #[inline]
    pub fn hash(self) -> u64 {
        const FIRST: u64 = 0x9E37_79B9_7F4A_7C15;
        const SECOND: u64 = 0xD6E8_FEB8_6659_FD93;
        (self.low ^ self.high.wrapping_mul(SECOND)).wrapping_mul(FIRST)
    }

    /// The first byte.
    #[inline]
    pub fn first(self) -> u8 {
        self.low as u8
    }

    /// The byte at `at`, below 16.
    #[inline]
    pub fn byte(self, at: usize) -> u8 {
        if at < 8 { (self.low >> (8 * at)) as u8 } else { (self.high >> (8 * (at - 8))) as u8 }
    }

    /// Whether all bytes are ASCII.
    #[inline]
    pub fn is_ascii(self) -> bool {
        (self.low | self.high) & HIGH_BITS == 0
    }

    /// How many bytes from `from` (0 to 2) on are ASCII letters, with `from` itself; 16 when all are.
    #[inline]
    pub fn letters_end(self, from: usize) -> usize {
        let fold = 0x20 * EACH;
        run_end(in_range(self.low | fold, b'a', b'z'), in_range(self.high | fold, b'a', b'z'), from)
    }

    /// The same of lower-case ASCII letters.
    #[inline]
    pub fn lower_end(self, from: usize) -> usize {
        run_end(in_range(self.low, b'a', b'z'), in_range(self.high, b'a', b'z'), from)
    }
}

/// The high bit of each byte of `word` that lies in `first..=last`, which are ASCII.
#[inline]
fn in_range(word: u64, first: u8, last: u8) -> u64 {
    let low_bits = word & !HIGH_BITS;
    let at_least = low_bits + u64::from(0x80 - first) * EACH;
    let above = low_bits + u64::from(0x7F - last) * EACH;
    at_least & !above & !word & HIGH_BITS
}

#[inline]
fn run_end(low: u64, high: u64, from: usize) -> usize {
    let (low, high) = (!low & HIGH_BITS & (u64::MAX << (8 * from)), !high & HIGH_BITS);
    (u128::from(high) << 64 | u128::from(low)).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_end_where_bytes_say(text in proptest::collection::vec(any::<u8>(), 16..24), from in 0usize..3) {
            let window = Window::at(&text, 0);
            let run = |belongs: &dyn Fn(u8) -> bool| (from..16).find(|at| !belongs(text[*at])).unwrap_or(16);
            prop_assert_eq!(window.letters_end(from), run(&|byte| byte.is_ascii_alphabetic()));
            prop_assert_eq!(window.lower_end(from), run(&|byte| byte.is_ascii_lowercase()));
        }

        #[test]
        fn keys_tell_texts_apart(one in "[ab\0]{1,12}", other in "[ab\0]{1,12}") {
            let key = |text: &str| Window::of(text.as_bytes(), 0, text.len());
            prop_assert_eq!(key(&one) == key(&other), one == other);
        }
    }
}
