"""Deepgram's transcriptions: the recording is the body, everything else the query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.multipart import form_text, named_file
from litellm.llms.wire import WireError, WireRequest


class DeepgramTranscription(EndpointFormat):
    """POST /listen."""

    path = "/listen"
    sdk_retries = False
    error_class = "DeepgramException"

    def shown_provider(self, provider: str) -> str | None:
        """None: upstream's does not say."""
        return None

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """Deepgram's kind of token."""
        return {**({"authorization": f"Token {call.api_key}"} if call.api_key else {}), **call.headers}

    def supported_params(self, provider: str, model: str) -> frozenset[str]:
        """OpenAI's parameters that it has."""
        return frozenset({"language"})

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST of the recording; Deepgram tells its kind by itself."""
        query: list[tuple[str, str]] = [("model", call.model)]
        for name, value in call.params.items():
            values = value if isinstance(value, list | tuple) else [value]
            query += [(name, form_text(each)) for each in values]
        recording = named_file(call.inputs.get("file"), default_name="audio.wav")
        return WireRequest("POST", f"{self.url(call)}?{urlencode(query)}", self.headers(call), recording.content)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Text, language, duration and words. Raises `WireError` when there is no transcript."""
        data = read_json(body)
        try:
            channel = data["results"]["channels"][0]
            best = channel["alternatives"][0]
            words = best.get("words") or []
            text = by_speaker(words) if words and "speaker" in words[0] else best["transcript"]
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise WireError("the provider's reply holds no transcript") from error
        made = {"text": text, "task": "transcribe", "language": channel.get("detected_language") or "en"}
        duration = (data.get("metadata") or {}).get("duration")
        if duration is not None:
            made["duration"] = duration
        if words:
            made["words"] = [{name: word.get(name) for name in ("word", "start", "end")} for word in words]
        return made


def by_speaker(words: Iterable[Mapping[str, Any]]) -> str:
    """The words as what each speaker said, in turn."""
    turns = []
    for speaker, said in groupby(words, key=lambda word: word.get("speaker")):
        text = " ".join(str(word.get("punctuated_word") or word.get("word") or "") for word in said)
        turns.append(f"Speaker {speaker}: {text}\n")
    return "\n".join(turns)
