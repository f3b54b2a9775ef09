"""What a model can do, by the catalogue: by its own entry, else by that of the same model elsewhere.

The order as LiteLLM 1.106.2 answers for the models of its catalogue.
"""

from __future__ import annotations

from collections.abc import Callable

import litellm
from litellm.litellm_core_utils.get_llm_provider_logic import get_llm_provider, is_provider
from litellm.litellm_core_utils.model_facts import inherited_facts
from litellm.litellm_core_utils.model_info import find_model, shown_facts

_SCHEMA_OF_EVERY_MODEL = frozenset({"fireworks_ai", "databricks", "nebius"})
"""Providers all of whose models take a JSON schema unless their entry says otherwise."""


def has_ability(model: str, provider: str | None, ability: str) -> bool:
    """Whether `model` has `ability`, the name of a catalogue fact; False for a model of no known provider."""
    try:
        bare, owner, _, _ = get_llm_provider(model, provider)
    except litellm.BadRequestError:
        return False
    found = find_model(bare, owner)
    if found is None and not is_provider(owner):
        return False
    value = found[1].get(ability) if found else None
    if value is None:
        value = inherited_facts(owner, bare).get(ability)
    if value is None and found:
        value = shown_facts(*found).get(ability)
    if value is None:
        value = litellm.model_cost.get(bare, {}).get(ability)
    if value is None:
        value = ability == "supports_response_schema" and owner in _SCHEMA_OF_EVERY_MODEL
    return value is True


def _ability(name: str, what: str) -> Callable[[str, str | None], bool]:
    def supports(model: str, custom_llm_provider: str | None = None) -> bool:
        return has_ability(model, custom_llm_provider, name)

    supports.__name__ = supports.__qualname__ = name
    supports.__doc__ = f"Whether the model takes {what}."
    return supports


supports_function_calling = _ability("supports_function_calling", "tools")
supports_parallel_function_calling = _ability("supports_parallel_function_calling", "several tool calls at once")
supports_tool_choice = _ability("supports_tool_choice", "`tool_choice`")
supports_vision = _ability("supports_vision", "images")
supports_pdf_input = _ability("supports_pdf_input", "PDF files")
supports_audio_input = _ability("supports_audio_input", "audio")
supports_audio_output = _ability("supports_audio_output", "the wish for audio")
supports_video_input = _ability("supports_video_input", "videos")
supports_response_schema = _ability("supports_response_schema", "a JSON schema for its reply")
supports_native_structured_output = _ability("supports_native_structured_output", "a JSON schema without a tool")
supports_prompt_caching = _ability("supports_prompt_caching", "marks of what to cache")
supports_reasoning = _ability("supports_reasoning", "a reasoning effort")
supports_web_search = _ability("supports_web_search", "the wish to search the web")
supports_computer_use = _ability("supports_computer_use", "a computer to use")
supports_url_context = _ability("supports_url_context", "addresses to read")
supports_embedding_image_input = _ability("supports_embedding_image_input", "images to embed")


def supports_system_messages(model: str, custom_llm_provider: str | None) -> bool:
    """Whether the model takes system messages."""
    return has_ability(model, custom_llm_provider, "supports_system_messages")


def supports_native_streaming(model: str, custom_llm_provider: str | None) -> bool:
    """Whether the model takes the wish to stream."""
    return has_ability(model, custom_llm_provider, "supports_native_streaming")
