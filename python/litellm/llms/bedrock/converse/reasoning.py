"""How each model family is asked to think under Converse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.anthropic.models import DEFAULT_MAX_TOKENS, MIN_THINKING_BUDGET, THINKING_BUDGETS, effort_of_budget
from litellm.llms.bedrock.converse.models import ConverseModel

NOVA_EFFORTS = ("low", "medium", "high")
DEFAULT_BUDGET = THINKING_BUDGETS["medium"]


def apply(found: ConverseModel, model: str, params: Mapping[str, Any], mapped: dict[str, Any]) -> None:
    """Puts what `reasoning_effort`, `thinking` and `output_config` ask for into `mapped`.

    Raises `BadRequestError` for an effort that the model does not have.
    """
    effort = params.get("reasoning_effort")
    if isinstance(effort, dict):
        effort = effort.get("effort")
    if found.nova_reasoning:
        if effort is not None:
            _nova(found.base, effort, mapped)
        return
    if found.effort_only:
        if effort is not None:
            mapped["reasoning_effort"] = effort
        return
    if effort is not None and effort != "none":
        _effort(found, model, effort, mapped)
    thinking = params.get("thinking")
    if isinstance(thinking, dict):
        _thinking(found, thinking, mapped)
    given = params.get("output_config")
    if isinstance(given, dict):
        add_output_config(found, found.route.name, given, mapped)
    enabled = mapped.get("thinking") or {}
    if "maxTokens" not in mapped and enabled.get("type") == "enabled":
        mapped["maxTokens"] = int(enabled["budget_tokens"]) + DEFAULT_MAX_TOKENS


def in_use(mapped: Mapping[str, Any]) -> bool:
    """Whether the model was asked to think; it then cannot be made to call a tool."""
    thinking = (mapped.get("thinking") or {}).get("type") in ("enabled", "adaptive")
    return thinking or "reasoning_effort" in mapped or "reasoningConfig" in mapped


def add_output_config(found: ConverseModel, model: str, given: Mapping[str, Any], mapped: dict[str, Any]) -> None:
    """Anthropic's `output_config`, with an effort that the model has."""
    if not found.claude:
        return
    config = dict(given)
    effort = config.get("effort")
    if effort is not None:
        config["effort"] = _allowed_effort(found, model, str(effort))
    mapped["output_config"] = config


def _nova(model: str, effort: Any, mapped: dict[str, Any]) -> None:
    if effort not in NOVA_EFFORTS:
        raise _refused(model, effort, NOVA_EFFORTS)
    mapped["reasoningConfig"] = {"type": "enabled", "maxReasoningEffort": effort}


def _effort(found: ConverseModel, model: str, effort: Any, mapped: dict[str, Any]) -> None:
    if effort not in THINKING_BUDGETS:
        raise _refused(model, effort, (*THINKING_BUDGETS, "none"))
    if not found.adaptive:
        mapped["thinking"] = {"type": "enabled", "budget_tokens": THINKING_BUDGETS[effort]}
        return
    mapped["thinking"] = {"type": "adaptive", "display": "summarized"}
    mapped["output_config"] = {"effort": _allowed_effort(found, model, "low" if effort == "minimal" else effort)}


def _allowed_effort(found: ConverseModel, model: str, effort: str) -> str:
    if effort not in ("xhigh", "max") or found.facts.get(f"supports_{effort}_reasoning_effort"):
        return effort
    ceiling = found.facts.get("bedrock_output_config_effort_ceiling")
    if ceiling:
        return str(ceiling)
    raise _refused(model, effort, ("low", "medium", "high"))


def _thinking(found: ConverseModel, thinking: dict[str, Any], mapped: dict[str, Any]) -> None:
    kind = thinking.get("type")
    if kind == "disabled":
        if not found.always_thinks:
            mapped["thinking"] = thinking
        return
    budget = thinking.get("budget_tokens")
    if kind == "enabled" and found.adaptive and not found.facts.get("supports_legacy_thinking"):
        mapped["thinking"] = {"type": "adaptive"}
        mapped["output_config"] = {"effort": effort_of_budget(int(budget or 0))}
    elif kind == "adaptive" and not found.adaptive:
        mapped["thinking"] = {"type": "enabled", "budget_tokens": DEFAULT_BUDGET}
    elif kind == "enabled":
        mapped["thinking"] = {**thinking, "budget_tokens": max(int(budget or 0), MIN_THINKING_BUDGET)}
    else:
        mapped["thinking"] = thinking


def _refused(model: str, effort: Any, known: tuple[str, ...]) -> litellm.BadRequestError:
    return litellm.BadRequestError(
        message=f"reasoning_effort: {model} takes {', '.join(known)}, got {effort!r}",
        model=model,
        llm_provider="bedrock_converse",
    )
