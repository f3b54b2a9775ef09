"""Finishing a response: ids, cost and the provider's headers in `_hidden_params`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.usage_counts import countable
from litellm.pipeline.cost import cost_of
from litellm.pipeline.run import Run
from litellm.types.utils import ModelResponse

_RATE_LIMITS = "x-ratelimit-"


def chat_response(run: Run, data: dict[str, Any]) -> ModelResponse:
    """`data`, an OpenAI chat.completion dict, as a response."""
    data.setdefault("model", run.model)
    if data.get("usage") is not None:
        data["usage"] = countable(data["usage"])
    return ModelResponse(**data)


def finish(run: Run, response: Any, headers: Mapping[str, str] | None = None) -> Any:
    """As `described`, and tells callbacks of it."""
    described(run, response, headers)
    if run.logging is not None:
        run.logging.success(response)
    return response


def described(run: Run, response: Any, headers: Mapping[str, str] | None = None) -> Any:
    """`response`, its `_hidden_params` filled in: what it cost among them."""
    elapsed_ms = (time.perf_counter() - run.started) * 1000
    hidden = {**(getattr(response, "_hidden_params", None) or {}), **hidden_params(run, headers)}
    hidden["_response_ms"] = elapsed_ms
    hidden["response_cost"] = cost_of(response, run)
    hidden["provider_response_model"] = getattr(response, "model", None)
    response._hidden_params = hidden
    response._response_ms = elapsed_ms
    return response


def hidden_params(run: Run, headers: Mapping[str, str] | None) -> dict[str, Any]:
    """What `_hidden_params` says of every response and chunk of `run`."""
    info = run.arguments.get("model_info") or {}
    named = run.shown_provider is not None
    return {
        "custom_llm_provider": run.shown_provider,
        "llm_provider": run.provider,
        "litellm_call_id": run.arguments.get("litellm_call_id"),
        "model_id": info.get("id"),
        "api_base": run.api_base,
        "region_name": run.arguments.get("aws_region_name") if named and run.call_type.endswith("completion") else None,
        "litellm_model_name": run.model,
        "additional_headers": {} if headers is None else provider_headers(headers),
        "response_cost": None,
    }


def provider_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """A reply's headers as LiteLLM shows them: `llm_provider-<name>`, rate limits and request id also by name."""
    shown: dict[str, str] = {}
    for name, value in headers.items():
        name = name.lower()
        if name.startswith(_RATE_LIMITS):
            shown[name] = value
        shown[f"llm_provider-{name}"] = value
        if name == "x-request-id":
            shown["request-id"] = shown["llm_provider-request-id"] = value
    return shown
