"""A chat completion as a Converse reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.inbound.response import tool_input

STOP_REASONS: Mapping[str, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "content_filtered",
}


def stop_reason(finish_reason: str | None) -> str:
    """Converse's word for a finish reason."""
    return STOP_REASONS.get(finish_reason or "stop", "end_turn")


def to_converse(response: Mapping[str, Any], *, latency_ms: int = 0) -> dict[str, Any]:
    """`response`, a chat.completion dict, as a Converse reply."""
    choice = (response.get("choices") or [{}])[0]
    made: dict[str, Any] = {
        "output": {"message": {"role": "assistant", "content": content(choice.get("message") or {})}},
        "stopReason": stop_reason(choice.get("finish_reason")),
        "usage": to_usage(response.get("usage") or {}),
        "metrics": {"latencyMs": latency_ms},
    }
    if response.get("trace"):
        made["trace"] = response["trace"]
    return made


def content(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The content blocks of an assistant's message: thinking, text, and calls of tools."""
    blocks = [reasoning_block(block) for block in message.get("thinking_blocks") or ()]
    if not blocks and message.get("reasoning_content"):
        blocks.append({"reasoningContent": {"reasoningText": {"text": message["reasoning_content"]}}})
    if message.get("content"):
        blocks.append({"text": message["content"]})
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        blocks.append(
            {
                "toolUse": {
                    "toolUseId": call.get("id"),
                    "name": function.get("name"),
                    "input": tool_input(function.get("arguments")),
                }
            }
        )
    return blocks


def reasoning_block(block: Mapping[str, Any]) -> dict[str, Any]:
    """A thinking block as Converse has it."""
    if block.get("type") == "redacted_thinking":
        return {"reasoningContent": {"redactedContent": block.get("data")}}
    said = {"text": block.get("thinking") or ""}
    if block.get("signature"):
        said["signature"] = block["signature"]
    return {"reasoningContent": {"reasoningText": said}}


def to_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI usage in Converse's terms: cached tokens stand beside the input tokens, not among them."""
    details = usage.get("prompt_tokens_details") or {}
    read = usage.get("cache_read_input_tokens") or details.get("cached_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or details.get("cache_creation_tokens") or 0
    prompt, completion = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    made: dict[str, Any] = {
        "inputTokens": max(prompt - read - written, 0),
        "outputTokens": completion,
        "totalTokens": usage.get("total_tokens") or prompt + completion,
    }
    if read:
        made["cacheReadInputTokens"] = read
    if written:
        made["cacheWriteInputTokens"] = written
        by_ttl = details.get("cache_creation_token_details") or {}
        named = ((name.removeprefix("ephemeral_").removesuffix("_input_tokens"), n) for name, n in by_ttl.items())
        listed = [{"ttl": ttl, "inputTokens": n} for ttl, n in named]
        if listed:
            made["cacheDetails"] = listed
    return made
