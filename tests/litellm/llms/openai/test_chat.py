"""OpenAI's chat format: requests, replies, streams, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profile import OPENAI, Profile
from litellm.llms.wire import ChatCall, WireError

GOOD = {"id": "x", "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}}]}


def chat_call(**changes: Any) -> ChatCall:
    values: dict[str, Any] = {
        "provider": "openai",
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "hi"}],
        "params": {},
        "api_base": "http://x/v1",
        "api_key": "sk",
    }
    return ChatCall(**{**values, **changes})


def parse(body: bytes | dict[str, Any], profile: Profile = OPENAI, **changes: Any) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return OpenAIChat(profile).parse_response(chat_call(**changes), 200, {}, raw)


def test_request() -> None:
    request = OpenAIChat(OPENAI).build_request(chat_call(params={"temperature": 0, "extra_body": {"k": 1}}))
    assert request.url == "http://x/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer sk"
    assert json.loads(request.body) == {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "hi"}],
        "temperature": 0,
        "k": 1,
    }


def test_messages_that_need_no_change_are_not_copied() -> None:
    from litellm.llms.openai.messages import clean_messages

    messages = [{"role": "user", "content": "hi"}]
    assert clean_messages(messages, OPENAI) is messages


def test_null_fields_are_left_out_without_touching_the_callers() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": []}
    request = OpenAIChat(OPENAI).build_request(chat_call(messages=[message]))
    assert json.loads(request.body)["messages"] == [{"role": "assistant", "tool_calls": []}]
    assert message["content"] is None


@pytest.mark.parametrize("base", ["http://x/v1", "http://x/v1/", "http://x/v1/chat/completions"])
def test_url(base: str) -> None:
    assert OpenAIChat(OPENAI).url(chat_call(api_base=base)) == "http://x/v1/chat/completions"


def test_provider_fields_are_gathered() -> None:
    body = json.loads(json.dumps(GOOD))
    body["choices"][0]["message"]["refusal"] = "no"
    assert parse(body)["choices"][0]["message"]["provider_specific_fields"] == {"refusal": "no"}


@pytest.mark.parametrize(
    ("message", "thought", "content"),
    [
        ({"reasoning_content": "a", "content": "b"}, "a", "b"),
        ({"reasoning": "a", "content": "b"}, "a", "b"),
        ({"content": "<think>a</think>b"}, "a", "b"),
        ({"content": "<think>a"}, None, "<think>a"),
    ],
)
def test_reasoning(message: dict[str, Any], thought: str | None, content: str) -> None:
    found = parse({"choices": [{"message": {"role": "assistant", **message}}]})["choices"][0]["message"]
    assert (found.get("reasoning_content"), found["content"]) == (thought, content)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>busy</html>", b"[]", b"null", b"{}", b'{"choices": []}', b'{"choices": [3]}',
     b'{"choices": [{}]}', b'{"choices": "x"}', b'{"choices": [{"message": 3}]}', b"\xff\xfe"],
)  # fmt: skip
def test_a_broken_reply_is_named(body: bytes) -> None:
    with pytest.raises(WireError) as raised:
        parse(body)
    assert raised.value.status == 500


def test_an_error_with_status_200() -> None:
    with pytest.raises(WireError, match="slow down") as raised:
        parse({"error": {"message": "slow down", "code": 429}})
    assert raised.value.status == 429


def test_stream() -> None:
    decoder = OpenAIChat(OPENAI).stream_decoder(chat_call(stream=True))
    chunk = {"id": "x", "choices": [{"index": 0, "delta": {"content": "hi"}}]}
    assert decoder.feed(json.dumps(chunk).encode()) == [chunk]
    assert decoder.feed(b"[DONE]") == []
    assert decoder.finish() == []


@pytest.mark.parametrize("event", [b"<html>", b"[]", b'{"choices": ', b'{"error": {"message": "boom"}}'])
def test_a_broken_event_is_named(event: bytes) -> None:
    with pytest.raises(WireError):
        OpenAIChat(OPENAI).stream_decoder(chat_call(stream=True)).feed(event)
