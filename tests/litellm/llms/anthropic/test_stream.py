"""Anthropic's stream as OpenAI chunks, and OpenAI chunks as Anthropic's stream."""

from __future__ import annotations

import json
from typing import Any

import pytest
from litellm.llms.anthropic.inbound.stream import MessageEvents, to_sse
from litellm.llms.anthropic.stream import AnthropicChunks
from litellm.llms.sse import SSESplitter
from litellm.llms.wire import WireError


def events(*blocks: dict[str, Any], reason: str = "end_turn") -> list[dict[str, Any]]:
    """A whole stream around the deltas of `blocks`: {"start": block, "deltas": [...]}."""
    made: list[dict[str, Any]] = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 11, "cache_read_input_tokens": 5}}}
    ]
    for index, block in enumerate(blocks):
        made.append({"type": "content_block_start", "index": index, "content_block": block["start"]})
        made += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in block["deltas"]]
        made.append({"type": "content_block_stop", "index": index})
    made.append({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 7}})
    made.append({"type": "message_stop"})
    return made


def text(*pieces: str) -> dict[str, Any]:
    return {"start": {"type": "text", "text": ""}, "deltas": [{"type": "text_delta", "text": p} for p in pieces]}


def tool(name: str, *pieces: str) -> dict[str, Any]:
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return {"start": {"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": {}}, "deltas": deltas}


def thinking(*pieces: str, signature: str) -> dict[str, Any]:
    deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    deltas.append({"type": "signature_delta", "signature": signature})
    return {"start": {"type": "thinking", "thinking": "", "signature": ""}, "deltas": deltas}


def decode(stream: list[dict[str, Any]], *, json_mode: bool = False) -> list[dict[str, Any]]:
    decoder = AnthropicChunks(json_mode=json_mode)
    chunks = [chunk for event in stream for chunk in decoder.feed(json.dumps(event).encode())]
    return chunks + decoder.finish()


def deltas(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [choice["delta"] for chunk in chunks for choice in chunk["choices"]]


def test_text_then_usage_and_finish() -> None:
    chunks = decode(events(text("Hello ", "you")))
    assert [delta.get("content") for delta in deltas(chunks)] == ["Hello ", "you", None]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    usage = chunks[-1]["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (16, 7, 23)
    assert usage["prompt_tokens_details"]["cached_tokens"] == 5


def test_parallel_tools_are_numbered_from_zero() -> None:
    stream = events(text("Let me"), tool("a", '{"x"', ": 1}"), tool("b", "{}"), reason="tool_use")
    calls = [delta["tool_calls"][0] for delta in deltas(decode(stream)) if delta.get("tool_calls")]
    assert [call["index"] for call in calls] == [0, 0, 0, 1, 1]
    assert [call["function"]["arguments"] for call in calls] == ["", '{"x"', ": 1}", "", "{}"]
    assert calls[0]["id"] == "toolu_a"
    assert calls[3]["function"]["name"] == "b"


def test_thinking_keeps_its_signature() -> None:
    found = deltas(
        decode(events({**thinking(signature="SIG"), "deltas": [{"type": "signature_delta", "signature": "SIG"}]}))
    )
    assert found[0]["thinking_blocks"] == [{"type": "thinking", "thinking": "", "signature": "SIG"}]


def test_the_json_tool_becomes_content() -> None:
    chunks = decode(events(tool("json_tool_call", '{"c"', ': "x"}'), reason="tool_use"), json_mode=True)
    assert "".join(delta.get("content") or "" for delta in deltas(chunks)) == '{"c": "x"}'
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(("kind", "status"), [("overloaded_error", 500), ("rate_limit_error", 429), ("odd", 500)])
def test_an_error_event_is_raised(kind: str, status: int) -> None:
    error = {"type": "error", "error": {"type": kind, "message": "Overloaded"}}
    with pytest.raises(WireError, match="Overloaded") as raised:
        decode([error])
    assert raised.value.status == status


@pytest.mark.parametrize("garbage", [b"", b"not json", b"[]", b"null", b'{"type": "unheard_of"}', b'{"type": 3}'])
def test_garbage_is_passed_over(garbage: bytes) -> None:
    assert AnthropicChunks(json_mode=False).feed(garbage) == []


STREAMS = {
    "text": events(text("Hel", "lo")),
    "tools": events(text("Look"), tool("a", '{"x": ', "1}"), tool("b", "{}"), reason="tool_use"),
    "long": events(text("x"), reason="max_tokens"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_to_openai_and_back(name: str) -> None:
    """What both sides can say survives the way through OpenAI's chunks."""
    back = MessageEvents("claude")
    made = back.start()
    for chunk in decode(STREAMS[name]):
        made += back.feed(chunk)
    made += back.finish()
    assert _essence(made) == _essence(STREAMS[name])


def test_thinking_goes_to_openai_and_back() -> None:
    stream = events(thinking("I ", "think", signature="SIG"), text("so"))
    back = MessageEvents("claude")
    made = [event for chunk in _without_counting(stream) for event in back.feed(chunk)]
    kinds = [event["delta"]["type"] for event in made if event["type"] == "content_block_delta"]
    assert kinds == ["thinking_delta", "thinking_delta", "signature_delta", "text_delta"]


def test_events_are_written_as_server_sent_events() -> None:
    sent = b"".join(to_sse(event) for event in MessageEvents("m").finish())
    assert [json.loads(data)["type"] for data in SSESplitter().feed(sent)] == ["message_delta", "message_stop"]
    assert sent.startswith(b"event: message_delta\ndata: ")


def _without_counting(stream: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The chunks up to the closing one, which counts thinking tokens."""
    decoder = AnthropicChunks(json_mode=False)
    return [chunk for event in stream[:-2] for chunk in decoder.feed(json.dumps(event).encode())]


def _essence(stream: list[dict[str, Any]]) -> list[Any]:
    """Blocks with their content put together, and the end."""
    blocks: list[Any] = []
    for event in stream:
        if event["type"] == "content_block_start":
            block = event["content_block"]
            blocks.append([block["type"], block.get("name"), block.get("id"), ""])
        elif event["type"] == "content_block_delta":
            delta = event["delta"]
            blocks[-1][3] += delta.get("text") or delta.get("partial_json") or ""
        elif event["type"] == "message_delta":
            blocks.append([event["delta"]["stop_reason"], event["usage"]["output_tokens"]])
    return blocks
