"""What the price catalogue says of a model, for those who only ask: never raises, never prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm

_NOTHING: Mapping[str, Any] = {}


def model_facts(provider: str, model: str) -> Mapping[str, Any]:
    """The catalogue's entry for `model` at `provider`; empty when it has none."""
    catalogue = litellm.model_cost
    found = catalogue.get(f"{provider}/{model}")
    if found is None:
        found = catalogue.get(model)
        if found is not None and not str(found.get("litellm_provider", "")).startswith(provider):
            found = None
    return _NOTHING if found is None else found


_INHERITED = ("supports_function_calling", "supports_reasoning")


def facts_of_shorter_name(provider: str, model: str) -> Mapping[str, Any]:
    """Whether the model whose name `model` begins with, up to a hyphen, takes tools and thinks; empty for none."""
    name = model
    while "-" in name:
        name = name.rpartition("-")[0]
        if facts := model_facts(provider, name):
            return {fact: facts[fact] for fact in _INHERITED if fact in facts}
    return _NOTHING
