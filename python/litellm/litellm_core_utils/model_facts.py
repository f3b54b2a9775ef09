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
_VARIANTS_INHERIT = frozenset({"fireworks_ai"})
"""Providers a model of which can what the one can whose name its own begins with (`glm-5p3-flash`)."""


def inherited_facts(provider: str, model: str) -> Mapping[str, Any]:
    """Whether the model whose name `model` begins with, up to a hyphen, takes tools and thinks.

    Empty where there is none, and at a provider whose models' names say nothing of the kind.
    """
    name = model if provider in _VARIANTS_INHERIT else ""
    while "-" in name:
        name = name.rpartition("-")[0]
        if facts := model_facts(provider, name):
            return {fact: facts[fact] for fact in _INHERITED if fact in facts}
    return _NOTHING
