//! The encodings' split patterns as hand-written scanners: where the piece that starts at a position ends.

use super::ahead::{Ahead, after_last, run_end as marks_end};
use super::class::{
    END, LOWER, MARK, NEWLINE, NUMBER, UNCASED, UPPER, class_at, is_letter, is_space, is_symbol, letters_end, run_end,
};
use super::window::Window;

/// A split pattern.
pub trait Scan {
    /// The length of the piece that the window starts with when it is a plain ASCII word, else 0.
    fn word(window: Window) -> usize;

    /// The length of the piece of ASCII that is no word and that `ahead` starts with, whose first byte is `first`; 0
    /// where it takes more to tell.
    fn other(first: u8, ahead: &Ahead) -> usize;

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

/// `end` when the word of `window` ends there for certain: before ASCII.
#[inline]
fn ended(window: Window, start: usize, end: usize) -> usize {
    if end > start && end < 16 && (window.is_ascii() || window.byte(end) < 0x80) { end } else { 0 }
}

/// `length` where the piece ends with the run that ends at `end`, and this is certain.
#[inline]
fn certain(ahead: &Ahead, end: usize, length: usize) -> usize {
    if ahead.is_end(end) { length } else { 0 }
}

/// Of spaces before a word the last stays for the word, unless it is the only one.
#[inline]
fn before_word(ahead: &Ahead, spaces: usize) -> usize {
    if ahead.is_text_end(spaces) { spaces } else { spaces.max(2) - 1 }
}

/// The end of a run of symbols after at most one blank, and of the run of what may follow; 0 when there are none.
#[inline]
fn symbols(first: u8, ahead: &Ahead, followers: u64) -> usize {
    let blank = usize::from(first == b' ');
    let end = marks_end(ahead.symbols, blank);
    if end > blank { marks_end(followers, end) } else { 0 }
}

/// `\p{N}{1,3}`
#[inline]
fn numbers(ahead: &Ahead) -> usize {
    let end = marks_end(ahead.digits, 0).min(3);
    certain(ahead, end, end)
}

/// Whether a letter is the first of `ahead` or the second: then it is a word, or what looks like one.
#[inline]
fn has_word(ahead: &Ahead) -> bool {
    ahead.letters & 0x8080 != 0
}

impl Scan for R50k {
    #[inline]
    fn word(window: Window) -> usize {
        let start = usize::from(window.first() == b' ');
        ended(window, start, window.letters_end(start))
    }

    #[inline]
    fn other(first: u8, ahead: &Ahead) -> usize {
        let symbols = symbols(first, ahead, 0);
        if has_word(ahead) || ahead.digits & 0x8080 != 0 {
            0
        } else if symbols > 0 {
            certain(ahead, symbols, symbols)
        } else {
            let spaces = marks_end(ahead.spaces, 0);
            certain(ahead, spaces, before_word(ahead, spaces))
        }
    }

    #[inline]
    fn piece_end(text: &[u8], at: usize) -> usize {
        r50k(text, at)
    }
}

/// `Scan::other` of the newer encodings: `followers` may stand after symbols, and spaces up to `end` are cut after the
/// last of their line breaks if `is_cut(end)`.
#[inline]
fn no_word(first: u8, ahead: &Ahead, followers: u64, is_cut: impl Fn(usize) -> bool) -> usize {
    let symbols = symbols(first, ahead, followers);
    if ahead.digits & 0x80 != 0 {
        numbers(ahead)
    } else if has_word(ahead) && !(first == b'\n' || first == b'\r') {
        0
    } else if symbols > 0 {
        certain(ahead, symbols, symbols)
    } else {
        let spaces = marks_end(ahead.spaces, 0);
        let newline = if is_cut(spaces) { after_last(ahead.newlines, spaces) } else { 0 };
        certain(ahead, spaces, if newline > 0 { newline } else { before_word(ahead, spaces) })
    }
}

impl Scan for Cl100k {
    #[inline]
    fn word(window: Window) -> usize {
        let start = usize::from(leads(window.first()));
        ended(window, start, window.letters_end(start))
    }

    #[inline]
    fn other(first: u8, ahead: &Ahead) -> usize {
        no_word(first, ahead, ahead.newlines, |spaces| !ahead.is_text_end(spaces))
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
        let next = window.byte(end & 15);
        let lone = end == start + 1 && first.is_ascii_uppercase();
        if next == b'\'' || (lone && next.is_ascii_alphabetic()) { 0 } else { ended(window, start, end) }
    }

    #[inline]
    fn other(first: u8, ahead: &Ahead) -> usize {
        no_word(first, ahead, ahead.newlines | ahead.slashes, |_| true)
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
        if byte(text, at).is_ascii_lowercase() {
            at += Window::at(text, at).lower_end(0);
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
