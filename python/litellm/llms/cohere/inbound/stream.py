"""Chat completion chunks as the events of a stream of Cohere's `POST /v2/chat`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.cohere.inbound.response import citations, finish_reason, to_usage, tool_call
from litellm.llms.wire import encode_json

Event = dict[str, Any]


class CohereEvents:
    """Turns the chunks of one stream into events; each block is opened when its first piece comes."""

    def __init__(self) -> None:
        self._id: str | None = None
        self._open: tuple[str, int] | None = None
        self._contents = 0
        self._cited = 0
        self._finish: str | None = None
        self._usage: Mapping[str, Any] = {}
        self._text: list[str] = []

    def feed(self, chunk: Mapping[str, Any]) -> list[Event]:
        """The events of one chunk dict; the first opens the stream."""
        events: list[Event] = []
        self._begin(chunk.get("id"), events)
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        for choice in (chunk.get("choices") or ())[:1]:
            if choice.get("finish_reason"):
                self._finish = choice["finish_reason"]
            self._delta(choice.get("delta") or {}, events)
        return events

    def finish(self) -> list[Event]:
        """The events that close the stream."""
        events: list[Event] = []
        self._begin(None, events)
        self._close(events)
        delta = {"finish_reason": finish_reason(self._finish), "usage": to_usage(self._usage)}
        return [*events, {"type": "message-end", "id": self._id, "delta": delta}]

    def _begin(self, told: Any, events: list[Event]) -> None:
        if self._id is not None:
            return
        self._id = str(told or uuid.uuid4())
        empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        events.append({"type": "message-start", "id": self._id, "delta": {"message": empty}})

    def _delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        for kind, text in (("thinking", delta.get("reasoning_content")), ("text", delta.get("content"))):
            if text:
                self._content(kind, text, events)
        for call in delta.get("tool_calls") or ():
            self._tool_call(call, events)
        for citation in citations(delta, "".join(self._text)):
            told = {"message": {"citations": citation}}
            events.append({"type": "citation-start", "index": self._cited, "delta": told})
            events.append({"type": "citation-end", "index": self._cited})
            self._cited += 1

    def _content(self, kind: str, text: str, events: list[Event]) -> None:
        if self._open is None or self._open[0] != kind:
            self._close(events)
            self._open = (kind, self._contents)
            self._contents += 1
            events.append(self._block("content-start", {"content": {"type": kind, kind: ""}}))
        if kind == "text":
            self._text.append(text)
        events.append(self._block("content-delta", {"content": {kind: text}}))

    def _tool_call(self, call: Mapping[str, Any], events: list[Event]) -> None:
        opened = ("tool", call.get("index") or 0)
        arguments = (call.get("function") or {}).get("arguments") or ""
        if self._open != opened:
            self._close(events)
            self._open = opened
            told = tool_call(call)
            told["function"]["arguments"] = ""
            events.append(self._block("tool-call-start", {"tool_calls": told}))
        if arguments:
            events.append(self._block("tool-call-delta", {"tool_calls": {"function": {"arguments": arguments}}}))

    def _block(self, kind: str, message: dict[str, Any]) -> Event:
        return {"type": kind, "index": self._open[1] if self._open else 0, "delta": {"message": message}}

    def _close(self, events: list[Event]) -> None:
        if self._open is not None:
            kind = "tool-call-end" if self._open[0] == "tool" else "content-end"
            events.append({"type": kind, "index": self._open[1]})
            self._open = None


class CohereStream:
    """The same as server-sent events."""

    def __init__(self, model: str) -> None:
        self._events = CohereEvents()

    def feed(self, chunk: Mapping[str, Any]) -> bytes:
        """The events of one chunk dict."""
        return b"".join(map(to_sse, self._events.feed(chunk)))

    def finish(self, took_s: float) -> bytes:
        """The events that close the stream."""
        return b"".join(map(to_sse, self._events.finish()))


def to_sse(event: Event) -> bytes:
    """`event` as a server-sent event."""
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), encode_json(event))
