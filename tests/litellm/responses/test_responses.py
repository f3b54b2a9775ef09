"""The Responses API over HTTP: native, bridged to chat, streamed, and read by OpenAI's own types."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.llms.responses.ids import decode_id
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from tests.litellm.support import last, recorded

TOOL = {
    "type": "function",
    "name": "weather",
    "description": "Weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def native(base: str, **kwargs: Any) -> Any:
    return litellm.responses(**{"model": "openai/gpt-4o", "api_base": f"{base}/v1", "api_key": "sk", **kwargs})


def bridged(base: str, **kwargs: Any) -> Any:
    return litellm.responses(**{"model": "groq/llama", "api_base": f"{base}/v1", "api_key": "sk", **kwargs})


def test_native(provider_url: str) -> None:
    answer = native(provider_url, input="Hi", instructions="Be brief", max_output_tokens=50, foo="not sent")
    assert last(provider_url)["body"] == {
        "model": "gpt-4o",
        "input": "Hi",
        "instructions": "Be brief",
        "max_output_tokens": 50,
    }
    assert answer.output_text == "You said: Hi"
    assert answer.usage.input_tokens == 5
    assert answer._hidden_params["response_cost"] == pytest.approx(5 * 2.5e-6 - 2 * 1.25e-6 + 6 * 1e-5)
    assert decode_id(answer.id).response_id == "resp_1"
    assert decode_id(answer.id).provider == "openai"
    Response.model_validate(answer.model_dump(exclude_none=True))


async def test_native_async_stream(provider_url: str) -> None:
    stream = await litellm.aresponses(
        model="openai/gpt-4o", input="Hi", stream=True, tools=[TOOL], api_base=f"{provider_url}/v1", api_key="sk"
    )
    events = [event async for event in stream]
    assert last(provider_url)["body"]["stream"] is True
    assert [event.type for event in events][:2] == ["response.created", "response.output_item.added"]
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == "You said: Hi"
    assert type(events[-1]).__name__ == "ResponseCompletedEvent"
    assert events[-1].response.usage.cost > 0
    assert stream.completed_response.output[2].name == "weather"
    for event in events:
        EVENT.validate_python(event.model_dump(exclude_none=True) | {"logprobs": []})


def test_models_that_do_not_stream_are_told_as_a_stream(provider_url: str) -> None:
    events = list(native(provider_url, model="openai/gpt-5-pro", input="Hi", stream=True))
    assert "stream" not in last(provider_url)["body"]
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == "You said: Hi"
    assert events[-1].response.output_text == text


def test_bridged(provider_url: str) -> None:
    answer = bridged(
        provider_url,
        input=[
            {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
            {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "21"},
        ],
        instructions="Be brief",
        tools=[TOOL],
        max_output_tokens=9,
    )
    asked = last(provider_url)
    assert asked["path"] == "/v1/chat/completions"
    assert [message["role"] for message in asked["body"]["messages"]] == ["system", "user", "assistant", "tool"]
    assert asked["body"]["messages"][2]["tool_calls"][0]["id"] == "c1"
    assert asked["body"]["tools"][0]["function"]["name"] == "weather"
    assert asked["body"]["max_tokens"] == 9
    assert answer.object == "response"
    assert answer.output
    Response.model_validate(answer.model_dump(exclude_none=True) | {"text": None, "usage": None})


def test_bridged_stream(provider_url: str) -> None:
    events = list(bridged(provider_url, input="Say something", stream=True))
    kinds = [event.type for event in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert events[-1].response.output_text == text != ""
    assert events[-1].response.usage.total_tokens > 0


def test_a_follow_up_remembers(provider_url: str) -> None:
    first = bridged(provider_url, input="My name is Ada")
    bridged(provider_url, input="Who am I?", previous_response_id=first.id)
    contents = [message["content"] for message in last(provider_url)["body"]["messages"]]
    assert contents[0] == "My name is Ada"
    assert contents[-1] == "Who am I?"
    assert len(contents) == 3


@pytest.mark.parametrize(("kept", "limit"), [(False, 1000), (True, 0)])
def test_nothing_is_remembered_when_it_must_not_be(
    provider_url: str, monkeypatch: pytest.MonkeyPatch, kept: bool, limit: int
) -> None:
    monkeypatch.setattr(litellm, "responses_session_limit", limit)
    first = bridged(provider_url, input="My name is Bob", store=kept)
    bridged(provider_url, input="Who am I?", previous_response_id=first.id)
    assert "Bob" not in str(last(provider_url)["body"])


def test_a_native_follow_up_names_the_providers_id(provider_url: str) -> None:
    first = native(provider_url, input="Hi")
    native(provider_url, input="And?", previous_response_id=first.id)
    assert last(provider_url)["body"]["previous_response_id"] == "resp_1"


def test_kept_responses(provider_url: str) -> None:
    where: dict[str, Any] = {"api_base": f"{provider_url}/v1", "api_key": "sk"}
    made = native(provider_url, input="Hi")
    assert litellm.get_responses(made.id, **where).output_text
    assert litellm.delete_responses(made.id, **where).deleted is True
    assert litellm.cancel_responses(made.id, **where).status == "completed"
    assert litellm.list_input_items(made.id, limit=3, **where)["data"][0]["id"] == "msg_0"
    asked = recorded(provider_url)[-4:]
    assert [(each["method"], each["path"]) for each in asked] == [
        ("GET", "/v1/responses/resp_1"),
        ("DELETE", "/v1/responses/resp_1"),
        ("POST", "/v1/responses/resp_1/cancel"),
        ("GET", "/v1/responses/resp_1/input_items"),
    ]
    assert "limit=3" in asked[-1]["query"]


async def test_a_provider_that_keeps_none_says_so() -> None:
    with pytest.raises(litellm.BadRequestError, match="custom_llm_provider"):
        await litellm.aget_responses("resp_unknown")
    with pytest.raises(litellm.BadRequestError, match="groq"):
        litellm.get_responses("resp_1", custom_llm_provider="groq")


class Answer(BaseModel):
    """What the model should say."""

    city: str


def test_text_format(provider_url: str) -> None:
    native(provider_url, input="Hi", text_format=Answer)
    wanted = last(provider_url)["body"]["text"]["format"]
    assert (wanted["type"], wanted["name"], wanted["strict"]) == ("json_schema", "Answer", True)


def test_refusals(provider_url: str) -> None:
    with pytest.raises(litellm.AuthenticationError):
        native(provider_url, input="Hi", api_key="sk-wrong")
    with pytest.raises(litellm.RateLimitError):
        native(provider_url, input="Hi", api_base=f"{provider_url}/~status=429/v1")
    with pytest.raises(litellm.InternalServerError, match="not valid JSON"):
        native(provider_url, input="Hi", api_base=f"{provider_url}/~html/v1")


def test_a_broken_stream_raises(provider_url: str) -> None:
    stream = native(provider_url, input="Hi", stream=True, api_base=f"{provider_url}/~cut=3/v1")
    with pytest.raises((litellm.APIConnectionError, litellm.InternalServerError)):
        list(stream)


def test_a_timeout(provider_url: str) -> None:
    with pytest.raises(litellm.Timeout):
        native(provider_url, input="Hi", timeout=0.2, api_base=f"{provider_url}/~delay=3/v1")


def test_retries(provider_url: str) -> None:
    answer = native(provider_url, input="Hi", num_retries=2, api_base=f"{provider_url}/~flaky=2,id=responses/v1")
    assert answer.output_text
    assert sum("id=responses" in each["prefix"] for each in recorded(provider_url)) == 3


async def test_through_the_router(provider_url: str) -> None:
    params = {"model": "openai/gpt-4o", "api_base": f"{provider_url}/v1", "api_key": "sk"}
    router = litellm.Router(model_list=[{"model_name": "mine", "litellm_params": params}])
    answer = await router.aresponses(model="mine", input="Hi")
    assert answer.output_text == "You said: Hi"
    assert decode_id(answer.id).model_id is not None


def test_the_package_answers_calls_as_the_function_does(provider_url: str) -> None:
    import importlib

    package: Any = importlib.import_module("litellm.responses")
    answer = package(input="Hi", model="openai/gpt-4o", api_base=f"{provider_url}/v1", api_key="sk")
    assert answer.output_text == "You said: Hi"
