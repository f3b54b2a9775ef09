"""A chat completion as an Anthropic message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.citations import text_blocks
from litellm.llms.wire import decode_json

STOP_REASONS: Mapping[str, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def stop_reason(finish_reason: str | None) -> str:
    """Anthropic's word for an OpenAI finish reason."""
    return STOP_REASONS.get(finish_reason or "stop", "end_turn")


def to_message(response: Mapping[str, Any]) -> dict[str, Any]:
    """`response`, a chat.completion dict, as an Anthropic message."""
    choice = (response.get("choices") or [{}])[0]
    return {
        "id": response.get("id"),
        "type": "message",
        "role": "assistant",
        "model": response.get("model"),
        "content": _content(choice.get("message") or {}),
        "stop_reason": stop_reason(choice.get("finish_reason")),
        "stop_sequence": None,
        "usage": to_usage(response.get("usage") or {}),
    }


def to_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI usage in Anthropic's terms: cached tokens stand beside the input tokens, not among them."""
    details = usage.get("prompt_tokens_details") or {}
    read = usage.get("cache_read_input_tokens") or details.get("cached_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or details.get("cache_creation_tokens") or 0
    prompt = usage.get("prompt_tokens") or 0
    made: dict[str, Any] = {
        "input_tokens": max(prompt - read - written, 0),
        "output_tokens": usage.get("completion_tokens") or 0,
    }
    if read:
        made["cache_read_input_tokens"] = read
    if written:
        made["cache_creation_input_tokens"] = written
    return made


def _content(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [dict(block) for block in message.get("thinking_blocks") or ()]
    if not blocks and message.get("reasoning_content"):
        blocks.append({"type": "thinking", "thinking": message["reasoning_content"], "signature": ""})
    blocks += text_blocks(message)
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        blocks.append(
            {
                "type": "tool_use",
                "id": call.get("id"),
                "name": function.get("name"),
                "input": tool_input(function.get("arguments")),
            }
        )
    return blocks


def tool_input(arguments: Any) -> dict[str, Any]:
    """The arguments of a tool call as the object that Anthropic has; what is no object is kept under `arguments`."""
    if isinstance(arguments, dict):
        return arguments
    if not arguments:
        return {}
    try:
        value = decode_json(str(arguments))
    except ValueError:
        return {"arguments": arguments}
    return value if isinstance(value, dict) else {"arguments": value}
