//! Byte-pair encodings of OpenAI's models: exact counts, tokens and texts, as tiktoken has them.

use std::collections::HashMap;

use tiktoken_rs::CoreBPE;

/// A vocabulary and its rules for cutting text into pieces. Special tokens in a text are text like any other.
#[derive(Clone, Copy)]
pub struct Encoding {
    name: &'static str,
    vocabulary: fn() -> &'static CoreBPE,
}

const ENCODINGS: [Encoding; 6] = [
    Encoding { name: "r50k_base", vocabulary: tiktoken_rs::r50k_base_singleton },
    Encoding { name: "p50k_base", vocabulary: tiktoken_rs::p50k_base_singleton },
    Encoding { name: "p50k_edit", vocabulary: tiktoken_rs::p50k_edit_singleton },
    Encoding { name: "cl100k_base", vocabulary: tiktoken_rs::cl100k_base_singleton },
    Encoding { name: "o200k_base", vocabulary: tiktoken_rs::o200k_base_singleton },
    Encoding { name: "o200k_harmony", vocabulary: tiktoken_rs::o200k_harmony_singleton },
];

/// The names of all encodings.
pub fn names() -> Vec<&'static str> {
    ENCODINGS.iter().map(|encoding| encoding.name).collect()
}

/// A token that the vocabulary does not have.
#[derive(Debug)]
pub struct UnknownToken;

impl Encoding {
    /// The encoding of this name.
    pub fn get(name: &str) -> Option<Self> {
        ENCODINGS.iter().find(|encoding| encoding.name == name).copied()
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many tokens `text` is.
    pub fn count(&self, text: &str) -> usize {
        (self.vocabulary)().count_ordinary(text)
    }

    /// `text` as tokens.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        (self.vocabulary)().encode_ordinary(text)
    }

    /// The bytes that tokens stand for; they may cut a character.
    pub fn decode(&self, tokens: &[u32]) -> Result<Vec<u8>, UnknownToken> {
        (self.vocabulary)().decode_bytes(tokens).map_err(|_| UnknownToken)
    }

    /// The longest start of `text` that is at most `max_tokens` tokens and ends between characters.
    pub fn truncate<'a>(&self, text: &'a str, max_tokens: usize) -> &'a str {
        let tokens = self.encode(text);
        let Some(kept) = tokens.get(..max_tokens) else { return text };
        let mut end = self.decode(kept).map_or(0, |bytes| bytes.len()).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.get(..end).unwrap_or_default()
    }

    /// Every token that is not special, with its bytes: the vocabulary, for a reference implementation.
    pub fn ranks(&self) -> HashMap<Vec<u8>, u32> {
        let vocabulary = (self.vocabulary)();
        let special: Vec<u32> = vocabulary
            .special_tokens()
            .into_iter()
            .flat_map(|text| vocabulary.encode_with_special_tokens(text))
            .collect();
        let mut ranks = HashMap::new();
        let mut missing = 0;
        for token in 0.. {
            match vocabulary.decode_bytes(&[token]) {
                Ok(bytes) if !special.contains(&token) => {
                    ranks.insert(bytes, token);
                    missing = 0;
                }
                Ok(_) => missing = 0,
                Err(_) => missing += 1,
            }
            if missing > 4096 {
                break;
            }
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_encoding_is_there_and_knows_hello() {
        for name in names() {
            let encoding = Encoding::get(name).unwrap();
            assert_eq!(encoding.count("hello world"), 2, "{name}");
            assert_eq!(encoding.decode(&encoding.encode("hello world")).unwrap(), b"hello world");
        }
        assert!(Encoding::get("gpt-9").is_none());
    }

    proptest! {
        #[test]
        fn texts_come_back_and_counts_agree(text in ".{0,60}", limit in 0usize..20) {
            let encoding = Encoding::get("cl100k_base").unwrap();
            let tokens = encoding.encode(&text);
            prop_assert_eq!(encoding.count(&text), tokens.len());
            prop_assert_eq!(encoding.decode(&tokens).unwrap(), text.as_bytes());
            let start = encoding.truncate(&text, limit);
            prop_assert!(text.starts_with(start));
            prop_assert!(tokens.len() > limit || start == text);
        }
    }
}
