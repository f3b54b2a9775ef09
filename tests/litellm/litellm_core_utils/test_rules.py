"""`litellm.pre_call_rules` and `post_call_rules`: what they are given, and what a refusal is."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger

MESSAGES = [{"role": "system", "content": "be kind, "}, {"role": "user", "content": "hi"}]
CHAT: dict[str, Any] = {"model": "openai/gpt-4o", "messages": MESSAGES, "mock_response": "a long answer"}
WHY = "not in this house"
Rules = Callable[..., list[str]]


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    """Set a rule that returns `decision`; gives the list of texts that it is asked about."""

    def use(name: str, decision: Any) -> list[str]:
        texts: list[str] = []

        def rule(text: str) -> Any:
            texts.append(text)
            return decision

        monkeypatch.setattr(litellm, name, [rule, "no function"])
        return texts

    return use


async def asked(**more: Any) -> list[BaseException | None]:
    """How a blocking and an async call end."""
    ends: list[BaseException | None] = []
    for is_async in (False, True):
        try:
            response = await litellm.acompletion(**CHAT, **more) if is_async else litellm.completion(**CHAT, **more)
            if more.get("stream"):
                _ = [chunk async for chunk in response] if is_async else list(response)
            ends.append(None)
        except (litellm.APIResponseValidationError, litellm.MidStreamFallbackError) as error:
            ends.append(error)
    return ends


@pytest.mark.parametrize(("name", "text"), [("pre_call_rules", "be kind, hi"), ("post_call_rules", "a long answer")])
@pytest.mark.parametrize("decision", [False, {"decision": False, "message": WHY}, {"decision": False}])
async def test_a_refusal_is_an_answer_that_cannot_be(rules: Rules, name: str, text: str, decision: Any) -> None:
    texts = rules(name, decision)
    for error in await asked():
        assert type(error) is litellm.APIResponseValidationError
        assert (error.status_code, error.model, error.llm_provider) == (500, "openai/gpt-4o", "")
        assert str(error) == (WHY if isinstance(decision, dict) and "message" in decision else error.message)
        assert name in str(error) or str(error) == WHY
    assert texts == [text, text]


@pytest.mark.parametrize("name", ["pre_call_rules", "post_call_rules"])
@pytest.mark.parametrize("decision", [True, None, "no", {"decision": True}, {}])
async def test_anything_else_lets_a_call_pass(rules: Rules, name: str, decision: Any) -> None:
    texts = rules(name, decision)
    assert await asked() == [None, None]
    assert len(texts) == 2


async def test_a_stream_ends_with_the_text_that_a_rule_refuses(rules: Rules) -> None:
    texts = rules("post_call_rules", {"decision": False, "message": WHY})
    for error in await asked(stream=True):
        assert isinstance(error, litellm.MidStreamFallbackError)
        assert type(error.original_exception) is litellm.APIResponseValidationError
        assert WHY in str(error)
    assert len(texts) == 2
    texts = rules("post_call_rules", True)
    assert await asked(stream=True) == [None, None]
    assert texts[-1] == "a long answer"


async def test_plain_data_and_text_completions_are_judged_too(rules: Rules, provider_url: str) -> None:
    where = {"api_base": f"{provider_url}/v1", "api_key": "k", "num_retries": 0}
    texts = rules("post_call_rules", False)
    with pytest.raises(litellm.APIResponseValidationError):
        await litellm.acompletion_data(model="openai/gpt-4o", messages=MESSAGES, **where)
    with pytest.raises(litellm.APIResponseValidationError):
        litellm.text_completion(model="openai/gpt-3.5-turbo-instruct", prompt="hi", **where)
    assert len(texts) == 2
    asked_of = rules("pre_call_rules", False)
    with pytest.raises(litellm.APIResponseValidationError):
        await litellm.anthropic.messages.acreate(
            model="anthropic/claude-sonnet-4-5", messages=MESSAGES[1:], max_tokens=5, api_base=provider_url, api_key="k"
        )
    assert asked_of == ["hi"]


async def test_callbacks_hear_of_a_refusal_as_a_failure(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: queue.Queue[str] = queue.Queue()

    class Logger(CustomLogger):
        def log_success_event(self, *_: Any) -> None:
            heard.put("success")

        def log_failure_event(self, *_: Any) -> None:
            heard.put("failure")

    monkeypatch.setattr(litellm, "callbacks", [Logger()])
    rules("post_call_rules", False)
    with pytest.raises(litellm.APIResponseValidationError):
        litellm.completion(**CHAT)
    assert heard.get(timeout=30) == "failure"
    assert heard.empty()
