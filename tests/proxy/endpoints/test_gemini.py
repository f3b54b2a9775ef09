"""Gemini's routes with Google's own client: its models natively, the others through a chat, metered alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.e2e.conftest import deployment
from tests.proxy.serving import serving
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

USAGE = {"promptTokenCount": 11, "candidatesTokenCount": 5, "thoughtsTokenCount": 2, "totalTokenCount": 18}
MODEL = "gemini-2.5-flash"
COST = 11 * 3e-7 + 7 * 2.5e-6
SPELLINGS = ("/v1beta/models/{model}:{method}", "/v1/models/{model}:{method}", "/models/{model}:{method}")


def answer(text: str, **more: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"candidates": [{"content": content, "index": 0}], "modelVersion": MODEL, **more}


async def provider(request: Request) -> Response:
    assert request.headers.get("x-goog-api-key") == "sk-up"
    if request.url.path.endswith(":generateContent"):
        return JSONResponse(answer("hello", usageMetadata=USAGE))
    pieces = [answer("hel"), answer("lo", usageMetadata=USAGE)]
    return StreamingResponse((f"data: {json.dumps(piece)}\r\n\r\n" for piece in pieces), media_type="text/event-stream")


@pytest.fixture(scope="module")
def gateway(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(Starlette(routes=[Route("/{path:path}", provider, methods=["POST"])])) as url:
        gemini = {"model": f"gemini/{MODEL}", "api_base": f"{url}/v1beta", "api_key": "sk-up"}
        models = [
            {"model_name": "flash", "litellm_params": gemini},
            {"model_name": "google/flash", "litellm_params": gemini},
            deployment("gpt", provider_url),
            deployment("limited", provider_url, "status=429"),
        ]
        config = {"model_list": models, "router_settings": {"num_retries": 0}}
        with Gateway(tmp_path_factory.mktemp("gemini"), config) as running:
            yield running


@pytest.fixture
def key(gateway: Gateway) -> str:
    made = gateway.request("POST", "/key/generate", json={"max_budget": 5})
    key: str = made.json()["key"]
    return key


@pytest.fixture
def client(gateway: Gateway, key: str) -> Iterator[genai.Client]:
    with client_of(gateway, key) as made:
        yield made


def client_of(gateway: Gateway, key: str) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=gateway.base))


def rows(gateway: Gateway, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = gateway.request("GET", "/spend/logs", params={"api_key": key}).json()
    return found


@pytest.mark.parametrize("model", ["flash", "google/flash", "gpt"])
def test_generate_content(client: genai.Client, model: str) -> None:
    made = client.models.generate_content(model=model, contents="say hello")
    assert made.text
    assert made.usage_metadata is not None
    assert made.usage_metadata.total_token_count


@pytest.mark.parametrize("model", ["flash", "gpt"])
def test_stream_generate_content(gateway: Gateway, client: genai.Client, key: str, model: str) -> None:
    pieces = list(client.models.generate_content_stream(model=model, contents="say hello"))
    assert "".join(piece.text or "" for piece in pieces)
    assert pieces[-1].usage_metadata is not None
    eventually(lambda: bool(rows(gateway, key)), "the stream is not in the log")  # settled when all of it was sent
    [row] = rows(gateway, key)
    assert (row["model_group"], row["call_type"], row["status"]) == (model, "agenerate_content_stream", "success")
    assert row["spend"] > 0


def test_whole_and_streamed_cost_the_same(gateway: Gateway, client: genai.Client, key: str) -> None:
    client.models.generate_content(model="flash", contents="hi")
    list(client.models.generate_content_stream(model="flash", contents="hi"))
    found = rows(gateway, key)
    assert [(row["prompt_tokens"], row["completion_tokens"]) for row in found] == [(11, 7)] * 2, found
    assert [row["spend"] for row in found] == [pytest.approx(COST, abs=1e-12)] * 2


def test_count_tokens(client: genai.Client) -> None:
    counted = client.models.count_tokens(model="gpt", contents="one two three four five")
    assert counted.total_tokens is not None
    assert 4 <= counted.total_tokens <= 12


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent", "countTokens"])
def test_every_spelling_and_the_key_in_the_query(gateway: Gateway, key: str, spelling: str, method: str) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    path = spelling.format(model="flash", method=method)
    found = gateway.request("POST", path, key=None, params={"key": key}, json=body)
    assert found.status_code == 200, found.text


@pytest.mark.parametrize(
    ("model", "body", "status", "word"),
    [
        ("absent", {"contents": "hi"}, 400, "INVALID_ARGUMENT"),
        ("flash", {}, 400, "INVALID_ARGUMENT"),
        ("flash", {"contents": [{"parts": 7}]}, 400, "INVALID_ARGUMENT"),
        ("limited", {"contents": "hi"}, 429, "RESOURCE_EXHAUSTED"),
    ],
)
def test_errors_have_googles_shape(
    gateway: Gateway, key: str, model: str, body: dict[str, Any], status: int, word: str
) -> None:
    found = gateway.request("POST", f"/v1beta/models/{model}:generateContent", key=key, json=body)
    assert found.status_code == status, found.text
    assert (found.json()["error"]["code"], found.json()["error"]["status"]) == (status, word)


def test_an_unknown_key_is_googles_401(gateway: Gateway) -> None:
    with client_of(gateway, "sk-unknown") as client, pytest.raises(errors.ClientError) as refused:
        client.models.generate_content(model="flash", contents="hi")
    assert refused.value.code == 401


def test_a_keys_models_hold(gateway: Gateway) -> None:
    limited = gateway.request("POST", "/key/generate", json={"models": ["gpt"]}).json()["key"]
    with client_of(gateway, limited) as client, pytest.raises(errors.ClientError) as refused:
        client.models.generate_content(model="flash", contents="hi")
    assert refused.value.code == 401
