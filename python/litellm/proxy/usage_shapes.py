"""Usage and text in a provider's JSON, whatever its API is: told by the shape, so that one reader serves every route.

Sources: the published references of OpenAI's chat, text and Responses APIs, Anthropic's messages, Gemini's
generateContent, Bedrock's Converse and InvokeModel, Cohere's v1 and v2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from litellm.litellm_core_utils.usage_counts import countable
from litellm.llms.anthropic.response import convert_usage as messages_usage
from litellm.llms.cohere.chat import convert_usage as cohere_usage
from litellm.llms.gemini.usage import convert_usage as gemini_usage
from litellm.llms.token_usage import token_usage

_WRAPPERS = ("message", "response", "delta", "metadata")
"""Objects that an event of a stream has its usage in."""


def raw_usage(event: Mapping[str, Any]) -> dict[str, Any]:
    """What `event`, a reply or an event of a stream, says of usage, in its API's own words; empty without any."""
    for name in ("usage", "usageMetadata", "amazon-bedrock-invocationMetrics"):
        if isinstance(event.get(name), dict):
            return dict(event[name])
    meta = event.get("meta")
    if isinstance(meta, dict) and ("billed_units" in meta or "tokens" in meta):
        return dict(meta)
    for name in _WRAPPERS:
        inner = event.get(name)
        if isinstance(inner, dict) and (found := raw_usage(inner)):
            return found
    return {}


def translated(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Usage of any of the APIs by OpenAI's names; empty for one that is not known, or that counts nothing."""
    usage = countable(usage) or {}
    for name, convert in _KINDS.items():
        if name in usage:
            made = convert(usage)
            return made if any(made.get(key) for key in ("prompt_tokens", "completion_tokens", "total_tokens")) else {}
    return {}


def anthropic_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Anthropic's usage in OpenAI's names. Cached tokens are part of the prompt, as upstream counts them."""
    return messages_usage(dict(usage), "")


def _of_bedrock(usage: Mapping[str, Any]) -> dict[str, Any]:
    return anthropic_usage({
        "input_tokens": usage.get("inputTokens", usage.get("inputTokenCount")),
        "output_tokens": usage.get("outputTokens", usage.get("outputTokenCount")),
        "cache_read_input_tokens": usage.get("cacheReadInputTokens", usage.get("cacheReadInputTokenCount")),
        "cache_creation_input_tokens": usage.get("cacheWriteInputTokens", usage.get("cacheWriteInputTokenCount")),
    })  # fmt: skip


def _of_openai(usage: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(usage)
    made.setdefault("total_tokens", int(usage.get("prompt_tokens") or 0) + int(usage.get("completion_tokens") or 0))
    return made


def _of_interactions(usage: Mapping[str, Any]) -> dict[str, Any]:
    """That of Gemini's interactions, whose thoughts are counted beside the output."""
    output = int(usage.get("total_output_tokens") or 0) + int(usage.get("total_reasoning_tokens") or 0)
    return anthropic_usage({"input_tokens": usage.get("total_input_tokens"), "output_tokens": output})


_KINDS: Mapping[str, Any] = {
    "prompt_tokens": _of_openai, "input_tokens": token_usage, "output_tokens": token_usage,
    "inputTokens": _of_bedrock, "inputTokenCount": _of_bedrock, "promptTokenCount": gemini_usage,
    "candidatesTokenCount": gemini_usage, "totalTokenCount": gemini_usage, "billed_units": cohere_usage,
    "tokens": cohere_usage, "total_input_tokens": _of_interactions,
}  # fmt: skip
"""How usage is converted, by the first of these names that it has."""


def texts(value: Any) -> Iterator[str]:
    """The text that `value`, a reply or an event, holds for its reader."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in _TEXT and isinstance(inner, str):
                yield inner
            elif name in _HOLDERS or (name in _TEXT and isinstance(inner, (dict, list))):
                yield from texts(inner)


_TEXT = frozenset({
    "text", "content", "thinking", "partial_json", "reasoning_content", "arguments", "delta", "input", "prompt",
    "query", "message", "documents", "system", "system_prompt", "instructions", "inputText", "completion", "outputText",
})  # fmt: skip
_HOLDERS = frozenset({
    "choices", "message", "messages", "candidates", "parts", "contents", "systemInstruction", "system_instruction",
    "contentBlockDelta", "toolUse", "tool_calls", "function", "output", "chat_history", "instances", "texts", "inputs",
    "content_block", "embedding_types", "tools", "toolConfig", "params", "result", "artifacts", "artifact", "status",
})  # fmt: skip
