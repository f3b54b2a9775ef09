"""`litellm.anthropic.messages`: Anthropic's messages API, for every provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.messages_cache import cached_messages


async def acreate(
    max_tokens: int,
    messages: list[dict[str, Any]],
    model: str,
    metadata: dict[str, Any] | None = None,
    stop_sequences: list[str] | None = None,
    stream: bool | None = None,
    system: Any = None,
    temperature: float | None = None,
    thinking: dict[str, Any] | None = None,
    tool_choice: dict[str, Any] | None = None,
    tools: list[dict[str, Any]] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    container: dict[str, Any] | None = None,
    **kwargs: Any,
) -> dict[str, Any] | AsyncIterator[bytes]:
    """An Anthropic message by any provider.

    Takes Anthropic's request fields and LiteLLM's settings (`api_base`, `api_key`, `timeout`, …). Returns the message
    as a dict, or server-sent events as bytes with `stream=True`. Raises the exceptions of `litellm.exceptions`.
    """
    result: dict[str, Any] | AsyncIterator[bytes]
    result = await run_async(cached_messages(given(locals(), kwargs), is_async=True))
    return result


def create(
    max_tokens: int,
    messages: list[dict[str, Any]],
    model: str,
    metadata: dict[str, Any] | None = None,
    stop_sequences: list[str] | None = None,
    stream: bool | None = None,
    system: Any = None,
    temperature: float | None = None,
    thinking: dict[str, Any] | None = None,
    tool_choice: dict[str, Any] | None = None,
    tools: list[dict[str, Any]] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    container: dict[str, Any] | None = None,
    **kwargs: Any,
) -> dict[str, Any] | Iterator[bytes]:
    """`acreate`, blocking; server-sent events come from a plain iterator."""
    result: dict[str, Any] | Iterator[bytes] = run_sync(cached_messages(given(locals(), kwargs), is_async=False))
    return result
