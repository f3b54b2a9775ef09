"""Calls to a provider that the user registered in `litellm.custom_provider_map`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import litellm
from litellm.llms.custom_llm import CustomLLM, generic_chunk
from litellm.pipeline.arguments import openai_params, provider_params
from litellm.pipeline.effects import Call, Effect
from litellm.pipeline.run import Run
from litellm.types.utils import ModelResponse


def custom_handler(provider: str) -> CustomLLM | None:
    """The handler registered for `provider`."""
    for entry in litellm.custom_provider_map:
        if entry["provider"] == provider:
            handler: CustomLLM = entry["custom_handler"]
            return handler
    return None


def custom_chat(run: Run, handler: CustomLLM) -> Generator[Effect, Any, Any]:
    """A `ModelResponse` by `handler`, or for a stream an iterator of lists of chunk dicts."""
    arguments = run.arguments
    requested = openai_params(arguments)
    stream = bool(requested.pop("stream", False))
    optional = {**requested, **provider_params(arguments)}
    run.note_params(requested, optional)
    is_async = run.is_async
    kwargs = {
        "model": run.model,
        "messages": arguments.get("messages") or [],
        "api_base": run.api_base,
        "api_key": run.api_key,
        "custom_prompt_dict": {},
        "model_response": ModelResponse(),
        "print_verbose": _quiet,
        "encoding": None,
        "logging_obj": run.logging,
        "optional_params": optional,
        "acompletion": is_async,
        "litellm_params": {"metadata": arguments.get("metadata") or {}},
        "logger_fn": None,
        "headers": arguments.get("headers") or arguments.get("extra_headers") or {},
        "timeout": run.timeout(stream),
        "client": arguments.get("client"),
    }
    if not stream:
        return (yield Call(handler.acompletion if is_async else handler.completion, kwargs))
    chunks = yield Call(handler.astreaming if is_async else handler.streaming, kwargs)
    return _chunks_async(chunks) if hasattr(chunks, "__aiter__") else _chunks(chunks)


def _chunks(chunks: Iterator[Any]) -> Iterator[list[dict[str, Any]]]:
    for chunk in chunks:
        yield [generic_chunk(chunk)]


async def _chunks_async(chunks: AsyncIterator[Any]) -> AsyncIterator[list[dict[str, Any]]]:
    async for chunk in chunks:
        yield [generic_chunk(chunk)]


def _quiet(*_: Any) -> None:
    """Stands in for upstream's `print_verbose`."""
