//! What a provider says that a call used, and what that costs.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Counts that are no share of the prompt or of the answer with a price of its own.
const PLAIN_DETAILS: [&str; 4] =
    ["text_tokens", "reasoning_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"];

/// Pico-dollars a token.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Prices {
    pub input: i128,
    pub output: i128,
    /// Of a prompt's token that the provider had kept; None where it has no price of its own.
    pub cached: Option<i128>,
}

/// A usage in OpenAI's words.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Usage {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub completion_tokens: u64,
    #[serde(default)]
    pub total_tokens: u64,
    #[serde(flatten)]
    pub more: HashMap<String, Value>,
}

/// Tokens that one call may count; a provider that counts more is read by Python.
const MOST: u64 = 1 << 31;

impl Usage {
    /// A usage as a provider tells it; None for one that counts nonsense.
    pub fn read(raw: &str) -> Option<Self> {
        let usage: Self = serde_json::from_str(raw).ok()?;
        let counts = [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens];
        counts.iter().all(|count| *count <= MOST).then_some(usage)
    }

    /// Of counted texts, where the provider told nothing.
    pub fn counted(prompt_tokens: u64, completion_tokens: u64) -> Self {
        let total_tokens = prompt_tokens.saturating_add(completion_tokens);
        Self { prompt_tokens, completion_tokens, total_tokens, more: HashMap::new() }
    }

    /// The count of this name, for limits.
    pub fn limited(&self, name: &str) -> u64 {
        match name {
            "prompt_tokens" => self.prompt_tokens,
            "completion_tokens" => self.completion_tokens,
            _ => self.total_tokens,
        }
    }

    /// What it costs; None where it tells of anything that has, or may have, a price of its own.
    pub fn cost_pico(&self, prices: &Prices) -> Option<i128> {
        let mut cached = 0;
        for (name, value) in &self.more {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("prompt_tokens_details", Value::Object(details)) => {
                    for (name, value) in details {
                        match (name.as_str(), count(value)?) {
                            (_, 0) => {}
                            ("cached_tokens", kept) => cached = kept,
                            ("text_tokens", _) => {}
                            _ => return None,
                        }
                    }
                }
                ("completion_tokens_details", Value::Object(details)) => {
                    let plain = |(name, value): (&String, &Value)| {
                        count(value) == Some(0) || PLAIN_DETAILS.contains(&name.as_str()) && count(value).is_some()
                    };
                    if !details.iter().all(plain) {
                        return None;
                    }
                }
                (_, value) if count(value) == Some(0) => {}
                _ => return None,
            }
        }
        let fresh = self.prompt_tokens.checked_sub(cached)?;
        let kept = i128::from(cached) * prices.cached.unwrap_or(prices.input);
        Some(i128::from(fresh) * prices.input + kept + i128::from(self.completion_tokens) * prices.output)
    }
}

/// A count, also one that is told as nothing; None for what is no count.
fn count(value: &Value) -> Option<u64> {
    if value.is_null() { Some(0) } else { value.as_u64() }
}

const PICO: f64 = 1e12;

/// USD of pico-dollars, as upstream's float fields have it.
pub fn usd(pico: i128) -> f64 {
    pico as f64 / PICO
}

/// A float as Python writes it: the shortest digits that give it back.
pub fn python_float(value: f64) -> String {
    let text = format!("{value:?}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, number) = match exponent.strip_prefix('-') {
        Some(number) => ('-', number),
        None => ('+', exponent),
    };
    format!("{}e{sign}{number:0>2}", digits.strip_suffix(".0").unwrap_or(digits))
}
