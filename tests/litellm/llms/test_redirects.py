"""A provider that sends a request to another host: its key stays."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm
import openai
import pytest

from tests.support.scripted import Answer, Scripted, running

KEYS = {"gemini/gemini-2.5-pro": "x-goog-api-key", "anthropic/claude-sonnet-4-5": "x-api-key", "azure/x": "api-key",
        "openai/gpt-4o": "authorization"}  # fmt: skip


def asked(model: str, first: Scripted, *, blocking: bool, stream: bool) -> None:
    arguments: dict[str, Any] = {
        "model": model, "messages": [{"role": "user", "content": "x"}], "api_base": first.base, "api_key": "a secret",
        "num_retries": 0, "stream": stream, "api_version": "2024-10-21",
    }  # fmt: skip

    async def on_a_loop() -> None:
        answer = await litellm.acompletion(**arguments)
        if stream:
            _ = [chunk async for chunk in answer]

    def blocked() -> None:
        answer = litellm.completion(**arguments)
        if stream:
            list(answer)

    ask = blocked if blocking else lambda: asyncio.run(on_a_loop())
    with pytest.raises(openai.APIError):
        ask()


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", KEYS)
def test_a_key_is_not_sent_to_another_host(model: str, stream: bool, blocking: bool) -> None:
    with running() as first, running() as other:
        other.will(Answer(b'{"error": {"message": "who are you?"}}', 503))
        first.will(Answer(b"", 307, headers={"location": f"{other.base}/elsewhere"}))
        asked(model, first, blocking=blocking, stream=stream)
        assert first.asked[0].headers[KEYS[model]].endswith("a secret")
        assert other.asked
        assert "a secret" not in str(other.asked[0].headers)
        assert other.last["model" if "gemini" not in model else "contents"]
        # within the provider it goes along
        first.will(Answer(b"", 307, headers={"location": f"{first.base}/again"}), Answer(b"{}", 503))
        asked(model, first, blocking=blocking, stream=stream)
        assert [request.headers.get(KEYS[model], "").endswith("a secret") for request in first.asked] == [True, True]
