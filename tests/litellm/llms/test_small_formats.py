"""What is asked of the providers with small formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import OPENAI_REPLY
from tests.support.scripted import Answer, Scripted

MESSAGES = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "U"},
    {"role": "assistant", "content": "A"},
    {"role": "user", "content": "U2"},
]


def ask(script: Scripted, model: str, path: str = "", **more: Any) -> Any:
    return litellm.completion(
        **{"model": model, "messages": MESSAGES, "api_base": script.base + path, "api_key": "k", **more}
    )


def prediction(status: str, **fields: Any) -> bytes:
    return json.dumps({"id": "p", "status": status, **fields}).encode()


def test_replicate_is_asked_until_the_prediction_has_ended(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("litellm.llms.replicate.chat.PAUSE_S", 0.0)
    urls = {"get": f"{script.base}/v1/predictions/p"}
    metrics = {"input_token_count": 3, "output_token_count": 2}
    ended = Answer(prediction("succeeded", output=["Hel", "lo"], metrics=metrics))
    running = [Answer(prediction("starting", urls=urls), status=201), Answer(prediction("processing", urls=urls))]
    for stream in (False, True):
        script.will(*running, ended)
        response = ask(script, "replicate/meta/meta-llama-3-70b-instruct", max_tokens=5, stream=stream)
        if stream:
            response = litellm.stream_chunk_builder(list(response))
        assert [request.method for request in script.asked] == ["POST", "GET", "GET"]
        assert script.asked[0].path == "/v1/models/meta/meta-llama-3-70b-instruct/predictions"
        sent = script.asked[0].json()["input"]
        assert (sent["system_prompt"], sent["max_new_tokens"]) == ("S", 5)
        assert response.choices[0].message.content == "Hello"
        assert response.usage.total_tokens == 5


def test_a_failed_prediction_and_one_that_never_ends(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("litellm.llms.replicate.chat.PAUSE_S", 0.01)
    script.will(Answer(prediction("failed", error="out of memory")))
    with pytest.raises(litellm.exceptions.APIError, match="out of memory"):
        ask(script, "replicate/a/b")
    script.will(Answer(prediction("processing", urls={"get": f"{script.base}/v1/predictions/p"})))
    with pytest.raises(litellm.Timeout):
        ask(script, "replicate/a/b", timeout=0.2)


def test_snowflake(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    ask(script, "snowflake/mistral-7b", max_tokens=5, api_key="pat/secret")
    assert script.asked[0].path == "/api/v2/cortex/v1/chat/completions"
    assert script.asked[0].headers["authorization"] == "Bearer secret"
    assert script.asked[0].headers["x-snowflake-authorization-token-type"] == "PROGRAMMATIC_ACCESS_TOKEN"
    assert (script.last["max_completion_tokens"], script.last["stream"]) == (5, False)
    script.will_say({"type": "message", "content": [{"type": "text", "text": "Hi"}], "usage": {"output_tokens": 1}})
    response = ask(script, "snowflake/claude-3-5-sonnet")
    assert script.asked[0].path == "/api/v2/cortex/v1/messages"
    assert response.choices[0].message.content == "Hi"


def test_gigachat_functions(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_AUTH_URL", f"{script.base}/oauth")
    called = {"name": "weather", "arguments": {"city": "Paris"}}
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "", "function_call": called},
        "finish_reason": "function_call",
    }
    reply = Answer(json.dumps({"choices": [choice], "usage": {"total_tokens": 1}}).encode())
    script.will(Answer(b'{"access_token": "t", "expires_at": 4102444800000}'), reply)
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
    messages = [
        *MESSAGES,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "name": "weather", "content": "warm"},
    ]
    response = ask(script, "gigachat/GigaChat", tools=[tool], messages=messages, api_key="Y3JlZA==")
    assert script.asked[0].headers["authorization"] == "Basic Y3JlZA=="
    assert script.asked[1].headers["authorization"] == "Bearer t"
    assert script.last["functions"] == [tool["function"]]
    assert script.last["messages"][4]["function_call"] == {"name": "weather", "arguments": {"city": "Rome"}}
    assert script.last["messages"][5] == {"role": "function", "name": "weather", "content": '"warm"'}
    assert response.choices[0].finish_reason == "tool_calls"
    assert json.loads(response.choices[0].message.tool_calls[0].function.arguments) == {"city": "Paris"}


def test_triton_by_both_protocols(script: Scripted) -> None:
    script.will_say({"text_output": "Hi"})
    ask(script, "triton/m", "/v2/models/m/generate", max_tokens=5)
    assert script.last == {"text_input": "S U A U2", "parameters": {"max_tokens": 5}, "stream": False}
    script.will_say({"outputs": [{"datatype": "BYTES", "data": ["Hi"]}]})
    response = ask(script, "triton/m", "/v2/models/m/infer", max_tokens=5)
    assert script.last["inputs"][1] == {"name": "max_tokens", "shape": [1], "datatype": "INT32", "data": [5]}
    assert response.choices[0].message.content == "Hi"
    script.will_say({"outputs": [{"shape": [2, 2], "data": [1.0, 2.0, 3.0, 4.0]}]})
    vectors = litellm.embedding("triton/e", ["a", "b"], api_base=f"{script.base}/v2/models/e/infer")
    assert [item["embedding"] for item in vectors.data] == [[1.0, 2.0], [3.0, 4.0]]


def test_copilot_exchanges_the_saved_token(script: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_COPILOT_TOKEN_DIR", str(tmp_path))
    monkeypatch.setenv("GITHUB_COPILOT_API_KEY_URL", f"{script.base}/token")
    with pytest.raises(litellm.AuthenticationError, match="nobody has signed in"):
        ask(script, "github_copilot/gpt-4o", api_key=None)
    (tmp_path / "access-token").write_text("gho_saved\n")
    said = Answer(json.dumps(OPENAI_REPLY).encode())
    script.will(Answer(b'{"token": "short", "expires_at": 4102444800}'), said)
    ask(script, "github_copilot/gpt-4o", api_key=None)
    assert (script.asked[0].method, script.asked[0].headers["authorization"]) == ("GET", "token gho_saved")
    assert script.asked[1].headers["authorization"] == "Bearer short"
    assert script.asked[1].headers["x-initiator"] == "agent"


@pytest.mark.parametrize(
    ("model", "base", "path", "sent"),
    [
        ("cloudflare/@cf/m", "/client/v4/accounts/a/ai/run/", "/client/v4/accounts/a/ai/v1/chat/completions", "@cf/m"),
        ("datarobot/m", "", "/api/v2/genai/llmgw/chat/completions/", "m"),
        ("gradient_ai/m", "", "/api/v1/chat/completions", "m"),
        ("huggingface/a/b", "/v1", "/v1/chat/completions", "a/b"),
        ("huggingface/a/b", "", "/v1/chat/completions", "a/b"),
        ("oobabooga/m", "", "/v1/chat/completions", "m"),
        ("ragflow/agent/7/m", "", "/api/v1/agents_openai/7/chat/completions", "m"),
        ("clarifai/u.a.m", "/v1", "/v1/chat/completions", "https://clarifai.com/u/a/models/m"),
    ],
)
def test_addresses(script: Scripted, model: str, base: str, path: str, sent: str) -> None:
    script.will_say(OPENAI_REPLY)
    ask(script, model, base)
    assert (script.asked[0].path, script.last["model"]) == (path, sent)


def test_huggingface_embeddings(script: Scripted) -> None:
    script.will_say([[0.1], [0.2]])
    response = litellm.embedding("huggingface/a/b", ["x", "y"], api_base=script.base, api_key="k")
    assert script.last == {"inputs": ["x", "y"]}
    assert [item["embedding"] for item in response.data] == [[0.1], [0.2]]
    script.will_say([0.5, 0.7])
    litellm.embedding("huggingface/a/b", ["x", "y", "z"], input_type="sentence-similarity", api_base=script.base)
    assert script.last == {"inputs": {"source_sentence": "x", "sentences": ["y", "z"]}}


def test_petals_posts_a_form(script: Scripted) -> None:
    script.will_say({"ok": True, "outputs": "Hi"})
    ask(script, "petals/x", "/api/v1/generate", max_tokens=5)
    assert script.asked[0].body == b"model=x&inputs=S+U+A+U2&max_new_tokens=5"
