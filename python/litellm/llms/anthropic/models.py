"""What each Claude model can do: from the price catalogue, and by name for models that it no longer lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.model_facts import model_facts

DEFAULT_MAX_TOKENS = 4096
MIN_THINKING_BUDGET = 1024
THINKING_BUDGETS: Mapping[str, int] = {
    "minimal": 1024, "low": 1024, "medium": 2048, "high": 4096, "xhigh": 8192, "max": 16384,
}  # fmt: skip
_REASONING_NAMES = re.compile(r"claude-(?:3-7|(?:sonnet|opus|haiku)-[4-9])")


def facts(provider: str, model: str) -> Mapping[str, Any]:
    """The catalogue's entry for `model` as `provider` sells it; empty when it has none."""
    return model_facts(provider, model)


def reasons(provider: str, model: str) -> bool:
    """Whether `model` can think before it answers."""
    return bool(facts(provider, model).get("supports_reasoning")) or bool(_REASONING_NAMES.search(model))


def output_limit(provider: str, model: str) -> int:
    """Tokens to allow a reply when the caller named no limit: the model's most, or Anthropic's usual default."""
    found = facts(provider, model)
    limit = found.get("max_output_tokens") or found.get("max_tokens")
    return int(limit) if limit else DEFAULT_MAX_TOKENS


def effort_of_budget(budget: int) -> str:
    """The effort word nearest to a thinking budget, for models that take only words."""
    if budget < THINKING_BUDGETS["medium"]:
        return "low"
    if budget < THINKING_BUDGETS["high"]:
        return "medium"
    return "high"
