//! Up to sixteen bytes of text in two registers: the key of a short token, and what a scanner looks at at once.

/// Bytes from a position on, little-endian. As a key: at most twelve bytes, and their number above them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub low: u64,
    pub high: u64,
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x80 * EACH;

impl Window {
    /// How many bytes a window has.
    pub const BYTES: usize = 16;

    /// The sixteen bytes at `at`, zeros past the end.
    #[inline]
    pub fn at(text: &[u8], at: usize) -> Self {
        if let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
            return Self::from_bytes(*bytes);
        }
        Self::at_end(text, at)
    }

    #[inline(never)]
    fn at_end(text: &[u8], at: usize) -> Self {
        let mut bytes = [0; 16];
        for (byte, given) in bytes.iter_mut().zip(text.get(at..).unwrap_or_default()) {
            *byte = *given;
        }
        Self::from_bytes(bytes)
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
        let bits = 8 * length as u32;
        let (low, high) = if bits < 64 {
            (self.low & ((1 << bits) - 1), 0)
        } else {
            (self.low, self.high & ((1 << (bits - 64)) - 1))
        };
        Self { low, high: high | (length as u64) << 32 }
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

    /// How many bytes from `from` (0 to 2) on are ASCII letters, with `from` itself; 16 when all are.
    #[inline]
    pub fn letters_end(self, from: usize) -> usize {
        let fold = 0x20 * EACH;
        run_end(
            in_range(self.low | fold, b'a', b'z', self.low),
            in_range(self.high | fold, b'a', b'z', self.high),
            from,
        )
    }

    /// The same of lower-case ASCII letters.
    #[inline]
    pub fn lower_end(self, from: usize) -> usize {
        run_end(in_range(self.low, b'a', b'z', self.low), in_range(self.high, b'a', b'z', self.high), from)
    }
}

/// The high bit of each byte of `word` that lies in `first..=last` and whose byte of `original` is ASCII.
#[inline]
fn in_range(word: u64, first: u8, last: u8, original: u64) -> u64 {
    let low_bits = word & !HIGH_BITS;
    let at_least = low_bits + u64::from(0x80 - first) * EACH;
    let above = low_bits + u64::from(0x7F - last) * EACH;
    at_least & !above & !original & HIGH_BITS
}

#[inline]
fn run_end(low: u64, high: u64, from: usize) -> usize {
    let outside = !low & HIGH_BITS & (u64::MAX << (8 * from));
    if outside != 0 {
        return outside.trailing_zeros() as usize / 8;
    }
    let outside = !high & HIGH_BITS;
    8 + outside.trailing_zeros() as usize / 8
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
