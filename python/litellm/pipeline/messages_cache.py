"""Anthropic's messages in the cache: whole messages, and streams made of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import litellm
from litellm.llms.anthropic.inbound.stream import to_sse
from litellm.llms.anthropic.response import convert_message
from litellm.llms.sse import SSESplitter
from litellm.pipeline.cached_shapes import AnthropicMessage, fits
from litellm.pipeline.caching import takes_part, tell, write
from litellm.pipeline.cost import cost_of
from litellm.pipeline.effects import Call, Steps
from litellm.pipeline.messages import messages_steps
from litellm.pipeline.results import chat_response
from litellm.pipeline.run import Run

Message = dict[str, Any]
# Where a piece of a block of content goes, by the type of its event: (field of the event, field of the block).
_PIECES = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "signature"),
    "input_json_delta": ("partial_json", "input"),
}


def cached_messages(arguments: dict[str, Any], *, is_async: bool) -> Steps[Any]:
    """As `messages_steps`, answered from the cache where one is set and the call takes part."""
    cache = litellm.cache
    call_type = "aanthropic_messages" if is_async else "anthropic_messages"
    if not takes_part(cache, arguments, call_type):
        return messages_steps(arguments, is_async=is_async)
    return _through(cache, arguments, is_async)


def _through(cache: Any, arguments: dict[str, Any], is_async: bool) -> Steps[Any]:
    asked = dict(arguments)
    found = yield Call(cache.async_get_cache if is_async else cache.get_cache, asked)
    if isinstance(found, dict) and fits(found, AnthropicMessage):
        _tell(asked, found, is_async)
        hidden = {"cache_hit": True, "model_id": (asked.get("model_info") or {}).get("id")}
        if not asked.get("stream"):
            return {**found, "_hidden_params": hidden}
        return Replayed([to_sse(event) for event in events_of(found)], hidden)
    answer = yield from messages_steps(arguments, is_async=is_async)
    if isinstance(answer, dict):
        yield Call(cache.async_add_cache if is_async else cache.add_cache, {**asked, "result": answer})
        return answer
    if hasattr(answer, "__anext__"):
        return _heard_async(answer, MessageBuilder(lambda message: write(cache, asked, True, message)))
    return _heard(answer, MessageBuilder(lambda message: write(cache, asked, False, message)))


def _tell(asked: dict[str, Any], message: Message, is_async: bool) -> None:
    run = Run(asked, "anthropic_messages", is_async=is_async)
    if run.logging is not None:
        run.resolve_provider()
        response = chat_response(run, {"id": message.get("id"), **convert_message(message, json_mode=False)})
        tell(run, response, {"response_cost": cost_of(response, run)})


class Replayed:
    """The server-sent events of a message from the cache, with `for` or `async for`."""

    def __init__(self, events: list[bytes], hidden: dict[str, Any]) -> None:
        self._events, self._hidden_params = iter(events), hidden

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    async def __anext__(self) -> bytes:
        for event in self._events:
            return event
        raise StopAsyncIteration


def _heard(source: Iterator[bytes], builder: MessageBuilder) -> Iterator[bytes]:
    for data in source:
        builder.feed(data)
        yield data


async def _heard_async(source: AsyncIterator[bytes], builder: MessageBuilder) -> AsyncIterator[bytes]:
    async for data in source:
        builder.feed(data)
        yield data


class MessageBuilder:
    """Puts the events of a stream together; `whole` is called with the message when its last event was read.

    A stream that breaks off, or has an event that is none of Anthropic's, makes no message.
    """

    def __init__(self, whole: Callable[[Message], None]) -> None:
        self._whole = whole
        self._splitter = SSESplitter()
        self._message: Message | None = None
        self._inputs: dict[int, str] = {}

    def feed(self, data: bytes) -> None:
        """Read more of the stream."""
        for text in self._splitter.feed(data):
            try:
                event = json.loads(text)
                self._take(event)
            except (ValueError, KeyError, IndexError, TypeError):
                self._message = None

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if kind == "message_start":
            self._message = {**event["message"], "content": []}
        message = self._message
        if message is None:
            return
        if kind == "content_block_start":
            message["content"].append(dict(event["content_block"]))
        elif kind == "content_block_delta":
            self._add(message["content"][event["index"]], event["index"], event["delta"])
        elif kind == "message_delta":
            message.update(event["delta"])
            message["usage"] = {**(message.get("usage") or {}), **(event.get("usage") or {})}
        elif kind == "message_stop":
            for index, text in self._inputs.items():
                message["content"][index]["input"] = json.loads(text or "{}")
            self._message = None
            self._whole(message)
        elif kind == "error":
            self._message = None

    def _add(self, block: dict[str, Any], index: int, delta: dict[str, Any]) -> None:
        if delta["type"] == "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
            return
        name, field = _PIECES[delta["type"]]
        if field == "input":
            self._inputs[index] = self._inputs.get(index, "") + delta[name]
        else:
            block[field] = (block.get(field) or "") + delta[name]


def events_of(message: Message) -> Iterator[dict[str, Any]]:
    """The events of a stream that makes this message."""
    usage = message.get("usage") or {}
    start = {**message, "content": [], "stop_reason": None, "stop_sequence": None}
    yield {"type": "message_start", "message": {**start, "usage": {**usage, "output_tokens": 0}}}
    for index, block in enumerate(message["content"]):
        yield from _block_events(index, block)
    ended = {"stop_reason": message.get("stop_reason"), "stop_sequence": message.get("stop_sequence")}
    yield {"type": "message_delta", "delta": ended, "usage": usage}
    yield {"type": "message_stop"}


def _block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    deltas: list[dict[str, Any]] = []
    empty = dict(block)
    if "input" in block and block.get("type") in ("tool_use", "server_tool_use", "mcp_tool_use"):
        deltas.append({"type": "input_json_delta", "partial_json": json.dumps(block["input"])})
        empty["input"] = {}
    elif block.get("type") in ("text", "thinking"):
        for kind, (name, field) in _PIECES.items():
            if field != "input" and isinstance(block.get(field), str):
                deltas.append({"type": kind, name: block[field]})
                empty[field] = ""
        cited = empty.pop("citations", None) or []
        deltas += [{"type": "citations_delta", "citation": citation} for citation in cited]
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}
