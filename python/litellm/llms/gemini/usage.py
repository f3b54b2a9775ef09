"""Gemini's `usageMetadata` in OpenAI's terms.

Gemini counts thinking beside the answer's tokens, OpenAI inside `completion_tokens`; what its own tools put into the
prompt it counts beside the prompt; cached tokens are part of the prompt in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_SORTS: Mapping[str, str] = {
    "TEXT": "text_tokens", "AUDIO": "audio_tokens", "IMAGE": "image_tokens", "VIDEO": "video_tokens",
    "DOCUMENT": "text_tokens",
}  # fmt: skip
SERVICE_TIERS: Mapping[str, str] = {"ON_DEMAND_PRIORITY": "priority", "ON_DEMAND_FLEX": "flex"}
"""The tier that a request was served at, by Vertex AI's traffic type."""


def convert_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """`usage` as an OpenAI usage dict."""
    prompt = int(usage.get("promptTokenCount") or 0)
    by_tools = int(usage.get("toolUsePromptTokenCount") or 0)
    answered = int(usage.get("candidatesTokenCount") or usage.get("responseTokenCount") or 0)
    thoughts = int(usage.get("thoughtsTokenCount") or 0)
    total = usage.get("totalTokenCount")
    inclusive = thoughts > 0 and total is not None and prompt + by_tools + answered == total
    completion = answered if inclusive else answered + thoughts
    made: dict[str, Any] = {
        "prompt_tokens": prompt + by_tools,
        "completion_tokens": completion,
        "total_tokens": prompt + by_tools + completion if total is None else int(total),
        "prompt_tokens_details": _prompt_details(usage, by_tools),
        "completion_tokens_details": _completion_details(usage, answered, thoughts),
    }
    cached = int(usage.get("cachedContentTokenCount") or 0)
    if cached:
        made["cache_read_input_tokens"] = cached
    return made


def _sorted(details: Any) -> dict[str, int]:
    """Token counts by sort."""
    made: dict[str, int] = {}
    for entry in details if isinstance(details, Iterable) else ():
        name = _SORTS.get(str(entry.get("modality")))
        if name is not None:
            made[name] = made.get(name, 0) + int(entry.get("tokenCount") or 0)
    return made


def _prompt_details(usage: Mapping[str, Any], by_tools: int) -> dict[str, Any]:
    """Sorts of fresh input, and what was read from a cache."""
    made: dict[str, Any] = dict(_sorted(usage.get("promptTokensDetails")))
    cached = int(usage.get("cachedContentTokenCount") or 0)
    if cached:
        by_sort = _sorted(usage.get("cacheTokensDetails")) or {"text_tokens": cached}
        for name, tokens in by_sort.items():
            if name in made:
                made[name] = max(made[name] - tokens, 0)
        made["cached_tokens"] = cached
    if by_tools:
        made["tool_use_tokens"] = by_tools
    return made


def _completion_details(usage: Mapping[str, Any], answered: int, thoughts: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    sorts = _sorted(usage.get("candidatesTokensDetails") or usage.get("responseTokensDetails"))
    made.update(sorts)
    made.setdefault("text_tokens", answered - sum(sorts.values()))
    if thoughts:
        made["reasoning_tokens"] = thoughts
    return made


def served_tier(usage: Mapping[str, Any]) -> str | None:
    """The service tier that the request was served at; None when Google does not tell."""
    told = usage.get("trafficType")
    return None if told is None else SERVICE_TIERS.get(str(told), "default")
