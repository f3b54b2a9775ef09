use std::collections::HashSet;
use std::fs;

use proptest::prelude::*;

use super::asked::{Asked, OwnHeaders};
use super::body::Chat;
use super::chunk::{Chunk, whole};
use super::head::{self, Read};
use super::journal::Journal;
use super::usage::{Prices, Usage, python_float};

fn head_of(more: &str) -> Read {
    let text = format!("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-1\r\n{more}\r\n");
    head::read(text.as_bytes(), &["x-user".to_owned()])
}

#[test]
fn a_plain_head_is_read_and_any_other_is_left() {
    let Read::Chat(head) = head_of("Content-Length: 12\r\n") else { unreachable!("a plain head") };
    assert_eq!((head.body_length, head.keep_alive), (12, true));
    assert_eq!(head.token[..4], [0xf, 0x2c, 0x10, 0xbf], "the SHA-256 of `sk-1`");
    let Read::Chat(closing) = head_of("content-length: 0\r\nconnection: close\r\n") else {
        unreachable!("a plain head")
    };
    assert!(!closing.keep_alive);
    for other in [
        "",
        "content-length: 1\r\ncontent-length: 1\r\n",
        "content-length: -1\r\n",
        "content-length: 1\r\ntransfer-encoding: chunked\r\n",
        "content-length: 1\r\nexpect: 100-continue\r\n",
        "content-length: 1\r\nX-LiteLLM-Timeout: 5\r\n",
        "content-length: 1\r\nX-LiteLLM-Tags: a\r\nx-litellm-tags: b\r\n",
        "content-length: 1\r\nx-litellm-call-id: \u{e9}\r\n",
        "content-length: 1\r\nauthorization: Bearer other\r\n",
        "content-length: 1\r\nx-api-key: sk-2\r\n",
        "content-length: 1\r\nx-user: me\r\n",
        "content-length: 1\r\nconnection: upgrade\r\n",
    ] {
        assert_eq!(head_of(other), Read::Other, "{other:?}");
    }
}

const BODY: &str = r#"{"messages":[{"role":"user","content":"a \"b\" é"}],"model":"g","stream":true}"#;

#[test]
fn a_body_is_forwarded_as_it_is_but_for_its_model() {
    let chat = Chat::read(BODY.as_bytes()).unwrap();
    assert_eq!((chat.model.as_ref(), chat.stream, chat.usage_wanted), ("g", true, false));
    let sent = String::from_utf8(chat.for_provider("gpt \"4\"").unwrap()).unwrap();
    let wanted = BODY.replace(r#""model":"g""#, r#""model":"gpt \"4\"""#);
    assert_eq!(sent, wanted.replace("true}", r#"true,"stream_options":{"include_usage":true}}"#));
    let asked = BODY.replace("true}", r#"true,"stream_options":{"include_usage":false}}"#);
    let sent = Chat::read(asked.as_bytes()).unwrap().for_provider("m").unwrap();
    assert!(String::from_utf8(sent).unwrap().ends_with(r#""stream_options":{"include_usage":true}}"#));
    let params: HashSet<String> = ["model", "messages", "stream"].map(str::to_owned).into();
    assert!(chat.takes_only(&params));
    assert!(!Chat::read(asked.as_bytes()).unwrap().takes_only(&params));
}

fn asked(headers: &[(&str, &str)], more: &str) -> Option<(Asked, String)> {
    let mut own = OwnHeaders::default();
    for (name, value) in headers {
        own.take(name, value.as_bytes())?;
    }
    let body = format!(r#"{{"model":"g",{more}"messages":[{{"role":"user","content":"x"}}]}}"#);
    let chat = Chat::read(body.as_bytes())?;
    Some((Asked::read(&own, &chat)?, String::from_utf8(chat.for_provider("g")?).unwrap()))
}

#[test]
fn a_request_says_who_it_is_for_and_the_provider_is_not_told_the_gateways_part() {
    let sent = r#"{"model":"g","messages":[{"role":"user","content":"x"}]}"#;
    let (nothing, body) = asked(&[], "").unwrap();
    assert!(nothing.is_nothing());
    assert_eq!(body, sent);
    let headers = [("tags", " b, a ,,a"), ("Call-ID", "id:1"), ("trace-id", "t"), ("end-user-id", "")];
    let own = r#""metadata" : {"tags":["a",""],"user_id":"u","spend_logs_metadata":{"x":1},"other":[1]} , "#;
    let (said, body) = asked(&headers, own).unwrap();
    let wanted = r#"{"end_user":"u","tags":["a","b"],"noted":{"x":1},"call_id":"id:1","session":"t"}"#;
    assert_eq!(serde_json::to_string(&said).unwrap(), wanted);
    assert_eq!(said.guests().collect::<Vec<_>>(), ["end_user:u", "tag:a", "tag:b"]);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&body).unwrap(),
        serde_json::from_str::<serde_json::Value>(sent).unwrap()
    );
    let (named, body) = asked(&[("customer-id", "c")], r#""user":"u","#).unwrap();
    assert_eq!((named.end_user.as_deref(), body.contains(r#""user":"u""#)), (Some("c"), true));
    let last = br#"{"model":"g","stream":true,"messages":[{"role":"user","content":"x"}] , "metadata":{}}"#;
    let body = Chat::read(last).unwrap().for_provider("h").unwrap();
    let wanted = r#"{"model":"h","stream":true,"messages":[{"role":"user","content":"x"}] ,"stream_options":{"include_usage":true}}"#;
    assert_eq!(String::from_utf8(body).unwrap(), wanted);
    for (headers, more) in [
        (vec![], r#""metadata":{"guardrails":["g"]},"#),
        (vec![], r#""metadata":[],"#),
        (vec![], r#""metadata":{"tags":[1]},"#),
        (vec![], r#""metadata":{"user_id":1},"#),
        (vec![], r#""user":5,"#),
        (vec![("spend-logs-metadata", "[]")], ""),
        (vec![("spend-logs-metadata", "{}")], r#""metadata":{"spend_logs_metadata":{}},"#),
        (vec![("call-id", "a b")], ""),
        (vec![("model", "x")], ""),
    ] {
        assert!(asked(&headers, more).is_none(), "{headers:?} {more}");
    }
    assert!(asked(&[], &format!(r#""user":"{}","#, "x".repeat(257))).is_none());
}

#[test]
fn what_is_not_plain_is_not_read() {
    for body in [
        "",
        "[]",
        "{",
        r#"{"model":"g"}"#,
        r#"{"model":"g","messages":[]}"#,
        r#"{"model":"g","model":"h","messages":[{"role":"user","content":"x"}]}"#,
        r#"{"model":"g","messages":[{"role":"wizard","content":"x"}]}"#,
        r#"{"model":"g","messages":[{"role":"user","content":"x","odd":1}]}"#,
        r#"{"model":"g","messages":[{"role":"user","content":"x"}],"max_tokens":0}"#,
        r#"{"model":"g","messages":[{"role":"user","content":"x"}],"stream":1}"#,
        r#"{"model":"g","messages":[{"role":"user","content":"x"}],"seed":null}"#,
        r#"{"model":"g","messages":[{"role":"user","content":"\ud83d"}]}"#,
    ] {
        assert!(Chat::read(body.as_bytes()).is_none(), "{body}");
    }
    let deep = format!(
        r#"{{"model":"g","messages":[{{"role":"user","content":"x"}}],"seed":{}1{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    assert!(Chat::read(deep.as_bytes()).is_none());
    let odd = r#"{"model":"g","messages":[{"role":"user","content":[{"type":"file","file":{}}]}]}"#;
    assert!(!Chat::read(odd.as_bytes()).is_some_and(|chat| chat.is_plain()));
}

#[test]
fn pieces_are_told_under_the_model_that_was_asked_for() {
    let data = br#"{"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"hi"}}],"usage":null}"#;
    let chunk = Chunk::read(data).unwrap();
    let (mut text, mut event) = (String::new(), Vec::new());
    chunk.text(&mut text);
    chunk.event("g", false, &mut event);
    assert!(chunk.says_something());
    assert_eq!(text, "hi");
    let wanted = "data: {\"id\":\"1\",\"model\":\"g\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
    assert_eq!(String::from_utf8(event).unwrap(), wanted);
    let last =
        br#"{"id":"1","model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#;
    let last = Chunk::read(last).unwrap();
    let mut hidden = Vec::new();
    last.event("g", false, &mut hidden);
    assert!(hidden.is_empty());
    last.event("g", true, &mut hidden);
    assert!(!hidden.is_empty());
    assert_eq!(Usage::read(last.usage.unwrap()).unwrap().total_tokens, 3);
    assert!(Chunk::read(br#"{"error":{"message":"no"}}"#).is_none());
    assert!(!Chunk::read(br#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#).unwrap().says_something());
}

#[test]
fn only_an_ordinary_answer_is_told_as_it_is() {
    let answer = |choice: &str| {
        format!(
            r#"{{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{choice}],"usage":{{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}}}"#
        )
    };
    let plain = r#"{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}"#;
    let told = answer(plain);
    let (body, usage) = whole(told.as_bytes(), "g").unwrap();
    assert_eq!(Usage::read(usage).unwrap().completion_tokens, 2);
    assert_eq!(String::from_utf8(body).unwrap(), answer(plain).replace(r#""model":"m""#, r#""model":"g""#));
    for odd in [
        plain.replace("stop", "eos"),
        plain.replace("assistant", "bot"),
        plain.replace(r#""content":"x""#, r#""content":null,"tool_calls":[{"id":"1"}]"#),
        plain.replace(r#""content":"x""#, r#""content":"x","thinking_blocks":[]"#),
        plain.replace(r#""message""#, r#""text""#),
        String::new(),
    ] {
        assert!(whole(answer(&odd).as_bytes(), "g").is_none(), "{odd}");
    }
    assert!(whole(answer(plain).replace("usage", "used").as_bytes(), "g").is_none());
}

const PRICES: Prices = Prices { input: 2_500_000, output: 10_000_000, cached: Some(1_250_000) };

#[test]
fn a_cost_is_known_where_nothing_has_a_price_of_its_own() {
    let cost = |text: &str| serde_json::from_str::<Usage>(text).unwrap().cost_pico(&PRICES);
    assert_eq!(cost(r#"{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}"#), Some(55_000_000));
    let cached = r#"{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2}}"#;
    assert_eq!(cost(cached), Some(50_000_000));
    for nonsense in
        [r#"{"prompt_tokens":-1}"#, r#"{"prompt_tokens":4294967296}"#, r#"{"prompt_tokens":"3"}"#, "[]", "\"free\""]
    {
        assert!(Usage::read(nonsense).is_none(), "{nonsense}");
    }
    for odd in [
        r#"{"prompt_tokens":10,"prompt_tokens_details":{"audio_tokens":1}}"#,
        r#"{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}"#,
        r#"{"completion_tokens":10,"completion_tokens_details":{"audio_tokens":1}}"#,
        r#"{"prompt_tokens":1,"cache_creation_input_tokens":5}"#,
        r#"{"prompt_tokens":1,"cost":0.1}"#,
    ] {
        assert_eq!(cost(odd), None, "{odd}");
    }
}

#[test]
fn floats_are_written_as_python_writes_them() {
    let wanted =
        [(0.0, "0.0"), (5.25e-5, "5.25e-05"), (1e-5, "1e-05"), (0.0001, "0.0001"), (12.5, "12.5"), (1e16, "1e+16")];
    for (value, text) in wanted {
        assert_eq!(python_float(value), text);
    }
}

#[test]
fn a_journal_keeps_what_is_owed_and_no_more() {
    let folder = std::env::temp_dir().join(format!("gateway-journal-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let paths = [folder.join("a.log"), folder.join("b.log")];
    let journal = Journal::open(&paths[0], &paths[1]).unwrap();
    let record = format!("\"model\":\"{}\"", "m".repeat(1 << 20));
    for number in 0..6 {
        journal.reserved(&number.to_string(), &record).unwrap();
        journal.ended(&number.to_string(), "{\"pico\":1}").unwrap();
    }
    let sizes = || paths.each_ref().map(|path| fs::metadata(path).unwrap().len());
    assert_eq!(journal.live(), 6);
    assert!(sizes()[1] > 0, "the files take turns");
    for line in fs::read(&paths[0]).unwrap().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let sum = u32::from_str_radix(std::str::from_utf8(&line[..8]).unwrap(), 16).unwrap();
        assert_eq!(sum, crc32fast::hash(&line[9..]));
    }
    journal.done(["0", "1", "2", "3", "unknown"]).unwrap();
    journal.given_up("4").unwrap();
    assert_eq!(journal.live(), 1);
    journal.done(["5"]).unwrap();
    assert_eq!(sizes(), [0, 0]);
    fs::remove_dir_all(&folder).unwrap();
}

proptest! {
    #[test]
    fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = head::read(&bytes, &[]);
        let _ = Chat::read(&bytes);
        let _ = Chunk::read(&bytes);
        let _ = whole(&bytes, "g");
    }

    #[test]
    fn any_body_is_forwarded_with_nothing_else_changed(text in "\\PC{0,40}", model in "[a-z\"\\\\]{1,9}", stream: bool) {
        let body = serde_json::json!({"model": model, "messages": [{"role": "user", "content": text}], "stream": stream, "seed": 5});
        let raw = body.to_string();
        let chat = Chat::read(raw.as_bytes()).unwrap();
        let sent: serde_json::Value = serde_json::from_slice(&chat.for_provider("other").unwrap()).unwrap();
        let mut wanted = body.clone();
        wanted["model"] = "other".into();
        if stream {
            wanted["stream_options"] = serde_json::json!({"include_usage": true});
        }
        prop_assert_eq!(sent, wanted);
    }
}
