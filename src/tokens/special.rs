//! Special tokens, as tiktoken 0.14.0 lists them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::encoding::Encoding;

type Named<T = &'static str> = (T, u32);

const R50K: &[Named] = &[("<|endoftext|>", 50_256)];
const P50K_EDIT: &[Named] =
    &[("<|endoftext|>", 50_256), ("<|fim_prefix|>", 50_281), ("<|fim_middle|>", 50_282), ("<|fim_suffix|>", 50_283)];
const CL100K: &[Named] = &[
    ("<|endoftext|>", 100_257),
    ("<|fim_prefix|>", 100_258),
    ("<|fim_middle|>", 100_259),
    ("<|fim_suffix|>", 100_260),
    ("<|endofprompt|>", 100_276),
];
const O200K: &[Named] = &[("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)];
const HARMONY: &[Named] = &[
    ("<|startoftext|>", 199_998),
    ("<|endoftext|>", 199_999),
    ("<|return|>", 200_002),
    ("<|constrain|>", 200_003),
    ("<|channel|>", 200_005),
    ("<|start|>", 200_006),
    ("<|end|>", 200_007),
    ("<|message|>", 200_008),
    ("<|call|>", 200_012),
    ("<|endofprompt|>", TWICE_NAMED),
];
/// It is <|reserved_200018|> too; tiktoken 0.14 decodes it to the other name.
const TWICE_NAMED: u32 = 200_018;
const HARMONY_RESERVED: std::ops::RangeInclusive<u32> = 200_000..=201_087;

/// The special tokens of one encoding.
#[derive(Default)]
pub struct Specials {
    texts: HashMap<u32, String>,
    second_name: Option<Named<String>>,
}

/// The special tokens of `encoding`.
pub fn of(encoding: Encoding) -> &'static Specials {
    static R50K_SPECIALS: LazyLock<Specials> = LazyLock::new(|| Specials::named(R50K));
    static EDIT_SPECIALS: LazyLock<Specials> = LazyLock::new(|| Specials::named(P50K_EDIT));
    static CL100K_SPECIALS: LazyLock<Specials> = LazyLock::new(|| Specials::named(CL100K));
    static O200K_SPECIALS: LazyLock<Specials> = LazyLock::new(|| Specials::named(O200K));
    static HARMONY_SPECIALS: LazyLock<Specials> = LazyLock::new(Specials::harmony);
    match encoding {
        Encoding::R50kBase | Encoding::P50kBase => &R50K_SPECIALS,
        Encoding::P50kEdit => &EDIT_SPECIALS,
        Encoding::Cl100kBase => &CL100K_SPECIALS,
        Encoding::O200kBase => &O200K_SPECIALS,
        Encoding::O200kHarmony => &HARMONY_SPECIALS,
    }
}

impl Specials {
    fn named(named: &[Named]) -> Self {
        Self { texts: named.iter().map(|(text, rank)| (*rank, (*text).to_owned())).collect(), second_name: None }
    }

    fn harmony() -> Self {
        let mut specials = Self::named(HARMONY);
        for rank in HARMONY_RESERVED {
            specials.texts.entry(rank).or_insert_with(|| reserved(rank));
        }
        specials.second_name = Some((reserved(TWICE_NAMED), TWICE_NAMED));
        specials
    }

    /// The text of a special token.
    pub fn text(&self, token: u32) -> Option<&str> {
        self.texts.get(&token).map(String::as_str)
    }

    /// Each special token's text and number.
    pub fn all(&self) -> impl Iterator<Item = (&str, u32)> {
        let second = self.second_name.iter().map(|(text, rank)| (text.as_str(), *rank));
        self.texts.iter().map(|(rank, text)| (text.as_str(), *rank)).chain(second)
    }
}

fn reserved(rank: u32) -> String {
    format!("<|reserved_{rank}|>")
}
