"""Finding a model in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import litellm
from litellm.litellm_core_utils.model_families import family_facts

_NOT_SHOWN = frozenset(
    """
    deprecation_date supports_nova_canvas_image_edit supports_image_input supports_parallel_tool_use_config
    supports_output_config supports_sampling_params supports_forced_tool_use supports_bedrock_native_structured_output
    supported_modalities supported_output_modalities code_interpreter_cost_per_session
    cache_read_input_image_token_cost cache_creation_input_audio_token_cost input_cost_per_pixel
    audio_transcription_config guardrail_cost_per_unit supports_speed supports_fast_mode
    explicit_cache_read_input_token_cost input_dbu_cost_per_token output_dbu_cost_per_token
    input_cost_per_token_cache_hit output_cost_per_image_0.5K output_cost_per_image_1K output_cost_per_image_2K
    output_cost_per_image_4K output_cost_per_image_512 output_cost_per_image_1024 output_cost_per_image_1536
    input_cost_per_audio_token_priority gemini_native_audio gemini_audio_only_live supports_multimodal
    cache_creation_input_token_cost_above_272k_tokens_decisions cache_creation_input_token_cost_decisions
    cache_read_input_token_cost_above_272k_tokens_decisions cache_read_input_token_cost_decisions
    input_cost_per_token_above_272k_tokens_decisions input_cost_per_token_decisions
    output_cost_per_token_above_272k_tokens_decisions output_cost_per_token_decisions
    input_cost_per_video_per_second_above_15s_interval input_cost_per_video_per_second_above_8s_interval
    supports_bedrock_runtime_chat_completions_inline_reasoning
    supports_bedrock_runtime_chat_completions_tools_with_reasoning
    supports_bedrock_runtime_chat_completions_response_format supported_regions use_openai_responses_path
    supports_bedrock_converse_tool_result_images input_cost_per_request input_cost_per_text_message
    """.split()  # noqa: SIM905
)
"""Facts that steer prices and requests, and that LiteLLM's `get_model_info` does not tell."""
_OF_EVERY_MODEL: Mapping[str, frozenset[str]] = {
    "fireworks_ai": frozenset({"supports_function_calling", "supports_prompt_caching"}),
    "xai": frozenset({"supports_web_search"}),
}
"""What holds for every model of a provider unless its entry says otherwise."""
_TOOL_SEARCH_OWNERS = ("anthropic", "azure_ai", "bedrock", "vertex_ai")
_SEARCHES_TOOLS = re.compile(r"claude-(haiku|opus|sonnet|fable|mythos)-(4-[5-9]|[5-9])")
_AZURE_REASONS = re.compile(r"(^|/)(o\d|gpt-5|codex-mini)")


def shown_facts(key: str, entry: Mapping[str, Any], *, of_provider: bool = True) -> dict[str, Any]:
    """What the catalogue says of a model, as `get_model_info` tells it, with what the model's family adds.

    `of_provider` adds what holds for every model of the provider.
    """
    facts = {name: value for name, value in entry.items() if name not in _NOT_SHOWN}
    owner = str(entry.get("litellm_provider", ""))
    for ability in _OF_EVERY_MODEL.get(owner, ()) if of_provider else ():
        facts.setdefault(ability, True)
    searches = owner.startswith(_TOOL_SEARCH_OWNERS) and _SEARCHES_TOOLS.search(key)
    if "supports_tool_search" not in facts and searches:
        facts["supports_tool_search"] = True
    if owner == "azure" and "supports_reasoning" not in facts and _AZURE_REASONS.search(key):
        facts["supports_reasoning"] = True
    return facts


_RESELLERS = frozenset({"fireworks_ai", "github", "litellm_proxy", "nadir"})
"""Providers that are priced like whoever a model is listed under."""
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "azure_ai": ("azure_ai", "azure", "openai"),
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
    if not provider or owner == provider or provider in _RESELLERS:
        return True
    return any(owner.startswith(name) for name in _FAMILIES.get(provider, (provider,)))


@lru_cache(maxsize=4096)
def candidates(model: str, provider: str | None) -> tuple[str, ...]:
    """The catalogue's possible names of `model` at `provider`, best first."""
    names = []
    if provider:
        bare = model.removeprefix(f"{provider}/")
        names += [f"{provider}/{bare}", model, bare]
        names.append(f"{provider}/{model}")
        if provider == "vertex_ai_beta":
            names.append(f"vertex_ai/{bare}")
        if provider == "bedrock":
            names += _bedrock_names(bare)
        if provider == "fireworks_ai":
            names.append(f"fireworks_ai/accounts/fireworks/models/{bare}")
    else:
        names += [model, model.split("/", 1)[-1]]
    return tuple(dict.fromkeys(names))


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
    """The catalogue's key and entry for `model`, or what its family gives away; None for neither."""
    found = find_listed(model, provider)
    if found is not None or not provider:
        return found
    bare = model.removeprefix(f"{provider}/")
    if bare in litellm.model_cost:
        return None  # a model of somebody else's, not an unknown one
    facts = family_facts(bare, provider)
    return None if facts is None else (f"{provider}/{bare}", facts)


def find_listed(model: str, provider: str | None = None) -> tuple[str, Mapping[str, Any]] | None:
    """The catalogue's key and entry for `model`; None when it has none."""
    catalogue = litellm.model_cost
    for name in candidates(model, provider):
        entry = catalogue.get(name)
        if entry is not None and belongs(entry, provider):
            return name, entry
    return None
