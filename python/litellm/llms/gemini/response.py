"""Gemini's reply as an OpenAI chat.completion dict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini import grounding
from litellm.llms.gemini.candidate import BLOCKED, Parts, finish_reason
from litellm.llms.gemini.usage import convert_usage, served_tier
from litellm.llms.wire import ErrorDetails, WireError

UNREADABLE = 422
"""Status of a reply that is not one of Gemini's, as LiteLLM has it."""
MISSHAPEN = (AttributeError, TypeError, KeyError, IndexError, ValueError)
"""What reading a reply of another shape ends in."""
_METADATA: Mapping[str, str] = {
    "vertex_ai_grounding_metadata": "groundingMetadata",
    "vertex_ai_url_context_metadata": "urlContextMetadata",
    "vertex_ai_safety_results": "safetyRatings",
    "vertex_ai_citation_metadata": "citationMetadata",
}


def convert_response(data: dict[str, Any]) -> dict[str, Any]:
    """`data`, a GenerateContentResponse, as a chat.completion dict. Raises `WireError` when it is not one."""
    if "error" in data:
        raise error_in_body(data)
    candidates = data.get("candidates")
    usage = data.get("usageMetadata") or {}
    if was_blocked(data):
        return _blocked(data, usage)
    if not isinstance(candidates, list):
        raise WireError("the provider's reply has no 'candidates' list", status=UNREADABLE)
    made: dict[str, Any] = {
        "object": "chat.completion",
        "choices": [_choice(index, candidate) for index, candidate in enumerate(candidates)],
        **metadata(candidates),
        "usage": usage_of(usage, candidates),
    }
    _name(made, data)
    tier = served_tier(usage)
    if tier is not None:
        made["hidden_params"] = {"service_tier": tier}
    return made


def _name(made: dict[str, Any], data: Mapping[str, Any]) -> None:
    for ours, theirs in (("id", "responseId"), ("model", "modelVersion")):
        if data.get(theirs):
            made[ours] = data[theirs]


def was_blocked(data: Mapping[str, Any]) -> bool:
    """Whether the prompt was refused, or the answer withheld."""
    if (data.get("promptFeedback") or {}).get("blockReason"):
        return True
    candidates = data.get("candidates")
    return bool(candidates) and isinstance(candidates, list) and candidates[0].get("finishReason") in BLOCKED


def _blocked(data: Mapping[str, Any], usage: Mapping[str, Any]) -> dict[str, Any]:
    prompt, completion = int(usage.get("promptTokenCount") or 0), int(usage.get("candidatesTokenCount") or 0)
    message = {"role": "assistant", "content": None}
    made: dict[str, Any] = {
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "content_filter", "message": message}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": int(usage.get("totalTokenCount") or prompt + completion),
        },
    }
    if data.get("modelVersion"):
        made["model"] = data["modelVersion"]
    return made


def _choice(index: int, candidate: Mapping[str, Any]) -> dict[str, Any]:
    parts = Parts(candidate)
    native = candidate.get("finishReason")
    choice: dict[str, Any] = {
        "index": candidate.get("index", index),
        "finish_reason": finish_reason(native, called_tools=bool(parts.calls)),
        "message": parts.message(),
    }
    probabilities = grounding.logprobs(candidate.get("logprobsResult"))
    if probabilities is not None:
        choice["logprobs"] = probabilities
    if native:
        choice["provider_specific_fields"] = {"native_finish_reason": native}
    return choice


def metadata(candidates: list[Any]) -> dict[str, list[Any]]:
    """What Gemini says of the candidates beside their text, under LiteLLM's names."""
    return {
        ours: [candidate[theirs] for candidate in candidates if candidate.get(theirs)]
        for ours, theirs in _METADATA.items()
    }


def usage_of(usage: Mapping[str, Any], candidates: list[Any]) -> dict[str, Any]:
    """Tokens, and the searches that the candidates took."""
    made = convert_usage(usage)
    grounded = [candidate["groundingMetadata"] for candidate in candidates if candidate.get("groundingMetadata")]
    made["prompt_tokens_details"].update(grounding.searches(grounded))
    return made


def error_in_body(data: Mapping[str, Any]) -> WireError:
    """The error that a reply of status 200, or an event of a stream, holds."""
    error = data.get("error")
    if not isinstance(error, Mapping):
        return WireError(str(error))
    message, status = str(error.get("message") or error), error.get("code")
    kind = error.get("status")
    return WireError(
        message,
        status=status if isinstance(status, int) and 400 <= status < 600 else 500,
        details=ErrorDetails(message=message, type=kind if isinstance(kind, str) else None, body=dict(error)),
    )
