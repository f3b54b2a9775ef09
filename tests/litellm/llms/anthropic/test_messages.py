"""Messages between OpenAI's format and Anthropic's, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from litellm.llms.anthropic.inbound.request import to_chat
from litellm.llms.anthropic.inbound.response import to_message
from litellm.llms.anthropic.messages import EMPTY_TEXT, LATE_SYSTEM, InvalidMessage, convert_messages

PNG = "data:image/png;base64,AAAA"


def call(call_id: str, arguments: str = "{}") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": "f", "arguments": arguments}}


def turns(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    return convert_messages(list(messages))[1]


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def test_leading_system_messages_become_the_system_prompt() -> None:
    system, found = convert_messages(
        [
            {"role": "system", "content": "one"},
            {"role": "developer", "content": [{"type": "text", "text": "two"}]},
            user("x"),
        ]
    )
    assert [block["text"] for block in system] == ["one", "two"]
    assert found == [{"role": "user", "content": [{"type": "text", "text": "x"}]}]


def test_a_later_system_message_is_said_as_a_note() -> None:
    found = turns(user("a"), {"role": "system", "content": "rule"}, user("b"))
    assert [block["text"] for block in found[0]["content"]] == ["a", LATE_SYSTEM, "rule", "b"]


def test_turns_alternate() -> None:
    found = turns(
        user("q"),
        {"role": "assistant", "content": None, "tool_calls": [call("t1", '{"a": 1}'), call("t2")]},
        {"role": "tool", "tool_call_id": "t1", "content": "r1"},
        {"role": "tool", "tool_call_id": "t2", "content": "r2"},
        user("more"),
    )
    assert [turn["role"] for turn in found] == ["user", "assistant", "user"]
    assert [block["type"] for block in found[1]["content"]] == ["tool_use", "tool_use"]
    assert found[1]["content"][0]["input"] == {"a": 1}
    assert [block["type"] for block in found[2]["content"]] == ["tool_result", "tool_result", "text"]


def test_thinking_comes_first_with_its_signature() -> None:
    thought = {"type": "thinking", "thinking": "t", "signature": "s"}
    found = turns(user("q"), {"role": "assistant", "content": "x", "thinking_blocks": [thought]}, user("b"))
    assert found[1]["content"] == [thought, {"type": "text", "text": "x"}]


def test_images() -> None:
    found = turns(
        user([{"type": "image_url", "image_url": {"url": PNG}}, {"type": "image_url", "image_url": "https://a/b"}])
    )
    assert found[0]["content"] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "image", "source": {"type": "url", "url": "https://a/b"}},
    ]


def test_cache_control_is_kept() -> None:
    mark = {"type": "ephemeral"}
    found = turns({"role": "user", "content": "q", "cache_control": mark})
    assert found[0]["content"][0]["cache_control"] == mark


def test_a_prefill_loses_trailing_space() -> None:
    assert turns(user("q"), {"role": "assistant", "content": "1, 2 "})[1]["content"][0]["text"] == "1, 2"


def test_empty_texts_are_filled() -> None:
    assert turns(user(""))[0]["content"] == [{"type": "text", "text": EMPTY_TEXT}]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"role": "robot", "content": "x"}, "robot"),
        ({"role": "user"}, "content"),
        ({"role": "assistant", "content": None, "tool_calls": [call("t", "{bad")]}, "'f'"),
    ],
)
def test_what_cannot_be_said_is_refused(message: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidMessage, match=said):
        turns(message)


TEXT = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda t: t == t.rstrip()
)
ARGUMENTS = st.dictionaries(TEXT, st.one_of(st.integers(-9, 9), TEXT, st.booleans()), max_size=3)
TOOL_USE = st.builds(
    lambda number, arguments: {"type": "tool_use", "id": f"toolu_{number}", "name": "f", "input": arguments},
    st.integers(0, 999),
    ARGUMENTS,
)
THINKING = st.builds(lambda t: {"type": "thinking", "thinking": t, "signature": "sig"}, TEXT)
TEXT_BLOCK = st.builds(lambda t: {"type": "text", "text": t}, TEXT)
IMAGE = st.just({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}})


@st.composite
def conversations(draw: st.DrawFn) -> dict[str, Any]:
    """Anthropic requests that say only what OpenAI can say too."""
    messages: list[dict[str, Any]] = [user([draw(TEXT_BLOCK)])]
    for _ in range(draw(st.integers(0, 3))):
        blocks = draw(st.lists(THINKING, max_size=1)) + draw(st.lists(TEXT_BLOCK, max_size=1))
        uses = draw(st.lists(TOOL_USE, max_size=2, unique_by=lambda use: use["id"]))
        if not blocks and not uses:
            continue
        messages.append({"role": "assistant", "content": [*blocks, *uses]})
        results = [{"type": "tool_result", "tool_use_id": use["id"], "content": draw(TEXT)} for use in uses]
        messages.append(user([*results, *draw(st.lists(st.one_of(TEXT_BLOCK, IMAGE), min_size=1, max_size=2))]))
    request: dict[str, Any] = {"messages": messages}
    if draw(st.booleans()):
        request["system"] = [draw(TEXT_BLOCK)]
    return request


@given(conversations())
def test_anthropic_to_openai_and_back_loses_nothing(request: dict[str, Any]) -> None:
    system, found = convert_messages(to_chat(request)["messages"])
    assert found == request["messages"]
    assert system == request.get("system", [])


@given(st.lists(TEXT_BLOCK, max_size=1), st.lists(TOOL_USE, max_size=2, unique_by=lambda use: use["id"]))
def test_a_reply_goes_to_openai_and_back(texts: list[dict[str, Any]], uses: list[dict[str, Any]]) -> None:
    from litellm.llms.anthropic.response import convert_message

    reply = {
        "id": "m", "type": "message", "role": "assistant", "model": "claude", "content": [*texts, *uses],
        "stop_reason": "tool_use" if uses else "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 5, "output_tokens": 3, "cache_read_input_tokens": 2,
                  "cache_creation_input_tokens": 1},
    }  # fmt: skip
    converted = convert_message(reply, json_mode=False)
    assert converted["usage"]["prompt_tokens"] == 8
    assert to_message({"id": "m", **converted}) == reply


def test_blank_texts_are_replaced_and_turns_that_say_nothing_left_out() -> None:
    found = turns(user("  "), {"role": "assistant", "content": None}, user("x"))
    assert found == [{"role": "user", "content": [{"type": "text", "text": EMPTY_TEXT}, {"type": "text", "text": "x"}]}]
