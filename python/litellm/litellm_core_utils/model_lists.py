"""Lists of the catalogue's models, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.get_llm_provider_logic import owner_provider
from litellm.types.provider_registry import PROVIDERS


def _of(mode: str, *owners: str) -> list[str]:
    return [
        name
        for name, entry in litellm.model_cost.items()
        if entry.get("mode") == mode and (not owners or entry.get("litellm_provider") in owners)
    ]


def _by_provider() -> dict[str, list[str]]:
    models: dict[str, list[str]] = {name: [] for name in PROVIDERS}
    for name, entry in litellm.model_cost.items():
        models.setdefault(owner_provider(str(entry.get("litellm_provider", ""))), []).append(name)
    return models


_LISTS: Mapping[str, Callable[[], Any]] = {
    "model_list": lambda: list(litellm.model_cost),
    "model_list_set": lambda: set(litellm.model_cost),
    "models_by_provider": _by_provider,
    "all_embedding_models": lambda: _of("embedding"),
    "open_ai_chat_completion_models": lambda: set(_of("chat", "openai")),
    "open_ai_embedding_models": lambda: set(_of("embedding", "openai")),
    "anthropic_models": lambda: set(_of("chat", "anthropic")),
    "openai_compatible_providers": lambda: [row.name for row in PROVIDERS.values() if row.wire == "openai"],
}


def __getattr__(name: str) -> Any:
    if name in _LISTS:
        return _LISTS[name]()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
