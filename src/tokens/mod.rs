//! Byte-pair encodings of OpenAI's models: exact counts, tokens and texts, equal to tiktoken's for every string.
//!
//! A text is cut into pieces by hand-written scanners (`scan`), a piece that is a token is found in one look
//! (`vocabulary`), others are merged (`merge`, and `backtrack` for long ones).

mod ahead;
mod backtrack;
mod cache;
mod class;
mod encoding;
mod layout;
mod merge;
mod model;
mod pretrained;
mod scan;
mod special;
#[cfg(test)]
mod tests;
mod vocabulary;
mod window;

pub use encoding::{Encoding, UnknownToken, names};
pub use model::encoding_for_model;
pub use pretrained::{Pretrained, PretrainedError};
