"""Tokens of chat requests: the figures are what LiteLLM 1.106.2's `token_counter` gives for the same arguments."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from litellm_rust import _native, tokens
from litellm_rust._twins.tokens import ReferenceEncoding
from litellm_rust.image_tokens import image_tokens

RECORDED: list[dict[str, Any]] = json.loads(Path(__file__).with_name("message_tokens.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: f"{case['name']}-{case['model']}")
def test_requests_cost_what_upstream_says(case: dict[str, Any]) -> None:
    assert tokens.count_messages(case["messages"], model=case["model"], **case["arguments"]) == case["tokens"]


def test_what_cannot_be_counted_is_refused() -> None:
    for content in ([{"type": "hologram"}], [{"type": "image_url", "image_url": {}}], [{"type": "tool_use"}]):
        with pytest.raises(ValueError, match="content"):
            tokens.count_messages([{"role": "user", "content": content}])
    with pytest.raises(ValueError, match="tool_calls"):
        tokens.count_messages([{"role": "assistant", "tool_calls": [{"id": "1"}]}])
    with pytest.raises(ValueError, match="detail"):
        image_tokens("https://example.com/a.png", "medium")


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 1600, 900), (1600, 900)),
        (b"GIF89a" + struct.pack("<HH", 1600, 900), (1600, 900)),
        (b"RIFF____WEBPVP8X" + bytes(8) + b"\x3f\x06\x00\x83\x03\x00", (1600, 900)),
        (b"RIFF____WEBPVP8 " + bytes(10) + struct.pack("<HH", 1600, 900), (1600, 900)),
        (b"RIFF____WEBPVP8L" + bytes(5) + struct.pack("<I", 1599 | 899 << 14), (1600, 900)),
        (b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08" + struct.pack(">HH", 900, 1600), (1600, 900)),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"no image", None),
    ],
)
def test_sizes_of_inline_images(data: bytes, size: tuple[int, int] | None) -> None:
    """1600 x 900 is fitted to 1365 x 768, six tiles; one whose size is unknown is one tile."""
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    assert image_tokens(url, "high") == (85 + 170 * 6 if size else 85 + 170)


NATIVE = tokens.message_counter(tokens.get_encoding("o200k_base"))
TWIN = tokens.message_counter(ReferenceEncoding("o200k_base"))
texts = st.text(st.characters(), max_size=30) | st.sampled_from(["", "x" * 3000, "日本\ud83d\ude00" * 700])
odd = st.none() | st.integers() | st.binary(max_size=3) | st.just({}) | st.just([])


def dicts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings in which any field may be absent or odd."""
    return st.fixed_dictionaries({}, optional={name: values | odd for name, values in fields.items()})


calls = dicts(id=texts, function=dicts(name=texts, arguments=texts))
urls = dicts(url=texts, detail=st.sampled_from(["low", "high", "x"]))
blocks = texts | dicts(type=st.sampled_from(["text", "image_url", "tool_use"]), text=texts, image_url=urls, input=texts)
messages = dicts(
    role=st.sampled_from(["system", "user", "assistant", "tool"]),
    content=texts | st.lists(blocks, max_size=3),
    name=texts,
    tool_calls=st.lists(calls, max_size=2),
    function_call=dicts(arguments=texts),
    tool_call_id=texts,
)
tools = st.none() | st.just([{"type": "function", "function": {"name": "f", "parameters": {}}}])


def outcome(counter: tokens.MessageCounter, *arguments: Any) -> Any:
    """What is counted, or the class of what is raised."""
    try:
        return counter.prompt(*arguments)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return type(error)


@settings(max_examples=150, deadline=None)
@given(st.lists(messages | odd, max_size=3) | st.tuples(messages), tools, st.sampled_from([None, "none", "auto"]))
@example([{"role": "user", "content": "x" * 1023 + "\ud83d\ude00" + "y" * 5000}], None, None)
def test_the_native_count_is_the_twins(chat: Any, tools: Any, tool_choice: Any) -> None:
    assert outcome(NATIVE, chat, tools, tool_choice) == outcome(TWIN, chat, tools, tool_choice)


def test_plain_messages_are_counted_in_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = [
        {"role": "system", "content": None, "name": "ann"},
        {"role": "user", "content": [{"type": "text", "text": "Größe " * 900}]},
        {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]},
    ]
    expected = TWIN.messages(chat)
    monkeypatch.setattr(tokens.MessageCounter, "_message", None)
    assert NATIVE.messages(chat) == expected


@given(texts, st.integers(1, 50))
def test_stretches_are_those_of_python(text: str, characters: int) -> None:
    native = _native.NativeEncoding("cl100k_base")
    expected = sum(native.count(text[at : at + characters]) for at in range(0, len(text), characters))
    assert native.count_stretches(text, characters) == expected
    with pytest.raises(ValueError, match="characters"):
        native.count_stretches(text, 0)
