"""Speech in both directions over HTTP."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import litellm
import openai
import pytest
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from openai.types.audio import Transcription

from tests.litellm.support import Told, last, recorded
from tests.support.endpoint_replies import SOUND


def where(base: str, **kwargs: Any) -> dict[str, Any]:
    return {"api_base": f"{base}/v1", "api_key": "sk", **kwargs}


def recording() -> io.BytesIO:
    file = io.BytesIO(b"RIFFxxxxWAVE")
    file.name = "speech.wav"
    return file


def test_transcription(provider_url: str) -> None:
    answer = litellm.transcription(
        "openai/whisper-1", recording(), language="en", timestamp_granularities=["word"], **where(provider_url)
    )
    parts = last(provider_url)["form"]
    sent = {part["name"]: part.get("value") or part["filename"] for part in parts}
    assert sent == {
        "file": "speech.wav",
        "model": "whisper-1",
        "language": "en",
        "timestamp_granularities[]": "word",
        "response_format": "verbose_json",
    }
    assert answer.text == "the words"
    assert answer._hidden_params["response_cost"] == pytest.approx(2.0 * 0.0001)
    Transcription.model_validate(answer.model_dump(exclude_none=True))


async def test_transcription_on_an_event_loop(provider_url: str) -> None:
    answer = await litellm.atranscription("groq/whisper-large-v3", b"sound", **where(provider_url))
    assert answer.text == "the words"


def test_the_same_file_twice(provider_url: str) -> None:
    file = recording()
    for _ in range(2):
        litellm.transcription("openai/whisper-1", file, **where(provider_url))
        assert next(part for part in last(provider_url)["form"] if part["name"] == "file")["size"] == 12


def test_what_a_provider_does_not_take(provider_url: str) -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="timestamp_granularities"):
        litellm.transcription("groq/whisper-large-v3", b"s", timestamp_granularities=["word"], **where(provider_url))


def test_refusals_are_openais_and_ours(provider_url: str) -> None:
    with pytest.raises(litellm.AuthenticationError) as caught:
        litellm.transcription("openai/whisper-1", b"s", **where(provider_url, api_key="sk-wrong"))
    assert isinstance(caught.value, openai.AuthenticationError)
    assert caught.value.status_code == 401


def test_speech(provider_url: str, tmp_path: Path) -> None:
    answer = litellm.speech("openai/tts-1", "Say it.", voice="alloy", speed=1.5, **where(provider_url))
    assert last(provider_url)["body"] == {"model": "tts-1", "input": "Say it.", "voice": "alloy", "speed": 1.5}
    assert answer.content == answer.read() == SOUND
    assert b"".join(answer.iter_bytes(7)) == SOUND
    answer.stream_to_file(tmp_path / "said.mp3")
    assert (tmp_path / "said.mp3").read_bytes() == SOUND
    assert answer._hidden_params["response_cost"] == pytest.approx(6 * 1.5e-5)


async def test_speech_on_an_event_loop(provider_url: str) -> None:
    answer = await litellm.aspeech("openai/tts-1", "Say it.", voice="alloy", **where(provider_url))
    assert await answer.aread() == SOUND
    assert b"".join([piece async for piece in answer.aiter_bytes(9)]) == SOUND


def test_retries_and_timeouts(provider_url: str) -> None:
    flaky = where(provider_url, api_base=f"{provider_url}/~flaky=2,id=speech/v1")
    assert litellm.speech("openai/tts-1", "x", voice="v", **flaky).content
    assert sum("id=speech" in each["prefix"] for each in recorded(provider_url)) == 3
    slow = where(provider_url, api_base=f"{provider_url}/~delay=3/v1", timeout=0.2, max_retries=0)
    with pytest.raises(litellm.Timeout):
        litellm.speech("openai/tts-1", "x", voice="v", **slow)


def test_callbacks_are_told(provider_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    litellm.transcription("openai/whisper-1", b"s", **where(provider_url))
    assert GLOBAL_LOGGING_WORKER.flush(5.0)
    assert [payload["call_type"] for payload in told.payloads] == ["transcription"]
    assert told.payloads[0]["response_cost"] == pytest.approx(2.0 * 0.0001)


def test_elevenlabs(provider_url: str) -> None:
    asked = {"api_base": provider_url, "api_key": "k"}
    litellm.speech("elevenlabs/eleven_v2", "Hi", voice="alloy", response_format="mp3", speed=1.1, **asked)
    sent = last(provider_url)
    assert sent["path"] == "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM"
    assert sent["query"] == "output_format=mp3_44100_128"
    assert sent["headers"]["xi-api-key"] == "k"
    assert sent["body"] == {"text": "Hi", "model_id": "eleven_v2", "voice_settings": {"speed": 1.1}}
    with pytest.raises(litellm.APIConnectionError, match="voice"):
        litellm.speech("elevenlabs/eleven_v2", "Hi", **asked)


def test_deepgram(provider_url: str) -> None:
    asked: dict[str, Any] = {"api_base": provider_url, "api_key": "k", "keywords": ["a", "b"], "diarize": True}
    answer = litellm.transcription("deepgram/nova-2", recording(), language="de", **asked)
    sent = last(provider_url)
    assert sent["path"] == "/listen"
    assert sent["query"] == "model=nova-2&language=de&keywords=a&keywords=b&diarize=true"
    assert sent["headers"]["authorization"] == "Token k"
    assert answer.text == "Speaker 0: Hello.\n\nSpeaker 1: Hi.\n"
    assert answer._hidden_params["response_cost"] > 0
