//! The next eight bytes of a text by kind, for pieces that are no words: where a run ends is then a matter of counting.

use super::window::{EACH, HIGH_BITS, Window};

/// The high bit of byte n is about the text's byte n. Bytes that are not ASCII, and all after them or after the text,
/// are of no kind.
pub struct Ahead {
    pub letters: u64,
    pub digits: u64,
    /// `\s`
    pub spaces: u64,
    /// `[\r\n]`, which are spaces too.
    pub newlines: u64,
    /// ASCII of no other kind.
    pub symbols: u64,
    /// Of these, slashes.
    pub slashes: u64,
    /// How many bytes are known.
    known: usize,
    /// Nothing follows the known bytes.
    pub ends_text: bool,
}

impl Ahead {
    /// Of a window that has `left` bytes of text from its start on.
    #[inline(always)]
    pub fn new(window: Window, left: usize) -> Self {
        let bytes = window.low;
        let past_end = if left < 8 { 0x80 << (8 * left) } else { 0 };
        let known = (bytes & HIGH_BITS | past_end).trailing_zeros() as usize / 8;
        let ascii = HIGH_BITS & below(known);
        let letters = in_range(bytes | (0x20 * EACH), b'a', b'z') & ascii;
        let digits = in_range(bytes, b'0', b'9') & ascii;
        let spaces = (in_range(bytes, b'\t', b'\r') | equal(bytes, b' ')) & ascii;
        Self {
            letters,
            digits,
            spaces,
            newlines: (equal(bytes, b'\n') | equal(bytes, b'\r')) & ascii,
            symbols: ascii & !(letters | digits | spaces),
            slashes: equal(bytes, b'/') & ascii,
            known,
            ends_text: known == left,
        }
    }

    /// Whether a run that ends at `end` ends there for certain.
    #[inline]
    pub fn is_end(&self, end: usize) -> bool {
        end < self.known || self.ends_text
    }

    /// Whether the text ends at `end`.
    #[inline]
    pub fn is_text_end(&self, end: usize) -> bool {
        end == self.known && self.ends_text
    }
}

/// Marks the bytes of `bytes` in `first..=last`, up to the first that is not ASCII.
#[inline]
fn in_range(bytes: u64, first: u8, last: u8) -> u64 {
    // A carry goes to bytes that nobody asks about.
    let at_least = bytes.wrapping_add(u64::from(0x80 - first) * EACH);
    let above = bytes.wrapping_add(u64::from(0x7F - last) * EACH);
    at_least & !above
}

/// Marks the bytes that are `byte`, up to the first that is not ASCII.
#[inline]
fn equal(bytes: u64, byte: u8) -> u64 {
    !(bytes ^ (u64::from(byte) * EACH)).wrapping_add(0x7F * EACH)
}

/// Where the run of marked bytes that starts at `from` ends, which is `from` when there is none.
#[inline]
pub fn run_end(marks: u64, from: usize) -> usize {
    (!(marks | below(from)) & HIGH_BITS).trailing_zeros() as usize / 8
}

/// How far the last marked byte before `end` is; 0 when there is none.
#[inline]
pub fn after_last(marks: u64, end: usize) -> usize {
    8 - (marks & below(end)).leading_zeros() as usize / 8
}

/// All bits of the first `end` (at most 8) bytes.
#[inline]
fn below(end: usize) -> u64 {
    if end < 8 { (1 << (8 * end)) - 1 } else { u64::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn kinds_are_what_bytes_say(text in "[\\PC\\x00-\\x7f ]{0,12}") {
            let text = text.as_bytes();
            let ahead = Ahead::new(Window::at(text, 0), text.len());
            let known: Vec<u8> = text.iter().copied().take(8).take_while(u8::is_ascii).collect();
            let marks = |belongs: &dyn Fn(&u8) -> bool| {
                known.iter().zip(0..).map(|(byte, at)| u64::from(belongs(byte)) << (8 * at + 7)).sum::<u64>()
            };
            prop_assert_eq!(ahead.letters, marks(&u8::is_ascii_alphabetic));
            prop_assert_eq!(ahead.digits, marks(&u8::is_ascii_digit));
            prop_assert_eq!(ahead.spaces, marks(&|byte| matches!(byte, b'\t'..=b'\r' | b' ')));
            prop_assert_eq!(ahead.newlines, marks(&|byte| matches!(byte, b'\r' | b'\n')));
            prop_assert_eq!(ahead.slashes, marks(&|byte| *byte == b'/'));
            let any = ahead.letters | ahead.digits | ahead.spaces;
            prop_assert_eq!((any | ahead.symbols, any & ahead.symbols), (marks(&|_| true), 0));
            prop_assert_eq!(ahead.ends_text, known.len() == text.len());
        }

        #[test]
        fn runs_end_where_marks_do(marked in proptest::collection::vec(any::<bool>(), 8..9), from in 0usize..9) {
            let marks = marked.iter().zip(0..).map(|(mark, at)| u64::from(*mark) << (8 * at + 7)).sum::<u64>();
            prop_assert_eq!(run_end(marks, from), (from..8).find(|at| !marked[*at]).unwrap_or(8));
            prop_assert_eq!(after_last(marks, from), (0..from).rfind(|at| marked[*at]).map_or(0, |at| at + 1));
        }
    }
}
