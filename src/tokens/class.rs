//! What a code point is to the encodings' patterns, by the Unicode tables that tiktoken uses.

use super::window::Window;

/// `[\p{Lu}\p{Lt}]`
pub const UPPER: u8 = 1;
/// `\p{Ll}`
pub const LOWER: u8 = 2;
/// `[\p{Lm}\p{Lo}]`
pub const UNCASED: u8 = 3;
/// `\p{M}`
pub const MARK: u8 = 4;
/// `\p{N}`
pub const NUMBER: u8 = 5;
/// `\s` but not a line break
pub const SPACE: u8 = 6;
/// `[\r\n]`
pub const NEWLINE: u8 = 7;
/// The end of the text.
pub const END: u8 = 8;

static TABLE: &[u8] = include_bytes!("data/classes.bin");
const BLOCK: usize = 256;
const BLOCKS: usize = 0x11_0000 / BLOCK;

const fn ascii_class(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => UPPER,
        b'a'..=b'z' => LOWER,
        b'0'..=b'9' => NUMBER,
        b'\n' | b'\r' => NEWLINE,
        b'\t' | 0x0B | 0x0C | b' ' => SPACE,
        _ => 0,
    }
}

/// The class of each ASCII byte.
static ASCII: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        {
            table[byte] = ascii_class(byte as u8);
        }
        byte += 1;
    }
    table
};

fn wide_class(code_point: u32) -> u8 {
    let at = code_point as usize;
    let block = TABLE.get(at / BLOCK).copied().unwrap_or_default();
    TABLE.get(BLOCKS + usize::from(block) * BLOCK + at % BLOCK).copied().unwrap_or_default()
}

/// The class of the character at `at` and its length in bytes; (`END`, 0) past the end. `text` is UTF-8.
#[inline]
pub fn class_at(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        None => (END, 0),
        Some(&byte) if byte < 0x80 => (ASCII.get(usize::from(byte)).copied().unwrap_or_default(), 1),
        Some(&byte) => wide_at(text, at, byte),
    }
}

fn wide_at(text: &[u8], at: usize, first: u8) -> (u8, usize) {
    let tail = |offset: usize| u32::from(text.get(at + offset).copied().unwrap_or_default() & 0x3F);
    let first = u32::from(first);
    if first < 0xE0 {
        (wide_class((first & 0x1F) << 6 | tail(1)), 2)
    } else if (0xE5..0xE9).contains(&first) {
        // U+5000 to U+8FFF: Chinese characters without a gap.
        (UNCASED, 3)
    } else if first < 0xF0 {
        (wide_class((first & 0x0F) << 12 | tail(1) << 6 | tail(2)), 3)
    } else {
        (wide_class((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)), 4)
    }
}

#[inline]
pub fn is_letter(class: u8) -> bool {
    matches!(class, UPPER | LOWER | UNCASED)
}

/// `[^\s\p{L}\p{N}]`
#[inline]
pub fn is_symbol(class: u8) -> bool {
    matches!(class, 0 | MARK)
}

#[inline]
pub fn is_space(class: u8) -> bool {
    matches!(class, SPACE | NEWLINE)
}

/// Where the run of letters from `at` ends.
#[inline]
pub fn letters_end(text: &[u8], mut at: usize) -> usize {
    loop {
        if text.get(at).is_some_and(u8::is_ascii_alphabetic) {
            at += Window::at(text, at).letters_end(0);
            continue;
        }
        let (class, length) = class_at(text, at);
        if !is_letter(class) {
            return at;
        }
        at += length;
    }
}

/// Where the run of characters whose class `belongs`, from `at`, ends.
#[inline]
pub fn run_end(text: &[u8], mut at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    loop {
        let (class, length) = class_at(text, at);
        if !belongs(class) {
            return at;
        }
        at += length;
    }
}
