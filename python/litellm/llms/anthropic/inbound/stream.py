"""Chat completion chunks as Anthropic stream events."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.inbound.response import stop_reason, to_usage
from litellm.llms.citations import streamed_citations
from litellm.llms.wire import encode_json

Event = dict[str, Any]


class MessageEvents:
    """Turns the chunks of one stream into events; each block is opened when its first piece comes."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._index = -1
        self._kind: str | None = None
        self._call: int | None = None
        self._finish: str | None = None
        self._usage: Mapping[str, Any] = {}
        self._text: list[str] = []

    def start(self) -> list[Event]:
        """The event that opens the stream."""
        usage = dict.fromkeys(
            ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"), 0
        )
        message: dict[str, Any] = {
            "id": f"msg_{uuid.uuid4()}",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": self._model,
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        return [{"type": "message_start", "message": message}]

    def feed(self, chunk: Mapping[str, Any]) -> list[Event]:
        """The events of one chunk."""
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        events: list[Event] = []
        for choice in chunk.get("choices") or ():
            if choice.get("finish_reason"):
                self._finish = choice["finish_reason"]
            self._delta(choice.get("delta") or {}, events)
        return events

    def finish(self) -> list[Event]:
        """The events that close the stream."""
        events: list[Event] = []
        self._close(events)
        delta = {"stop_reason": stop_reason(self._finish), "stop_sequence": None}
        events.append({"type": "message_delta", "delta": delta, "usage": to_usage(self._usage)})
        events.append({"type": "message_stop"})
        return events

    def _delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        self._thinking(delta, events)
        if delta.get("content"):
            self._open("text", {"type": "text", "text": ""}, events)
            self._piece({"type": "text_delta", "text": delta["content"]}, events)
            self._text.append(delta["content"])
        if delta.get("annotations") or delta.get("provider_specific_fields"):
            for citation in streamed_citations(delta, "".join(self._text)):
                self._open("text", {"type": "text", "text": ""}, events)
                self._piece({"type": "citations_delta", "citation": citation}, events)
        for call in delta.get("tool_calls") or ():
            self._tool_call(call, events)

    def _thinking(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        blocks = delta.get("thinking_blocks") or ()
        if not blocks and delta.get("reasoning_content"):
            blocks = ({"type": "thinking", "thinking": delta["reasoning_content"]},)
        for block in blocks:
            if block.get("type") == "redacted_thinking":
                self._close(events)
                self._open("redacted_thinking", dict(block), events)
                self._close(events)
                continue
            self._open("thinking", {"type": "thinking", "thinking": "", "signature": ""}, events)
            if block.get("thinking"):
                self._piece({"type": "thinking_delta", "thinking": block["thinking"]}, events)
            if block.get("signature"):
                self._piece({"type": "signature_delta", "signature": block["signature"]}, events)

    def _tool_call(self, call: Mapping[str, Any], events: list[Event]) -> None:
        function = call.get("function") or {}
        index = call.get("index") or 0
        if self._kind != "tool_use" or self._call != index:
            self._close(events)
            self._call = index
            call_id = call.get("id") or f"toolu_{uuid.uuid4()}"
            self._open(
                "tool_use", {"type": "tool_use", "id": call_id, "name": function.get("name"), "input": {}}, events
            )
        if function.get("arguments"):
            self._piece({"type": "input_json_delta", "partial_json": function["arguments"]}, events)

    def _open(self, kind: str, block: Mapping[str, Any], events: list[Event]) -> None:
        if self._kind == kind:
            return
        self._close(events)
        self._kind = kind
        self._index += 1
        events.append({"type": "content_block_start", "index": self._index, "content_block": block})

    def _close(self, events: list[Event]) -> None:
        if self._kind is not None:
            events.append({"type": "content_block_stop", "index": self._index})
            self._kind = None

    def _piece(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        events.append({"type": "content_block_delta", "index": self._index, "delta": delta})


def to_sse(event: Event) -> bytes:
    """`event` as a server-sent event."""
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), encode_json(event))
