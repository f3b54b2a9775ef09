"""Cohere's streams, version 2 and 1 of its API, as OpenAI chat.completion.chunk dicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litellm.llms.chunks import chunk, read_event
from litellm.llms.wire import WireError, encode_json

FinishReason = Callable[[str | None], str]
UsageOf = Callable[[Any], dict[str, Any]]


class CohereChunks:
    """Version 2: server-sent events, each typed. Text, thinking and pieces of tool calls become a chunk each."""

    __slots__ = ("_finish_reason", "_tool", "_usage")

    def __init__(self, finish_reason: FinishReason, usage: UsageOf) -> None:
        self._finish_reason = finish_reason
        self._usage = usage
        self._tool = -1

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` for one that cannot be read or that says a failure."""
        data = read_event(event)
        delta = data.get("delta")
        if not isinstance(delta, dict):
            return []
        kind = data.get("type")
        if kind == "message-end":
            return self._end(delta)
        message = delta.get("message")
        if not isinstance(message, dict):
            return []
        if kind in ("content-start", "content-delta"):
            return _content(message.get("content"))
        if kind in ("tool-call-start", "tool-call-delta"):
            return self._tool_call(message.get("tool_calls"), started=kind == "tool-call-start")
        if kind == "citation-start" and message.get("citations"):
            return [chunk({"content": "", "provider_specific_fields": {"citation": message["citations"]}})]
        return []

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []

    def _tool_call(self, call: Any, *, started: bool) -> list[dict[str, Any]]:
        if not isinstance(call, dict):
            return []
        function = call.get("function") or {}
        piece: dict[str, Any] = {"type": "function", "function": {"arguments": function.get("arguments") or ""}}
        if started:
            self._tool += 1
            piece["id"], piece["function"]["name"] = call.get("id"), function.get("name")
        piece["index"] = max(self._tool, 0)
        return [chunk({"tool_calls": [piece]})]

    def _end(self, delta: dict[str, Any]) -> list[dict[str, Any]]:
        if delta.get("finish_reason") == "ERROR":
            raise WireError(str(delta.get("error") or "the provider's stream ended with an error"))
        last = chunk({}, self._finish_reason(delta.get("finish_reason")))
        if delta.get("usage"):
            last["usage"] = self._usage(delta["usage"])
        return [last]


class CohereV1Chunks:
    """Version 1: a JSON object on each line, named by `event_type`."""

    __slots__ = ("_finish_reason", "_usage")

    def __init__(self, finish_reason: FinishReason, usage: UsageOf) -> None:
        self._finish_reason = finish_reason
        self._usage = usage

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one line. Raises `WireError` for one that cannot be read or that says a failure."""
        data = read_event(event)
        kind = data.get("event_type")
        if kind == "text-generation":
            return [chunk({"content": str(data.get("text") or "")})]
        if kind == "tool-calls-generation":
            calls = [tool_call(call, index) for index, call in enumerate(data.get("tool_calls") or ())]
            return [chunk({"content": "", "tool_calls": calls})] if calls else []
        if kind == "stream-end":
            return [self._end(data)]
        return []

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every line was answered when it came."""
        return []

    def _end(self, data: dict[str, Any]) -> dict[str, Any]:
        last = chunk({}, self._finish_reason(data.get("finish_reason")))
        response = data.get("response")
        if isinstance(response, dict) and response.get("meta"):
            last["usage"] = self._usage(response["meta"])
        return last


def tool_call(call: Any, index: int) -> dict[str, Any]:
    """A version 1 tool call, whose parameters are an object, as OpenAI's."""
    call = call if isinstance(call, dict) else {}
    arguments = encode_json(call.get("parameters") or {}).decode()
    return {"index": index, "type": "function", "function": {"name": call.get("name"), "arguments": arguments}}


def _content(content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, dict):
        return []
    if content.get("thinking"):
        return [chunk({"content": "", "reasoning_content": str(content["thinking"])})]
    return [chunk({"content": str(content["text"])})] if content.get("text") else []
