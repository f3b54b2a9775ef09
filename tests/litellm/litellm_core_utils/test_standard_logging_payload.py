"""What callbacks are told of a call, in the standard logging payload."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.integrations.custom_logger import CustomLogger

from tests.support.waiting import eventually

MESSAGES = [{"role": "user", "content": "Say hello."}]


class Recorder(CustomLogger):
    """Keeps the payload of every call that succeeded."""

    def __init__(self) -> None:
        super().__init__()
        self.payloads: list[dict[str, Any]] = []

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.payloads.append(kwargs["standard_logging_object"])

    def wait(self, count: int) -> dict[str, Any]:
        """The last of `count` payloads."""
        eventually(lambda: len(self.payloads) >= count, "a call is not logged")
        return self.payloads[-1]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(litellm, "callbacks", [made])
    return made


def test_a_deployment_is_named_with_its_provider(recorder: Recorder) -> None:
    params = {"model": "openai/gpt-4o", "mock_response": "hi"}
    Router(model_list=[{"model_name": "chat", "litellm_params": params}]).completion("chat", MESSAGES)
    payload = recorder.wait(1)
    assert (payload["model"], payload["model_group"]) == ("openai/gpt-4o", "chat")


def test_an_answer_from_the_cache_costs_nothing_and_says_what_it_saved(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, provider_url: str
) -> None:
    monkeypatch.setattr(litellm, "cache", litellm.Cache())
    request: dict[str, Any] = {"model": "openai/gpt-4o", "messages": MESSAGES, "api_key": "sk-test"}
    for _ in range(2):
        litellm.completion(**request, api_base=f"{provider_url}/v1")
    payload = recorder.wait(2)
    first = recorder.payloads[0]
    assert first["response_cost"] > 0
    assert payload["cache_hit"] is True
    assert (payload["response_cost"], payload["saved_cache_cost"]) == (0.0, first["response_cost"])


def test_responses_are_told_with_the_usage_of_chat(recorder: Recorder, provider_url: str) -> None:
    litellm.responses(model="openai/gpt-4o", input="hello", api_base=f"{provider_url}/v1", api_key="sk-test")
    payload = recorder.wait(1)
    usage = payload["response"]["usage"]
    assert usage["prompt_tokens"] == payload["prompt_tokens"] > 0
    assert payload["cost_breakdown"]["total_cost"] == pytest.approx(payload["response_cost"])
