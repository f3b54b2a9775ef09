"""generateContent's format from both sides: to and fro loses nothing that both can say."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, strategies as st
from litellm.llms.gemini.candidate import Parts
from litellm.llms.gemini.inbound.request import to_chat
from litellm.llms.gemini.inbound.response import to_response
from litellm.llms.gemini.inbound.stream import ContentEvents
from litellm.llms.gemini.messages import convert_messages
from litellm.llms.gemini.params import body_fields, map_params
from litellm.llms.gemini.response import convert_response

MODEL = "gemini-3-pro-preview"
TEXT = st.text(min_size=1, max_size=8)
IMAGE = st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}})
ARGUMENTS = st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.integers(), TEXT), max_size=2)


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Chats as both formats can hold them: no two turns of one role in a row, and every call answered."""
    messages: list[dict[str, Any]] = []
    if draw(st.booleans()):
        messages.append({"role": "system", "content": draw(TEXT)})
    for turn in range(draw(st.integers(1, 3))):
        content = draw(st.one_of(TEXT, st.tuples(IMAGE, TEXT.map(_text_part)).map(list)))
        messages.append({"role": "user", "content": content})
        messages += draw(answers(turn))
    return messages


@st.composite
def answers(draw: st.DrawFn, turn: int) -> list[dict[str, Any]]:
    """What the model says in a turn, and the results of the tools that it calls."""
    answer: dict[str, Any] = {"role": "assistant", "content": draw(TEXT)}
    if draw(st.booleans()):
        thought = draw(TEXT)
        answer["thinking_blocks"] = [{"type": "thinking", "thinking": thought, "signature": f"t{turn}"}]
        answer["reasoning_content"] = thought
    results = []
    count = draw(st.integers(0, 2))
    if count:
        answer["tool_calls"] = []
    for number in range(count):
        call_id = f"call_{turn}_{number}"
        arguments = draw(ARGUMENTS)
        call = {"id": call_id, "type": "function", "function": {"name": f"f{number}", "arguments": _json(arguments)}}
        answer["tool_calls"].append({**call, "provider_specific_fields": {"thought_signature": call_id}})
        results.append({"role": "tool", "tool_call_id": call_id, "name": f"f{number}", "content": draw(TEXT) + "."})
    return [answer, *results]


def _text_part(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@given(conversations())
def test_messages_come_back_as_they_went(messages: list[dict[str, Any]]) -> None:
    system, contents = convert_messages(messages, MODEL)
    body: dict[str, Any] = {"contents": contents}
    if system:
        body["system_instruction"] = {"parts": system}
    assert to_chat(body)["messages"] == messages


def test_parameters_come_back_as_they_went() -> None:
    asked = {
        "temperature": 0.5, "top_p": 0.9, "max_tokens": 9, "stop": ["a"], "n": 2, "seed": 3, "presence_penalty": 0.1,
        "frequency_penalty": 0.2, "modalities": ["text", "image"],
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "response", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
        },
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {
            "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}}],
        "tool_choice": "required",
    }  # fmt: skip
    mapped = map_params("gemini", "gemini-2.5-flash", asked, drop=False)
    body = {"contents": "x", **body_fields(mapped)}
    found = to_chat(body, budgets=True)
    assert {name: value for name, value in found.items() if name != "messages"} == asked


REPLY: dict[str, Any] = {
    "candidates": [
        {
            "content": {
                "role": "model",
                "parts": [
                    {"text": "hm", "thought": True, "thoughtSignature": "A"},
                    {"text": "so", "thoughtSignature": "B"},
                    {"inlineData": {"mimeType": "image/png", "data": "QUJD"}},
                    {"functionCall": {"name": "f", "args": {"a": 1}, "id": "c1"}, "thoughtSignature": "C"},
                ],
            },
            "finishReason": "STOP",
            "index": 0,
            "groundingMetadata": {"webSearchQueries": ["q"]},
        }
    ],
    "usageMetadata": {
        "promptTokenCount": 10, "candidatesTokenCount": 4, "thoughtsTokenCount": 3, "totalTokenCount": 17,
        "cachedContentTokenCount": 2, "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 4}],
    },
    "modelVersion": "gemini-x",
    "responseId": "r1",
}  # fmt: skip


def test_a_reply_comes_back_as_it_went() -> None:
    assert to_response(convert_response(REPLY)) == REPLY


@given(st.lists(st.one_of(TEXT, ARGUMENTS), min_size=1, max_size=6))
def test_a_stream_says_what_the_reply_says(said: list[Any]) -> None:
    events = ContentEvents()
    parts: list[dict[str, Any]] = []
    calls = 0
    for item in said:
        if isinstance(item, str):
            delta: dict[str, Any] = {"content": item}
        else:
            function = {"name": "f", "arguments": _json(item)}
            delta = {"tool_calls": [{"index": calls, "id": f"c{calls}", "function": function}]}
            calls += 1
        for event in events.feed({"id": "x", "choices": [{"index": 0, "delta": delta}]}):
            parts += event["candidates"][0]["content"]["parts"]
    (last,) = events.finish()
    parts += last["candidates"][0]["content"]["parts"]
    read = Parts({"content": {"parts": parts}})
    assert "".join(read.texts) == "".join(item for item in said if isinstance(item, str))
    assert [call["function"]["arguments"] for call in read.calls] == [_json(i) for i in said if not isinstance(i, str)]
    assert last["candidates"][0]["finishReason"] == "STOP"
