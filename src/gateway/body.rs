//! A chat request's body: checked as far as the plan goes, its tokens counted, its bytes changed where they must be.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::tokens::Encoding;

/// Levels of arrays and objects; Python refuses deeper ones.
const MAX_DEPTH: usize = 128;
/// What every message and the reply cost (OpenAI cookbook, "How to count tokens").
const MESSAGE: u64 = 3;
/// For each image: what OpenAI counts for one of 2048 × 4096 in high detail.
const IMAGE: u64 = 1105;
/// Providers differ in what they call a developer, so that is Python's.
const ROLES: [&str; 4] = ["system", "user", "assistant", "tool"];

/// The members of a JSON object, each with its text.
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Walk)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tool_calls: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "name")]
    _name: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "tool_call_id")]
    _tool_call_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    image_url: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

/// What a request asks for.
pub struct Chat<'a> {
    text: &'a str,
    names: Vec<Cow<'a, str>>,
    pub model: Cow<'a, str>,
    pub stream: bool,
    pub usage_wanted: bool,
    /// The output that it allows in each answer, and how many answers it asks for.
    pub output_limit: Option<u64>,
    pub answers: u64,
    pub user: Option<Cow<'a, str>>,
    pub metadata: Option<&'a RawValue>,
    messages: Vec<Message<'a>>,
    tools: Option<&'a str>,
    model_at: Range<usize>,
    options_at: Option<Range<usize>>,
    /// The gateway's own member, with its name and a comma.
    metadata_at: Option<Range<usize>>,
}

impl<'a> Chat<'a> {
    /// None for what is not plain enough, or wrong: Python says what about it.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        is_ordinary(bytes).then_some(())?;
        let Members(members) = serde_json::from_str(text).ok()?;
        let mut chat = Chat {
            text,
            names: Vec::with_capacity(members.len()),
            model: Cow::Borrowed(""),
            stream: false,
            usage_wanted: false,
            output_limit: None,
            answers: 1,
            user: None,
            metadata: None,
            messages: Vec::new(),
            tools: None,
            model_at: 0..0,
            options_at: None,
            metadata_at: None,
        };
        for (name, value) in members {
            if chat.names.contains(&name) {
                return None;
            }
            chat.member(&name, value)?;
            chat.names.push(name);
        }
        (!chat.model.is_empty() && !chat.messages.is_empty()).then_some(chat)
    }

    fn member(&mut self, name: &str, value: &'a RawValue) -> Option<()> {
        let raw = value.get();
        match name {
            "model" => {
                let Name(model) = serde_json::from_str(raw).ok()?;
                (self.model, self.model_at) = (model, self.place(raw)?);
            }
            "stream" => self.stream = serde_json::from_str(raw).ok()?,
            "messages" => {
                self.messages = serde_json::from_str(raw).ok()?;
                self.messages.iter().all(|message| ROLES.contains(&message.role.as_ref())).then_some(())?;
            }
            "max_tokens" | "max_completion_tokens" => {
                let limit = positive(raw)?;
                // `max_completion_tokens` comes first where both are given, as in the reference.
                if name == "max_completion_tokens" || self.output_limit.is_none() {
                    self.output_limit = Some(limit);
                }
            }
            "n" => self.answers = positive(raw)?,
            "tools" => self.tools = Some(raw),
            "user" => {
                let Name(user) = serde_json::from_str(raw).ok()?;
                self.user = Some(user);
            }
            "metadata" => (self.metadata, self.metadata_at) = (Some(value), Some(self.member_at(name, raw)?)),
            "stream_options" => {
                let options: StreamOptions = serde_json::from_str(raw).ok()?;
                self.usage_wanted = options.include_usage;
                self.options_at = Some(self.place(raw)?);
            }
            _ if raw == "null" => return None,
            _ => {}
        }
        Some(())
    }

    /// Whether every field but those for the gateway is one of `params`.
    pub fn takes_only(&self, params: &HashSet<String>) -> bool {
        self.names.iter().all(|name| params.contains(name.as_ref()))
    }

    /// Where a part of the body stands in it.
    fn place(&self, part: &str) -> Option<Range<usize>> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let end = start.checked_add(part.len())?;
        (end <= self.text.len()).then_some(start..end)
    }

    /// Where a member stands in it, with the comma that is one too many without it.
    fn member_at(&self, name: &str, value: &str) -> Option<Range<usize>> {
        let Range { start, end } = self.place(value)?;
        let before = self.text.get(..start)?.trim_end().strip_suffix(':')?.trim_end();
        let before = before.strip_suffix('"')?.strip_suffix(name)?.strip_suffix('"')?;
        let rest = self.text.get(end..)?;
        let after = rest.trim_start();
        if after.starts_with(',') {
            return Some(before.len()..end + rest.len() - after.len() + 1);
        }
        Some(before.trim_end().strip_suffix(',')?.len()..end)
    }

    /// The prompt's tokens, as well as they can be known before the call.
    pub fn prompt_tokens(&self, encoding: Encoding) -> u64 {
        let count = |text: &str| encoding.count(text) as u64;
        let mut total = MESSAGE;
        for message in &self.messages {
            total += MESSAGE + count(&message.role);
            if let Some(content) = message.content {
                total += content_tokens(content.get(), &count);
            }
            if let Some(calls) = message.tool_calls.filter(|calls| calls.get() != "null") {
                total += count(calls.get());
            }
        }
        total + self.tools.map_or(0, count)
    }

    /// The body for a provider that calls the model so. A stream is asked for with its usage, which it is billed by.
    pub fn for_provider(&self, model: &str) -> Option<Vec<u8>> {
        let name = serde_json::to_string(model).ok()?;
        let mut changes = vec![(self.model_at.clone(), name)];
        changes.extend(self.metadata_at.iter().map(|place| (place.clone(), String::new())));
        const USAGE: &str = "{\"include_usage\":true}";
        if self.stream && !self.usage_wanted {
            match &self.options_at {
                Some(place) => changes.push((place.clone(), USAGE.to_owned())),
                None => {
                    let end = self.text.rfind('}')?;
                    changes.push((end..end, format!(",\"stream_options\":{USAGE}")));
                }
            }
        }
        changes.sort_unstable_by_key(|(place, _)| place.start);
        let mut body = String::with_capacity(self.text.len() + 64);
        let mut from = 0;
        for (place, with) in changes {
            body.push_str(self.text.get(from..place.start)?);
            body.push_str(&with);
            from = place.end;
        }
        body.push_str(self.text.get(from..)?);
        Some(body.into_bytes())
    }

    /// Whether all of the messages' contents can be forwarded as they are.
    pub fn is_plain(&self) -> bool {
        self.messages.iter().all(|message| message.content.is_none_or(|content| is_plain_content(content.get())))
    }
}

fn is_plain_content(raw: &str) -> bool {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Name<'_>>(raw).is_ok(),
        Some(b'[') => serde_json::from_str::<Vec<Part<'_>>>(raw).is_ok_and(|parts| {
            parts.iter().all(|part| match part.kind.as_ref() {
                "text" => part.text.is_some() && part.image_url.is_none(),
                "image_url" => part.image_url.is_some() && part.text.is_none(),
                _ => false,
            })
        }),
        _ => raw == "null",
    }
}

fn content_tokens(raw: &str, count: &impl Fn(&str) -> u64) -> u64 {
    if let Ok(Name(text)) = serde_json::from_str(raw) {
        return count(&text);
    }
    let parts: Vec<Part<'_>> = serde_json::from_str(raw).unwrap_or_default();
    let images = parts.iter().filter(|part| part.image_url.is_some()).count() as u64;
    let texts: Vec<&str> = parts.iter().filter_map(|part| part.text.as_deref()).collect();
    count(&texts.join(" ")) + images * IMAGE
}

fn positive(raw: &str) -> Option<u64> {
    raw.parse().ok().filter(|value| *value > 0)
}

/// Whether JSON is nested no deeper than it may be, and has no escape that may be half a character: such could not be
/// stored.
fn is_ordinary(bytes: &[u8]) -> bool {
    let (mut level, mut in_string, mut escaped, mut unicode) = (0usize, false, false, false);
    for byte in bytes {
        if unicode && matches!(byte, b'd' | b'D') {
            return false;
        }
        unicode = escaped && *byte == b'u';
        match (in_string, byte) {
            _ if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => {
                level += 1;
                if level > MAX_DEPTH {
                    return false;
                }
            }
            (false, b']' | b'}') => level = level.saturating_sub(1),
            _ => {}
        }
    }
    true
}
