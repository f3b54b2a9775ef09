"""Helpers under the path that LiteLLM users import them from: models, facts, limits and abilities; text and tokens."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import litellm
from litellm.litellm_core_utils import accelerator
from litellm.litellm_core_utils.abilities import (
    supports_audio_input,
    supports_audio_output,
    supports_computer_use,
    supports_embedding_image_input,
    supports_function_calling,
    supports_native_streaming,
    supports_native_structured_output,
    supports_parallel_function_calling,
    supports_pdf_input,
    supports_prompt_caching,
    supports_reasoning,
    supports_response_schema,
    supports_system_messages,
    supports_tool_choice,
    supports_url_context,
    supports_video_input,
    supports_vision,
    supports_web_search,
)
from litellm.litellm_core_utils.get_llm_provider_logic import get_llm_provider, owner_provider
from litellm.litellm_core_utils.model_info import find_model, shown_facts
from litellm.litellm_core_utils.token_counter import token_counter
from litellm.types.provider_registry import PROVIDERS

__all__ = [
    "decode",
    "encode",
    "get_llm_provider",
    "get_max_tokens",
    "get_model_info",
    "get_supported_openai_params",
    "get_valid_models",
    "register_model",
    "supports_audio_input",
    "supports_audio_output",
    "supports_computer_use",
    "supports_embedding_image_input",
    "supports_function_calling",
    "supports_native_streaming",
    "supports_native_structured_output",
    "supports_parallel_function_calling",
    "supports_pdf_input",
    "supports_prompt_caching",
    "supports_reasoning",
    "supports_response_schema",
    "supports_system_messages",
    "supports_tool_choice",
    "supports_url_context",
    "supports_video_input",
    "supports_vision",
    "supports_web_search",
    "token_counter",
    "trim_messages",
    "validate_environment",
]

# Upstream encodes and decodes with one encoding for every model.
_ENCODING = "cl100k_base"


def encode(model: str = "", text: str = "", custom_tokenizer: Any = None) -> list[int]:
    """`text` as tokens of cl100k_base, whatever the model. Special tokens are text like any other."""
    return list(accelerator.encoding(_ENCODING).encode(text))


def decode(model: str = "", tokens: Sequence[int] = (), custom_tokenizer: Any = None) -> str:
    """Tokens of cl100k_base as text; bytes that are no UTF-8 become the replacement character."""
    return str(accelerator.encoding(_ENCODING).decode(list(tokens)))


def _should_retry(status_code: int) -> bool:
    """Whether a request that was answered with this status may be sent again: OpenAI's rule."""
    return status_code in (408, 409, 429) or status_code >= 500


class _Encoding:
    """cl100k_base, for those who count by hand."""

    name = _ENCODING

    def encode(self, text: str, **_: Any) -> list[int]:
        """`text` as tokens; special tokens are text like any other."""
        return encode(text=text)

    def decode(self, tokens: Sequence[int], **_: Any) -> str:
        """Tokens as text."""
        return decode(tokens=tokens)


encoding = _Encoding()


def _resolve(model: str, provider: str | None) -> tuple[str, Mapping[str, Any]] | None:
    found = find_model(model, provider)
    if found is not None or provider:
        return found
    try:
        bare, owner, _, _ = get_llm_provider(model)
    except litellm.BadRequestError:
        return None
    return find_model(bare, owner)


def get_model_info(model: str, custom_llm_provider: str | None = None, api_base: str | None = None) -> dict[str, Any]:
    """What the catalogue says of a model: its `key`, provider, mode, limits in tokens, prices in USD, abilities.

    Raises ModelNotMappedError for a model without an entry.
    """
    found = _resolve(model, custom_llm_provider)
    if found is None:
        raise litellm.ModelNotMappedError(
            f"This model isn't mapped yet. model={model}, custom_llm_provider={custom_llm_provider}. "
            "Add it with litellm.register_model."
        )
    key, entry = found
    info: dict[str, Any] = {
        "key": key,
        "input_cost_per_token": 0,
        "output_cost_per_token": 0,
        **shown_facts(key, entry, of_provider=custom_llm_provider is not None),
    }
    info["supported_openai_params"] = get_supported_openai_params(
        model, owner_provider(str(info.get("litellm_provider", "")))
    )
    return info


def _get_model_info_helper(
    model: str, custom_llm_provider: str | None = None, api_base: str | None = None, api_key: str | None = None
) -> dict[str, Any]:
    """`get_model_info`, under the name that some packages know it by."""
    return get_model_info(model, custom_llm_provider, api_base)


def get_max_tokens(model: str) -> int | None:
    """The most tokens a reply may have; None for a listed model of which the catalogue does not say.

    Raises an Exception for a model that it does not list, under its whole name or that without its provider.
    """
    found = _resolve(model, None)
    limit = (found[1].get("max_output_tokens") or found[1].get("max_tokens")) if found else None
    if limit is not None:
        return int(limit)
    try:
        bare = get_llm_provider(model)[0]
    except litellm.BadRequestError:
        bare = ""
    entry = litellm.model_cost.get(bare)
    if entry is None:
        raise Exception(f"No limit is known of the model {model}. Add one with litellm.register_model.")
    limit = entry.get("max_output_tokens") or entry.get("max_tokens")
    return None if limit is None else int(limit)


def get_supported_openai_params(
    model: str, custom_llm_provider: str | None = None, request_type: str = "chat_completion"
) -> list[str] | None:
    """OpenAI's parameters that the model takes; None when nothing is known of its provider."""
    from litellm.llms.supported_params import supported_openai_params

    if custom_llm_provider is None:
        try:
            _, custom_llm_provider, _, _ = get_llm_provider(model)
        except litellm.BadRequestError:
            return None
    return supported_openai_params(model, custom_llm_provider, request_type)


def register_model(model_cost: str | Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Add or override models' prices and facts; `model_cost` is a mapping, or the URL of one.

    Returns what was registered. Raises ValueError when an entry is not an object.
    """
    if isinstance(model_cost, str):
        from litellm.litellm_core_utils.get_model_cost_map import get_model_cost_map

        model_cost = get_model_cost_map(model_cost)
    for name, entry in model_cost.items():
        if not isinstance(entry, Mapping):
            raise ValueError(f"model_cost[{name!r}]: expected an object, got {type(entry).__name__}")
    for name, entry in model_cost.items():
        litellm.model_cost[name] = {**litellm.model_cost.get(name, {}), **entry}
    return dict(model_cost)


def validate_environment(
    model: str | None = None, api_key: str | None = None, api_base: str | None = None, api_version: str | None = None
) -> dict[str, Any]:
    """Whether the environment has what the model's provider needs: `keys_in_environment` and `missing_keys`."""
    try:
        provider = get_llm_provider(model or "")[1]
    except litellm.BadRequestError:
        provider = (model or "").partition("/")[0]
        if provider not in PROVIDERS:
            return {"keys_in_environment": False, "missing_keys": []}
    row = PROVIDERS.get(provider)
    needed = list(row.required_env) if row else []
    given = {"API_KEY": api_key, "API_BASE": api_base, "API_VERSION": api_version}
    missing = [
        name
        for name in needed
        if not os.environ.get(name) and not any(value and name.endswith(end) for end, value in given.items())
    ]
    if provider == "gemini" and len(missing) < len(needed):
        missing = []
    return {"keys_in_environment": not missing, "missing_keys": missing}


_TYPES = frozenset(
    """
    ChatCompletionDeltaToolCall ChatCompletionMessageToolCall Choices Delta Embedding EmbeddingResponse Function
    FunctionCall ImageResponse Message ModelResponse ModelResponseStream StreamingChoices TextChoices
    TextCompletionResponse TranscriptionResponse Usage
    """.split()  # noqa: SIM905
)
_FROM = {
    "exception_type": "litellm.litellm_core_utils.exception_mapping_utils",
    "get_optional_params": "litellm.pipeline.helpers",
    "ProviderConfigManager": "litellm.pipeline.provider_info",
    "CustomStreamWrapper": "litellm.litellm_core_utils.streaming_handler",
    "function_to_dict": "litellm.litellm_core_utils.param_helpers",
    "load_credentials_from_list": "litellm.litellm_core_utils.param_helpers",
    "validate_and_fix_thinking_param": "litellm.litellm_core_utils.param_helpers",
}


def __getattr__(name: str) -> Any:
    """Response types, which users import from here too, and what only some of them need."""
    if name in _TYPES:
        from litellm.types import utils as types

        return getattr(types, name)
    if name in _FROM:
        return getattr(importlib.import_module(_FROM[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def type_to_response_format_param(response_format: Any) -> dict[str, Any] | None:
    """A pydantic class or a `response_format` object, as OpenAI's API takes it."""
    from litellm.llms.openai.schema import response_format as as_param

    return None if response_format is None else dict(as_param(response_format))


def create_tokenizer(json: str) -> dict[str, Any]:
    """A tokenizer from the text of a `tokenizer.json`, for `token_counter(custom_tokenizer=…)`.

    Raises ValueError for what is none.
    """
    from litellm.litellm_core_utils import accelerator

    return {"type": "huggingface_tokenizer", "tokenizer": accelerator.tokenizer(json)}


def create_pretrained_tokenizer(
    identifier: str, revision: str = "main", auth_token: str | None = None
) -> dict[str, Any]:
    """A Hugging Face tokenizer by name, for `token_counter(custom_tokenizer=…)`; downloads it.

    Raises ImportError without the `tokenizers` package.
    """
    from tokenizers import Tokenizer

    return {"type": "huggingface_tokenizer", "tokenizer": Tokenizer.from_pretrained(identifier, revision, auth_token)}


def check_valid_key(model: str, api_key: str) -> bool:
    """Whether a call with this key succeeds; sends one short request."""
    try:
        litellm.completion(model=model, api_key=api_key, messages=[{"role": "user", "content": "Hi"}], max_tokens=1)
    except litellm.AuthenticationError:
        return False
    return True


def get_valid_models(check_provider_endpoint: bool = False, custom_llm_provider: str | None = None) -> list[str]:
    """The catalogue's models of every provider whose key is in the environment, or of one provider."""
    ready = {
        row.name
        for row in PROVIDERS.values()
        if row.key_env and any(os.environ.get(name) for name in row.key_env)
        if custom_llm_provider in (None, row.name)
    }
    return [name for name, entry in litellm.model_cost.items() if entry.get("litellm_provider") in ready]


def _shortened(message: dict[str, Any], room: int, model: str) -> dict[str, Any]:
    """`message` with the middle of its text left out, so that it is at most `room` tokens."""
    text = message.get("content")
    while isinstance(text, str) and text:
        tokens = token_counter(model, messages=[{**message, "content": text}])
        if tokens <= room:
            break
        half = max(int(len(text) * room / tokens) - 1, 0) // 2
        text = text[:half] + ".." + text[len(text) - half :] if half else ""
    return {**message, "content": text}


def trim_messages(
    messages: list[Any],
    model: str | None = None,
    trim_ratio: float = 0.75,
    return_response_tokens: bool = False,
    max_tokens: int | None = None,
) -> Any:
    """The system messages and the latest others that fit into `trim_ratio` of the model's window.

    `max_tokens` is the window in tokens when the model's is not wanted. Returns the messages, with
    `return_response_tokens` also how many tokens are left for the reply. A model without a window trims nothing.
    """
    if max_tokens is None:
        found = _resolve(model or "", None)
        window = (found[1].get("max_input_tokens") or found[1].get("max_tokens")) if found else None
        if window is None:
            return messages
        max_tokens = int(window * trim_ratio)
    system = [message for message in messages if message.get("role") == "system"]
    kept: list[Any] = []
    rest = [message for message in messages if message.get("role") != "system"]
    for message in reversed(rest):
        if token_counter(model or "", messages=[*system, message, *kept]) > max_tokens:
            break
        kept.insert(0, message)
    if rest and not kept:
        room = max_tokens - (token_counter(model or "", messages=system) if system else 0)
        shortened = _shortened(rest[-1], room, model or "")
        kept = [shortened] if shortened["content"] else []
    trimmed = [*system, *kept]
    if return_response_tokens:
        return trimmed, max_tokens - token_counter(model or "", messages=trimmed)
    return trimmed
