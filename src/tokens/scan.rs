//! The encodings' split patterns as hand-written scanners: where the piece that starts at a position ends.

use super::class::{
    END, LOWER, MARK, NEWLINE, NUMBER, UNCASED, UPPER, class_at, is_letter, is_space, is_symbol, letters_end, run_end,
};
use super::window::Window;

/// A split pattern.
pub trait Scan {
    /// The length of the piece that the window starts with when it is a plain ASCII word, else 0.
    fn word(window: Window) -> usize;

    /// The end of the piece that starts at `at`, which is before the end of `text`.
    fn piece_end(text: &[u8], at: usize) -> usize;
}

/// Of r50k_base, p50k_base and p50k_edit.
pub struct R50k;
/// Of cl100k_base.
pub struct Cl100k;
/// Of o200k_base and o200k_harmony.
pub struct O200k;

/// What may stand before a word and belongs to it: ASCII but no letter, number, line break; an apostrophe may be more.
static LEADS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        {
            let other = byte as u8;
            table[byte] = !other.is_ascii_alphanumeric() && !matches!(other, b'\r' | b'\n' | b'\'');
        }
        byte += 1;
    }
    table
};

fn leads(byte: u8) -> bool {
    LEADS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// `end` when the word of `window` ends there for certain: before ASCII that is `certain` to be no part of it.
#[inline]
fn ended(window: Window, start: usize, end: usize, certain: impl Fn(u8) -> bool) -> usize {
    if end > start && end < 16 && certain(window.byte(end)) { end } else { 0 }
}

impl Scan for R50k {
    #[inline]
    fn word(window: Window) -> usize {
        let start = usize::from(window.first() == b' ');
        ended(window, start, window.letters_end(start), |next| next < 0x80)
    }

    #[inline]
    fn piece_end(text: &[u8], at: usize) -> usize {
        r50k(text, at)
    }
}

impl Scan for Cl100k {
    #[inline]
    fn word(window: Window) -> usize {
        let start = usize::from(leads(window.first()));
        ended(window, start, window.letters_end(start), |next| next < 0x80)
    }

    #[inline]
    fn piece_end(text: &[u8], at: usize) -> usize {
        cl100k(text, at)
    }
}

impl Scan for O200k {
    /// A letter, then lower case. After that only an apostrophe can belong to the word; after a lone capital, letters.
    #[inline]
    fn word(window: Window) -> usize {
        let start = usize::from(leads(window.first()));
        let first = window.byte(start);
        if !first.is_ascii_alphabetic() {
            return 0;
        }
        let end = window.lower_end(start + 1);
        let lone = end == start + 1 && first.is_ascii_uppercase();
        ended(window, start, end, |next| next < 0x80 && next != b'\'' && !(lone && next.is_ascii_alphabetic()))
    }

    #[inline]
    fn piece_end(text: &[u8], at: usize) -> usize {
        o200k(text, at)
    }
}

fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or_default()
}

fn r50k(text: &[u8], at: usize) -> usize {
    if byte(text, at) == b'\'' {
        let suffix = match (byte(text, at + 1), byte(text, at + 2)) {
            (b's' | b'd' | b'm' | b't', _) => 2,
            (b'l', b'l') | (b'v' | b'r', b'e') => 3,
            _ => 0,
        };
        if suffix > 0 {
            return at + suffix;
        }
    }
    let start = if byte(text, at) == b' ' { at + 1 } else { at };
    let (class, _) = class_at(text, start);
    if is_letter(class) {
        letters_end(text, start)
    } else if class == NUMBER {
        run_end(text, start, |class| class == NUMBER)
    } else if is_symbol(class) {
        run_end(text, start, is_symbol)
    } else {
        SpaceRun::at(text, at).before_word()
    }
}

fn cl100k(text: &[u8], at: usize) -> usize {
    let contraction = contraction_end(text, at);
    if contraction > at {
        return contraction;
    }
    let (class, length) = class_at(text, at);
    if is_letter(class) {
        return letters_end(text, at);
    }
    if class == NUMBER {
        return numbers_end(text, at);
    }
    let next = class_at(text, at + length).0;
    if class != NEWLINE && is_letter(next) {
        return letters_end(text, at + length);
    }
    if is_symbol(class) || (byte(text, at) == b' ' && is_symbol(next)) {
        let symbols = run_end(text, at + length, is_symbol);
        return run_end(text, symbols, |class| class == NEWLINE);
    }
    let run = SpaceRun::at(text, at);
    if run.ends_text {
        return run.end;
    }
    run.after_newline.unwrap_or_else(|| run.before_word())
}

fn o200k(text: &[u8], at: usize) -> usize {
    if let Some(word) = o200k_word(text, at) {
        return contraction_end(text, word);
    }
    let (class, length) = class_at(text, at);
    if class == NUMBER {
        return numbers_end(text, at);
    }
    if is_symbol(class) || (byte(text, at) == b' ' && is_symbol(class_at(text, at + length).0)) {
        let mut end = run_end(text, at + length, is_symbol);
        while matches!(byte(text, end), b'\r' | b'\n' | b'/') {
            end += 1;
        }
        return end;
    }
    let run = SpaceRun::at(text, at);
    run.after_newline.unwrap_or_else(|| run.before_word())
}

/// A word of o200k without its contraction: lower case after upper case, else upper case alone, each after at most
/// one character that is no letter, number or line break. A mark can be that character or the word's first.
fn o200k_word(text: &[u8], at: usize) -> Option<usize> {
    let (class, length) = class_at(text, at);
    if matches!(class, NEWLINE | NUMBER | END) {
        return None;
    }
    if is_letter(class) {
        return cased_word(text, at).or_else(|| upper_word(text, at));
    }
    cased_word(text, at + length)
        .or_else(|| if class == MARK { cased_word(text, at) } else { None })
        .or_else(|| upper_word(text, at + length))
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`: the first part gives back what the second needs.
fn cased_word(text: &[u8], mut at: usize) -> Option<usize> {
    let mut last_shared = None;
    loop {
        let (class, length) = class_at(text, at);
        match class {
            UPPER => at += length,
            UNCASED | MARK => {
                at += length;
                last_shared = Some(at);
            }
            LOWER => return Some(lower_end(text, at)),
            _ => return last_shared,
        }
    }
}

/// Where the run of `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` from `at` ends.
fn lower_end(text: &[u8], mut at: usize) -> usize {
    loop {
        let ascii = Window::at(text, at).lower_end(0);
        at += ascii;
        if ascii == Window::BYTES {
            continue;
        }
        let (class, length) = class_at(text, at);
        if !matches!(class, LOWER | UNCASED | MARK) {
            return at;
        }
        at += length;
    }
}

/// `[\p{Lu}\p{Lt}…]+` where no cased word matched, so that nothing but upper case is there.
fn upper_word(text: &[u8], at: usize) -> Option<usize> {
    let end = run_end(text, at, |class| class == UPPER);
    (end > at).then_some(end)
}

/// The end of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at `at`, or `at`. U+017F (ſ) is an s to a case-blind pattern.
#[inline]
fn contraction_end(text: &[u8], at: usize) -> usize {
    if byte(text, at) != b'\'' {
        return at;
    }
    let length = match (byte(text, at + 1) | 0x20, byte(text, at + 2) | 0x20) {
        (b's' | b'd' | b'm' | b't', _) => 2,
        (b'l', b'l') | (b'v' | b'r', b'e') => 3,
        _ if byte(text, at + 1) == 0xC5 && byte(text, at + 2) == 0xBF => 3,
        _ => 0,
    };
    at + length
}

/// `\p{N}{1,3}`
fn numbers_end(text: &[u8], mut at: usize) -> usize {
    for _ in 0..3 {
        let (class, length) = class_at(text, at);
        if class != NUMBER {
            break;
        }
        at += length;
    }
    at
}

/// A run of `\s`.
struct SpaceRun {
    end: usize,
    /// Where its last character starts, when it has more than one.
    last: Option<usize>,
    /// The end of its last line break.
    after_newline: Option<usize>,
    ends_text: bool,
}

impl SpaceRun {
    fn at(text: &[u8], start: usize) -> Self {
        let (mut at, mut last, mut after_newline) = (start, None, None);
        loop {
            let (class, length) = class_at(text, at);
            if !is_space(class) {
                return Self { end: at, last, after_newline, ends_text: class == END };
            }
            if at > start {
                last = Some(at);
            }
            at += length;
            if class == NEWLINE {
                after_newline = Some(at);
            }
        }
    }

    /// `\s+(?!\S)|\s`: the last character stays for the word that follows, unless it is the only one.
    fn before_word(&self) -> usize {
        if self.ends_text { self.end } else { self.last.unwrap_or(self.end) }
    }
}
