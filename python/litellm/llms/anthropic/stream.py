"""Anthropic's stream of events as OpenAI chat.completion.chunk dicts."""

from __future__ import annotations

from typing import Any

from litellm.llms.anthropic.response import convert_usage, error_in_body, finish_reason
from litellm.llms.anthropic.schema import JSON_TOOL
from litellm.llms.anthropic.websearch import pending_call, search_call
from litellm.llms.wire import decode_json


class AnthropicChunks:
    """Reads one stream. Text, thinking, tool input and citations each become a chunk; usage comes with the last."""

    __slots__ = ("_answered_by_tool", "_json_mode", "_json_tool", "_thinking", "_tool", "_usage")

    def __init__(self, *, json_mode: bool) -> None:
        self._json_mode = json_mode
        self._json_tool = False
        self._answered_by_tool = False
        self._tool = -1
        self._thinking: list[str] = []
        self._usage: dict[str, Any] = {}

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` for an error event; what is not JSON is passed over."""
        try:
            data = decode_json(event)
        except ValueError:
            return []
        if not isinstance(data, dict):
            return []
        kind = data.get("type")
        if kind == "content_block_delta":
            return self._delta(data.get("delta") or {})
        if kind == "content_block_start":
            return self._start(data.get("content_block") or {})
        if kind == "message_delta":
            return self._message_delta(data)
        if kind == "message_start":
            self._usage.update((data.get("message") or {}).get("usage") or {})
        elif kind == "error":
            raise error_in_body(data)
        return []

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []

    def _delta(self, delta: dict[str, Any]) -> list[dict[str, Any]]:
        kind = delta.get("type")
        if kind == "text_delta":
            return [_chunk({"content": delta.get("text") or ""})]
        if kind == "input_json_delta":
            partial = delta.get("partial_json") or ""
            if not partial:
                return []
            if self._json_tool:
                return [_chunk({"content": partial})]
            call = {"index": self._tool, "type": "function", "function": {"arguments": partial}}
            return [_chunk({"content": "", "tool_calls": [call]})]
        if kind == "thinking_delta":
            text = delta.get("thinking") or ""
            self._thinking.append(text)
            return [_thinking_chunk({"type": "thinking", "thinking": text}, text)]
        if kind == "signature_delta":
            block = {"type": "thinking", "thinking": "", "signature": delta.get("signature")}
            return [_thinking_chunk(block, "")]
        if kind == "citations_delta":
            return [_chunk({"content": "", "provider_specific_fields": {"citation": delta.get("citation")}})]
        return []

    def _start(self, block: dict[str, Any]) -> list[dict[str, Any]]:
        kind = block.get("type")
        self._json_tool = False
        if kind == "text":
            return [_chunk({"content": block["text"]})] if block.get("text") else []
        if kind in ("tool_use", "server_tool_use"):
            return self._start_tool(block, hosted=kind == "server_tool_use")
        if kind == "redacted_thinking":
            return [_thinking_chunk(block, None)]
        if kind == "web_search_tool_result":
            fields = {"web_search_results": [block], "web_search_calls": {block.get("tool_use_id"): search_call(block)}}
            return [_chunk({"content": "", "provider_specific_fields": fields})]
        return []

    def _start_tool(self, block: dict[str, Any], *, hosted: bool) -> list[dict[str, Any]]:
        if self._json_mode and block.get("name") == JSON_TOOL:
            self._json_tool = self._answered_by_tool = True
            return []
        self._tool += 1
        function = {"name": block.get("name"), "arguments": ""}
        call = {"index": self._tool, "id": block.get("id"), "type": "function", "function": function}
        delta: dict[str, Any] = {"content": "", "tool_calls": [call]}
        if hosted:
            delta["provider_specific_fields"] = {"web_search_calls": {block.get("id"): pending_call(block)}}
        return [_chunk(delta)]

    def _message_delta(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        self._usage.update({k: v for k, v in (data.get("usage") or {}).items() if v is not None})
        reason = finish_reason((data.get("delta") or {}).get("stop_reason"))
        if self._answered_by_tool and self._tool < 0 and reason == "tool_calls":
            reason = "stop"
        chunk = _chunk({}, reason)
        chunk["usage"] = convert_usage(self._usage, "".join(self._thinking))
        return [chunk]


def _chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def _thinking_chunk(block: dict[str, Any], text: str | None) -> dict[str, Any]:
    delta: dict[str, Any] = {
        "content": "",
        "thinking_blocks": [block],
        "provider_specific_fields": {"thinking_blocks": [block]},
    }
    if text is not None:
        delta["reasoning_content"] = text
    return _chunk(delta)
