"""What a response cost, as part of a call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from litellm.cost_calculator import completion_cost, cost_per_token
from litellm.litellm_core_utils.llm_cost_calc.tool_call_cost_tracking import (
    StandardBuiltInToolCostTracking,
    used_tools,
)
from litellm.litellm_core_utils.model_info import find_listed
from litellm.types.openai_object import field_of

if TYPE_CHECKING:
    from litellm.pipeline.run import Run

logger = logging.getLogger("LiteLLM")


def cost_of(response: Any, run: Run) -> float | None:
    """US dollars for `response`: by the call's own prices, else the model that answered, else the one that was asked.

    None when none of them has a price.
    """
    if run.price is not None:
        return run.price(run, response)
    own = _own_prices(run)
    for model in _priced_as(response, run):
        try:
            return float(
                completion_cost(
                    completion_response=response,
                    base_model=model,
                    custom_llm_provider=run.provider,
                    custom_cost_per_token=own,
                    service_tier=_service_tier(response, run),
                )
            )
        except Exception as error:  # noqa: BLE001 - a call must not fail because its price is not known
            logger.debug("no cost for %s: %s", model, error)
    return None


def _priced_as(response: Any, run: Run) -> list[str]:
    """Names of the model whose price may count: the first that has one."""
    if base := base_model(run):
        return [base]
    answered = getattr(response, "model", None)
    if not answered or answered == run.model or _own_prices(run):
        return [run.model]
    models = [answered, run.model]
    models.sort(key=lambda model: find_listed(model, run.provider) is None)  # a price beats the guess of a family
    return models


def base_model(run: Run) -> str | None:
    """The model that a deployment stands for, where the call or the deployment's facts say so."""
    given = run.arguments
    named = given.get("base_model") or (given.get("model_info") or {}).get("base_model")
    return str(named) if named else None


def _service_tier(response: Any, run: Run) -> str | None:
    """The tier that a response says it was served at, else the one that was asked for."""
    hidden = getattr(response, "_hidden_params", None) or {}
    tier = field_of(response, "service_tier") or hidden.get("service_tier") or run.arguments.get("service_tier")
    return tier if isinstance(tier, str) else None


def _own_prices(run: Run) -> dict[str, float] | None:
    """The prices per token that a call, or its deployment, brings along; None when it brings none."""
    given = run.arguments
    if given.get("input_cost_per_token") is None and given.get("output_cost_per_token") is None:
        return None
    return {name: float(given.get(name) or 0) for name in ("input_cost_per_token", "output_cost_per_token")}


_UNSPLIT = frozenset({"rerank", "speech", "transcription", "moderation", "search", "ocr", "video_generation"})
"""Endpoints with a price of their own, which is all for the input."""


def breakdown_of(response: Any, run: Run) -> dict[str, float] | None:
    """The parts of the cost of `response`; None when the model has no price."""
    parts = _parts(response, run)
    if parts is None:
        return None
    prompt, completion = parts
    tools = _tool_cost(response, run)
    total = prompt + completion + tools
    return {
        "input_cost": prompt,
        "output_cost": completion,
        "total_cost": total,
        "tool_usage_cost": tools,
        "original_cost": total,
        "discount_percent": 0.0,
        "discount_amount": 0.0,
        "margin_percent": 0.0,
        "margin_fixed_amount": 0.0,
        "margin_total_amount": 0.0,
    }


def _tool_cost(response: Any, run: Run) -> float:
    """USD for the tools that the provider ran; 0.0 where the call brings its own prices."""
    usage = getattr(response, "usage", None)
    if _own_prices(run) or not used_tools(run.provider, usage, response):
        return 0.0
    model = _priced_as(response, run)[0]
    return StandardBuiltInToolCostTracking.get_cost_for_built_in_tools(model, response, usage, run.provider)


def _parts(response: Any, run: Run) -> tuple[float, float] | None:
    """What the input and the output of a call cost."""
    if run.call_type.removeprefix("a") in _UNSPLIT:
        whole = cost_of(response, run)
        return None if whole is None else (whole, 0.0)
    usage = getattr(response, "usage", None)
    if usage is None:
        return None
    usage = usage.as_usage() if hasattr(usage, "as_usage") else usage
    for model in _priced_as(response, run):
        try:
            return cost_per_token(model=model, custom_llm_provider=run.provider, usage_object=usage)
        except Exception as error:  # noqa: BLE001 - as above
            logger.debug("no cost for %s: %s", model, error)
    return None
