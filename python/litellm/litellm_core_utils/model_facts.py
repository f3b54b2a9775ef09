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
