//! What a request says of itself: its end user, its tags, and what it wants in its log.

use serde::Serialize;
use serde_json::value::RawValue;

use super::body::{Chat, Members};

/// Longer names are cut by Python, and more tags left out.
const MAX_NAME: usize = 256;
const MAX_TAGS: usize = 64;
/// Bytes of what a client puts into its log; Python says what is too long.
const MAX_NOTED: usize = 8 << 10;
const MAX_CALL_ID: usize = 128;
/// Members of `metadata` that ask for more than to be noted.
const NOT_PLAIN: [&str; 8] = [
    "guardrails",
    "guardrail_config",
    "disable_global_guardrails",
    "policies",
    "logging",
    "disable_logging",
    "priority",
    "previous_models",
];

/// Headers of the client for the gateway that are understood here.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OwnHeaders {
    pub customer: Option<String>,
    pub end_user: Option<String>,
    pub tags: Option<String>,
    pub noted: Option<String>,
    pub call_id: Option<String>,
    pub session: Option<String>,
    pub trace: Option<String>,
}

impl OwnHeaders {
    /// Take a header, whose name is without `x-litellm-`. None for one that only Python understands, or that is twice.
    pub fn take(&mut self, name: &str, value: &[u8]) -> Option<()> {
        let place = match name.to_ascii_lowercase().as_str() {
            "customer-id" => &mut self.customer,
            "end-user-id" => &mut self.end_user,
            "tags" => &mut self.tags,
            "spend-logs-metadata" => &mut self.noted,
            "call-id" => &mut self.call_id,
            "session-id" => &mut self.session,
            "trace-id" => &mut self.trace,
            _ => return None,
        };
        let plain = value.iter().all(|byte| (b' '..=b'~').contains(byte));
        let value = std::str::from_utf8(value).ok().filter(|_| plain)?;
        place.replace(value.to_owned()).is_none().then_some(())
    }
}

/// What a request says of itself, as the journal has it.
#[derive(Debug, Default, Serialize)]
pub struct Asked {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_user: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What it wants in its log: an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    noted: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

impl Asked {
    /// None for what is not plain, which Python says more about.
    pub fn read(own: &OwnHeaders, chat: &Chat<'_>) -> Option<Self> {
        let mut asked = Self::default();
        let mut users = vec![own.customer.clone(), own.end_user.clone(), chat.user.as_deref().map(str::to_owned)];
        if let Some(metadata) = chat.metadata {
            users.push(asked.metadata(metadata)?);
        }
        asked.end_user = users.into_iter().flatten().find(|name| !name.is_empty());
        for tag in own.tags.as_deref().unwrap_or_default().split(',').map(str::trim) {
            asked.tag(tag);
        }
        if let Some(noted) = own.noted.as_deref().filter(|noted| !noted.is_empty()) {
            asked.noted.replace(object(noted)?).is_none().then_some(())?;
        }
        asked.call_id = own.call_id.clone();
        asked.session = [&own.session, &own.trace].into_iter().flatten().find(|id| !id.is_empty()).cloned();
        asked.is_plain().then_some(asked)
    }

    /// Whether it says nothing.
    pub fn is_nothing(&self) -> bool {
        self.end_user.is_none()
            && self.tags.is_empty()
            && self.noted.is_none()
            && self.call_id.is_none()
            && self.session.is_none()
    }

    /// Whose budgets and limits it uses beside its key's, as `end_user:<name>` and `tag:<name>`.
    pub fn guests(&self) -> impl Iterator<Item = String> {
        let end_user = self.end_user.iter().map(|name| format!("end_user:{name}"));
        end_user.chain(self.tags.iter().map(|name| format!("tag:{name}")))
    }

    /// Take what `metadata` says; the end user that it names.
    fn metadata(&mut self, metadata: &RawValue) -> Option<Option<String>> {
        let Members(members) = serde_json::from_str(metadata.get()).ok()?;
        let mut user = None;
        for (name, value) in members {
            let raw = value.get();
            match name.as_ref() {
                "user_id" => user = Some(serde_json::from_str(raw).ok()?),
                "tags" => {
                    let tags: Vec<String> = serde_json::from_str(raw).ok()?;
                    tags.iter().for_each(|tag| self.tag(tag));
                }
                "spend_logs_metadata" => self.noted = Some(object(raw)?),
                name if NOT_PLAIN.contains(&name) => return None,
                _ => {}
            }
        }
        Some(user)
    }

    fn tag(&mut self, tag: &str) {
        if !tag.is_empty() && !self.tags.iter().any(|known| known == tag) {
            self.tags.push(tag.to_owned());
        }
    }

    fn is_plain(&self) -> bool {
        let short = |name: &String| name.len() <= MAX_NAME && !name.contains('\0');
        let sane = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        let id = self.call_id.as_ref();
        self.end_user.iter().chain(&self.tags).chain(&self.session).all(short)
            && self.tags.len() <= MAX_TAGS
            && id.is_none_or(|id| !id.is_empty() && id.len() <= MAX_CALL_ID && id.bytes().all(sane))
    }
}

fn object(raw: &str) -> Option<Box<RawValue>> {
    let _: Members<'_> = serde_json::from_str(raw).ok().filter(|_| raw.len() <= MAX_NOTED)?;
    RawValue::from_string(raw.trim().to_owned()).ok()
}
