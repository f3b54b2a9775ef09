"""What providers of OpenAI's format get of the caller's messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from litellm.llms.formats import chat_format
from litellm.llms.wire import ChatCall

MARK = {"type": "ephemeral"}


def sent(provider: str, model: str, messages: list[Any], api_base: str = "http://localhost", **params: Any) -> Any:
    wire = chat_format(provider, model)
    mapped = wire.map_params(provider, model, params, drop=False)
    call = ChatCall(provider=provider, model=model, messages=messages, params=mapped, api_base=api_base)
    return json.loads(wire.build_request(call).body)


MARKED: list[Any] = [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": MARK}]}]


@pytest.mark.parametrize(
    ("provider", "model", "base", "kept"),
    [
        ("openai", "gpt-4o", "https://api.openai.com/v1", False),
        ("openai", "gpt-4o", "https://gateway.example/v1", True),
        ("groq", "llama", "https://api.groq.com", False),
        ("openrouter", "anthropic/claude-sonnet-4.5", "https://openrouter.ai", True),
        ("openrouter", "openai/gpt-4o", "https://openrouter.ai", False),
        ("dashscope", "qwen-max", "https://dashscope", True),
    ],
)
def test_cache_marks_reach_those_who_take_them(provider: str, model: str, base: str, kept: bool) -> None:
    part = sent(provider, model, MARKED, base)["messages"][0]["content"][0]
    assert ("cache_control" in part) is kept


def test_a_whole_messages_mark_moves_to_its_last_part() -> None:
    body = sent("openrouter", "anthropic/claude-x", [{"role": "user", "content": "a", "cache_control": MARK}])
    assert body["messages"] == [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": MARK}]}]


def test_images_by_bare_address_are_said_in_openais_form() -> None:
    messages = [{"role": "user", "content": [{"type": "image_url", "image_url": "http://x/y.png"}]}]
    assert sent("xai", "grok", messages)["messages"][0]["content"][0]["image_url"] == {"url": "http://x/y.png"}
    assert messages[0]["content"][0]["image_url"] == "http://x/y.png"  # type: ignore[index]


def test_mistral_takes_names_of_tools_only_and_no_empty_turns() -> None:
    messages = [
        {"role": "user", "content": "a", "name": "ann"},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": "b"},
    ]
    body = sent("mistral", "mistral-large-latest", messages, seed=7)
    assert body["messages"] == [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    assert body["random_seed"] == 7


def test_o_series_models_without_system_messages_get_them_as_the_users() -> None:
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    assert [m["role"] for m in sent("openai", "o3-mini", messages)["messages"]] == ["user", "user"]
    assert [m["role"] for m in sent("openai", "o1", messages)["messages"]] == ["system", "user"]
