"""Which provider a model is at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import litellm
from litellm.litellm_core_utils.bedrock_mantle import mantle_address, split_region
from litellm.types.provider_registry import PROVIDERS, ProviderRow

_OWNERS: Mapping[str, str] = {
    "bedrock_converse": "bedrock",
    "text-completion-openai": "text-completion-openai",
    "cohere_chat": "cohere_chat",
    "anthropic_text": "anthropic_text",
    "fireworks_ai-embedding-models": "fireworks_ai",
}
_NAMED_WITH_PREFIX = frozenset(
    {"amazon_nova", "deepseek", "fireworks_ai", "gemini", "jina_ai", "together_ai", "volcengine", "xai"}
)
"""Providers whose models are found by their prefix only: a bare name may as well be somebody else's."""
_RAGFLOW_KINDS = ("chat/", "agent/")
_KNOWN_NAMES: tuple[tuple[str, str], ...] = (
    ("gpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("chatgpt-", "openai"),
    ("ft:gpt", "openai"),
    ("text-embedding-", "openai"),
    ("dall-e", "openai"),
    ("whisper", "openai"),
    ("tts-", "openai"),
    ("omni-moderation", "openai"),
    ("text-moderation", "openai"),
    ("claude-", "anthropic"),
)


def get_llm_provider(
    model: str,
    custom_llm_provider: str | None = None,
    api_base: str | None = None,
    api_key: str | None = None,
    litellm_params: object = None,
) -> tuple[str, str, str | None, str | None]:
    """`(model, provider, api_key, api_base)` for a model name as a user writes it.

    The provider is the argument's, or the prefix of the name (`groq/llama-3`), or that of a known address in
    `api_base`, or the one that the catalogue lists the model under. The key and the base URL are those that the
    provider's environment variables and row give, for providers that LiteLLM resolves early; otherwise the arguments.

    Raises litellm.BadRequestError when no provider is found.
    """
    if not isinstance(model, str) or not model:
        raise litellm.BadRequestError(
            message=f"model: expected the name of a model, got {model!r}", model=str(model), llm_provider=""
        )
    name, provider = _provider_of(model, custom_llm_provider, api_base)
    if provider is None:
        raise litellm.BadRequestError(
            message=(
                "LLM Provider NOT provided. Pass in the LLM provider you are trying to call. "
                f"You passed model={model}\n"
                "Pass model as e.g. 'huggingface/starcoder' for the provider Huggingface; "
                "all providers: https://docs.litellm.ai/docs/providers"
            ),
            model=model,
            llm_provider="",
        )
    if provider == "ragflow" and not custom_llm_provider and not name.startswith(_RAGFLOW_KINDS):
        raise litellm.BadRequestError(
            message="model: RAGFlow wants ragflow/chat/<id>/<model> or ragflow/agent/<id>/<model>",
            model=model,
            llm_provider="",
        )
    row = PROVIDERS.get(provider)
    if row is not None and provider == "bedrock_mantle":
        region, name = split_region(name)
        return name, provider, api_key, api_base or _first(row.base_env) or mantle_address(name, region)
    if row is None or not (row.resolves_base or row.default_key):
        return name, provider, api_key, api_base
    return name, provider, api_key or _first(row.key_env) or row.default_key, _base(row, api_base)


def _base(row: ProviderRow, api_base: str | None) -> str | None:
    return api_base or _first(row.base_env) or row.api_base


def _first(names: Iterable[str]) -> str | None:
    for name in names:
        if value := os.environ.get(name):
            return value
    return None


def is_provider(name: str) -> bool:
    """Whether `name` is a known provider, or one that the user registered."""
    if name in PROVIDERS:
        return True
    return any(entry.get("provider") == name for entry in litellm.custom_provider_map)


def _provider_of(model: str, given: str | None, api_base: str | None) -> tuple[str, str | None]:
    prefix, slash, rest = model.partition("/")
    if given:
        return (rest if slash and prefix == given else model), given
    if prefix == "azure" and rest.startswith(("mistral-", "command-r")) and model not in litellm.model_cost:
        return rest, "azure_ai"
    if slash and is_provider(prefix):
        return rest, _family(prefix, rest)
    if api_base and (row := _row_at(api_base)):
        return model, row.name
    return model, _listed(model)


def _family(provider: str, model: str) -> str:
    """The part of `provider` that the catalogue lists `model` under: Cohere's chat models are at `cohere_chat`."""
    if provider != "cohere":
        return provider
    owner = str(litellm.model_cost.get(model, {}).get("litellm_provider", ""))
    return owner if owner == "cohere_chat" else provider


def _row_at(api_base: str) -> ProviderRow | None:
    """The provider whose known address `api_base` is."""
    wanted = api_base.split("://", 1)[-1].rstrip("/")
    for row in PROVIDERS.values():
        known = row.api_base
        if known and "localhost" not in known and "127.0.0.1" not in known:
            address = known.split("://", 1)[-1].rstrip("/")
            if row.resolves_base and (wanted == address or wanted.startswith(address + "/")):
                return row
    return None


def owner_provider(owner: str) -> str:
    """The provider behind a catalogue entry's `litellm_provider`, which may name a family of its models."""
    return "vertex_ai" if owner.startswith("vertex_ai-") else _OWNERS.get(owner, owner)


def _listed(model: str) -> str | None:
    """The provider that the catalogue lists `model` under, or that its name gives away."""
    entry = litellm.model_cost.get(model)
    if entry is not None:
        owner = owner_provider(str(entry.get("litellm_provider", "")))
        if owner in PROVIDERS and owner not in _NAMED_WITH_PREFIX:
            return "ai21_chat" if owner == "ai21" else owner
    if model == "*":
        return "openai"
    return next((provider for start, provider in _KNOWN_NAMES if model.startswith(start)), None)
