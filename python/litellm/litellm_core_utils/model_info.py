"""Finding a model in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm

_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "bedrock": ("bedrock", "bedrock_converse", "bedrock_mantle"),
    "vertex_ai": ("vertex_ai",),
    "vertex_ai_beta": ("vertex_ai",),
    "cohere": ("cohere", "cohere_chat"),
    "cohere_chat": ("cohere", "cohere_chat"),
    "text-completion-openai": ("openai", "text-completion-openai"),
    "openai": ("openai", "text-completion-openai"),
    "azure_text": ("azure", "azure_text"),
    "fireworks_ai": ("fireworks_ai", "fireworks_ai-embedding-models"),
    "codestral": ("codestral", "text-completion-codestral"),
    "mistral": ("mistral",),
}


def belongs(entry: Mapping[str, Any], provider: str | None) -> bool:
    """Whether a catalogue entry is of `provider`, or of one that shares its models."""
    owner = str(entry.get("litellm_provider", ""))
    if not provider or owner == provider:
        return True
    return any(owner.startswith(name) for name in _FAMILIES.get(provider, (provider,)))


def candidates(model: str, provider: str | None) -> list[str]:
    """The catalogue's possible names of `model` at `provider`, best first."""
    names = []
    if provider:
        bare = model.removeprefix(f"{provider}/")
        names += [f"{provider}/{bare}", model, bare]
        if provider == "bedrock":
            names += _bedrock_names(bare)
        if provider == "fireworks_ai":
            names.append(f"fireworks_ai/accounts/fireworks/models/{bare}")
    else:
        names += [model, model.split("/", 1)[-1]]
    return list(dict.fromkeys(names))


_REGION_GROUPS = ("us.", "eu.", "apac.", "jp.", "au.", "us-gov.", "global.")


def _bedrock_names(model: str) -> list[str]:
    name = model
    for route in ("converse/", "converse_like/", "invoke/", "messages/"):
        name = name.removeprefix(route)
    names = [name]
    if "/" in name:
        names.append(name.split("/", 1)[1])
    for prefix in _REGION_GROUPS:
        if names[-1].startswith(prefix):
            names.append(names[-1].removeprefix(prefix))
    return names


def find_model(model: str, provider: str | None = None) -> tuple[str, Mapping[str, Any]] | None:
    """The catalogue's key and entry for `model`; None when it has none."""
    catalogue = litellm.model_cost
    for name in candidates(model, provider):
        entry = catalogue.get(name)
        if entry is not None and belongs(entry, provider):
            return name, entry
    return None
