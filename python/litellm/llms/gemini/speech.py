"""Speech of Gemini's TTS models, and transcriptions by Gemini: both are generateContent."""

from __future__ import annotations

import base64
import struct
from collections.abc import Collection, Mapping
from typing import Any

import litellm
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.gemini.chat import api_key_headers, google_error, model_url
from litellm.llms.gemini.response import convert_response, error_in_body
from litellm.llms.multipart import named_file
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object, encode_json

OPENAI_VOICES = frozenset(
    {"alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse"}
)
DEFAULT_VOICE = "Kore"
_RAW = "pcm"
_SAMPLE_RATE = 24_000
_TRANSCRIBE = "Transcribe the speech in this recording word for word. Answer with the transcript and nothing else."


class GoogleContent(EndpointFormat):
    """An endpoint that is a generateContent below."""

    sdk_retries = False

    def post(self, call: EndpointCall, body: dict[str, Any]) -> WireRequest:
        """The POST of `body` to the model's generateContent."""
        url = model_url(call.api_base, call.model, "generateContent")
        return WireRequest("POST", url, api_key_headers(call.api_key, call.headers), encode_json(body))

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


class GeminiSpeech(GoogleContent):
    """Speech: raw samples (`pcm`), or the same as a WAV file."""

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI speech parameters that Gemini takes."""
        return ("response_format", "instructions")

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as they are. Raises `BadRequestError` for a format that Gemini does not speak in."""
        wanted = params.get("response_format")
        if wanted not in (None, _RAW, "wav") and not drop:
            raise litellm.BadRequestError(
                message=f"response_format={wanted!r}: Gemini speaks in 'pcm' and 'wav'",
                model=model,
                llm_provider=provider,
            )
        return dict(params)

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that speaks the input."""
        return self.post(call, speech_body(call))

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The sound. Raises `WireError` when there is none."""
        data = decode_object(body)
        if "error" in data:
            raise error_in_body(data)
        for candidate in data.get("candidates") or ():
            for part in (candidate.get("content") or {}).get("parts") or ():
                sound = part.get("inlineData") or {}
                if sound.get("data"):
                    samples = base64.b64decode(sound["data"])
                    raw = call.params.get("response_format") == _RAW
                    return {"content": samples if raw else wav(samples, _rate(sound.get("mimeType")))}
        raise WireError("the provider's reply holds no sound")


def speech_body(call: EndpointCall) -> dict[str, Any]:
    """The body that has the input spoken."""
    voice = call.inputs.get("voice")
    config: Any = voice if isinstance(voice, Mapping) else None
    if config is None or "name" in config:
        name = config.get("name") if config else voice
        if not name or str(name).lower() in OPENAI_VOICES:
            name = DEFAULT_VOICE
        config = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": name}}}
    text = str(call.inputs.get("input") or "")
    if call.params.get("instructions"):
        text = f"{call.params['instructions']}: {text}"
    generation = {"responseModalities": ["AUDIO"], "speechConfig": config}
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], "generationConfig": generation}


def _rate(media_type: Any) -> int:
    for field in str(media_type or "").split(";"):
        name, _, value = field.strip().partition("=")
        if name == "rate" and value.isdigit():
            return int(value)
    return _SAMPLE_RATE


def wav(samples: bytes, rate: int) -> bytes:
    """16-bit mono `samples` as a WAV file."""
    head = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    body = b"WAVEfmt " + head + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


class GeminiTranscription(GoogleContent):
    """The transcript of a recording, by a chat model that hears."""

    shows_model = True

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI transcription parameters that make sense here."""
        return ("language", "prompt", "temperature", "response_format")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST of the recording."""
        file = named_file(call.inputs.get("file"), default_name="audio.wav")
        text = _TRANSCRIBE
        if call.params.get("language"):
            text += f" The language is {call.params['language']}."
        if call.params.get("prompt"):
            text += f" Context: {call.params['prompt']}"
        media_type = file.media_type if str(file.media_type).startswith("audio/") else "audio/wav"
        sound = {"inline_data": {"mime_type": media_type, "data": base64.b64encode(file.content).decode()}}
        body: dict[str, Any] = {"contents": [{"role": "user", "parts": [sound, {"text": text}]}]}
        if call.params.get("temperature") is not None:
            body["generationConfig"] = {"temperature": call.params["temperature"]}
        return self.post(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The transcript, and the tokens it took."""
        reply = convert_response(decode_object(body))
        choices = reply["choices"]
        text = (choices[0]["message"].get("content") if choices else None) or ""
        usage = reply["usage"]
        tokens = {
            "type": "tokens",
            "input_tokens": usage["prompt_tokens"],
            "output_tokens": usage["completion_tokens"],
            "total_tokens": usage["total_tokens"],
        }
        return {"text": text, "usage": tokens}
