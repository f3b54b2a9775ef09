"""What each Gemini model can do: from the price catalogue, and by name for models that it does not list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.model_facts import model_facts

BEFORE_THINKING = re.compile(r"(?:^|/)(?:gemini-(?:1|2\.|pro$|exp-1114|flash-experimental)|gemma-[1-3]-|\d+$)")
"""Names of models from before thinking was usual; of these only those that the catalogue says so of can think."""
_GENERATION = re.compile(r"gemini-(\d+)(?:\.\d+)?")
_OLD_GENERATIONS = re.compile(r"gemini-(?:1|pro$|pro-vision)|gemma-")
_UNINSTRUCTED = re.compile(r"(?:^|/)gemma-[1-3]n?-")
"""Models that the API refuses system instructions for."""
THINKING_BUDGETS: Mapping[str, int] = {"low": 1024, "medium": 2048, "high": 4096}
_LEAST_BUDGETS = (("gemini-2.5-flash-lite", 512), ("gemini-2.5-pro", 128), ("gemini-2.5-flash", 1))
_LEAST_BUDGET = 128


def facts(provider: str, model: str) -> Mapping[str, Any]:
    """The catalogue's entry for `model` as `provider` sells it; empty when it has none."""
    found = model_facts(provider, model)
    if found:
        return found
    entry: Mapping[str, Any] = litellm.model_cost.get(model, {})
    return entry


def reasons(provider: str, model: str) -> bool:
    """Whether `model` can think before it answers."""
    return bool(facts(provider, model).get("supports_reasoning")) or not before_thinking(model)


def before_thinking(model: str) -> bool:
    """Whether the name of `model` is that of a generation before Gemini 3, or of another family."""
    return "gem" not in bare_name(model) or BEFORE_THINKING.search(model) is not None


def thinks_by_level(model: str) -> bool:
    """Whether `model` takes a thinking level in the place of a budget: Gemini 3 and later."""
    found = _GENERATION.search(model)
    return found is not None and int(found[1]) >= 3


def takes_json_schema(model: str) -> bool:
    """Whether `model` takes whole JSON schemas for its answer: all since Gemini 2, but not Gemma."""
    return not _OLD_GENERATIONS.search(model)


def takes_instructions(provider: str, model: str) -> bool:
    """Whether `model` knows system instructions, by the catalogue and by name."""
    return facts(provider, model).get("supports_system_messages") is not False and not _UNINSTRUCTED.search(model)


def least_budget(model: str) -> int:
    """Tokens of the shortest thinking that `model` allows."""
    return next((budget for name, budget in _LEAST_BUDGETS if name in model), _LEAST_BUDGET)


def least_level(model: str) -> str:
    """The lowest thinking level of `model`: only the flash models know `minimal`."""
    return "minimal" if "flash" in model and "image" not in model else "low"


def bare_name(model: str) -> str:
    """`model` without the route that a user may write before it (`gemini/…`, `google/…`)."""
    for route in ("gemini/", "google/", "models/"):
        model = model.removeprefix(route)
    return model
