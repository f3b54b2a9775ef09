//! Pieces of an OpenAI chat stream, and whole answers, looked at without being rebuilt.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::body::Members;
use super::usage::Usage;

/// What the parts of a delta are called that an answer is made of.
const SAID: [&str; 8] =
    ["content", "tool_calls", "function_call", "reasoning_content", "thinking_blocks", "audio", "images", "refusal"];
const FINISH_REASONS: [&str; 5] = ["stop", "length", "tool_calls", "content_filter", "function_call"];
const CHOICE: [&str; 4] = ["index", "message", "finish_reason", "logprobs"];
const MESSAGE: [&str; 4] = ["content", "refusal", "function_call", "reasoning_content"];
/// What a message says even where it says nothing.
const KEPT_NULLS: [&str; 2] = ["content", "refusal"];

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    delta: Option<Members<'a>>,
    #[serde(borrow, default)]
    finish_reason: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    arguments: Option<Cow<'a, str>>,
}

/// One `chat.completion.chunk`.
pub struct Chunk<'a> {
    members: Members<'a>,
    choices: Vec<Choice<'a>>,
    /// As it is told: JSON.
    pub usage: Option<&'a str>,
}

impl<'a> Chunk<'a> {
    /// None for anything else: an error, or no JSON.
    pub fn read(data: &'a [u8]) -> Option<Self> {
        let members: Members<'a> = serde_json::from_slice(data).ok()?;
        let (mut choices, mut usage) = (None, None);
        for (name, value) in &members.0 {
            match name.as_ref() {
                "choices" => choices = Some(serde_json::from_str(value.get()).ok()?),
                "usage" if value.get() != "null" => usage = Some(value.get()),
                "error" if value.get() != "null" => return None,
                _ => {}
            }
        }
        Some(Self { members, choices: choices?, usage })
    }

    /// Whether it carries an answer, and not only a role.
    pub fn says_something(&self) -> bool {
        self.choices.iter().any(|choice| {
            choice.finish_reason.is_some_and(|reason| says(reason.get()))
                || choice.delta.as_ref().is_none_or(|delta| {
                    delta.0.iter().any(|(name, value)| SAID.contains(&name.as_ref()) && says(value.get()))
                })
        })
    }

    /// Add the text that its tokens went into.
    pub fn text(&self, into: &mut String) {
        for delta in self.choices.iter().filter_map(|choice| choice.delta.as_ref()) {
            for (name, value) in &delta.0 {
                match name.as_ref() {
                    "content" | "reasoning_content" => {
                        if let Ok(Some(text)) = serde_json::from_str::<Option<Cow<'_, str>>>(value.get()) {
                            into.push_str(&text);
                        }
                    }
                    "tool_calls" => {
                        let calls: Vec<Call<'_>> = serde_json::from_str(value.get()).unwrap_or_default();
                        for function in calls.into_iter().filter_map(|call| call.function) {
                            into.push_str(function.name.as_deref().unwrap_or_default());
                            into.push_str(function.arguments.as_deref().unwrap_or_default());
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// What it cites, which tells of a search: JSON.
    pub fn cites(&self) -> Option<&'a str> {
        let deltas = self.choices.iter().filter_map(|choice| choice.delta.as_ref());
        let mut members = deltas.flat_map(|delta| &delta.0);
        members.find(|(name, value)| name == "annotations" && says(value.get())).map(|(_, value)| value.get())
    }

    /// The event for the client, under the model's name that it asked for; nothing where only usage is told that it
    /// did not ask for.
    pub fn event(&self, model: &str, usage_wanted: bool, into: &mut Vec<u8>) {
        let hides = !usage_wanted && self.usage.is_some();
        if hides && !self.says_more() {
            return;
        }
        into.extend_from_slice(b"data: ");
        rewritten(&self.members, model, !usage_wanted, into);
        into.extend_from_slice(b"\n\n");
    }

    fn says_more(&self) -> bool {
        self.choices.iter().any(|choice| {
            choice.finish_reason.is_some_and(|reason| says(reason.get()))
                || choice.delta.as_ref().is_some_and(|delta| !delta.0.is_empty())
        })
    }

    /// The event that tells the usage of a stream whose provider told none, like this piece of it.
    pub fn usage_event(&self, model: &str, usage: &str) -> String {
        let member = |wanted: &str| {
            let found = self.members.0.iter().find(|(name, _)| name == wanted);
            found.map_or("null", |(_, value)| value.get()).to_owned()
        };
        let model = serde_json::to_string(model).unwrap_or_default();
        format!(
            "data: {{\"id\":{},\"created\":{},\"model\":{model},\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{}}}}],\"usage\":{usage}}}\n\n",
            member("id"),
            member("created"),
        )
    }
}

/// The object with another model's name, and without usage where `hides_usage`.
fn rewritten(members: &Members<'_>, model: &str, hides_usage: bool, into: &mut Vec<u8>) {
    let name_of = |text: &str| serde_json::to_string(text).unwrap_or_default();
    into.push(b'{');
    let mut first = true;
    for (name, value) in &members.0 {
        if hides_usage && name == "usage" {
            continue;
        }
        if !std::mem::take(&mut first) {
            into.push(b',');
        }
        into.extend_from_slice(name_of(name).as_bytes());
        into.push(b':');
        match name.as_ref() {
            "model" => into.extend_from_slice(name_of(model).as_bytes()),
            _ => into.extend_from_slice(value.get().as_bytes()),
        }
    }
    into.push(b'}');
}

/// A whole answer in OpenAI's own words, for the client, and its usage. None where Python has something to put right.
pub fn whole<'a>(data: &'a [u8], model: &str) -> Option<(Vec<u8>, &'a str)> {
    let members: Members<'a> = serde_json::from_slice(data).ok()?;
    let find = |wanted: &str| members.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.get());
    let usage = find("usage")?;
    Usage::read(usage)?;
    let is_text = |name: &str| find(name).is_some_and(|raw| raw.starts_with('"') && raw.len() > 2);
    let is_number = find("created").is_some_and(|raw| raw.parse::<i64>().is_ok());
    let choices: Vec<Members<'_>> = serde_json::from_str(find("choices")?).ok()?;
    let ordinary = is_text("id")
        && is_text("model")
        && is_number
        && find("object") == Some("\"chat.completion\"")
        && find("error").is_none_or(|raw| raw == "null")
        && !choices.is_empty()
        && choices.iter().all(is_ordinary_choice);
    let mut body = Vec::with_capacity(data.len() + 32);
    rewritten(&members, model, false, &mut body);
    ordinary.then_some((body, usage))
}

fn is_ordinary_choice(choice: &Members<'_>) -> bool {
    let find = |wanted: &str| choice.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.get());
    let reason = find("finish_reason").and_then(|raw| raw.strip_prefix('"')?.strip_suffix('"')).unwrap_or_default();
    let message = find("message").and_then(|raw| serde_json::from_str(raw).ok());
    let Some(Members(message)) = message else { return false };
    let of_message = |(name, value): &(Cow<'_, str>, &RawValue)| match name.as_ref() {
        "role" => value.get() == "\"assistant\"",
        "tool_calls" => reason != "stop" || !says(value.get()),
        "annotations" => !says(value.get()), // a search has its price
        name => MESSAGE.contains(&name) && (value.get() != "null" || KEPT_NULLS.contains(&name)),
    };
    FINISH_REASONS.contains(&reason)
        && choice.0.iter().all(|(name, _)| CHOICE.contains(&name.as_ref()))
        && message.iter().any(|(name, _)| name == "role")
        && message.iter().all(of_message)
}

/// Whether a JSON value is more than nothing, as Python has it.
fn says(raw: &str) -> bool {
    !matches!(raw, "null" | "\"\"" | "[]" | "{}" | "false" | "0")
}
