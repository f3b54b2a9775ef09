"""What a `CustomLogger` is told, and in which order, call shape by call shape."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

from tests.support.provider import running

MESSAGES = [{"role": "user", "content": "hi"}]


class Recorder(CustomLogger):
    """Notes the name of each hook and a copy of what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, dict[str, Any], Any]] = []

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        self.events.append(("pre", dict(kwargs), None))

    def log_post_api_call(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.events.append(("post", dict(kwargs), None))

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.events.append(("success", dict(kwargs), response_obj))

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.events.append(("async success", dict(kwargs), response_obj))

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.events.append(("failure", dict(kwargs), response_obj))

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.events]

    @property
    def outcome(self) -> tuple[dict[str, Any], Any]:
        assert GLOBAL_LOGGING_WORKER.flush()
        _, kwargs, response = self.events[-1]
        return kwargs["standard_logging_object"], response


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running() as url:
        yield f"{url}/v1"


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(litellm, "callbacks", [made])
    return made


def test_a_refusal_is_told_before_the_failure(base: str, recorder: Recorder) -> None:
    with pytest.raises(litellm.AuthenticationError):
        litellm.completion("openai/gpt-4o", MESSAGES, api_base=base, api_key="sk-wrong", max_retries=0)
    payload, response = recorder.outcome
    assert recorder.names == ["pre", "post", "failure"]
    assert response is None
    assert payload["error_information"]["error_code"] == "401"
    assert payload["error_information"]["llm_provider"] == "openai"


def test_a_stream_tells_when_it_began(base: str, recorder: Recorder) -> None:
    stream = litellm.completion("openai/gpt-4o", MESSAGES, stream=True, api_base=base, api_key="k")
    assert len(list(stream)) > 1
    payload, _ = recorder.outcome
    assert payload["startTime"] <= payload["completionStartTime"] <= payload["endTime"]
    assert payload["completionStartTime"] < payload["endTime"]


@pytest.mark.parametrize("model", ["openai/gpt-3.5-turbo-instruct", "mistral/mistral-small"])
def test_text_completions_tell_of_streams_and_wholes(base: str, recorder: Recorder, model: str) -> None:
    chunk: Any
    for chunk in litellm.text_completion("hi", model, stream=True, api_base=base, api_key="k"):
        assert chunk.object == "text_completion"
    payload, response = recorder.outcome
    assert (payload["call_type"], payload["stream"], payload["status"]) == ("text_completion", True, "success")
    assert response.choices[0].message.content
    litellm.text_completion("hi", model, api_base=base, api_key="k")
    assert recorder.outcome[1].object == "text_completion"


def test_a_messages_call_by_chat_is_told_once_as_what_it_was(base: str, recorder: Recorder) -> None:
    async def ask() -> None:
        await litellm.anthropic.messages.acreate(
            model="mistral/m", messages=MESSAGES, max_tokens=5, api_base=base, api_key="k"
        )
        await GLOBAL_LOGGING_WORKER.aflush()

    asyncio.run(ask())
    payload, _ = recorder.outcome
    assert recorder.names.count("async success") == 1
    assert (payload["call_type"], payload["messages"]) == ("anthropic_messages", MESSAGES)


def test_rerank_shows_the_query_and_what_it_cost(recorder: Recorder) -> None:
    mock = {"id": "r", "results": [{"index": 0, "relevance_score": 0.5}], "meta": {"billed_units": {"search_units": 1}}}
    litellm.rerank(model="cohere/rerank-english-v3.0", query="q", documents=["a"], mock_response=mock)
    payload, _ = recorder.outcome
    assert payload["messages"] == [{"role": "user", "content": "q"}]
    assert payload["cost_breakdown"]["total_cost"] == payload["response_cost"] > 0


class Hooks(CustomLogger):
    """Notes what the hooks of the log are given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def logging_hook(self, kwargs: Any, result: Any, call_type: Any) -> tuple[Any, Any]:
        self.given.append(repr((kwargs, result)))
        return kwargs, result

    async def async_logging_hook(self, kwargs: Any, result: Any, call_type: Any) -> tuple[Any, Any]:
        return self.logging_hook(kwargs, result, call_type)


@pytest.mark.parametrize("hidden", [False, True])
def test_hooks_of_the_log_see_what_events_may(hidden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks, recorder = Hooks(), Recorder()
    monkeypatch.setattr(litellm, "callbacks", [hooks, recorder])
    monkeypatch.setattr(litellm, "turn_off_message_logging", hidden)
    call: dict[str, Any] = {"model": "gpt-4o", "mock_response": "answered", "api_key": "k"}

    async def ask() -> None:
        await litellm.acompletion(messages=[{"role": "user", "content": "asked"}], **call)
        await GLOBAL_LOGGING_WORKER.aflush()

    asyncio.run(ask())
    litellm.completion(messages=[{"role": "user", "content": "asked"}], **call)
    payload, response = recorder.outcome
    assert len(hooks.given) == 2
    for text in (*hooks.given, repr(payload), repr(response)):
        assert ("asked" in text or "answered" in text) is not hidden
    assert payload["response_cost"] > 0
