"""Hooks of callbacks at a deployment."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.integrations.custom_logger import CustomLogger

MESSAGES = [{"role": "user", "content": "hi"}]


class Broken(CustomLogger):
    """Fails at the last chunk."""

    async def async_post_call_streaming_deployment_hook(
        self, request_data: Any, response_chunk: Any, call_type: Any
    ) -> Any:
        raise RuntimeError("not this one")


class Marking(CustomLogger):
    """Puts a mark on the last chunk."""

    async def async_post_call_streaming_deployment_hook(
        self, request_data: Any, response_chunk: Any, call_type: Any
    ) -> Any:
        response_chunk.choices[0].delta.content = "marked"
        return response_chunk


async def test_a_hook_of_the_last_chunk_that_fails_does_not_end_the_stream(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(litellm, "callbacks", [Broken(), Marking()])
    router = Router(
        model_list=[{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hello you"}}]
    )
    stream = await router.acompletion("m", MESSAGES, stream=True)
    said = [chunk.choices[0].delta.content async for chunk in stream]
    assert said[-1] == "marked"
    assert "".join(said[:-1]) == "hello you"
    assert "not this one" in caplog.text
