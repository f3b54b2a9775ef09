"""What the model routes tell of a model."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from litellm.proxy.estimate import known_facts
from litellm.proxy.state import GatewayState

# OpenAI's `created`: the time that upstream gives to every model.
CREATED = 1677610602
_SECRET_WORDS = ("key", "secret", "token", "password", "credential", "auth")
_SAFE = frozenset({"max_tokens", "max_completion_tokens", "tpm", "rpm"})


def model_card(state: GatewayState, name: str, *, anthropic: bool) -> dict[str, Any]:
    """A model as OpenAI's or Anthropic's API lists it."""
    entry = next((item for item in state.catalog.model_list if item["model_name"] == name), None)
    facts = known_facts(entry) if entry else {}
    limits = {key: facts[key] for key in ("max_input_tokens", "max_output_tokens") if facts.get(key)}
    if anthropic:
        created = datetime.datetime.fromtimestamp(CREATED, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        card = {"type": "model", "id": name, "display_name": name, "created_at": created}
        shown = {"max_input_tokens": "max_input_tokens", "max_tokens": "max_output_tokens"}
        return card | {theirs: limits.get(ours) for theirs, ours in shown.items()}
    listed: dict[str, Any] = {"id": name, "object": "model", "created": CREATED, "owned_by": "openai"}
    return listed | ({"mode": facts["mode"]} if facts.get("mode") else {}) | limits


def deployment_info(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A deployment with all that is known of it, and without anything secret."""
    params = {key: value for key, value in entry["litellm_params"].items() if not is_secret(key)}
    return {"model_name": entry["model_name"], "litellm_params": params, "model_info": known_facts(entry)}


def is_secret(name: str) -> bool:
    """Whether a parameter of that name may hold a credential."""
    return name not in _SAFE and not name.endswith("_cost_per_token") and any(word in name for word in _SECRET_WORDS)
