"""A provider of one's own: subclass `CustomLLM` and register it in `litellm.custom_provider_map`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any


class CustomLLMError(Exception):
    """A failure of a custom provider, in HTTP terms."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.message = message


class CustomLLM:
    """Each method answers one kind of call; those that are not overridden refuse it.

    They are called with keyword arguments: `model`, `messages` (or `input`, `prompt`), `model_response` to fill in,
    `optional_params`, `api_base`, `api_key`, `headers`, `timeout`, `litellm_params`, `logging_obj`, `client`, …
    """

    def completion(self, *args: Any, **kwargs: Any) -> Any:
        """A chat completion: a `ModelResponse`."""
        raise _not_implemented("completion")

    def streaming(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """A streamed chat completion: an iterator of `GenericStreamingChunk`."""
        raise _not_implemented("streaming")

    async def acompletion(self, *args: Any, **kwargs: Any) -> Any:
        """A chat completion: a `ModelResponse`."""
        raise _not_implemented("acompletion")

    def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """A streamed chat completion: an async iterator of `GenericStreamingChunk`."""
        raise _not_implemented("astreaming")

    def embedding(self, *args: Any, **kwargs: Any) -> Any:
        """An `EmbeddingResponse`."""
        raise _not_implemented("embedding")

    async def aembedding(self, *args: Any, **kwargs: Any) -> Any:
        """An `EmbeddingResponse`."""
        raise _not_implemented("aembedding")

    def image_generation(self, *args: Any, **kwargs: Any) -> Any:
        """An `ImageResponse`."""
        raise _not_implemented("image_generation")

    async def aimage_generation(self, *args: Any, **kwargs: Any) -> Any:
        """An `ImageResponse`."""
        raise _not_implemented("aimage_generation")

    def image_edit(self, *args: Any, **kwargs: Any) -> Any:
        """An `ImageResponse`."""
        raise _not_implemented("image_edit")

    async def aimage_edit(self, *args: Any, **kwargs: Any) -> Any:
        """An `ImageResponse`."""
        raise _not_implemented("aimage_edit")


def _not_implemented(method: str) -> CustomLLMError:
    return CustomLLMError(status_code=500, message=f"this custom provider does not implement {method}")


def generic_chunk(chunk: Any) -> dict[str, Any]:
    """A `GenericStreamingChunk` as a chat.completion.chunk dict; other chunks are dumped as they are."""
    if not isinstance(chunk, dict):
        dumped: dict[str, Any] = chunk.model_dump()
        return dumped
    if "choices" in chunk:
        return chunk
    delta: dict[str, Any] = {"content": chunk.get("text") or ""}
    if chunk.get("tool_use"):
        delta["tool_calls"] = [chunk["tool_use"]]
    if chunk.get("provider_specific_fields"):
        delta["provider_specific_fields"] = chunk["provider_specific_fields"]
    reason = chunk.get("finish_reason") if chunk.get("is_finished") else None
    made: dict[str, Any] = {
        "choices": [{"index": chunk.get("index") or 0, "delta": delta, "finish_reason": reason or None}]
    }
    if chunk.get("usage"):
        made["usage"] = chunk["usage"]
    return made
