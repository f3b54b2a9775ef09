"""Anthropic's reply as an OpenAI chat.completion dict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.anthropic.schema import JSON_TOOL
from litellm.llms.anthropic.websearch import search_call
from litellm.llms.wire import ErrorDetails, WireError

FINISH_REASONS: Mapping[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_SEARCH_RESULTS = ("web_search_tool_result", "web_fetch_tool_result")


def finish_reason(stop_reason: str | None) -> str:
    """OpenAI's word for an Anthropic stop reason; `stop` for those it has no word for."""
    return FINISH_REASONS.get(stop_reason or "", "stop")


def convert_message(data: dict[str, Any], *, json_mode: bool) -> dict[str, Any]:
    """`data`, an Anthropic message, as a chat.completion dict. Raises `WireError` when it is not a message."""
    if data.get("type") == "error" or "error" in data:
        raise error_in_body(data)
    content = data.get("content")
    if not isinstance(content, list):
        raise WireError("the provider's reply has no 'content' list", status=None)
    parts = _Parts(json_mode)
    for index, block in enumerate(content):
        if isinstance(block, dict):
            parts.add(index, block)
    reason = finish_reason(data.get("stop_reason"))
    if parts.answered_by_tool and not parts.tool_calls and reason == "tool_calls":
        reason = "stop"
    thinking = "".join(block.get("thinking") or "" for block in parts.thinking)
    return {
        "object": "chat.completion",
        "model": data.get("model"),
        "choices": [{"index": 0, "finish_reason": reason, "message": parts.message(thinking)}],
        "usage": convert_usage(data.get("usage") or {}, thinking),
    }


class _Parts:
    """What the content blocks of one message add up to."""

    def __init__(self, json_mode: bool) -> None:
        self.json_mode = json_mode
        self.texts: list[str] = []
        self.thinking: list[dict[str, Any]] = []
        self.tool_calls: list[dict[str, Any]] = []
        self.citations: list[Any] = []
        self.search_results: list[dict[str, Any]] = []
        self.answered_by_tool = False

    def add(self, index: int, block: dict[str, Any]) -> None:
        kind = block.get("type")
        if kind == "text":
            text = block.get("text") or ""
            self.texts.append(text)
            if block.get("citations"):
                self.citations.append([{**citation, "supported_text": text} for citation in block["citations"]])
        elif kind in ("tool_use", "server_tool_use"):
            self._add_call(index, block)
        elif kind in ("thinking", "redacted_thinking"):
            self.thinking.append(block)
        elif kind in _SEARCH_RESULTS:
            self.search_results.append(block)

    def _add_call(self, index: int, block: dict[str, Any]) -> None:
        value = block.get("input")
        if self.json_mode and block.get("name") == JSON_TOOL:
            self.answered_by_tool = True
            if isinstance(value, dict) and set(value) == {"values"}:
                value = value["values"]
            self.texts.append(json.dumps(value))
            return
        self.tool_calls.append(
            {
                "index": index,
                "id": block.get("id"),
                "type": "function",
                "function": {"name": block.get("name"), "arguments": json.dumps(value if value is not None else {})},
            }
        )

    def message(self, thinking: str) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self.texts) or None}
        if self.tool_calls:
            message["tool_calls"] = self.tool_calls
        if self.thinking:
            message["thinking_blocks"] = self.thinking
            message["reasoning_content"] = thinking
        if self.answered_by_tool and not self.tool_calls:
            return message
        fields: dict[str, Any] = {"citations": self.citations or None, "thinking_blocks": self.thinking or None}
        if self.search_results:
            fields["web_search_results"] = self.search_results
            fields["web_search_calls"] = [search_call(result) for result in self.search_results]
        message["provider_specific_fields"] = fields
        return message


def convert_usage(usage: dict[str, Any], thinking: str) -> dict[str, Any]:
    """Anthropic's usage in OpenAI's terms.

    Anthropic counts cached tokens beside `input_tokens`, OpenAI inside `prompt_tokens`. `thinking` is the reply's
    thinking text, from which the reasoning tokens are counted, since Anthropic does not name them.
    """
    read = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    fresh = usage.get("input_tokens") or 0
    completion = usage.get("output_tokens") or 0
    prompt = fresh + read + written
    reasoning = min(count_text_tokens(thinking), completion) if thinking else 0
    details: dict[str, Any] = {
        "cached_tokens": read,
        "cache_creation_tokens": written,
        "cache_write_tokens": written,
        "text_tokens": fresh,
    }
    if isinstance(usage.get("cache_creation"), dict):
        details["cache_creation_token_details"] = usage["cache_creation"]
    made: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": reasoning, "text_tokens": completion - reasoning},
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }
    for name in ("server_tool_use", "service_tier", "inference_geo", "speed"):
        if usage.get(name) is not None:
            made[name] = usage[name]
    return made


def error_in_body(data: dict[str, Any]) -> WireError:
    """The error that a reply of status 200, or an event of a stream, holds."""
    error = data.get("error")
    if not isinstance(error, dict):
        return WireError(str(error or data))
    message = str(error.get("message") or error)
    kind = error.get("type")
    return WireError(
        message,
        status=STATUS_OF_ERROR.get(str(kind), 500),
        details=ErrorDetails(message=message, type=kind if isinstance(kind, str) else None, body=error),
    )


STATUS_OF_ERROR: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 500,
    "timeout_error": 504,
}
"""Status of each error type: Anthropic's API reference, with `overloaded_error` as LiteLLM has it."""
