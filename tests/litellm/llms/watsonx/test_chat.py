"""watsonx.ai: addresses, credentials, tools, text generation and embeddings."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import OPENAI_REPLY
from tests.support.scripted import Answer, Scripted

RESULT = {"generated_text": "Hi", "generated_token_count": 2, "input_token_count": 3, "stop_reason": "max_tokens"}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WATSONX_APIKEY", "WATSONX_API_KEY", "WATSONX_TOKEN", "WATSONX_PROJECT_ID", "WATSONX_ZENAPIKEY"):
        monkeypatch.delenv(name, raising=False)


def ask(script: Scripted, model: str = "watsonx/ibm/granite", **more: Any) -> Any:
    given = {"model": model, "messages": [{"role": "user", "content": "Hi"}], "api_base": script.base}
    return litellm.completion(**{**given, "token": "t", "project_id": "p", **more})


def test_chat_request(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    tool = {
        "type": "function",
        "function": {"name": "f", "strict": True, "parameters": {"additionalProperties": False}},
    }
    ask(script, tools=[tool], tool_choice="required", api_version="2025-01-01")
    assert script.asked[0].path == "/ml/v1/text/chat?version=2025-01-01"
    assert script.asked[0].headers["authorization"] == "Bearer t"
    assert (script.last["model_id"], script.last["project_id"]) == ("ibm/granite", "p")
    assert script.last["tools"] == [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    assert script.last["tool_choice_option"] == "required"


def test_a_deployment_and_a_space(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    ask(script, "watsonx/deployment/d/1", project_id=None)
    assert script.asked[0].path.startswith("/ml/v1/deployments/d%2F1/text/chat?")
    ask(script, project_id=None, space_id="s")
    assert script.last["space_id"] == "s"


async def test_iam_gives_a_token_for_the_key(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATSONX_IAM_URL", f"{script.base}/identity/token")
    reply = Answer(json.dumps(OPENAI_REPLY).encode())
    script.will(Answer(b'{"access_token": "iam", "expiration": 4102444800}'), reply)
    messages = [{"role": "user", "content": "Hi"}]
    for _ in range(2):
        await litellm.acompletion(
            model="watsonx/ibm/g", messages=messages, api_base=script.base, api_key=script.base, project_id="p"
        )
    assert len(script.asked) == 3
    assert b"apikey=" in script.asked[0].body
    assert script.asked[2].headers["authorization"] == "Bearer iam"


def test_a_refused_key_says_so_without_the_key(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATSONX_IAM_URL", f"{script.base}/identity/refused")
    script.will(Answer(b"{}", status=401))
    with pytest.raises(litellm.AuthenticationError) as raised:
        ask(script, token=None, api_key="very-secret")
    assert "very-secret" not in str(raised.value)


@pytest.mark.parametrize("missing", [{"token": None}, {"project_id": None}])
def test_what_is_missing_is_named(script: Scripted, missing: dict[str, Any]) -> None:
    script.will_say(OPENAI_REPLY)
    with pytest.raises(litellm.AuthenticationError, match="watsonx: no"):
        ask(script, **missing)


def test_text_generation(script: Scripted) -> None:
    script.will_say({"results": [RESULT], "created_at": "2023-11-14T22:13:20Z"})
    response = ask(script, "watsonx_text/ibm/granite-13b-chat-v2", max_tokens=2, stop="x", seed=1)
    assert script.asked[0].path.startswith("/ml/v1/text/generation?")
    assert script.last["input"] == "<|user|>\nHi\n<|assistant|>\n"
    assert script.last["parameters"] == {"max_new_tokens": 2, "stop_sequences": ["x"], "random_seed": 1}
    assert (response.choices[0].finish_reason, response.usage.total_tokens, response.created) == (
        "length",
        5,
        1700000000,
    )


def test_embeddings(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATSONX_TOKEN", "t")
    script.will_say({"results": [{"embedding": [0.1]}], "input_token_count": 3})
    response = litellm.embedding("watsonx/ibm/slate", "a", api_base=script.base, project_id="p")
    assert script.last["inputs"] == ["a"]
    assert (response.data[0]["embedding"], response.usage.prompt_tokens) == ([0.1], 3)
