"""The real openai client, through the gateway, to the provider."""

from __future__ import annotations

import json
from typing import Any

import openai
import pydantic
import pytest

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
MODELS = ("gpt", "claude")  # one behind OpenAI's wire format, one behind Anthropic's


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def ask(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


@pytest.mark.parametrize("model", MODELS)
def test_a_plain_answer_comes_back_with_usage(openai_client: openai.OpenAI, model: str) -> None:
    answer = openai_client.chat.completions.create(model=model, messages=ask("hello there"))
    assert answer.choices[0].message.content == "Echo: hello there"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (2, 3, 5)


@pytest.mark.parametrize("model", MODELS)
def test_a_stream_arrives_in_pieces_and_ends_with_usage(openai_client: openai.OpenAI, model: str) -> None:
    stream = openai_client.chat.completions.create(
        model=model, messages=ask("one two three"), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert "".join(pieces) == "Echo: one two three"
    assert len(pieces) > 1
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason] == [
        "stop"
    ]
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 4


@pytest.mark.parametrize("model", MODELS)
def test_a_tool_is_called_and_its_result_answered(openai_client: openai.OpenAI, model: str) -> None:
    messages = ask("Weather in Paris?")
    first = openai_client.chat.completions.create(model=model, messages=messages, tools=[WEATHER])  # type: ignore[list-item]
    calls = first.choices[0].message.tool_calls
    assert first.choices[0].finish_reason == "tool_calls"
    assert calls is not None
    assert json.loads(calls[0].function.arguments) == {"city": "Paris"}  # type: ignore[union-attr]
    messages += [first.choices[0].message.model_dump(exclude_none=True)]
    messages += [{"role": "tool", "tool_call_id": calls[0].id, "content": "12 degrees"}]
    second = openai_client.chat.completions.create(model=model, messages=messages, tools=[WEATHER])  # type: ignore[list-item]
    assert second.choices[0].finish_reason == "stop"


@pytest.mark.parametrize("model", MODELS)
def test_a_streamed_tool_call_adds_up(openai_client: openai.OpenAI, model: str) -> None:
    stream = openai_client.chat.completions.create(
        model=model,
        messages=ask("Weather?"),
        tools=[WEATHER],  # type: ignore[list-item]
        stream=True,
    )
    deltas = [call for chunk in stream if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    assert deltas[0].id
    assert deltas[0].function is not None
    assert deltas[0].function.name == "get_weather"
    arguments = "".join(d.function.arguments or "" for d in deltas if d.function)
    assert json.loads(arguments) == {"city": "Paris"}


@pytest.mark.parametrize("model", MODELS)
def test_an_image_reaches_the_provider(openai_client: openai.OpenAI, model: str) -> None:
    content: Any = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    answer = openai_client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}])
    assert answer.choices[0].message.content == "Echo: What is it? (images: 1)"


class City(pydantic.BaseModel):
    name: str
    population: int


@pytest.mark.parametrize("model", MODELS)
def test_a_json_schema_is_kept(openai_client: openai.OpenAI, model: str) -> None:
    answer = openai_client.chat.completions.parse(model=model, messages=ask("A city"), response_format=City)
    assert answer.choices[0].message.parsed == City(name="Paris", population=7)


def test_embeddings(openai_client: openai.OpenAI) -> None:
    answer = openai_client.embeddings.create(model="embed", input=["one", "three"], encoding_format="float")
    assert [item.embedding[2] for item in answer.data] == [3.0, 5.0]
    assert answer.usage.prompt_tokens == 2


def test_the_model_that_answers_by_itself(openai_client: openai.OpenAI) -> None:
    answer = openai_client.chat.completions.create(model="mock", messages=ask("hi"))
    assert answer.choices[0].message.content == "Hello from the mock."
    stream = openai_client.chat.completions.create(model="mock", messages=ask("hi"), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "Hello from the mock."


def test_models_are_listed(openai_client: openai.OpenAI) -> None:
    assert {"gpt", "claude", "mock"} <= {model.id for model in openai_client.models.list()}


async def test_the_async_client(gateway: Any) -> None:
    from tests.support.gateway import MASTER_KEY

    async with openai.AsyncOpenAI(base_url=gateway.base, api_key=MASTER_KEY) as client:  # the spelling without /v1
        answer = await client.chat.completions.create(model="gpt", messages=ask("hi"))
        assert answer.choices[0].message.content == "Echo: hi"
        stream = await client.chat.completions.create(model="gpt", messages=ask("hi"), stream=True)
        assert "".join([c.choices[0].delta.content or "" async for c in stream if c.choices]) == "Echo: hi"
