"""Citations and tokens of audio, which few formats can say: they reach every API that has a word for them."""

from __future__ import annotations

from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import sse
from tests.support.scripted import Answer, Scripted

URL, TITLE = "https://source.example/a", "A source"
TEXT = "Cologne is old."
PROMPT, HEARD, OUTPUT, SPOKEN = 20, 6, 9, 5
_CITED = {"url": URL, "title": TITLE, "start_index": 0, "end_index": 7}
_OPENAI_USAGE = {
    "prompt_tokens": PROMPT,
    "completion_tokens": OUTPUT,
    "total_tokens": PROMPT + OUTPUT,
    "prompt_tokens_details": {"audio_tokens": HEARD, "cached_tokens": 0},
    "completion_tokens_details": {"audio_tokens": SPOKEN, "reasoning_tokens": 0},
}
_ANNOTATIONS = [{"type": "url_citation", "url_citation": _CITED}]
_OPENAI = {
    "id": "i",
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": TEXT, "annotations": _ANNOTATIONS},
        }
    ],
    "usage": _OPENAI_USAGE,
}
_OPENAI_CHUNKS = (
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": TEXT}}]},
    {"choices": [{"index": 0, "delta": {"annotations": _ANNOTATIONS}, "finish_reason": "stop"}]},
    {"choices": [], "usage": _OPENAI_USAGE},
)
_GEMINI = {
    "candidates": [
        {
            "content": {"role": "model", "parts": [{"text": TEXT}]},
            "finishReason": "STOP",
            "groundingMetadata": {
                "groundingChunks": [{"web": {"uri": URL, "title": TITLE}}],
                "groundingSupports": [
                    {"segment": {"startIndex": 0, "endIndex": 7, "text": "Cologne"}, "groundingChunkIndices": [0]}
                ],
            },
        }
    ],
    "usageMetadata": {
        "promptTokenCount": PROMPT,
        "candidatesTokenCount": OUTPUT,
        "totalTokenCount": PROMPT + OUTPUT,
        "promptTokensDetails": [
            {"modality": "AUDIO", "tokenCount": HEARD},
            {"modality": "TEXT", "tokenCount": PROMPT - HEARD},
        ],
        "candidatesTokensDetails": [
            {"modality": "AUDIO", "tokenCount": SPOKEN},
            {"modality": "TEXT", "tokenCount": OUTPUT - SPOKEN},
        ],
    },
}
OUTBOUND: dict[str, tuple[str, str, Any, bytes]] = {
    "openai": ("openai/gpt-4o", "/v1", _OPENAI, sse(*_OPENAI_CHUNKS)),
    "groq": ("groq/m", "/v1", _OPENAI, sse(*_OPENAI_CHUNKS)),
    "azure": ("azure/m", "", _OPENAI, sse(*_OPENAI_CHUNKS)),
    "gemini": ("gemini/gemini-2.5-flash", "", _GEMINI, sse(_GEMINI)),
}
outbound = pytest.mark.parametrize("wire", OUTBOUND)


def given(script: Scripted, wire: str, stream: bool = False) -> dict[str, Any]:
    """The arguments of a call over `wire`, whose answer is scripted."""
    model, path, whole, streamed = OUTBOUND[wire]
    if stream:
        script.will(Answer(streamed, content_type="text/event-stream"))
    else:
        script.will_say(whole)
    return {"model": model, "api_base": script.base + path, "api_key": "k", "api_version": "2024-10-21"}


@outbound
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_chat_tells_both(script: Scripted, wire: str, stream: bool) -> None:
    response = litellm.completion(
        messages=[{"role": "user", "content": "Hi"}],
        stream=stream,
        stream_options={"include_usage": True} if stream else None,
        **given(script, wire, stream),
    )
    response = litellm.stream_chunk_builder(list(response)) if stream else response
    message = response.choices[0].message
    assert message.content == TEXT
    assert [annotation["url_citation"]["url"] for annotation in message.annotations] == [URL]
    assert response.usage.prompt_tokens_details.audio_tokens == HEARD
    assert response.usage.completion_tokens_details.audio_tokens == SPOKEN


@pytest.mark.parametrize("wire", ["groq", "gemini"])
def test_a_response_tells_both(script: Scripted, wire: str) -> None:
    response = litellm.responses(input="Hi", **given(script, wire))
    content = response.output[-1].content[0]
    assert content.text == TEXT
    assert [annotation["url"] for annotation in content.model_dump()["annotations"]] == [URL]
    assert response.usage.model_dump()["input_tokens_details"]["audio_tokens"] == HEARD


@pytest.mark.parametrize("wire", ["openai", "gemini"])
def test_audio_costs_its_own_price(script: Scripted, wire: str) -> None:
    prices = {"input_cost_per_token": 1.0, "output_cost_per_token": 1.0}
    audio = {"input_cost_per_audio_token": 10.0, "output_cost_per_audio_token": 100.0}
    model = OUTBOUND[wire][0].split("/")[1]
    response = litellm.completion(messages=[{"role": "user", "content": "Hi"}], **given(script, wire))
    cost = litellm.completion_cost(response, model=model, custom_cost_per_token={**prices, **audio})
    assert cost == PROMPT - HEARD + 10 * HEARD + OUTPUT - SPOKEN + 100 * SPOKEN
