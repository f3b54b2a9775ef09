"""Bytez' parts, errors in replies of status 200, and streams of plain text."""

from __future__ import annotations

import litellm
import pytest

from tests.support.scripted import Answer, Scripted

MESSAGES = [
    {"role": "system", "content": "Be terse."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": "https://x/y.png"}}],
    },
]


def test_a_chat(script: Scripted) -> None:
    script.will_say({"error": None, "output": {"role": "assistant", "content": [{"type": "text", "text": "A cat."}]}})
    response = litellm.completion("bytez/google/gemma", MESSAGES, api_base=script.base, api_key="k", max_tokens=5)
    assert response.choices[0].message.content == "A cat."
    assert script.asked[-1].path == "/google/gemma"
    assert script.asked[-1].headers["authorization"] == "Key k"
    assert script.last["params"] == {"max_new_tokens": 5}
    assert script.last["messages"][1]["content"][1] == {"type": "image", "url": "https://x/y.png"}


def test_an_error_of_status_200(script: Scripted) -> None:
    script.will_say({"error": "no such model", "output": None})
    with pytest.raises(litellm.BadRequestError, match="no such model"):
        litellm.completion("bytez/google/gemma", MESSAGES, api_base=script.base, api_key="k")


def test_a_stream(script: Scripted) -> None:
    text = "Größe"
    raw = text.encode()
    script.will(Answer([raw[:3], raw[3:]], content_type="text/plain"))
    chunks = list(litellm.completion("bytez/m/n", MESSAGES, api_base=script.base, api_key="k", stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
    assert chunks[-1].choices[0].finish_reason == "stop"
