"""Small conversions that many places share."""

from __future__ import annotations

from collections.abc import Mapping

_FINISH_REASONS: Mapping[str, str] = {
    "stop_sequence": "stop",
    "end_turn": "stop",
    "eos_token": "stop",
    "eos": "stop",
    "COMPLETE": "stop",
    "STOP": "stop",
    "FINISH_REASON_UNSPECIFIED": "stop",
    "MAX_TOKENS": "length",
    "max_tokens": "length",
    "ERROR_TOXIC": "content_filter",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "refusal": "content_filter",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "tool_use": "tool_calls",
    "malformed_function_call": "malformed_function_call",
}


def map_finish_reason(finish_reason: str) -> str:
    """OpenAI's word for a provider's finish reason; the word itself when it has no counterpart."""
    return _FINISH_REASONS.get(finish_reason, finish_reason)
