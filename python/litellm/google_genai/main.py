"""`generate_content`: Gemini's API, for every provider; its own models speak it natively."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.google_genai import content_steps
from litellm.types.google_genai.main import GenerateContentResponse


def _arguments(model: str, contents: Any, config: Any, more: dict[str, Any], *, stream: bool) -> dict[str, Any]:
    given = {name: value for name, value in more.items() if value is not None}
    return {**given, "model": model, "contents": contents, "config": config, "stream": stream}


def generate_content(model: str, contents: Any, config: Any = None, **kwargs: Any) -> GenerateContentResponse:
    """A GenerateContentResponse by any provider.

    `contents` is a text, a content or a list of them; `config` is the GenAI SDK's configuration. `kwargs` are fields of
    the REST request (`systemInstruction`, `tools`, `toolConfig`, `generationConfig`, …) and LiteLLM's settings.
    Raises the exceptions of `litellm.exceptions`.
    """
    made: GenerateContentResponse = run_sync(
        content_steps(_arguments(model, contents, config, kwargs, stream=False), is_async=False)
    )
    return made


async def agenerate_content(model: str, contents: Any, config: Any = None, **kwargs: Any) -> GenerateContentResponse:
    """`generate_content` on an event loop."""
    made: GenerateContentResponse = await run_async(
        content_steps(_arguments(model, contents, config, kwargs, stream=False), is_async=True)
    )
    return made


def generate_content_stream(model: str, contents: Any, config: Any = None, **kwargs: Any) -> Iterator[bytes]:
    """The same as server-sent events, as they arrive."""
    made: Iterator[bytes] = run_sync(
        content_steps(_arguments(model, contents, config, kwargs, stream=True), is_async=False)
    )
    return made


async def agenerate_content_stream(
    model: str, contents: Any, config: Any = None, **kwargs: Any
) -> AsyncIterator[bytes]:
    """`generate_content_stream` on an event loop."""
    made: AsyncIterator[bytes] = await run_async(
        content_steps(_arguments(model, contents, config, kwargs, stream=True), is_async=True)
    )
    return made
