"""OpenAI's words for providers' finish reasons."""

from __future__ import annotations

from collections.abc import Mapping

FINISH_REASONS: Mapping[str, str] = {
    "compaction": "length",
    "max_tokens": "length",
    "MAX_TOKENS": "length",
    "tool_use": "tool_calls",
    "content_filtered": "content_filter",
    "ERROR_TOXIC": "content_filter",
    "guardrail_intervened": "content_filter",
    "refusal": "content_filter",
    "BLOCKLIST": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "LANGUAGE": "content_filter",
    "OTHER": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "RECITATION": "content_filter",
    "SAFETY": "content_filter",
    "SPII": "content_filter",
}
OPENAI_FINISH_REASONS = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})


def map_finish_reason(finish_reason: str) -> str:
    """OpenAI's word for a provider's finish reason; `stop` for one without a counterpart."""
    if finish_reason in OPENAI_FINISH_REASONS:
        return finish_reason
    return FINISH_REASONS.get(finish_reason, "stop")
