"""Which of OpenAI's parameters a model takes."""

from __future__ import annotations

from litellm.llms.openai.params import OPENAI_CHAT_PARAMS
from litellm.types.provider_registry import PROVIDERS

EMBEDDING_PARAMS = ("timeout", "dimensions", "encoding_format", "user")
TRANSCRIPTION_PARAMS = ("language", "prompt", "response_format", "temperature", "timestamp_granularities")


def supported_openai_params(model: str, provider: str, request_type: str = "chat_completion") -> list[str] | None:
    """The names, or None when nothing is known of the provider."""
    row = PROVIDERS.get(provider)
    if row is None:
        return None
    if request_type == "embeddings":
        return list(EMBEDDING_PARAMS)
    if request_type == "transcription":
        return list(TRANSCRIPTION_PARAMS)
    if row.wire is None:
        return None
    if row.wire in ("openai", "azure", "anthropic"):
        from litellm.llms.formats import chat_format

        return list(chat_format(provider, model).supported_params(provider, model))
    return list(OPENAI_CHAT_PARAMS)
