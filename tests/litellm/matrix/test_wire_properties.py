"""What was said reaches every provider, and what every provider says reaches the caller, wherever its stream is cut."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from litellm.llms.anthropic.inbound.stream import MessageEvents
from litellm.llms.anthropic.stream import AnthropicChunks
from litellm.llms.gemini.inbound.stream import ContentEvents
from litellm.llms.gemini.stream import GeminiChunks
from litellm.llms.inbound_formats import INBOUND_FORMATS
from litellm.llms.responses.events import ChatEvents
from litellm.llms.responses.stream_iterator import ParsedChunks
from litellm.llms.sse import splitter
from litellm.llms.wire import ChatCall, WireFormat

from tests.litellm.llms.test_formats import wire_of
from tests.litellm.matrix.outbound import ARGUMENTS, OUTBOUND, THOUGHT, TOOL, Outbound, Reply
from tests.support.scripted import Answer

outbound = pytest.mark.parametrize("name", OUTBOUND)
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
"""Words: formats that write a prompt trim the spaces around them."""
calls = st.lists(st.dictionaries(st.sampled_from(["city", "unit"]), texts, min_size=1), max_size=2)


def resolved(out: Outbound, messages: list[Any], stream: bool = False) -> tuple[WireFormat, ChatCall]:
    """The format, and a call of it."""
    model, provider, _, _ = litellm.get_llm_provider(out.model)
    tools = [{"type": "function", "function": {"name": TOOL, "parameters": {"type": "object", "properties": {}}}}]
    wire = wire_of(provider, model)
    params = wire.map_params(provider, model, {"tools": tools} if out.tools else {}, drop=True) | dict(out.kwargs)
    base = "http://localhost" + out.path
    return wire, ChatCall(provider, model, messages, params, base, "k", options=dict(out.kwargs), stream=stream)


def all_texts(value: Any) -> str:
    """Every text in a JSON value, that of JSON inside texts too."""
    if isinstance(value, dict):
        return "\n".join([*value, *(all_texts(inner) for inner in value.values())])
    if isinstance(value, list):
        return "\n".join(all_texts(inner) for inner in value)
    text = str(value)
    try:
        inner = json.loads(text) if isinstance(value, str) and text[:1] in ("{", "[") else None
    except ValueError:
        inner = None
    return text if inner is None else f"{text}\n{all_texts(inner)}"


@outbound
@given(system=texts, asked=texts, made=calls, result=texts, then=texts)
@few
def test_a_request_holds_all_that_was_said(
    name: str, system: str, asked: str, made: list[dict[str, str]], result: str, then: str
) -> None:
    out = OUTBOUND[name]
    messages: list[Any] = [{"role": "system", "content": system}, {"role": "user", "content": asked}]
    said = [system, asked, then]
    if made and out.tools:
        told = [
            {"id": f"call_{at}", "type": "function", "function": {"name": TOOL, "arguments": json.dumps(given)}}
            for at, given in enumerate(made)
        ]
        messages.append({"role": "assistant", "content": None, "tool_calls": told})
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": result} for call in told]
        said += [result, TOOL, *(value for given in made for value in given.values())]
    wire, call = resolved(out, [*messages, {"role": "user", "content": then}])
    body = all_texts(json.loads(wire.build_request(call).body))
    assert [text for text in said if text not in body] == []


def heard(chunks: list[dict[str, Any]]) -> tuple[str, str, list[tuple[str, Any]], str]:
    """Text, thoughts, calls and how a stream ended."""
    text = thought = reason = ""
    started: dict[int, list[str]] = {}
    for choice in (choice for chunk in chunks for choice in chunk.get("choices") or ()):
        delta = choice.get("delta") or {}
        text += delta.get("content") or ""
        thought += delta.get("reasoning_content") or ""
        reason = choice.get("finish_reason") or reason
        for call in delta.get("tool_calls") or ():
            kept = started.setdefault(call.get("index") or 0, ["", ""])
            kept[0] += call["function"].get("name") or ""
            kept[1] += call["function"].get("arguments") or ""
    return text, thought, [(name, json.loads(given)) for name, given in started.values()], reason


def read(wire: WireFormat, call: ChatCall, pieces: list[bytes]) -> list[dict[str, Any]]:
    """What the pieces of a stream are decoded into."""
    events, decoder = splitter(wire.framing), wire.stream_decoder(call)
    chunks = [chunk for piece in pieces for event in events.feed(piece) for chunk in decoder.feed(event)]
    chunks += [chunk for event in events.finish() for chunk in decoder.feed(event)]
    return [*chunks, *decoder.finish()]


def body_of(answer: Answer) -> bytes:
    """All of a scripted answer."""
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


@outbound
@given(text=texts, calls_tool=st.booleans(), thinks=st.booleans(), cuts=st.lists(st.integers(0, 4000), max_size=6))
@few
def test_an_answer_says_what_was_said_wherever_it_is_cut(
    name: str, text: str, calls_tool: bool, thinks: bool, cuts: list[int]
) -> None:
    out = OUTBOUND[name]
    reply = Reply(text, call=calls_tool and out.tools, thought=thinks and out.thinks)
    wire, call = resolved(out, [{"role": "user", "content": "Hi"}], stream=True)
    whole = wire.parse_response(call, 200, {}, json.dumps(out.whole(reply)).encode())["choices"][0]
    message = whole["message"]
    functions = [made["function"] for made in message.get("tool_calls") or ()]
    told = [(function["name"], json.loads(function["arguments"])) for function in functions]
    expected = [(TOOL, ARGUMENTS)] if reply.call else []
    thought = THOUGHT if reply.thought else ""
    assert (message["content"] or "", message.get("reasoning_content") or "", told) == (text, thought, expected)
    body = body_of(out.stream(reply))
    places = sorted(cut % len(body) for cut in cuts)
    pieces = [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]
    streamed = heard(read(wire, call, pieces))
    assert streamed[:3] == (text, thought, expected)
    assert (streamed[3] or "stop") == whole["finish_reason"]  # one that is not told is the pipeline's to add


@outbound
def test_a_rich_stream_reads_the_same_byte_by_byte(name: str) -> None:
    out = OUTBOUND[name]
    reply = Reply(call=out.tools, thought=out.thinks)
    wire, call = resolved(out, [{"role": "user", "content": "Hi"}], stream=True)
    body = body_of(out.stream(reply))
    singly = heard(read(wire, call, [body[at : at + 1] for at in range(len(body))]))
    assert singly == heard(read(wire, call, [body]))


def chunks_of(words: list[str], thoughts: list[str], given: list[dict[str, str]]) -> list[dict[str, Any]]:
    """A stream of chat chunks: thoughts, text, then calls whose arguments come in two pieces."""
    deltas: list[dict[str, Any]] = [{"reasoning_content": thought} for thought in thoughts]
    deltas += [{"content": word} for word in words]
    for at, arguments in enumerate(given):
        whole = json.dumps(arguments)
        first = {"index": at, "id": f"c{at}", "type": "function", "function": {"name": TOOL, "arguments": whole[:4]}}
        deltas += [{"tool_calls": [first]}, {"tool_calls": [{"index": at, "function": {"arguments": whole[4:]}}]}]
    chunks = [{"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    reason = "tool_calls" if given else "stop"
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    return [*chunks, {"id": "x", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage}]


def by_messages(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """There and back as Anthropic's events."""
    events, decoder = MessageEvents("m"), AnthropicChunks(json_mode=False)
    told = [*events.start(), *(event for chunk in chunks for event in events.feed(chunk)), *events.finish()]
    return [chunk for event in told for chunk in decoder.feed(json.dumps(event).encode())] + decoder.finish()


def by_generate(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """There and back as Gemini's."""
    events, decoder = ContentEvents(), GeminiChunks()
    told = [*(event for chunk in chunks for event in events.feed(chunk)), *events.finish()]
    return [chunk for event in told for chunk in decoder.feed(json.dumps(event).encode())] + decoder.finish()


def by_responses(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """There and back as the Responses API's, by way of the iterator that packages replace."""
    events, decoder = ChatEvents("m", {}), ParsedChunks()
    told = [*events.start("resp_1"), *(event for chunk in chunks for event in events.feed(chunk))]
    told += events.finish({"id": "x", "output": [], "status": "completed", "usage": {"input_tokens": 3}})
    return [chunk for event in told for chunk in decoder.feed(json.dumps(event).encode())] + decoder.finish()


def by_bridge(name: str, model: str) -> Any:
    """There and back as the stream of an API that the gateway speaks, decoded as its own models' are."""

    def there_and_back(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        stream = INBOUND_FORMATS[name].stream("m")
        told = [*map(stream.feed, chunks), stream.finish(0.0)]
        plain, provider, _, _ = litellm.get_llm_provider(model)
        return read(wire_of(provider, plain), ChatCall(provider, plain, [], {}, "", "k", stream=True), told)

    return there_and_back


BRIDGES = [
    by_bridge("cohere", "cohere_chat/command-a-03-2025"), by_bridge("ollama_chat", "ollama_chat/m"),
    by_bridge("converse", "bedrock/converse/anthropic.claude-sonnet-4-5-20250929-v1:0"),
]  # fmt: skip


@pytest.mark.parametrize("there_and_back", [by_messages, by_generate, by_responses, *BRIDGES])
@given(words=st.lists(texts, max_size=3), thoughts=st.lists(texts, max_size=2), given_to=calls)
@few
def test_a_stream_comes_back_from_every_api_of_callers(
    there_and_back: Any, words: list[str], thoughts: list[str], given_to: list[dict[str, str]]
) -> None:
    chunks = chunks_of(words or ["x"], thoughts, given_to)
    found, wanted = heard(there_and_back(chunks)), heard(chunks)
    assert found[:3] == wanted[:3]
    if there_and_back is not BRIDGES[0]:  # LiteLLM reads the end of Cohere's calls as `stop`
        assert found[3] == wanted[3]
