"""Gemini's endpoints other than chat, over HTTP."""

from __future__ import annotations

from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import gemini_reply
from tests.support.scripted import Scripted


def where(script: Scripted) -> dict[str, Any]:
    return {"api_base": script.base, "api_key": "k"}


def content(part: dict[str, Any]) -> dict[str, Any]:
    reply = gemini_reply("", "STOP")
    reply["candidates"][0]["content"]["parts"] = [part]
    return reply


def test_embeddings_of_texts_and_images(script: Scripted) -> None:
    script.will_say({"embeddings": [{"values": [0.1]}, {"values": [0.2]}]})
    given = ["text", "data:image/png;base64,QUJD"]
    response = litellm.embedding("gemini/gemini-embedding-2", given, task_type="RETRIEVAL_QUERY", **where(script))
    assert [item["embedding"] for item in response.data] == [[0.1], [0.2]]
    first, second = script.last["requests"]
    assert first == {
        "model": "models/gemini-embedding-2",
        "content": {"parts": [{"text": "text"}]},
        "taskType": "RETRIEVAL_QUERY",
    }
    assert second["content"]["parts"][0]["inline_data"]["mime_type"] == "image/png"


def test_token_ids_and_odd_encodings_are_refused(script: Scripted) -> None:
    script.will_say({"embeddings": [{"values": [0.1]}]})
    with pytest.raises(litellm.BadRequestError, match="token ids"):
        litellm.embedding("gemini/gemini-embedding-001", [1, 2], **where(script))
    with pytest.raises(litellm.UnsupportedParamsError):
        litellm.embedding("gemini/gemini-embedding-001", "a", encoding_format="base64", **where(script))


def test_images_drawn_by_imagen_and_by_gemini(script: Scripted) -> None:
    script.will_say({"predictions": [{"bytesBase64Encoded": "QUJD"}]})
    litellm.image_generation("a cat", model="gemini/imagen-4.0-generate-001", n=2, size="1024x1536", **where(script))
    assert script.last["parameters"] == {"aspectRatio": "2:3", "imageSize": "1K", "sampleCount": 2}
    script.will_say(content({"inlineData": {"mimeType": "image/png", "data": "QUJD"}}))
    drawn = litellm.image_generation(
        "a cat", model="gemini/gemini-3-pro-image-preview", size="3840x2160", **where(script)
    )
    assert drawn.data[0].b64_json == "QUJD"
    assert drawn.usage.total_tokens == 5
    assert script.last["generationConfig"]["imageConfig"] == {"aspectRatio": "16:9", "imageSize": "4K"}


def test_an_edit_shows_the_image(script: Scripted) -> None:
    script.will_say(content({"inlineData": {"mimeType": "image/png", "data": "QUJD"}}))
    png = b"\x89PNG\r\n\x1a\n"
    litellm.image_edit(image=png, prompt="bluer", model="gemini/gemini-2.5-flash-image", **where(script))
    parts = script.last["contents"][0]["parts"]
    assert parts[0]["inlineData"]["mimeType"] == "image/png"
    assert parts[1] == {"text": "bluer"}


def test_speech_is_a_wav_file_or_bare_samples(script: Scripted) -> None:
    script.will_say(content({"inlineData": {"mimeType": "audio/L16;rate=24000", "data": "QUJDRA=="}}))
    model = "gemini/gemini-2.5-flash-preview-tts"
    sound = litellm.speech(model, input="hi", voice="alloy", **where(script)).content
    assert (sound[:4], sound[8:16], sound[-4:]) == (b"RIFF", b"WAVEfmt ", b"ABCD")
    assert script.last["generationConfig"]["responseModalities"] == ["AUDIO"]
    assert litellm.speech(model, input="hi", voice="Puck", response_format="pcm", **where(script)).content == b"ABCD"
    voice = script.last["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]
    assert voice == {"voiceName": "Puck"}
    with pytest.raises(litellm.BadRequestError, match="mp3"):
        litellm.speech(model, input="hi", voice="Puck", response_format="mp3", **where(script))


def test_a_transcription_hears_the_recording(script: Scripted) -> None:
    script.will_say(gemini_reply("Grüße", "STOP"))
    heard = litellm.transcription("gemini/gemini-2.5-flash", file=("a.wav", b"RIFF"), language="de", **where(script))
    assert heard.text == "Grüße"
    assert "de" in script.last["contents"][0]["parts"][1]["text"]
