"""Images: generated from a text, edited, varied; each blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.pipeline.plain_endpoints import IMAGE_EDIT, IMAGE_GENERATION, IMAGE_VARIATION
from litellm.types.media import ImageResponse

__all__ = [
    "aimage_edit",
    "aimage_generation",
    "aimage_variation",
    "image_edit",
    "image_generation",
    "image_variation",
]
DEFAULT_MODEL = "dall-e-2"
"""OpenAI's model when a call names none."""


def image_generation(
    prompt: str,
    model: str | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    style: str | None = None,
    user: str | None = None,
    timeout: Any = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Images of `prompt` by any provider; `timeout` is in seconds. Raises the exceptions of `litellm.exceptions`."""
    arguments = _with_model(given(locals(), kwargs))
    response: ImageResponse = run_sync(with_fallbacks(IMAGE_GENERATION, arguments, "image_generation"))
    return response


async def aimage_generation(prompt: str, model: str | None = None, **kwargs: Any) -> ImageResponse:
    """`image_generation` on an event loop."""
    arguments = _with_model(given(locals(), kwargs))
    response: ImageResponse = await run_async(with_fallbacks(IMAGE_GENERATION, arguments, "aimage_generation"))
    return response


def image_edit(
    image: Any = None,
    prompt: str | None = None,
    model: str | None = None,
    mask: Any = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    user: str | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: Any = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """`image`, or a list of images, changed as `prompt` says, where `mask` is transparent.

    An image is bytes, a path, an open binary file, or a tuple of name, content and media type. Raises the exceptions
    of `litellm.exceptions`.
    """
    arguments = _with_model(given(locals(), kwargs))
    response: ImageResponse = run_sync(with_fallbacks(IMAGE_EDIT, arguments, "image_edit"))
    return response


async def aimage_edit(
    image: Any = None, model: str | None = None, prompt: str | None = None, **kwargs: Any
) -> ImageResponse:
    """`image_edit` on an event loop."""
    arguments = _with_model(given(locals(), kwargs))
    response: ImageResponse = await run_async(with_fallbacks(IMAGE_EDIT, arguments, "aimage_edit"))
    return response


def image_variation(
    image: Any,
    model: str = DEFAULT_MODEL,
    n: int = 1,
    response_format: str = "url",
    size: str | None = None,
    user: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Images like `image`. Raises the exceptions of `litellm.exceptions`."""
    arguments = given(locals(), kwargs)
    response: ImageResponse = run_sync(with_fallbacks(IMAGE_VARIATION, arguments, "image_variation"))
    return response


async def aimage_variation(
    image: Any, model: str = DEFAULT_MODEL, n: int = 1, response_format: str = "url", **kwargs: Any
) -> ImageResponse:
    """`image_variation` on an event loop."""
    arguments = given(locals(), kwargs)
    response: ImageResponse = await run_async(with_fallbacks(IMAGE_VARIATION, arguments, "aimage_variation"))
    return response


def _with_model(arguments: dict[str, Any]) -> dict[str, Any]:
    arguments.setdefault("model", DEFAULT_MODEL)
    return arguments
