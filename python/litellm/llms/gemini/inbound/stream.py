"""The chunks of a chat completion as the events of a streamed generateContent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.inbound.response import call_part, to_finish_reason, to_grounding, to_usage
from litellm.llms.inbound_wire import CallPieces
from litellm.llms.wire import encode_json


class ContentEvents:
    """Makes one stream's events. A tool call is told when it is whole: Gemini's have no pieces."""

    def __init__(self) -> None:
        self._calls: dict[int, CallPieces] = {}
        self._reasons: dict[int, str] = {}
        self._usage: Mapping[str, Any] = {}
        self._named: dict[str, Any] = {}

    def feed(self, chunk: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The events of one chunk dict; none for a chunk that only begins a call, or ends a choice."""
        for ours, theirs in (("model", "modelVersion"), ("id", "responseId")):
            if chunk.get(ours):
                self._named[theirs] = chunk[ours]
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        candidates = []
        for choice in chunk.get("choices") or ():
            index = choice.get("index") or 0
            if choice.get("finish_reason"):
                self._reasons[index] = choice["finish_reason"]
            candidate = self._candidate(index, choice.get("delta") or {})
            if candidate is not None:
                candidates.append(candidate)
        return [{"candidates": candidates, **self._named}] if candidates else []

    def _candidate(self, index: int, delta: Mapping[str, Any]) -> dict[str, Any] | None:
        parts: list[dict[str, Any]] = []
        if delta.get("reasoning_content"):
            parts.append({"text": delta["reasoning_content"], "thought": True})
        for block in delta.get("thinking_blocks") or ():
            if block.get("signature"):
                parts.append({"text": "", "thought": True, "thoughtSignature": block["signature"]})
        if delta.get("content"):
            parts.append({"text": delta["content"]})
        for image in delta.get("images") or ():
            url = (image.get("image_url") or {}).get("url") or ""
            if url.startswith("data:"):
                head, _, data = url[5:].partition(",")
                parts.append({"inlineData": {"mimeType": head.split(";")[0], "data": data}})
        for call in delta.get("tool_calls") or ():
            self._calls.setdefault(index, CallPieces()).add(call)
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": index}
        grounding = to_grounding(delta.get("annotations") or [])
        if grounding:
            candidate["groundingMetadata"] = grounding
        return candidate if parts or grounding else None

    def finish(self) -> list[dict[str, Any]]:
        """The last event: calls, finish reasons and usage."""
        candidates = []
        for index in sorted({*self._calls, *self._reasons} or {0}):
            calls = self._calls[index].whole() if index in self._calls else ()
            parts = [call_part(call) for call in calls]
            candidates.append(
                {
                    "content": {"role": "model", "parts": parts},
                    "finishReason": to_finish_reason(self._reasons.get(index)),
                    "index": index,
                }
            )
        return [{"candidates": candidates, "usageMetadata": to_usage(self._usage), **self._named}]


def to_sse(event: Mapping[str, Any]) -> bytes:
    """`event` as a server-sent event."""
    return b"data: " + encode_json(event) + b"\r\n\r\n"
