"""Converse's event stream as OpenAI chat.completion.chunk dicts."""

from __future__ import annotations

import json
from typing import Any

from litellm.llms.anthropic.schema import JSON_TOOL
from litellm.llms.bedrock.converse.response import convert_usage, finish_reason, thinking_block, thinking_tokens
from litellm.llms.bedrock.converse.tools import ToolNames
from litellm.llms.wire import WireError, decode_json


class ConverseChunks:
    """Reads one stream. Events are told apart by what they hold: each kind has a member of its own."""

    __slots__ = ("_answered_by_tool", "_counted", "_json_mode", "_json_tool", "_names", "_seen", "_thinking", "_tool")

    def __init__(self, *, json_mode: bool = False, names: ToolNames | None = None) -> None:
        self._json_mode = json_mode
        self._json_tool = False
        self._answered_by_tool = False
        self._names = names or ToolNames()
        self._tool = -1
        self._thinking: list[str] | None = None
        self._counted: int | None = None
        self._seen = False

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event's payload. Raises `WireError` when it cannot be read."""
        try:
            data = decode_json(event)
        except ValueError as error:
            raise WireError("the provider sent an event that is not JSON", status=None) from error
        if not isinstance(data, dict):
            return []
        self._seen = True
        if isinstance(data.get("delta"), dict):
            return self._delta(data["delta"])
        if isinstance(data.get("start"), dict):
            return self._start(data["start"])
        if "stopReason" in data:
            return self._stop(data)
        if isinstance(data.get("usage"), dict):
            return self._metadata(data)
        if "contentBlockIndex" in data:
            self._json_tool = False
        return []

    def finish(self) -> list[dict[str, Any]]:
        """Nothing. Raises `WireError` when no event ever came."""
        if not self._seen:
            raise WireError("the provider ended the stream before it said anything", status=None)
        return []

    def _delta(self, delta: dict[str, Any]) -> list[dict[str, Any]]:
        if "text" in delta:
            return [_chunk({"content": delta["text"] or ""})]
        if isinstance(delta.get("toolUse"), dict):
            return self._tool_input(delta["toolUse"].get("input") or "")
        if isinstance(delta.get("reasoningContent"), dict):
            return [self._reasoning(delta["reasoningContent"])]
        if isinstance(delta.get("citation"), dict):
            return [_chunk({"content": "", "provider_specific_fields": {"citation": delta["citation"]}})]
        return []

    def _start(self, start: dict[str, Any]) -> list[dict[str, Any]]:
        use = start.get("toolUse")
        if not isinstance(use, dict):
            return []
        if self._json_mode and use.get("name") == JSON_TOOL:
            self._json_tool = self._answered_by_tool = True
            return []
        self._tool += 1
        function = {"name": self._names.original(str(use.get("name") or "")), "arguments": ""}
        call = {"index": self._tool, "id": use.get("toolUseId"), "type": "function", "function": function}
        return [_chunk({"content": "", "tool_calls": [call]})]

    def _tool_input(self, piece: Any) -> list[dict[str, Any]]:
        text = piece if isinstance(piece, str) else json.dumps(piece)
        if not text:
            return []
        if self._json_tool:
            return [_chunk({"content": text})]
        call = {"index": max(self._tool, 0), "type": "function", "function": {"arguments": text}}
        return [_chunk({"content": "", "tool_calls": [call]})]

    def _reasoning(self, piece: dict[str, Any]) -> dict[str, Any]:
        if self._thinking is None:
            self._thinking = []
        text = piece.get("text") or ""
        self._thinking.append(text)
        return _chunk(
            {
                "content": "",
                "reasoning_content": text,
                "thinking_blocks": [thinking_block(piece)],
                "provider_specific_fields": {"reasoningContent": piece},
            }
        )

    def _stop(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        self._counted = thinking_tokens(data)
        reason = finish_reason(data["stopReason"])
        if self._answered_by_tool and self._tool < 0 and reason == "tool_calls":
            reason = "stop"
        return [_chunk({}, reason)]

    def _metadata(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        thinking = None if self._thinking is None else "".join(self._thinking)
        usage: dict[str, Any] = {"choices": [], "usage": convert_usage(data["usage"], thinking, self._counted)}
        if not data.get("trace"):
            return [usage]
        return [{**_chunk({}), "provider_specific_fields": {"trace": data["trace"]}}, usage]


def _chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "provider_specific_fields": {}}
