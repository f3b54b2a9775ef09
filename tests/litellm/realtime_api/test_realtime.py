"""`litellm._arealtime`: both ways, what it cost, and what refuses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from litellm.llms.openai.realtime import realtime_headers, realtime_url

from tests.support.realtime import RealtimeProvider, realtime_provider

MODEL = "openai/gpt-realtime"


class Client:
    """A client that says `lines`, each when the answer to the one before has come, and then leaves."""

    def __init__(self, *lines: dict[str, Any], waits_for: str = "response.done") -> None:
        self.lines = list(lines)
        self.got: list[dict[str, Any]] = []
        self.closed: tuple[int, str | None] | None = None
        self._waits_for = waits_for
        self._may_speak = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._may_speak.wait()
        if not self.lines:
            return {"type": "websocket.disconnect", "code": 1000}
        self._may_speak.clear()
        return {"type": "websocket.receive", "text": json.dumps(self.lines.pop(0))}

    async def send_text(self, data: str) -> None:
        self.got.append(json.loads(data))
        if self.got[-1]["type"] in (self._waits_for, "session.created"):
            self._may_speak.set()

    async def send_bytes(self, data: bytes) -> None:
        raise AssertionError("the provider sends text")

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.closed = (code, reason)


@pytest.fixture(scope="module")
def provider() -> Iterator[RealtimeProvider]:
    with realtime_provider() as running:
        yield running


def test_messages_go_both_ways_and_usage_is_added_up(provider: RealtimeProvider) -> None:
    async def session() -> tuple[Any, Client]:
        client = Client({"type": "response.create"}, {"type": "response.create"})
        asked = {"model": "other", "intent": "conversation"}
        return await litellm._arealtime(
            MODEL, client, api_base=provider.url, api_key="sk-1", query_params=asked
        ), client

    done, client = asyncio.run(session())
    path, headers = provider.seen[-1]
    assert path == "/v1/realtime?intent=conversation&model=gpt-realtime"
    assert headers["authorization"] == "Bearer sk-1"
    assert [event["type"] for event in client.got].count("response.done") == 2
    assert client.got[2]["delta"] == "hé"
    assert (done.responses, done.id) == (2, "sess_1")
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (200, 100)
    prices = litellm.model_cost["gpt-realtime"]
    audio = prices["input_cost_per_audio_token"] * 80 + prices["output_cost_per_audio_token"] * 40
    assert done._hidden_params["response_cost"] > audio > 0


def test_the_providers_close_reaches_the_client(provider: RealtimeProvider) -> None:
    async def session() -> Client:
        client = Client({"type": "session.end"})
        await litellm._arealtime(MODEL, client, api_base=provider.url, api_key="sk-1")
        return client

    assert asyncio.run(session()).closed == (4000, "as you wish")


def test_refusals(provider: RealtimeProvider) -> None:
    async def connect(model: str, **where: Any) -> None:
        await litellm._arealtime(model, Client(), **where)

    with pytest.raises(litellm.AuthenticationError):
        asyncio.run(connect(MODEL, api_base=provider.url, api_key="sk-wrong"))
    with pytest.raises(litellm.APIConnectionError):
        asyncio.run(connect(MODEL, api_base="http://127.0.0.1:1/v1", api_key="sk"))
    with pytest.raises(litellm.BadRequestError, match="realtime"):
        asyncio.run(connect("bedrock/amazon.nova-sonic-v1:0"))


def test_addresses() -> None:
    assert realtime_url("openai", "m", "https://api.openai.com/v1", {}, None) == (
        "wss://api.openai.com/v1/realtime?model=m"
    )
    assert realtime_url("azure", "m", "https://x.openai.azure.com/", {}, "2024-10-01-preview") == (
        "wss://x.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=m"
    )
    assert realtime_url("azure", "m", "https://x.openai.azure.com", {}, None) == (
        "wss://x.openai.azure.com/openai/v1/realtime?model=m"
    )
    assert realtime_headers("azure", "k", None) == {"api-key": "k"}
    assert realtime_headers("azure", "k", "t") == {"authorization": "Bearer t"}
