"""Speech to text and text to speech, each blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.arguments import given
from litellm.pipeline.caching import cached
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.pipeline.plain_endpoints import SPEECH, TRANSCRIPTION
from litellm.types.binary import HttpxBinaryResponseContent
from litellm.types.media import TranscriptionResponse

__all__ = ["aspeech", "atranscription", "speech", "transcription"]
_TRANSCRIPTION = cached(TRANSCRIPTION, TranscriptionResponse)


def transcription(
    model: str,
    file: Any,
    language: str | None = None,
    prompt: str | None = None,
    response_format: str | None = None,
    timestamp_granularities: list[str] | None = None,
    temperature: float | None = None,
    user: str | None = None,
    timeout: Any = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    max_retries: int | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> TranscriptionResponse:
    """The text of a recording.

    `file` is bytes, a path, an open binary file, or a tuple of name, content and media type; `timeout` is in seconds.
    Raises the exceptions of `litellm.exceptions`.
    """
    arguments = given(locals(), kwargs)
    response: TranscriptionResponse = run_sync(with_fallbacks(_TRANSCRIPTION, arguments, "transcription"))
    return response


async def atranscription(model: str, file: Any, **kwargs: Any) -> TranscriptionResponse:
    """`transcription` on an event loop."""
    arguments = given(locals(), kwargs)
    response: TranscriptionResponse = await run_async(with_fallbacks(_TRANSCRIPTION, arguments, "atranscription"))
    return response


def speech(
    model: str,
    input: str,
    voice: Any = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    max_retries: int | None = None,
    metadata: dict[str, Any] | None = None,
    timeout: Any = None,
    response_format: str | None = None,
    speed: float | None = None,
    instructions: str | None = None,
    client: Any = None,
    headers: dict[str, str] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """`input` spoken by `voice`: bytes of the format that `response_format` names.

    Raises the exceptions of `litellm.exceptions`.
    """
    arguments = given(locals(), kwargs)
    response: HttpxBinaryResponseContent = run_sync(with_fallbacks(SPEECH, arguments, "speech"))
    return response


async def aspeech(model: str, input: str, voice: Any = None, **kwargs: Any) -> HttpxBinaryResponseContent:
    """`speech` on an event loop."""
    arguments = given(locals(), kwargs)
    response: HttpxBinaryResponseContent = await run_async(with_fallbacks(SPEECH, arguments, "aspeech"))
    return response
