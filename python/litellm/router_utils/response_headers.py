"""What the router adds to a response: which deployment answered, and what it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.usage_counts import bounded_count
from litellm.types.openai_object import field_of


def _own(response: Any, name: str) -> Any:
    """A field or private attribute of a response; of a pydantic model without its slow look-up by name."""
    if type(response) is dict:
        return response.get(name)
    if isinstance(response, dict) and name in response:
        return response[name]
    for place in ("__pydantic_private__", "__dict__", "__pydantic_extra__"):
        known: dict[str, Any] | None = getattr(response, place, None)
        if known is not None and name in known:
            return known[name]
    return getattr(response, name, None)


def hidden_params(response: Any) -> dict[str, Any] | None:
    """The `_hidden_params` of a response, made when it has none yet; None when it cannot carry any."""
    if type(response) is dict:
        hidden = response.setdefault("_hidden_params", {})
        return hidden if isinstance(hidden, dict) else None
    hidden = _own(response, "_hidden_params")
    if isinstance(hidden, dict):
        return hidden
    if hidden is not None or not hasattr(response, "__dict__"):
        return None
    try:
        response._hidden_params = hidden = {}
    except (AttributeError, ValueError):
        return None
    return hidden


def add_headers(response: Any, model_id: str, headers: Mapping[str, Any], *, headers_too: bool = True) -> None:
    """Note the deployment, and the router's headers beside the provider's, in the response's `_hidden_params`."""
    hidden = hidden_params(response)
    if hidden is None:
        return
    hidden["model_id"] = model_id
    if headers_too:
        hidden["additional_headers"] = {**(hidden.get("additional_headers") or {}), **headers}


def cost_of(response: Any) -> float | None:
    """What a response, or a stream whose last chunk this is, cost in USD; None when it does not say."""
    hidden = _hidden(response)
    cost = hidden.get("response_cost")
    if cost is None:
        cost = getattr(_usage(response, hidden), "cost", None)
    return float(cost) if isinstance(cost, (int, float)) else None


def _hidden(response: Any) -> Mapping[str, Any]:
    hidden = _own(response, "_hidden_params")
    return hidden if isinstance(hidden, dict) else {}


def _usage(response: Any, hidden: Mapping[str, Any]) -> Any:
    """The usage of a response; a stream's last chunk has it among its hidden parameters if it was not asked for."""
    usage = field_of(response, "usage")
    return hidden.get("usage") if usage is None else usage


def usage_of(response: Any) -> tuple[int, int]:
    """(all tokens, completion tokens) that a response says it used; zeros when it says nothing."""
    usage = field_of(response, "usage")
    if usage is None:
        usage = _hidden(response).get("usage")
    if usage is None:
        return 0, 0
    fields = usage if isinstance(usage, dict) else getattr(usage, "__dict__", {})
    completion = bounded_count(fields.get("completion_tokens") or fields.get("output_tokens"))
    total = bounded_count(fields.get("total_tokens"))
    if not total:
        total = bounded_count(fields.get("prompt_tokens") or fields.get("input_tokens")) + completion
    return total, completion
