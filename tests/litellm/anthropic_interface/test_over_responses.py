"""Anthropic's messages over OpenAI's Responses API."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from anthropic.types import Message, RawMessageStreamEvent
from pydantic import TypeAdapter

from tests.litellm.support import last

TOOL = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)


def where(base: str, **kwargs: Any) -> dict[str, Any]:
    asked = {"model": "openai/gpt-4o", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
    return {**asked, "api_base": f"{base}/v1", "api_key": "sk", **kwargs}


def events_of(pieces: list[bytes]) -> list[dict[str, Any]]:
    blocks = b"".join(pieces).decode().strip().split("\n\n")
    return [json.loads(block.partition("data: ")[2]) for block in blocks]


async def test_whole(provider_url: str) -> None:
    answer = await litellm.anthropic.messages.acreate(**where(provider_url, tools=[TOOL], system="Be brief"))
    body = last(provider_url)["body"]
    assert last(provider_url)["path"] == "/v1/responses"
    assert body["instructions"] == "Be brief"
    assert body["include"] == ["reasoning.encrypted_content"]
    kinds = [block["type"] for block in answer["content"]]
    assert kinds == ["thinking", "text", "tool_use"]
    assert answer["stop_reason"] == "tool_use"
    Message.model_validate(answer)


async def test_reasoning_comes_back_sealed(provider_url: str) -> None:
    first = await litellm.anthropic.messages.acreate(**where(provider_url))
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": first["content"]},
        {"role": "user", "content": "And?"},
    ]
    await litellm.anthropic.messages.acreate(**where(provider_url, messages=turns))
    items = last(provider_url)["body"]["input"]
    assert items[1]["type"] == "reasoning"
    assert items[1]["encrypted_content"] == "sealed"


async def test_stream(provider_url: str) -> None:
    stream = await litellm.anthropic.messages.acreate(**where(provider_url, stream=True, tools=[TOOL]))
    events = events_of([piece async for piece in stream])
    assert events[0]["type"] == "message_start"
    assert events[-1]["type"] == "message_stop"
    signed = [e for e in events if e.get("delta", {}).get("type") == "signature_delta"]
    assert signed[0]["delta"]["signature"].endswith("sealed")
    for event in events:
        EVENT.validate_python(event)


def test_blocking_stream(provider_url: str) -> None:
    stream = litellm.anthropic.messages.create(**where(provider_url, stream=True))
    text = "".join(
        event["delta"].get("text", "") for event in events_of(list(stream)) if event["type"] == "content_block_delta"
    )
    assert text == "You said: Hi"


def test_thinking_by_a_model_that_cannot(provider_url: str) -> None:
    with pytest.raises(litellm.UnsupportedParamsError):
        litellm.anthropic.messages.create(**where(provider_url, thinking={"type": "enabled", "budget_tokens": 2048}))


async def test_refusals(provider_url: str) -> None:
    with pytest.raises(litellm.AuthenticationError):
        await litellm.anthropic.messages.acreate(**where(provider_url, api_key="sk-wrong"))
    stream = await litellm.anthropic.messages.acreate(
        **where(provider_url, stream=True, api_base=f"{provider_url}/~cut=2/v1")
    )
    with pytest.raises((litellm.APIConnectionError, litellm.InternalServerError)):
        [piece async for piece in stream]
