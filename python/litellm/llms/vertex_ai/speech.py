"""Google Cloud's speech, which shares Vertex AI's credentials: text to speech, and Chirp's transcriptions."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.gemini.chat import google_error
from litellm.llms.gemini.speech import OPENAI_VOICES, GeminiSpeech, GeminiTranscription
from litellm.llms.multipart import named_file
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object, encode_json

TTS_URL = "https://texttospeech.googleapis.com/v1/text:synthesize"
DEFAULT_VOICE = {"languageCode": "en-US", "name": "en-US-Studio-O"}
_ENCODINGS = {"mp3": "MP3", "opus": "OGG_OPUS", "wav": "LINEAR16", "pcm": "LINEAR16"}


class CloudSpeech(EndpointFormat):
    """`text:synthesize`."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI speech parameters that Google Cloud takes."""
        return ("response_format", "speed")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that speaks the input."""
        place = VertexEndpoint(call.options, None, call.model)
        params = call.params
        audio = params.get("audioConfig") or {
            "audioEncoding": _ENCODINGS.get(str(params.get("response_format")), "LINEAR16"),
            "speakingRate": str(params.get("speed", 1)),
        }
        text = str(call.inputs.get("input") or "")
        marked_up = bool(params.get("use_ssml")) or text.lstrip().startswith("<speak>")
        body = {
            "input": {"ssml" if marked_up else "text": text},
            "voice": _voice(call.inputs.get("voice")),
            "audioConfig": audio,
        }
        headers = {"content-type": "application/json", "charset": "UTF-8", **call.headers}
        if place.settings.project:
            headers["x-goog-user-project"] = place.settings.project
        return WireRequest("POST", call.api_base or TTS_URL, headers, encode_json(body), place.signer())

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The sound. Raises `WireError` when there is none."""
        data = decode_object(body)
        if not data.get("audioContent"):
            raise WireError("the provider's reply holds no 'audioContent'")
        return {"content": base64.b64decode(data["audioContent"])}

    def shown_provider(self, provider: str) -> str | None:
        """None: upstream's responses do not say."""
        return None

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def _voice(voice: Any) -> dict[str, Any]:
    """A voice by its name (`en-US-Studio-O`), or as Google has it; OpenAI's names stand for the usual one."""
    if isinstance(voice, Mapping):
        return dict(voice)
    if not voice or str(voice).lower() in OPENAI_VOICES:
        return dict(DEFAULT_VOICE)
    return {"languageCode": "-".join(str(voice).split("-")[:2]), "name": str(voice)}


class VertexGeminiSpeech(GeminiSpeech):
    """Gemini's TTS models at Vertex AI."""

    def post(self, call: EndpointCall, body: dict[str, Any]) -> WireRequest:
        """The POST of `body` to the model's generateContent."""
        return _generate(call, body)


class VertexGeminiTranscription(GeminiTranscription):
    """Transcriptions by Gemini at Vertex AI."""

    def post(self, call: EndpointCall, body: dict[str, Any]) -> WireRequest:
        """The POST of `body` to the model's generateContent."""
        return _generate(call, body)


def _generate(call: EndpointCall, body: dict[str, Any]) -> WireRequest:
    place = VertexEndpoint(call.options, call.api_base, call.model)
    headers = {"content-type": "application/json", **call.headers}
    url = place.model_method(call.model, "generateContent")
    return WireRequest("POST", url, headers, encode_json(body), place.signer())


class ChirpTranscription(EndpointFormat):
    """`recognizers/_:recognize` of Speech-to-Text, version 2."""

    sdk_retries = False
    shows_model = True

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI transcription parameters that Chirp takes."""
        return ("language", "response_format")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST of the recording."""
        place = VertexEndpoint(call.options, None, call.model)
        file = named_file(call.inputs.get("file"), default_name="audio.wav")
        language = call.params.get("language")
        config = {
            "autoDecodingConfig": {},
            "model": call.model,
            "languageCodes": [language] if isinstance(language, str) else language or ["auto"],
            "features": {"enableAutomaticPunctuation": True},
        }
        body = {"config": config, "content": base64.b64encode(file.content).decode()}
        headers = {"content-type": "application/json", **call.headers}
        if place.settings.project:
            headers["x-goog-user-project"] = place.settings.project
        base = (call.api_base or _host(place.location)).rstrip("/")
        url = f"{base}{place.project_path('v2')}/recognizers/_:recognize"
        return WireRequest("POST", url, headers, encode_json(body), place.signer())

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The transcript, and the seconds that were billed."""
        data = decode_object(body)
        results = data.get("results") or []
        texts = [(result.get("alternatives") or [{}])[0].get("transcript", "") for result in results]
        made: dict[str, Any] = {"text": " ".join(text.strip() for text in texts if text), "task": "transcribe"}
        billed = str((data.get("metadata") or {}).get("totalBilledDuration") or "").removesuffix("s")
        if billed.replace(".", "", 1).isdigit():
            made["duration"] = float(billed)
        return made

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def _host(location: str) -> str:
    return "https://speech.googleapis.com" if location == "global" else f"https://{location}-speech.googleapis.com"


class _ByModel(EndpointFormat):
    """One of two formats: Gemini's for its models, Google Cloud's for the others."""

    sdk_retries = False

    def __init__(self, gemini: EndpointFormat, cloud: EndpointFormat) -> None:
        self._gemini = gemini
        self._cloud = cloud

    def _of(self, model: str) -> EndpointFormat:
        return self._gemini if "gemini" in model else self._cloud

    def supported_params(self, provider: str, model: str) -> Collection[str] | None:
        """OpenAI parameters that the model takes."""
        return self._of(model).supported_params(provider, model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in the model's terms."""
        return self._of(model).map_params(provider, model, params, drop=drop)

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The model's request."""
        return self._of(call.model).build_request(call)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The model's reply."""
        return self._of(call.model).parse_response(call, headers, body)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def vertex_speech() -> EndpointFormat:
    """Speech at Vertex AI."""
    return _ByModel(VertexGeminiSpeech(), CloudSpeech())


def vertex_transcription() -> EndpointFormat:
    """Transcriptions at Vertex AI."""
    return _ByModel(VertexGeminiTranscription(), ChirpTranscription())
