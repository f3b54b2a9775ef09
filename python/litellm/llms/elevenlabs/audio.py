"""ElevenLabs' speech in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.multipart import Part
from litellm.llms.openai.images import form_request
from litellm.llms.openai_like.audio import audio_file
from litellm.llms.wire import WireError, WireRequest

ERROR_CLASS = "ElevenLabsException"
VOICES: Mapping[str, str] = {
    "alloy": "21m00Tcm4TlvDq8ikWAM",
    "amber": "5Q0t7uMcjvnagumLfvZi",
    "ash": "AZnzlk1XvdvUeBnXmlld",
    "august": "D38z5RcWu1voky8WS1ja",
    "blue": "2EiwWnXFnvU5JabPnv8n",
    "coral": "9BWtsMINqrJLrRacOk9x",
    "lily": "EXAVITQu4vr4xnSDxMaL",
    "onyx": "29vD33N1CtxCmqQRPOHJ",
    "sage": "CwhRBWXzGAHq8TQ4Fs17",
    "verse": "CYw3kZ02Hs0563khs1Fj",
}
"""Ids of ElevenLabs' stock voices that stand in for OpenAI's, as LiteLLM pairs them."""
FORMATS: Mapping[str, str] = {"mp3": "mp3_44100_128", "pcm": "pcm_44100", "opus": "opus_48000_128"}
"""OpenAI's formats in ElevenLabs' terms; it has no WAV, AAC or FLAC."""


def _headers(call: EndpointCall) -> dict[str, str]:
    return {**({"xi-api-key": call.api_key} if call.api_key else {}), **call.headers}


class ElevenLabsSpeech(EndpointFormat):
    """POST /v1/text-to-speech/{voice}."""

    sdk_retries = False
    error_class = ERROR_CLASS

    def shown_provider(self, provider: str) -> str | None:
        """None: LiteLLM's speech responses do not name theirs."""
        return None

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key in ElevenLabs' own header."""
        return _headers(call)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """Speed is a setting of the voice; instructions have no place."""
        mapped: dict[str, Any] = {}
        if "response_format" in params:
            mapped["output_format"] = FORMATS.get(params["response_format"], params["response_format"])
        if params.get("speed") is not None:
            mapped["voice_settings"] = {"speed": float(params["speed"])}
        return mapped

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that speaks the input. Raises `ValueError` without a voice."""
        voice = call.inputs.get("voice")
        if isinstance(voice, Mapping):
            voice = voice.get("voice_id") or voice.get("id") or voice.get("name")
        if not voice:
            raise ValueError("voice: name a voice or its id; ElevenLabs has no default")
        body = {"text": call.inputs.get("input"), "model_id": call.model, **call.params}
        output = body.pop("output_format", None)
        request = self.json_request(call, body)
        request.url = f"{(call.api_base or '').rstrip('/')}/v1/text-to-speech/{quote(_voice_id(str(voice)), safe='')}"
        if output:
            request.url += f"?{urlencode({'output_format': output})}"
        return request

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The sound."""
        return {"content": body}


def _voice_id(voice: str) -> str:
    return VOICES.get(voice.strip().lower(), voice.strip())


class ElevenLabsTranscription(EndpointFormat):
    """POST /v1/speech-to-text, a form."""

    path = "/v1/speech-to-text"
    sdk_retries = False
    error_class = ERROR_CLASS

    def shown_provider(self, provider: str) -> str | None:
        """None: upstream's does not say."""
        return None

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key in ElevenLabs' own header."""
        return _headers(call)

    def supported_params(self, provider: str, model: str) -> frozenset[str]:
        """OpenAI's parameters that it has."""
        return frozenset({"language", "temperature", "prompt"})

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """The language under its own name."""
        return {"language_code" if name == "language" else name: value for name, value in params.items()}

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with the recording."""
        parts: list[Part] = [("file", audio_file(call.inputs.get("file")))]
        fields = {name: str(value) if isinstance(value, bool) else value for name, value in call.params.items()}
        return form_request(self, call, {"model_id": call.model, **fields}, parts, brackets=False)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Text, language and words. Raises `WireError` when there is no text."""
        data = read_json(body)
        if not isinstance(data, dict) or "text" not in data:
            raise WireError("the provider's reply holds no 'text'")
        made: dict[str, Any] = {"text": data["text"], "task": "transcribe"}
        if data.get("language_code"):
            made["language"] = data["language_code"]
        words = [word for word in data.get("words") or () if word.get("type") == "word"]
        if words:
            made["words"] = [
                {"word": word.get("text"), "start": word.get("start"), "end": word.get("end")} for word in words
            ]
        return made
