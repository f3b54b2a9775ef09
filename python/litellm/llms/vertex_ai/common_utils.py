"""Addresses of Google AI Studio, under the path that LiteLLM users import them from."""

from __future__ import annotations

from litellm.types.provider_registry import PROVIDERS

_METHODS = {
    "embedding": "embedContent",
    "batch_embedding": "batchEmbedContents",
    "count_tokens": "countTokens",
}


def _get_gemini_url(mode: str, model: str, stream: bool | None) -> tuple[str, str]:
    """The address of a model's method at Google AI Studio, and the method: `chat`, `embedding`, `batch_embedding`
    or `count_tokens`. Raises `ValueError` for any other."""
    if mode == "chat":
        method = "streamGenerateContent" if stream else "generateContent"
    elif mode in _METHODS:
        method = _METHODS[mode]
    else:
        raise ValueError(f"mode: expected chat or one of {', '.join(_METHODS)}, got {mode!r}")
    query = "?alt=sse" if method == "streamGenerateContent" else ""
    return f"{PROVIDERS['gemini'].api_base}/models/{model}:{method}{query}", method
