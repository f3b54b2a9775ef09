"""Converse's reply as an OpenAI chat.completion dict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.anthropic.schema import JSON_TOOL
from litellm.llms.bedrock.converse.tools import ToolNames
from litellm.llms.wire import WireError

FINISH_REASONS: Mapping[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "refusal": "content_filter",
}


def finish_reason(stop_reason: str | None) -> str:
    """OpenAI's word for a stop reason; `stop` for those it has no word for."""
    return FINISH_REASONS.get(stop_reason or "", "stop")


def convert_response(data: Mapping[str, Any], *, model: str, json_mode: bool, names: ToolNames) -> dict[str, Any]:
    """`data`, a Converse reply, as a chat.completion dict. Raises `WireError` when a part that it must have is missing.

    `names` gives tools back the names that the caller knows them by.
    """
    message = (data.get("output") or {}).get("message") if isinstance(data.get("output"), dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        raise _missing("output.message.content", data)
    if not isinstance(data.get("usage"), dict):
        raise _missing("usage", data)
    parts = _Parts(json_mode, names)
    for index, block in enumerate(content):
        if isinstance(block, dict):
            parts.add(index, block)
    reason = finish_reason(data.get("stopReason"))
    if parts.answer is not None and not parts.tool_calls and reason == "tool_calls":
        reason = "stop"
    made: dict[str, Any] = {
        "object": "chat.completion",
        "model": model,
        "choices": [{"index": 0, "finish_reason": reason, "message": parts.message()}],
        "usage": convert_usage(data["usage"], parts.thinking_text(), thinking_tokens(data)),
    }
    if isinstance(data.get("serviceTier"), dict):
        made["service_tier"] = data["serviceTier"].get("type")
    if data.get("trace"):
        made["trace"] = data["trace"]
    return made


def _missing(what: str, data: Mapping[str, Any]) -> WireError:
    said = data.get("message") or data.get("Message")
    return WireError(f"the provider's reply has no {what}" + (f": {said}" if said else ""), status=None)


class _Parts:
    """What the content blocks of one message add up to."""

    def __init__(self, json_mode: bool, names: ToolNames) -> None:
        self.json_mode = json_mode
        self.names = names
        self.texts: list[str] = []
        self.tool_calls: list[dict[str, Any]] = []
        self.reasoning: list[dict[str, Any]] = []
        self.citations: list[dict[str, Any]] = []
        self.answer: str | None = None

    def add(self, index: int, block: dict[str, Any]) -> None:
        if "text" in block:
            self.texts.append(block["text"] or "")
        elif isinstance(block.get("toolUse"), dict):
            self._tool_use(index, block["toolUse"])
        elif isinstance(block.get("reasoningContent"), dict):
            self.reasoning.append(block["reasoningContent"])
        elif isinstance(block.get("citationsContent"), dict):
            cited = block["citationsContent"]
            self.citations.append(cited)
            self.texts += [piece.get("text") or "" for piece in cited.get("content") or ()]

    def _tool_use(self, index: int, use: dict[str, Any]) -> None:
        value = use.get("input")
        if self.json_mode and use.get("name") == JSON_TOOL:
            self.answer = json.dumps(unwrapped(value))
            return
        self.tool_calls.append(
            {
                "index": index,
                "id": use.get("toolUseId"),
                "type": "function",
                "function": {
                    "name": self.names.original(str(use.get("name") or "")),
                    "arguments": json.dumps(value if value is not None else {}),
                },
            }
        )

    def thinking_text(self) -> str | None:
        """The text of all thinking; None when there was none."""
        if not self.reasoning:
            return None
        return "".join((item.get("reasoningText") or {}).get("text") or "" for item in self.reasoning)

    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant"}
        message["content"] = "".join(self.texts) if self.answer is None else self.answer
        if self.tool_calls:
            message["tool_calls"] = self.tool_calls
        fields: dict[str, Any] = {}
        if self.reasoning:
            fields["reasoningContentBlocks"] = self.reasoning
            message["reasoning_content"] = self.thinking_text()
            message["thinking_blocks"] = [thinking_block(item) for item in self.reasoning]
        if self.citations:
            fields["citationsContent"] = self.citations
        if fields:
            message["provider_specific_fields"] = fields
        return message


def thinking_block(item: Mapping[str, Any]) -> dict[str, Any]:
    """A `reasoningContent` as a thinking block of Anthropic's form, which OpenAI-shaped messages use."""
    if "redactedContent" in item:
        return {"type": "redacted_thinking", "data": item["redactedContent"]}
    said = item.get("reasoningText") or item
    block = {"type": "thinking", "thinking": said.get("text") or ""}
    if said.get("signature"):
        block["signature"] = said["signature"]
    return block


def unwrapped(value: Any) -> Any:
    """The answer inside a JSON tool's input: some models wrap it in `properties`."""
    if isinstance(value, dict) and set(value) == {"properties"} and isinstance(value["properties"], dict):
        return value["properties"]
    return value if value is not None else {}


def thinking_tokens(data: Mapping[str, Any]) -> int | None:
    """The thinking tokens that the model counted itself; None when it did not say."""
    usage = (data.get("additionalModelResponseFields") or {}).get("usage")
    details = usage.get("output_tokens_details") if isinstance(usage, dict) else None
    found = details.get("thinking_tokens") if isinstance(details, dict) else None
    return found if isinstance(found, int) else None


def convert_usage(usage: Mapping[str, Any], thinking: str | None, counted: int | None = None) -> dict[str, Any]:
    """Converse's usage in OpenAI's terms: cached tokens are among `prompt_tokens`.

    `thinking` is the reply's thinking text, from which its tokens are counted unless the model `counted` them; the
    empty text of redacted thinking says nothing of their number.
    """
    read = usage.get("cacheReadInputTokens") or 0
    written = usage.get("cacheWriteInputTokens") or 0
    fresh = usage.get("inputTokens") or 0
    completion = usage.get("outputTokens") or 0
    prompt = fresh + read + written
    details: dict[str, Any] = {
        "cached_tokens": read,
        "cache_creation_tokens": written,
        "cache_write_tokens": written,
        "text_tokens": fresh,
    }
    written_for = {str(entry.get("ttl")): entry.get("inputTokens") or 0 for entry in usage.get("cacheDetails") or ()}
    if written_for:
        details["cache_creation_token_details"] = {f"ephemeral_{ttl}_input_tokens": n for ttl, n in written_for.items()}
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": usage.get("totalTokens") or prompt + completion,
        "prompt_tokens_details": details,
        "completion_tokens_details": _completion_details(completion, thinking, counted),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }


def _completion_details(completion: int, thinking: str | None, counted: int | None) -> dict[str, Any]:
    if counted is None and thinking == "":
        return {}
    tokens = counted if counted is not None else count_text_tokens(thinking) if thinking else 0
    tokens = min(tokens, completion)
    return {"reasoning_tokens": tokens, "text_tokens": completion - tokens}
