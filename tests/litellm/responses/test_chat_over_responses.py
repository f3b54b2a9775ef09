"""Chat completions of models that only have a Responses API."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import litellm
import pytest
from hypothesis import given, strategies as st
from litellm.llms.responses.from_responses import ResponsesChunks
from litellm.llms.sse import SSESplitter
from litellm.llms.wire import WireError

from tests.litellm.support import last

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
STREAM = (
    b'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\n'
    b'data: {"type":"response.reasoning_summary_text.delta","delta":"Hm"}\n\n'
    b'data: {"type":"response.output_text.delta","delta":"h\xc3\xa9"}\n\n'
    b'data: {"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","call_id":"c1",'
    b'"name":"f","arguments":""}}\n\n'
    b'data: {"type":"response.function_call_arguments.delta","output_index":3,"delta":"{}"}\n\n'
    b'data: {"type":"response.completed","response":{"output":[],"usage":{"input_tokens":1,"output_tokens":2,'
    b'"total_tokens":3}}}\n\n'
)


def complete(base: str, **kwargs: Any) -> Any:
    asked = {"model": "openai/responses/gpt-4o", "api_base": f"{base}/v1", "api_key": "sk", **kwargs}
    return litellm.completion(**{"messages": [{"role": "user", "content": "Hi"}], **asked})


def test_a_prefix_asks_for_it(provider_url: str) -> None:
    answer = complete(
        provider_url,
        messages=[
            {"role": "system", "content": "Be brief"},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a.test/b.png"}}]},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", **TOOL}]},
            {"role": "tool", "tool_call_id": "c1", "content": "21"},
        ],
        tools=[TOOL],
        max_tokens=3,
        reasoning_effort="low",
    )
    body = last(provider_url)["body"]
    assert last(provider_url)["path"] == "/v1/responses"
    assert body["model"] == "gpt-4o"
    assert body["instructions"] == "Be brief"
    assert [item["type"] for item in body["input"]] == ["message", "function_call", "function_call_output"]
    assert body["max_output_tokens"] == 16
    assert body["reasoning"] == {"effort": "low"}
    message = answer.choices[0].message
    assert message.reasoning_content == "Hmm."
    assert message.content == "You said: None"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens_details.cached_tokens == 2
    called = complete(provider_url, tools=[TOOL])
    assert called.choices[0].message.tool_calls[0].function.name == "weather"
    assert called.choices[0].finish_reason == "tool_calls"


def test_models_of_that_mode_need_no_prefix(provider_url: str) -> None:
    answer = complete(provider_url, model="openai/o1-pro", max_completion_tokens=40)
    assert last(provider_url)["path"] == "/v1/responses"
    assert answer.choices[0].message.content.startswith("You said")
    assert answer.model == "o1-pro"


@pytest.mark.parametrize("model", ["openai/responses/gpt-4o", "openai/gpt-5-pro"])
def test_streams(provider_url: str, model: str) -> None:
    chunks = list(complete(provider_url, model=model, stream=True, tools=[TOOL]))
    built = litellm.stream_chunk_builder(chunks)
    assert built.choices[0].message.content.startswith("You said")
    assert built.choices[0].message.tool_calls[0].id == "call_0"
    assert built.choices[0].message.tool_calls[0].function.arguments == '{"city": "Paris"}'
    assert built.choices[0].finish_reason == "tool_calls"


def read(*pieces: bytes) -> list[dict[str, Any]]:
    splitter, decoder = SSESplitter(), ResponsesChunks()
    events = [event for piece in pieces for event in splitter.feed(piece)] + splitter.finish()
    return [chunk for event in events for chunk in decoder.feed(event)] + decoder.finish()


@pytest.mark.parametrize("at", range(0, len(STREAM) + 1, 1))
def test_split_at_every_byte(at: int) -> None:
    assert read(STREAM[:at], STREAM[at:]) == read(STREAM)


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_split_anywhere(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert read(*(STREAM[a:b] for a, b in pairwise(edges))) == read(STREAM)


@pytest.mark.parametrize(
    "event",
    [
        b'{"type":"error","message":"out of order","code":"server_error"}',
        b'{"type":"response.failed","response":{"error":{"code":"server_error","message":"out of order"}}}',
    ],
)
def test_a_failure_inside_the_stream(event: bytes) -> None:
    with pytest.raises(WireError, match="out of order"):
        ResponsesChunks().feed(event)


def test_a_stream_that_just_ends() -> None:
    with pytest.raises(WireError, match="ended before"):
        read(STREAM[: STREAM.index(b'data: {"type":"response.completed"')])


@pytest.mark.parametrize("begun", ["", '{"a":1}'])
@pytest.mark.parametrize("pieces", [[], ['{"a"', ":1}"]])
def test_arguments_that_come_at_once_are_told_once(begun: str, pieces: list[str]) -> None:
    if begun and pieces:
        return  # a call whose arguments are known needs no pieces
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": begun}
    events: list[dict[str, Any]] = [{"type": "response.output_item.added", "output_index": 0, "item": item}]
    kind = "response.function_call_arguments"
    events += [{"type": f"{kind}.delta", "output_index": 0, "delta": piece} for piece in pieces]
    events.append({"type": f"{kind}.done", "output_index": 0, "arguments": '{"a":1}'})
    decoder = ResponsesChunks()
    chunks = [chunk for event in events for chunk in decoder.feed(json.dumps(event).encode())]
    said = [call["function"].get("arguments") or "" for c in chunks for call in c["choices"][0]["delta"]["tool_calls"]]
    assert "".join(said) == '{"a":1}'
