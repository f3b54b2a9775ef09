"""Models on Google Distributed Cloud and in SAP's generative AI hub: where they are found, how they are asked."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from litellm.llms.gdc.chat.transformation import GDCGeminiConfig
from litellm.secret_managers import sap, token_exchange

from tests.litellm.llms.samples import OPENAI_REPLY, OPENAI_STREAM, STREAMS, TEXT
from tests.support.scripted import Answer, Scripted

MESSAGES = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Hi"}]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
PROJECT = {"vertex_project": "p", "vertex_location": "l"}


@pytest.mark.parametrize(
    ("path", "settings"),
    [("", PROJECT), ("/v1/projects/p/locations/l", {}), ("/v1/projects/p/locations/l/chat/completions", {})],
)
def test_gemini_is_asked_at_its_project(script: Scripted, path: str, settings: dict[str, str]) -> None:
    script.will_say(OPENAI_REPLY)
    answer = litellm.completion(
        "gdc/gemini", MESSAGES, api_base=script.base + path, api_key="k", tools=TOOLS, **settings
    )
    asked = script.asked[-1]
    assert answer.choices[0].message.content == TEXT
    assert asked.path == "/v1/projects/p/locations/l/chat/completions"
    assert (asked.headers["authorization"], asked.headers["x-goog-user-project"]) == ("Bearer k", "projects/p")
    assert (script.last["model"], script.last["tools"]) == ("gemini", TOOLS)
    assert not set(PROJECT) & set(script.last)


def test_a_replaced_address_is_the_one_that_is_asked(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    script.will(Answer(OPENAI_STREAM, content_type="text/event-stream"))
    monkeypatch.setattr(GDCGeminiConfig, "get_complete_url", lambda *_: f"{script.base}/elsewhere")
    chunks = list(litellm.completion("gdc/gemini", MESSAGES, api_key="k", stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
    assert script.asked[-1].path == "/elsewhere"


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"api_key": "k", **PROJECT}, "api_base"),
        ({"api_base": "http://localhost:1", **PROJECT}, "api_key"),
        ({"api_base": "http://localhost:1", "api_key": "k"}, "vertex_project"),
        ({"api_base": "http://localhost:1", "api_key": "{}", **PROJECT}, "token"),
    ],
)
def test_what_a_project_lacks_is_named(settings: dict[str, str], missing: str) -> None:
    with pytest.raises(litellm.AuthenticationError, match=missing):
        litellm.completion("gdc/gemini", MESSAGES, **settings)


# --------------------------------------------------------------------------- SAP


@pytest.fixture
def key(script: Scripted) -> str:
    """A service key whose server is the scripted one; nothing is known of it yet."""
    token_exchange.cache._entries.clear()
    sap._kept.clear()
    return json.dumps(
        {"clientid": "c", "clientsecret": "s", "url": script.base, "serviceurls": {"AI_API_URL": script.base}}
    )


def said(value: Any) -> Answer:
    return Answer(json.dumps(value).encode())


def deployments(script: Scripted, *more: dict[str, Any]) -> Answer:
    listed = [
        {
            "scenarioId": "orchestration",
            "status": "RUNNING",
            "createdAt": "2024",
            "deploymentUrl": f"{script.base}/old",
        },
        {
            "scenarioId": "orchestration",
            "status": "RUNNING",
            "createdAt": "2025",
            "deploymentUrl": f"{script.base}/new",
        },
        {
            "scenarioId": "orchestration",
            "status": "STOPPED",
            "createdAt": "2026",
            "deploymentUrl": f"{script.base}/off",
        },
        {"scenarioId": "foundation-models", "status": "RUNNING", "createdAt": "2027", "deploymentUrl": script.base},
    ]
    return said({"count": 4, "resources": listed})


def test_the_newest_orchestration_is_asked(script: Scripted, key: str) -> None:
    token = said({"access_token": "t", "expires_in": 3600})
    script.will(token, deployments(script), said({"request_id": "r", "final_result": OPENAI_REPLY}))
    for _ in range(2):
        answer = litellm.completion(
            "sap/gpt-4o", MESSAGES, api_key=key, tools=TOOLS, temperature=0.2, response_format={"type": "json_object"}
        )
        assert answer.choices[0].message.content == TEXT
    assert [asked.path for asked in script.asked] == [
        "/oauth/token", "/v2/lm/deployments", "/new/v2/completion", "/new/v2/completion",
    ]  # fmt: skip
    assert script.asked[-1].headers["authorization"] == "Bearer t"
    assert script.asked[-1].headers["ai-resource-group"] == "default"
    template = {"template": MESSAGES, "tools": TOOLS, "response_format": {"type": "json_object"}}
    model = {"name": "gpt-4o", "version": "latest", "params": {"temperature": 0.2}}
    assert script.last == {"config": {"modules": {"prompt_templating": {"prompt": template, "model": model}}}}


async def test_an_orchestration_streams(script: Scripted, key: str) -> None:
    token = said({"access_token": "t", "expires_in": 3600})
    script.will(token, deployments(script), Answer(STREAMS["sap"].stream, content_type="text/event-stream"))
    stream = await litellm.acompletion("sap/gpt-4o", MESSAGES, api_key=key, stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == TEXT
    assert script.last["config"]["stream"] == {"enabled": True}


def test_texts_are_embedded_by_the_orchestration(script: Scripted, key: str) -> None:
    rows = [{"object": "embedding", "index": at, "embedding": [0.5, at]} for at in range(2)]
    made = {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": 2, "total_tokens": 2}}
    script.will(said({"access_token": "t"}), deployments(script), said({"request_id": "r", "final_result": made}))
    answer = litellm.embedding("sap/text-embedding-3-small", ["a", "b"], api_key=key, dimensions=2)
    assert [row["embedding"] for row in answer.data] == [[0.5, 0], [0.5, 1]]
    assert answer.usage.prompt_tokens == 2
    assert script.asked[-1].path == "/new/v2/embeddings"
    model = {"name": "text-embedding-3-small", "version": "latest", "params": {"dimensions": 2}}
    assert script.last == {"config": {"modules": {"embeddings": {"model": model}}}, "input": {"text": ["a", "b"]}}


def test_no_orchestration_is_not_found(script: Scripted, key: str) -> None:
    script.will(said({"access_token": "t"}), said({"resources": []}))
    with pytest.raises(litellm.NotFoundError, match="no orchestration runs"):
        litellm.completion("sap/gpt-4o", MESSAGES, api_key=key)


def test_a_key_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AICORE_HOME", "/nowhere")
    with pytest.raises(litellm.AuthenticationError, match="AICORE_CLIENT_ID"):
        litellm.completion("sap/gpt-4o", MESSAGES, api_key="sk-1")
