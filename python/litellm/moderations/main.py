"""Whether a text or an image breaks the rules."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.pipeline.plain_endpoints import MODERATION
from litellm.types.media import OpenAIModerationResponse

__all__ = ["amoderation", "moderation"]


def moderation(
    input: Any, model: str | None = None, api_key: str | None = None, **kwargs: Any
) -> OpenAIModerationResponse:
    """The judgement of `input`, a text, a list of texts, or of OpenAI's content parts.

    Raises the exceptions of `litellm.exceptions`.
    """
    arguments = _at_openai(given(locals(), kwargs))
    response: OpenAIModerationResponse = run_sync(with_fallbacks(MODERATION, arguments, "moderation"))
    return response


async def amoderation(
    input: Any,
    model: str | None = None,
    api_key: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> OpenAIModerationResponse:
    """`moderation` on an event loop."""
    arguments = _at_openai(given(locals(), kwargs))
    response: OpenAIModerationResponse = await run_async(with_fallbacks(MODERATION, arguments, "amoderation"))
    return response


def _at_openai(arguments: dict[str, Any]) -> dict[str, Any]:
    """A model without a provider, or none at all, is OpenAI's."""
    if "/" not in (arguments.get("model") or ""):
        arguments.setdefault("custom_llm_provider", "openai")
    return arguments
