//! An encoding: a vocabulary, a split pattern and special tokens.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use super::ahead::Ahead;
use super::cache::{self, Counts};
use super::merge::{self, Piece};
use super::scan::{Cl100k, O200k, R50k, Scan};
use super::special::{self, Specials};
use super::vocabulary::{CL100K, NO_RANK, O200K, P50K, R50K, SHORT, Vocabulary};
use super::window::Window;

/// One of OpenAI's encodings. Copying it is free; its vocabulary is built at the first use in the process.
/// Special tokens in a text are text like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    R50kBase,
    P50kBase,
    P50kEdit,
    Cl100kBase,
    O200kBase,
    O200kHarmony,
}

/// The names of all encodings.
pub fn names() -> Vec<&'static str> {
    Encoding::ALL.into_iter().map(Encoding::name).collect()
}

/// A token that the vocabulary does not have.
#[derive(Debug)]
pub struct UnknownToken;

impl Encoding {
    pub const ALL: [Self; 6] =
        [Self::R50kBase, Self::P50kBase, Self::P50kEdit, Self::Cl100kBase, Self::O200kBase, Self::O200kHarmony];

    /// The encoding of this name.
    pub fn get(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::R50kBase => "r50k_base",
            Self::P50kBase => "p50k_base",
            Self::P50kEdit => "p50k_edit",
            Self::Cl100kBase => "cl100k_base",
            Self::O200kBase => "o200k_base",
            Self::O200kHarmony => "o200k_harmony",
        }
    }

    fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Self::R50kBase => &R50K,
            Self::P50kBase | Self::P50kEdit => &P50K,
            Self::Cl100kBase => &CL100K,
            Self::O200kBase | Self::O200kHarmony => &O200K,
        }
    }

    fn specials(self) -> &'static Specials {
        special::of(self)
    }

    /// How many tokens `text` is.
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::R50kBase | Self::P50kBase | Self::P50kEdit => self.count_with::<R50k>(text.as_bytes()),
            Self::Cl100kBase => self.count_with::<Cl100k>(text.as_bytes()),
            Self::O200kBase | Self::O200kHarmony => self.count_with::<O200k>(text.as_bytes()),
        }
    }

    fn count_with<S: Scan>(self, text: &[u8]) -> usize {
        let (vocabulary, encoding) = (self.vocabulary(), self as u8);
        cache::with(|counts| {
            let mut count = 0;
            let _ = pieces::<S>(vocabulary, text, |window, start, end| {
                let length = end - start;
                count += if length <= SHORT {
                    let key = window.key(length);
                    counts.short(encoding, key, || short_count(vocabulary, key, text, start, end))
                } else {
                    long_count(vocabulary, counts, encoding, Piece { text, start, end })
                };
                ControlFlow::Continue(())
            });
            count
        })
    }

    /// The sum of the counts of `text`'s stretches of so many characters, each counted by itself.
    pub fn count_stretches(self, text: &str, characters: NonZeroUsize) -> usize {
        let (mut rest, mut total) = (text, 0);
        while rest.len() > characters.get() {
            let (stretch, after) = split_after(rest, characters.get());
            total += self.count(stretch);
            rest = after;
        }
        total + self.count(rest)
    }

    /// `text` as tokens.
    pub fn encode(self, text: &str) -> Vec<u32> {
        let vocabulary = self.vocabulary();
        let mut tokens = Vec::with_capacity(text.len() / 4);
        let _ = self.each_piece(text, |rank, piece| {
            if rank == NO_RANK {
                merge::merge(vocabulary, piece, |rank| tokens.push(rank));
            } else {
                tokens.push(rank);
            }
            ControlFlow::Continue(())
        });
        tokens
    }

    /// The bytes that tokens stand for; they may cut a character.
    pub fn decode(self, tokens: &[u32]) -> Result<Vec<u8>, UnknownToken> {
        let (vocabulary, specials) = (self.vocabulary(), self.specials());
        let mut bytes = Vec::with_capacity(tokens.len() * 4);
        for &token in tokens {
            let known = vocabulary.token(token).or_else(|| specials.text(token).map(str::as_bytes));
            bytes.extend_from_slice(known.ok_or(UnknownToken)?);
        }
        Ok(bytes)
    }

    /// The longest start of `text` that is at most `max_tokens` tokens and ends between characters.
    pub fn truncate(self, text: &str, max_tokens: usize) -> &str {
        let vocabulary = self.vocabulary();
        let (mut left, mut kept) = (max_tokens, 0);
        let done = self.each_piece(text, |rank, piece| {
            let mut take = |rank: u32| {
                if left > 0 {
                    left -= 1;
                    kept += vocabulary.token(rank).map_or(0, <[u8]>::len);
                }
            };
            if rank == NO_RANK {
                merge::merge(vocabulary, piece, take);
            } else {
                take(rank);
            }
            if left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if done.is_continue() {
            return text;
        }
        while !text.is_char_boundary(kept) {
            kept -= 1;
        }
        text.get(..kept).unwrap_or_default()
    }

    /// Call `each` with the pieces of `text`, and with their ranks or `NO_RANK`, until it breaks.
    fn each_piece(self, text: &str, mut each: impl FnMut(u32, Piece<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let (vocabulary, text) = (self.vocabulary(), text.as_bytes());
        let ranked = |_: Window, start: usize, end: usize| {
            each(vocabulary.rank_in(text, start, end), Piece { text, start, end })
        };
        match self {
            Self::R50kBase | Self::P50kBase | Self::P50kEdit => pieces::<R50k>(vocabulary, text, ranked),
            Self::Cl100kBase => pieces::<Cl100k>(vocabulary, text, ranked),
            Self::O200kBase | Self::O200kHarmony => pieces::<O200k>(vocabulary, text, ranked),
        }
    }

    /// Every token that is not special, with its bytes: the vocabulary, for a reference implementation.
    pub fn ranks(self) -> HashMap<Vec<u8>, u32> {
        let vocabulary = self.vocabulary();
        (0..vocabulary.ranks()).filter_map(|rank| Some((vocabulary.token(rank)?.to_vec(), rank))).collect()
    }

    /// Every special token's text and number.
    pub fn special_tokens(self) -> impl Iterator<Item = (&'static str, u32)> {
        self.specials().all()
    }
}

/// How many tokens a piece of up to `SHORT` bytes is.
#[inline(never)]
fn short_count(vocabulary: &Vocabulary, key: Window, text: &[u8], start: usize, end: usize) -> usize {
    match vocabulary.short_rank(key) {
        NO_RANK => merge::count(vocabulary, Piece { text, start, end }),
        _ => 1,
    }
}

/// How many tokens a longer piece is.
#[inline(never)]
fn long_count(vocabulary: &Vocabulary, counts: &mut Counts, encoding: u8, piece: Piece<'_>) -> usize {
    match piece.rank(vocabulary, 0, piece.len()) {
        NO_RANK => counts.longer(encoding, piece, || merge::count(vocabulary, piece)),
        _ => 1,
    }
}

/// `text` cut after so many characters; all of it when it has no more.
fn split_after(text: &str, characters: usize) -> (&str, &str) {
    let ascii = text.get(..characters).is_some_and(str::is_ascii);
    let end = if ascii { Some(characters) } else { text.char_indices().nth(characters).map(|(at, _)| at) };
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
}

/// Call `each` with the start and the end of each piece of `text`, and the window at its start, until it breaks. A
/// piece is given in parts where merging cannot join them.
#[inline]
fn pieces<S: Scan>(
    vocabulary: &Vocabulary,
    text: &[u8],
    mut each: impl FnMut(Window, usize, usize) -> ControlFlow<()>,
) -> ControlFlow<()> {
    // The end of the piece that is being given in parts.
    let (mut at, mut whole) = (0, 0);
    while at < text.len() {
        let window = Window::at(text, at);
        let word = if at < whole { 0 } else { S::word(window) };
        let end = if word > 0 {
            at + word
        } else {
            if at >= whole {
                whole = piece_end::<S>(text, at, window);
            }
            part_end(vocabulary, text, at, whole)
        };
        each(window, at, end)?;
        at = end;
    }
    ControlFlow::Continue(())
}

/// The end of a piece that is no plain word.
#[inline(always)]
fn piece_end<S: Scan>(text: &[u8], at: usize, window: Window) -> usize {
    let length = S::other(window.first(), &Ahead::new(window, text.len() - at));
    if length > 0 { at + length } else { long_piece_end::<S>(text, at) }
}

#[inline(never)]
fn long_piece_end<S: Scan>(text: &[u8], at: usize) -> usize {
    S::piece_end(text, at)
}

/// Where the piece from `at` to `end` can be cut first, so that no token lies on both sides: between characters of
/// three bytes that do not meet in any token. A piece whose first character is ASCII is not looked through.
#[inline]
fn part_end(vocabulary: &Vocabulary, text: &[u8], at: usize, end: usize) -> usize {
    if text.get(at).is_none_or(u8::is_ascii) { end } else { wide_part_end(vocabulary, text, at, end) }
}

fn wide_part_end(vocabulary: &Vocabulary, text: &[u8], mut at: usize, end: usize) -> usize {
    while at < end {
        let characters = Window::at(text, at).low;
        at += length_of_character(characters as u8);
        let both_three = characters & 0xF000_00F0 == 0xE000_00E0;
        if both_three && at < end && !vocabulary.may_span(characters) {
            return at;
        }
    }
    end
}

#[inline]
fn length_of_character(first: u8) -> usize {
    match first {
        ..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}
