//! Vocabularies in HuggingFace's `tokenizer.json` format, by the `tokenizers` crate.

use std::fmt;

use tokenizers::Tokenizer;

/// What is wrong with a `tokenizer.json`, or with what it was asked.
#[derive(Debug)]
pub struct PretrainedError(String);

impl fmt::Display for PretrainedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PretrainedError {}

impl From<tokenizers::Error> for PretrainedError {
    fn from(error: tokenizers::Error) -> Self {
        Self(error.to_string())
    }
}

/// A tokenizer as its file describes it: normaliser, pre-tokenizer, model, post-processor and decoder.
pub struct Pretrained {
    tokenizer: Tokenizer,
}

impl Pretrained {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// When it is no JSON, or no tokenizer.
    pub fn from_json(json: &[u8]) -> Result<Self, PretrainedError> {
        Ok(Self { tokenizer: Tokenizer::from_bytes(json)? })
    }

    /// How many tokens there are, those that were added to the vocabulary included.
    #[must_use]
    pub fn vocabulary_size(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// How many tokens `text` is; with `special`, those that the post-processor puts around a text count too.
    ///
    /// # Errors
    /// When the model cannot encode the text: a vocabulary without an unknown token, for one.
    pub fn count(&self, text: &str, special: bool) -> Result<usize, PretrainedError> {
        Ok(self.tokenizer.encode_fast(text, special)?.len())
    }

    /// `text` as tokens.
    ///
    /// # Errors
    /// As `count`.
    pub fn encode(&self, text: &str, special: bool) -> Result<Vec<u32>, PretrainedError> {
        Ok(self.tokenizer.encode_fast(text, special)?.get_ids().to_vec())
    }

    /// Tokens as text; with `skip_special`, without special ones.
    ///
    /// # Errors
    /// When the decoder refuses them.
    pub fn decode(&self, tokens: &[u32], skip_special: bool) -> Result<String, PretrainedError> {
        Ok(self.tokenizer.decode(tokens, skip_special)?)
    }

    /// The longest start of `text` within its first `limit` tokens, cut between characters.
    ///
    /// # Errors
    /// As `count`.
    pub fn truncate<'text>(&self, text: &'text str, limit: usize) -> Result<&'text str, PretrainedError> {
        let encoding = self.tokenizer.encode(text, false)?;
        let offsets = encoding.get_offsets();
        let Some(&(next, _)) = offsets.get(limit) else { return Ok(text) };
        let kept = offsets.get(..limit).unwrap_or_default();
        // A character that is several tokens belongs to all of them: it stays only when its last one does.
        let mut end = kept.iter().map(|&(_, end)| end).filter(|&end| end <= next).max().unwrap_or(0);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Ok(text.get(..end).unwrap_or_default())
    }
}
