"""Converse's streams through the public functions, and Converse from the other side."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import litellm
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from litellm.llms.aws.event_stream import AwsEventSplitter
from litellm.llms.bedrock.converse.inbound.request import InvalidRequest, to_chat
from litellm.llms.bedrock.converse.inbound.response import to_converse
from litellm.llms.bedrock.converse.inbound.stream import ConverseEvents, to_frame
from litellm.llms.bedrock.converse.response import convert_response
from litellm.llms.bedrock.converse.stream import ConverseChunks
from litellm.llms.bedrock.converse.tools import ToolNames

from tests.support.aws import CLAUDE, Aws, as_stream, event

MODEL = f"bedrock/converse/{CLAUDE}"
HI = [{"role": "user", "content": "Hi"}]
START = event("messageStart", {"role": "assistant"})
USAGE = event("metadata", {"usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}})
NOT_SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


def delta(piece: dict[str, Any], index: int = 0) -> bytes:
    """A piece of a block."""
    return event("contentBlockDelta", {"contentBlockIndex": index, "delta": piece})


def stop(reason: str = "end_turn") -> bytes:
    """The event that ends a message."""
    return event("messageStop", {"stopReason": reason})


def test_text_thinking_and_tools(aws: Aws) -> None:
    frames = (
        START, delta({"reasoningContent": {"text": "h"}}), delta({"reasoningContent": {"text": "m"}}),
        delta({"reasoningContent": {"signature": "sig"}}), delta({"text": "Hel"}, 1), delta({"text": "lo"}, 1),
        event("contentBlockStart",
              {"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "t1", "name": "weather"}}}),
        delta({"toolUse": {"input": '{"a"'}}, 2), delta({"toolUse": {"input": ": 1}"}}, 2),
        event("contentBlockStop", {"contentBlockIndex": 2}), stop("tool_use"), USAGE,
    )  # fmt: skip
    aws.reply = lambda request: as_stream(*frames)
    stream = litellm.completion(
        model=MODEL, messages=HI, stream=True, stream_options={"include_usage": True}, **aws.arguments
    )
    built = litellm.stream_chunk_builder(list(stream))
    message = built.choices[0].message
    assert aws.last["path"].endswith("/converse-stream")
    assert message.content == "Hello"
    assert message.reasoning_content == "hm"
    assert message.thinking_blocks[0]["signature"] == "sig"
    assert message.tool_calls[0].function.arguments == '{"a": 1}'
    assert built.choices[0].finish_reason == "tool_calls"
    assert built.usage.total_tokens == 18


def test_a_guardrails_trace_comes_with_the_stream(aws: Aws) -> None:
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    last = event("metadata", {"usage": usage, "trace": {"guardrail": {"a": 1}}})
    aws.reply = lambda request: as_stream(START, delta({"text": "x"}), stop("guardrail_intervened"), last)
    chunks = list(litellm.completion(model=MODEL, messages=HI, stream=True, **aws.arguments))
    assert chunks[-1].provider_specific_fields == {"trace": {"guardrail": {"a": 1}}}
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["content_filter"]


def test_an_exception_inside_the_stream(aws: Aws) -> None:
    frames = START, delta({"text": "Hel"}), event("throttlingException", {"message": "slow"}, "exception")
    aws.reply = lambda request: as_stream(*frames)
    stream = litellm.completion(model=MODEL, messages=HI, stream=True, **aws.arguments)
    said = next(stream).choices[0].delta.content
    with pytest.raises(litellm.exceptions.MidStreamFallbackError, match="slow") as caught:
        next(stream)
    assert said == "Hel"
    assert isinstance(caught.value.original_exception, litellm.RateLimitError)


def test_a_mistake_told_inside_the_stream_is_the_callers(aws: Aws) -> None:
    aws.reply = lambda request: as_stream(START, event("validationException", {"message": "bad"}, "exception"))
    with pytest.raises(litellm.BadRequestError, match="bad"):
        list(litellm.completion(model=MODEL, messages=HI, stream=True, **aws.arguments))


def test_a_stream_cut_inside_a_frame_is_an_error(aws: Aws) -> None:
    aws.reply = lambda request: as_stream(START, delta({"text": "Hel"}), stop()[:-3])
    with pytest.raises(litellm.exceptions.MidStreamFallbackError, match="inside a frame"):
        list(litellm.completion(model=MODEL, messages=HI, stream=True, **aws.arguments))


async def test_many_streams_at_once(aws: Aws) -> None:
    aws.reply = lambda request: as_stream(
        START, delta({"text": request["body"]["messages"][0]["content"][0]["text"]}), stop(), USAGE
    )

    async def one(text: str) -> str:
        stream = await litellm.acompletion(
            model=MODEL, messages=[{"role": "user", "content": text}], stream=True, **aws.arguments
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    texts = [f"text {n}" for n in range(20)]
    assert await asyncio.gather(*map(one, texts)) == texts


text = st.text("abc é\n", min_size=1, max_size=12)
arguments = st.dictionaries(text, st.integers() | text, max_size=3)
messages = st.fixed_dictionaries(
    {"role": st.just("assistant")},
    optional={
        "content": text,
        "thinking_blocks": st.lists(
            st.fixed_dictionaries({"type": st.just("thinking"), "thinking": text, "signature": text})
            | st.fixed_dictionaries({"type": st.just("redacted_thinking"), "data": text}),
            min_size=1, max_size=2,
        ),
        "tool_calls": st.lists(st.tuples(text, arguments), min_size=1, max_size=2).map(
            lambda calls: [
                {"index": at, "id": f"t{at}", "type": "function",
                 "function": {"name": name, "arguments": json.dumps(given)}}
                for at, (name, given) in enumerate(calls)
            ]
        ),
    },
)  # fmt: skip


def _essence(message: dict[str, Any]) -> dict[str, Any]:
    calls = [
        (call["id"], call["function"]["name"], json.loads(call["function"]["arguments"]))
        for call in message.get("tool_calls") or ()
    ]
    return {
        "content": message.get("content") or "",
        "thinking": [
            {name: block[name] for name in ("type", "thinking", "signature", "data") if block.get(name)}
            for block in message.get("thinking_blocks") or ()
        ],
        "calls": calls,
    }


@NOT_SLOW
@given(message=messages, reason=st.sampled_from(["stop", "length", "tool_calls", "content_filter"]))
def test_a_reply_survives_the_way_out_and_back(message: dict[str, Any], reason: str) -> None:
    usage = {"prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34, "cache_read_input_tokens": 9}
    reply = to_converse({"choices": [{"message": message, "finish_reason": reason}], "usage": usage})
    again = convert_response(reply, model="m", json_mode=False, names=ToolNames(()))
    assert _essence(again["choices"][0]["message"]) == _essence(message)
    assert again["choices"][0]["finish_reason"] == reason
    assert {name: again["usage"][name] for name in usage} == usage


@NOT_SLOW
@given(message=messages, cut=st.integers(1, 50), reason=st.sampled_from(["stop", "length", "tool_calls"]))
def test_a_stream_survives_the_way_out_and_back_wherever_it_is_cut(
    message: dict[str, Any], cut: int, reason: str
) -> None:
    events = ConverseEvents()
    usage = {"prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34}
    made = [
        *events.start(),
        *events.feed({"choices": [{"delta": message, "finish_reason": reason}]}),
        *events.feed({"choices": [], "usage": usage}),
        *events.finish(),
    ]
    stream = b"".join(to_frame(item) for item in made)
    splitter, decoder = AwsEventSplitter(), ConverseChunks(json_mode=False, names=ToolNames(()))
    chunks: list[dict[str, Any]] = []
    for at in range(0, len(stream), cut):
        for payload in splitter.feed(stream[at : at + cut]):
            chunks += decoder.feed(payload)
    assert not splitter.finish()
    chunks += decoder.finish()
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert "".join(piece.get("content") or "" for piece in deltas) == (message.get("content") or "")
    calls: dict[int, list[str]] = {}
    for piece in deltas:
        for call in piece.get("tool_calls") or ():
            calls.setdefault(call["index"], []).append(call["function"]["arguments"])
    wanted = [json.loads(call["function"]["arguments"]) for call in message.get("tool_calls") or ()]
    assert [json.loads("".join(pieces)) for pieces in calls.values()] == wanted
    found = next(chunk["usage"] for chunk in chunks if chunk.get("usage"))
    assert {name: found[name] for name in usage} == usage
    reasons = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]]
    assert [found for found in reasons if found] == [reason]


def test_a_request_survives_the_way_in_and_out(aws: Aws) -> None:
    sent = {
        "system": [{"text": "S"}, {"cachePoint": {"type": "default"}}],
        "messages": [
            {"role": "user", "content": [{"text": "one"}, {"image": {"format": "png", "source": {"bytes": "aGk="}}}]},
            {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}}, {"text": "two"},
                {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "t", "content": [{"text": "r"}]}}, {"text": "three"}]},
        ],
        "inferenceConfig": {"maxTokens": 5, "temperature": 0.1, "topP": 0.2, "stopSequences": ["x"]},
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "f", "description": "d", "inputSchema": {
                "json": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}}],
            "toolChoice": {"any": {}},
        },
        "additionalModelRequestFields": {"top_k": 3},
    }  # fmt: skip
    model = "bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0"
    litellm.completion(model=model, **to_chat(sent), **aws.arguments)
    assert aws.last["body"] == sent


@pytest.mark.parametrize("body", [{}, {"messages": {}}, {"messages": [{"role": "x", "content": []}]},
                                  {"messages": [{"role": "user", "content": "text"}]},
                                  {"messages": [{"role": "user", "content": ["text"]}]},
                                  {"messages": [], "system": ["x"]}])  # fmt: skip
def test_a_body_that_is_no_converse_request(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        to_chat(body)
