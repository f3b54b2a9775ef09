"""Transcription of providers that differ from OpenAI's in a detail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.multipart import NamedFile, Part, named_file
from litellm.llms.openai.audio import OpenAITranscription
from litellm.llms.openai.images import form_request
from litellm.llms.wire import WireRequest

COMMON = frozenset({"language", "prompt", "response_format", "temperature", "timestamp_granularities"})


def groq_transcription() -> OpenAITranscription:
    """Groq: no timestamp granularities."""
    return OpenAITranscription(COMMON - {"timestamp_granularities"})


def fireworks_transcription() -> OpenAITranscription:
    """Fireworks: little more than the prompt."""
    return OpenAITranscription(frozenset({"prompt", "temperature"}), drops=True)


class MistralTranscription(OpenAITranscription):
    """Mistral: lists are repeated fields, and sound has its registered media type."""

    sdk_retries = False
    shows_model = False
    error_class = "MistralAudioTranscriptionException"

    def __init__(self) -> None:
        super().__init__(COMMON)

    def shown_provider(self, provider: str) -> str | None:
        """None: upstream's does not say."""
        return None

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with the recording."""
        parts: list[Part] = [("file", audio_file(call.inputs.get("file")))]
        return form_request(self, call, {"model": call.model, **call.params}, parts, brackets=False)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The text, and the language and segments where they are told."""
        data = super().parse_response(call, headers, body)
        return {name: data[name] for name in ("text", "language", "segments", "words", "usage") if name in data}


def audio_file(value: Any) -> NamedFile:
    """A recording to upload, with the media type that is registered for it."""
    file = named_file(value, default_name="audio.wav")
    return NamedFile(file.name, file.content, file.media_type.replace("/x-", "/"))
