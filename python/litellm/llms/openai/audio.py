"""OpenAI's speech in both directions, for OpenAI and for providers that speak its format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.multipart import Part, named_file
from litellm.llms.openai.chat import refusal_in_body
from litellm.llms.openai.images import form_request
from litellm.llms.wire import WireError, WireRequest, decode_json

TEXT_FORMATS = frozenset({"text", "srt", "vtt"})
"""Transcription formats that are plain text, not JSON."""


class OpenAITranscription(EndpointFormat):
    """POST /audio/transcriptions, a form. `params` are the OpenAI parameters that are taken; None for all."""

    path = "/audio/transcriptions"
    names_call = False
    shows_model = True

    def __init__(self, params: frozenset[str] | None = None, *, drops: bool = False) -> None:
        self.params = params
        self.drops = drops

    def supported_params(self, provider: str, model: str) -> frozenset[str] | None:
        """The parameters that the provider takes."""
        return None if self.drops else self.params

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """The parameters; with `drops`, those that the provider does not take are left out without a word."""
        return {name: value for name, value in params.items() if self.params is None or name in self.params}

    def shown_provider(self, provider: str) -> str | None:
        """OpenAI, whoever answered in its format."""
        return "openai"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with the recording."""
        fields = {"model": call.model, **call.params}
        if call.model.startswith("whisper-1"):
            fields.setdefault("response_format", "verbose_json")  # the only format that tells the duration
        parts: list[Part] = [("file", named_file(call.inputs.get("file"), default_name="audio.wav"))]
        return form_request(self, call, fields, parts)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The transcript, whatever form was asked for. Raises `WireError` when there is none."""
        try:
            data = decode_json(body)
        except ValueError as error:
            if "json" in headers.get("content-type", "") and call.params.get("response_format") not in TEXT_FORMATS:
                raise WireError(f"the provider's reply is not valid JSON: {body[:200]!r}") from error
            return {"text": body.decode("utf-8", "replace")}
        if not isinstance(data, dict):
            return {"text": body.decode("utf-8", "replace")}
        if "text" not in data:
            raise refusal_in_body(data) if data.get("error") else WireError("the provider's reply holds no 'text'")
        return data


class OpenAISpeech(EndpointFormat):
    """POST /audio/speech."""

    path = "/audio/speech"
    names_call = False

    def shown_provider(self, provider: str) -> str | None:
        """None: LiteLLM's speech responses do not name theirs."""
        return None

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that speaks the input."""
        voice = call.inputs.get("voice")
        body = {"model": call.model, "input": call.inputs.get("input"), "voice": voice, **call.params}
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The sound, as bytes of the asked format."""
        return {"content": body}
