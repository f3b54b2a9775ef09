"""What a call used: tokens of every sort."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from litellm.types.openai_object import OpenAIObject, as_model


class CacheCreationTokenDetails(BaseModel):
    """Tokens written to Anthropic's cache, by how long they are kept."""

    model_config = ConfigDict(defer_build=True)

    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class ServerToolUse(BaseModel):
    """Calls of tools that the provider ran itself."""

    model_config = ConfigDict(defer_build=True)

    web_search_requests: int | None = None
    tool_search_requests: int | None = None
    browser_open_requests: int | None = None


class CompletionTokensDetailsWrapper(OpenAIObject):
    """Sorts of output tokens."""

    accepted_prediction_tokens: int | None = None
    audio_tokens: int | None = None
    reasoning_tokens: int | None = None
    rejected_prediction_tokens: int | None = None
    text_tokens: int | None = None
    image_tokens: int | None = None
    video_tokens: int | None = None


_ALWAYS_SHOWN = ("audio_tokens", "cached_tokens", "text_tokens", "image_tokens", "video_tokens")


class PromptTokensDetailsWrapper(OpenAIObject):
    """Sorts of input tokens. Only the common ones are there when nothing was said of them."""

    def __init__(self, **params: Any) -> None:
        extra = dict.fromkeys(_ALWAYS_SHOWN) | {k: v for k, v in params.items() if v is not None or k in _ALWAYS_SHOWN}
        written = extra.get("cache_creation_tokens")
        if written is None and extra.get("cache_write_tokens") is not None:
            extra["cache_creation_tokens"] = extra["cache_write_tokens"]
        elif written is not None:
            extra.setdefault("cache_write_tokens", written)
        if extra.get("cache_creation_token_details") is not None:
            extra["cache_creation_token_details"] = as_model(
                CacheCreationTokenDetails, extra["cache_creation_token_details"]
            )
        self._fill({}, extra)

    def __getattr__(self, name: str) -> Any:
        if name in _SORTS:
            extra = self.__pydantic_extra__
            return None if extra is None else extra.get(name)
        return super().__getattr__(name)  # type: ignore[misc]


_SORTS = frozenset(
    {
        *_ALWAYS_SHOWN,
        "cache_write_tokens",
        "web_search_requests",
        "google_maps_grounding_requests",
        "tool_use_tokens",
        "cache_creation_tokens",
        "cache_creation_token_details",
        "cached_tokens_details",
    }
)


class Usage(OpenAIObject):
    """Tokens of one call. `prompt_tokens` includes cached ones, `completion_tokens` includes reasoning."""

    completion_tokens: int = 0
    prompt_tokens: int = 0
    total_tokens: int = 0
    completion_tokens_details: Any = None
    prompt_tokens_details: Any = None

    def __init__(
        self,
        prompt_tokens: int | None = None,
        completion_tokens: int | None = None,
        total_tokens: int | None = None,
        reasoning_tokens: int | None = None,
        prompt_tokens_details: Any = None,
        completion_tokens_details: Any = None,
        server_tool_use: Any = None,
        cost: float | None = None,
        **params: Any,
    ) -> None:
        completion = completion_tokens or 0
        output = _output_details(completion_tokens_details, reasoning_tokens, completion)
        fields: dict[str, Any] = {
            "completion_tokens": completion,
            "prompt_tokens": prompt_tokens or 0,
            "total_tokens": total_tokens or 0,
            "completion_tokens_details": output,
            "prompt_tokens_details": _input_details(prompt_tokens_details, params),
        }
        if server_tool_use is not None:
            params["server_tool_use"] = as_model(ServerToolUse, server_tool_use)
        if cost is not None:
            params["cost"] = cost
        self._fill(fields, params)


def _plain(details: Any) -> dict[str, Any]:
    if isinstance(details, dict):
        return details
    plain: dict[str, Any] = details.model_dump()
    return plain


def _output_details(details: Any, reasoning: int | None, completion: int) -> CompletionTokensDetailsWrapper | None:
    if details is not None and not isinstance(details, CompletionTokensDetailsWrapper):
        details = CompletionTokensDetailsWrapper(**_plain(details))
    if reasoning:
        if details is None:
            return CompletionTokensDetailsWrapper(
                reasoning_tokens=reasoning, text_tokens=max(completion - reasoning, 0)
            )
        if details.reasoning_tokens is None:
            details.reasoning_tokens = reasoning
    found: CompletionTokensDetailsWrapper | None = details
    return found


def _input_details(details: Any, params: dict[str, Any]) -> PromptTokensDetailsWrapper | None:
    """Details of the input; counts that Anthropic and DeepSeek give beside them are taken in."""
    read = params.get("cache_read_input_tokens") or params.get("prompt_cache_hit_tokens")
    written = params.get("cache_creation_input_tokens")
    if details is None and not read and not written:
        return None
    if isinstance(details, PromptTokensDetailsWrapper):
        known = dict(details.__pydantic_extra__ or {})
    else:
        known = dict(_plain(details)) if details is not None else {}
    if read and known.get("cached_tokens") is None:
        known["cached_tokens"] = read
    if written and known.get("cache_creation_tokens") is None:
        known["cache_creation_tokens"] = written
    return PromptTokensDetailsWrapper(**known)
