"""Chat completion chunks as Converse stream events."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.aws.event_stream import encode_frame
from litellm.llms.bedrock.converse.inbound.response import stop_reason, to_usage
from litellm.llms.wire import encode_json

Event = tuple[str, dict[str, Any]]
"""An event's type, and its payload."""


class ConverseEvents:
    """Turns the chunks of one stream into events; each block is opened when its first piece comes."""

    def __init__(self) -> None:
        self._index = -1
        self._open: tuple[str, int] | None = None
        self._finish: str | None = None
        self._usage: Mapping[str, Any] = {}

    def start(self) -> list[Event]:
        """The event that opens the stream."""
        return [("messageStart", {"role": "assistant"})]

    def feed(self, chunk: Mapping[str, Any]) -> list[Event]:
        """The events of one chunk."""
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        events: list[Event] = []
        for choice in (chunk.get("choices") or ())[:1]:
            if choice.get("finish_reason"):
                self._finish = choice["finish_reason"]
            self._delta(choice.get("delta") or {}, events)
        return events

    def finish(self, *, latency_ms: int = 0) -> list[Event]:
        """The events that close the stream."""
        events: list[Event] = []
        self._close(events)
        events.append(("messageStop", {"stopReason": stop_reason(self._finish)}))
        events.append(("metadata", {"usage": to_usage(self._usage), "metrics": {"latencyMs": latency_ms}}))
        return events

    def _delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        self._thinking(delta, events)
        if delta.get("content"):
            self._begin(("text", 0), None, events)
            self._piece({"text": delta["content"]}, events)
        for call in delta.get("tool_calls") or ():
            self._tool_call(call, events)

    def _thinking(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        blocks = delta.get("thinking_blocks") or ()
        if not blocks and delta.get("reasoning_content"):
            blocks = ({"type": "thinking", "thinking": delta["reasoning_content"]},)
        for block in blocks:
            redacted = block.get("type") == "redacted_thinking"
            if redacted:
                self._close(events)
            self._begin(("thinking", 0), None, events)
            if redacted:
                self._piece({"reasoningContent": {"redactedContent": block.get("data")}}, events)
                self._close(events)
                continue
            if block.get("thinking"):
                self._piece({"reasoningContent": {"text": block["thinking"]}}, events)
            if block.get("signature"):
                self._piece({"reasoningContent": {"signature": block["signature"]}}, events)

    def _tool_call(self, call: Mapping[str, Any], events: list[Event]) -> None:
        function = call.get("function") or {}
        use = {"toolUseId": call.get("id") or f"tooluse_{uuid.uuid4()}", "name": function.get("name")}
        self._begin(("tool", call.get("index") or 0), {"toolUse": use}, events)
        if function.get("arguments"):
            self._piece({"toolUse": {"input": function["arguments"]}}, events)

    def _begin(self, kind: tuple[str, int], start: dict[str, Any] | None, events: list[Event]) -> None:
        if self._open == kind:
            return
        self._close(events)
        self._open = kind
        self._index += 1
        if start is not None:
            events.append(("contentBlockStart", {"contentBlockIndex": self._index, "start": start}))

    def _close(self, events: list[Event]) -> None:
        if self._open is not None:
            events.append(("contentBlockStop", {"contentBlockIndex": self._index}))
            self._open = None

    def _piece(self, delta: dict[str, Any], events: list[Event]) -> None:
        events.append(("contentBlockDelta", {"contentBlockIndex": self._index, "delta": delta}))


def to_frame(event: Event) -> bytes:
    """`event` as a frame of AWS's event stream."""
    kind, payload = event
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return encode_frame(headers, encode_json(payload))


class ConverseStream:
    """The same as frames, opened by the first chunk."""

    def __init__(self) -> None:
        self._events = ConverseEvents()
        self._started = False

    def feed(self, chunk: Mapping[str, Any]) -> bytes:
        """The frames of one chunk dict."""
        return b"".join(map(to_frame, [*self._start(), *self._events.feed(chunk)]))

    def finish(self, took_s: float) -> bytes:
        """The frames that close the stream."""
        closing = self._events.finish(latency_ms=round(took_s * 1000))
        return b"".join(map(to_frame, [*self._start(), *closing]))

    def _start(self) -> list[Event]:
        started, self._started = self._started, True
        return [] if started else self._events.start()
