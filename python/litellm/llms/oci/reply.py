"""Oracle's replies and streams, of both chat formats."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import chunk, read_event, token_usage

_REASONS: Mapping[str, str] = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "content_filter": "content_filter",
    "error_toxic": "content_filter",
}


def finish_reason(reason: Any) -> str:
    """OpenAI's word for a finish reason."""
    return _REASONS.get(str(reason or "").lower(), "stop")


def convert_usage(usage: Any) -> dict[str, Any]:
    """Usage in OpenAI's terms."""
    said = usage if isinstance(usage, dict) else {}
    made = token_usage(int(said.get("promptTokens") or 0), int(said.get("completionTokens") or 0))
    details = said.get("completionTokensDetails")
    if isinstance(details, dict) and details.get("reasoningTokens"):
        made["completion_tokens_details"] = {"reasoning_tokens": int(details["reasoningTokens"])}
    cached = (said.get("promptTokensDetails") or {}).get("cachedTokens") if said else None
    if cached:
        made["prompt_tokens_details"] = {"cached_tokens": int(cached)}
    return made


def text_of(message: Mapping[str, Any]) -> str | None:
    """The text of a message, in either format."""
    if isinstance(message.get("text"), str):
        return str(message["text"])
    content = message.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    return "".join(str(part.get("text") or "") for part in parts) if parts else None


def tool_calls(calls: Any, start: int = 0) -> list[dict[str, Any]]:
    """Tool calls in either format as OpenAI's, counted from `start`."""
    made = []
    for index, call in enumerate(calls if isinstance(calls, list) else (), start):
        if not isinstance(call, dict):
            continue
        arguments = call.get("arguments")
        if not isinstance(arguments, str):
            arguments = json.dumps(call.get("parameters") or {})
        function = {"name": call.get("name"), "arguments": arguments}
        number = str(call.get("id") or f"call_{uuid.uuid4().hex[:24]}")
        made.append({"index": index, "id": number, "type": "function", "function": function})
    return made


class OciChunks:
    """Reads one stream. Cohere's last event repeats the whole text, which is not said again."""

    __slots__ = ("_calls", "_said")

    def __init__(self) -> None:
        self._said = ""
        self._calls = 0

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it cannot be read or says a failure."""
        data = read_event(event)
        message = data.get("message")
        said: Mapping[str, Any] = message if isinstance(message, dict) else data
        made = []
        text = text_of(said)
        if text and not (data.get("finishReason") and text == self._said):
            self._said += text
            made.append(chunk({"content": text}))
        calls = tool_calls(said.get("toolCalls"), self._calls)
        if calls:
            self._calls += len(calls)
            made.append(chunk({"tool_calls": calls}))
        if data.get("finishReason"):
            made.append(chunk({}, "tool_calls" if self._calls else finish_reason(data["finishReason"])))
        if isinstance(data.get("usage"), dict):
            made.append({"choices": [], "usage": convert_usage(data["usage"])})
        return made

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []
