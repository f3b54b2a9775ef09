"""`reasoning_effort` and `thinking` as Gemini's `thinkingConfig`.

Up to Gemini 2.5 a budget of tokens, from Gemini 3 on a level. Budgets of the effort words as LiteLLM 1.106.2 has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini import models

NO_THINKING = ("none", "disable")
EFFORTS = (*NO_THINKING, "minimal", "low", "medium", "high")


def effort_word(effort: Any) -> str | None:
    """The word of a `reasoning_effort`, which may come with other settings in an object; None for one not known."""
    if isinstance(effort, Mapping):
        effort = effort.get("effort")
    return effort if effort in EFFORTS else None


def of_effort(model: str, effort: str) -> dict[str, Any]:
    """The thinking config for one of `EFFORTS`."""
    thinks = effort not in NO_THINKING
    if models.thinks_by_level(model):
        least = models.least_level(model)
        level = effort if effort in ("low", "medium", "high") else least
        return {"thinkingLevel": level, "includeThoughts": thinks}
    if not thinks:
        return {"thinkingBudget": 0, "includeThoughts": False}
    budget = models.least_budget(model) if effort == "minimal" else models.THINKING_BUDGETS[effort]
    return {"thinkingBudget": budget, "includeThoughts": True}


def of_thinking(model: str, thinking: Mapping[str, Any]) -> dict[str, Any]:
    """The thinking config for Anthropic's `thinking` (`{"type": "enabled", "budget_tokens": …}`)."""
    enabled = thinking.get("type") == "enabled"
    budget = thinking.get("budget_tokens")
    if models.thinks_by_level(model):
        return {"includeThoughts": enabled and budget != 0}
    config: dict[str, Any] = {}
    if enabled:
        if budget != 0:
            config["includeThoughts"] = True
        if budget is not None:
            config["thinkingBudget"] = budget
    return config
