"""`litellm.generate_content`: natively for Gemini, through a chat for others."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import OPENAI_REPLY, OPENAI_STREAM, gemini_reply, sse
from tests.litellm.support import Told
from tests.support.scripted import Answer, Scripted

PARAMETERS = {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}
CONFIG = {
    "temperature": 0.5, "max_output_tokens": 9, "system_instruction": "Be brief",
    "tools": [{"function_declarations": [{"name": "f", "parameters": PARAMETERS}]}],
}  # fmt: skip


def where(script: Scripted, path: str = "") -> dict[str, Any]:
    return {"api_base": script.base + path, "api_key": "k"}


def test_natively(script: Scripted) -> None:
    script.will_say(gemini_reply("Grüße", "STOP"))
    response = litellm.generate_content("gemini/gemini-2.5-flash", "hi", CONFIG, **where(script))
    assert response.text == "Grüße"
    assert response["candidates"][0]["finishReason"] == "STOP"
    assert response.model_dump(exclude_none=True) == gemini_reply("Grüße", "STOP")
    assert response._hidden_params["response_cost"] > 0
    assert script.last == {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief"}]},
        "tools": CONFIG["tools"],
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 9},
    }


async def test_natively_streamed_the_bytes_are_the_providers(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    whole = sse(gemini_reply("Grü"), gemini_reply("ße", "STOP"))
    script.will(Answer([whole[:30], whole[30:]], content_type="text/event-stream"))
    stream = await litellm.agenerate_content_stream("gemini/gemini-2.5-flash", "hi", **where(script))
    assert b"".join([piece async for piece in stream]) == whole


def test_through_a_chat(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    response = litellm.generate_content("openai/gpt-4o", "hi", CONFIG, **where(script, "/v1"))
    assert response.text == "Grüße"
    assert response.usageMetadata["totalTokenCount"] == 5
    assert script.last["messages"] == [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "hi"}]
    assert (script.last["max_tokens"], script.last["temperature"]) == (9, 0.5)
    assert script.last["tools"][0]["function"]["parameters"]["properties"] == {"a": {"type": "string"}}


async def test_through_a_chat_streamed(script: Scripted) -> None:
    script.will(Answer([OPENAI_STREAM], content_type="text/event-stream"))
    stream = await litellm.agenerate_content_stream("openai/gpt-4o", "hi", **where(script, "/v1"))
    pieces = b"".join([piece async for piece in stream]).split(b"\r\n\r\n")
    events = [json.loads(piece.removeprefix(b"data: ")) for piece in pieces if piece]
    said = [part["text"] for event in events for part in event["candidates"][0]["content"]["parts"]]
    assert "".join(said) == "Grüße"
    assert events[-1]["candidates"][0]["finishReason"] == "STOP"


@pytest.mark.parametrize("contents", [None, [], [{"role": "user"}], 7])
def test_contents_that_are_none_are_a_bad_request(script: Scripted, contents: Any) -> None:
    for model in ("gemini/gemini-2.5-flash", "openai/gpt-4o"):
        with pytest.raises(litellm.BadRequestError, match="contents"):
            litellm.generate_content(model, contents, **where(script))


def test_a_refusal(script: Scripted) -> None:
    script.will_say({"error": {"code": 429, "message": "slow down"}}, status=429)
    with pytest.raises(litellm.RateLimitError, match="slow down"):
        litellm.generate_content("gemini/gemini-2.5-flash", "hi", **where(script))
