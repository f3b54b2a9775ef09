"""The real anthropic client, through the gateway's /v1/messages, to either wire format."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

ANSWERS = {"claude": "Echo: ", "gpt": "You said: "}
"""How the provider answers: by Anthropic's messages, and by OpenAI's responses, which OpenAI's models are asked by."""
MODELS = tuple(ANSWERS)
TOOL: Any = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@pytest.mark.parametrize("model", MODELS)
def test_a_plain_message(anthropic_client: anthropic.Anthropic, model: str) -> None:
    message = anthropic_client.messages.create(
        model=model, max_tokens=64, system="Be brief", messages=[{"role": "user", "content": "hello there"}]
    )
    texts = [block.text for block in message.content if block.type == "text"]
    assert texts == [ANSWERS[model] + "hello there"]
    assert message.stop_reason == "end_turn"
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0


@pytest.mark.parametrize("model", MODELS)
def test_a_stream(anthropic_client: anthropic.Anthropic, model: str) -> None:
    with anthropic_client.messages.stream(
        model=model, max_tokens=64, messages=[{"role": "user", "content": "one two three"}]
    ) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    assert "".join(pieces) == ANSWERS[model] + "one two three"
    assert len(pieces) > 1
    assert final.stop_reason == "end_turn"
    assert final.usage.output_tokens > 0


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called(anthropic_client: anthropic.Anthropic, model: str, streamed: bool) -> None:
    call: Any = {
        "model": model,
        "max_tokens": 64,
        "tools": [TOOL],
        "messages": [{"role": "user", "content": "Weather?"}],
    }
    if streamed:
        with anthropic_client.messages.stream(**call) as stream:
            message = stream.get_final_message()
    else:
        message = anthropic_client.messages.create(**call)
    assert message.stop_reason == "tool_use"
    assert message.content[-1].type == "tool_use"
    assert message.content[-1].input == {"city": "Paris"}


@pytest.mark.parametrize("model", MODELS)
def test_a_tool_result_is_answered(anthropic_client: anthropic.Anthropic, model: str) -> None:
    messages: Any = [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}}],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "12 degrees"}]},
    ]
    message = anthropic_client.messages.create(model=model, max_tokens=64, tools=[TOOL], messages=messages)
    assert message.stop_reason == "end_turn"


def test_errors_have_anthropics_shape(anthropic_client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.APIStatusError) as unknown:
        anthropic_client.messages.create(model="nobody", max_tokens=8, messages=[{"role": "user", "content": "hi"}])
    assert unknown.value.status_code in (400, 404)
    body: Any = unknown.value.body
    assert body["type"] == "error"
    assert "nobody" in body["error"]["message"]
    with pytest.raises(anthropic.RateLimitError):
        anthropic_client.messages.create(model="limited", max_tokens=8, messages=[{"role": "user", "content": "hi"}])
    wrong = anthropic_client.with_options(api_key="sk-nobody-knows-this")
    with pytest.raises(anthropic.AuthenticationError):
        wrong.messages.create(model="gpt", max_tokens=8, messages=[{"role": "user", "content": "hi"}])
