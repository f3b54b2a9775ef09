"""Cohere's, Ollama's and Bedrock's APIs for any model, asked by their own clients, and metered as chats are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import botocore.session
import httpx
import ollama
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.e2e.conftest import deployment
from tests.litellm.matrix.inbound import PARAMETERS, PIXEL, SCHEMA
from tests.litellm.matrix.inbound_bridged import cohere_streamed
from tests.proxy.serving import serving
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

SEEN: list[dict[str, Any]] = []
"""What the provider's own API was asked."""
USAGE = {"tokens": {"input_tokens": 7, "output_tokens": 3}, "billed_units": {"input_tokens": 7, "output_tokens": 3}}
CITATION = {"start": 0, "end": 2, "text": "It", "sources": [{"type": "document", "id": "d"}], "type": "TEXT_CONTENT"}
HI = [{"role": "user", "content": "say hello"}]


async def own_api(request: Request) -> Response:
    """A provider that speaks Cohere's and Ollama's API itself."""
    SEEN.append(await request.json())
    if request.url.path.endswith("/api/chat"):
        said = {"role": "assistant", "content": "It is."}
        return JSONResponse({"message": said, "done": True, "prompt_eval_count": 7, "eval_count": 3})
    message = {"role": "assistant", "content": [{"type": "text", "text": "It is."}], "citations": [CITATION]}
    return JSONResponse({"id": "x", "finish_reason": "COMPLETE", "message": message, "usage": USAGE})


@pytest.fixture(scope="module")
def gateway(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(Starlette(routes=[Route("/{path:path}", own_api, methods=["POST"])])) as url:
        models = [
            deployment("gpt", provider_url),
            deployment("team/gpt", provider_url),
            deployment("claude", provider_url, model="anthropic/claude-sonnet-4-5"),
            deployment("limited", provider_url, "status=429"),
            deployment("cut", provider_url, "cut=4"),
            {"model_name": "command", "litellm_params": {"model": "cohere_chat/command-a-03-2025", "api_base": url,
                                                         "api_key": "k"}},
            {"model_name": "llama", "litellm_params": {"model": "ollama_chat/llama3.1", "api_base": url}},
        ]  # fmt: skip
        config = {"model_list": models, "router_settings": {"num_retries": 0, "disable_cooldowns": True}}
        with Gateway(tmp_path_factory.mktemp("inbound"), config) as running:
            yield running


@pytest.fixture
def key(gateway: Gateway) -> str:
    made: str = gateway.request("POST", "/key/generate", json={"max_budget": 5}).json()["key"]
    return made


@pytest.fixture
def client(gateway: Gateway, key: str) -> Iterator[ollama.Client]:
    made = ollama.Client(gateway.base, headers={"Authorization": f"Bearer {key}"})
    yield made
    made._client.close()


@pytest.fixture
def bedrock(gateway: Gateway, key: str) -> Iterator[Any]:
    """AWS's own client. Its bearer tokens need TLS, so the key has a header of its own."""
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    client = botocore.session.Session().create_client(
        "bedrock-runtime", region_name="us-east-1", endpoint_url=gateway.base, config=config
    )
    client.meta.events.register(
        "before-send.bedrock-runtime", lambda request, **_: request.headers.update({"x-litellm-api-key": key})
    )
    yield client
    client.close()


def row(gateway: Gateway, key: str) -> dict[str, Any]:
    """The log of the key's only request: a stream's follows its end."""
    found: list[dict[str, Any]] = []

    def logged() -> bool:
        found[:] = gateway.request("GET", "/spend/logs", params={"api_key": key}).json()
        return len(found) == 1

    eventually(logged, "the request is not logged")
    return found[0]


# --------------------------------------------------------------------------- Ollama


@pytest.mark.parametrize("model", ["gpt", "claude"])
def test_ollamas_client_chats(gateway: Gateway, client: ollama.Client, key: str, model: str) -> None:
    answer = client.chat(model, HI, options={"num_ctx": 4096, "top_k": 3, "num_predict": 20})
    assert answer.message.content
    assert (answer.model, answer.done, answer.done_reason) == (model, True, "stop")
    assert answer.prompt_eval_count
    told = row(gateway, key)
    assert (told["model_group"], told["call_type"], told["status"]) == (model, "acompletion", "success")
    assert told["spend"] > 0
    assert (told["prompt_tokens"], told["completion_tokens"]) == (answer.prompt_eval_count, answer.eval_count)


def test_ollamas_client_streams(gateway: Gateway, client: ollama.Client, key: str) -> None:
    lines = list(client.chat("gpt", HI, stream=True))
    assert "".join(line.message.content or "" for line in lines)
    assert [line.done for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1].eval_count == row(gateway, key)["completion_tokens"] > 0


def test_ollamas_client_calls_tools_and_shows_images(client: ollama.Client) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "description": "d", "parameters": PARAMETERS}}
    asked = {**HI[0], "images": [PIXEL]}
    answer = client.chat("gpt", [asked], tools=[tool], format=SCHEMA)
    assert answer.message.tool_calls
    assert answer.message.tool_calls[0].function.name == "get_weather"
    result = {"role": "tool", "tool_name": "get_weather", "content": "19"}
    assert client.chat("gpt", [asked, answer.message, result]).message.content


def test_ollamas_client_generates(client: ollama.Client) -> None:
    assert client.generate("gpt", "say hello", system="be brief").response
    assert "".join(line.response or "" for line in client.generate("gpt", "say hello", stream=True))
    with pytest.raises(ollama.ResponseError, match="suffix"):
        client.generate("gpt", "say hello", suffix="x")


def test_a_stream_is_the_default(gateway: Gateway, key: str) -> None:
    answer = httpx.post(f"{gateway.base}/api/chat", json={"model": "gpt", "messages": HI},
                        headers={"Authorization": f"Bearer {key}"})  # fmt: skip
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert json.loads(answer.text.splitlines()[-1])["done"] is True


def test_ollamas_client_lists_models(gateway: Gateway, client: ollama.Client) -> None:
    assert {model.model for model in client.list().models} >= {"gpt", "claude", "llama"}
    shown = client.show("gpt")
    assert shown.capabilities is not None
    assert {"completion", "tools", "vision"} <= set(shown.capabilities)
    assert shown.modelinfo is not None
    assert shown.modelinfo["openai.context_length"] == 128_000
    assert client.ps().models == []
    assert gateway.request("GET", "/api/version").json()["version"]
    with pytest.raises(ollama.ResponseError) as caught:
        client.show("nothing")
    assert caught.value.status_code == 404


def test_ollamas_client_reads_errors(client: ollama.Client, gateway: Gateway) -> None:
    for model, status in (("limited", 429), ("nothing", 400)):
        with pytest.raises(ollama.ResponseError) as caught:
            client.chat(model, HI)
        assert caught.value.status_code == status
    with pytest.raises(ollama.ResponseError, match="messages"):
        client.chat("gpt", [])
    refused = gateway.request("GET", "/api/tags", key=None)
    assert (refused.status_code, list(refused.json())) == (401, ["error"])
    with pytest.raises(ollama.ResponseError):
        list(client.chat("cut", HI, stream=True))


def test_ollamas_own_models_are_asked_in_ollamas_words(client: ollama.Client) -> None:
    client.chat("llama", HI, options={"num_ctx": 4096, "num_predict": 20, "mirostat": 1}, think=False, format="json")
    asked = SEEN[-1]
    assert asked["options"] == {"num_ctx": 4096, "num_predict": 20, "mirostat": 1}
    assert (asked["think"], asked["format"]) == (False, "json")


# --------------------------------------------------------------------------- Cohere


def cohere(gateway: Gateway, key: str, **body: Any) -> httpx.Response:
    """What Cohere's own client sends; it depends on too much to be installed for this."""
    return httpx.post(f"{gateway.base}/v2/chat", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=30)


@pytest.mark.parametrize("model", ["gpt", "claude"])
def test_cohere_chats(gateway: Gateway, key: str, model: str) -> None:
    answer = cohere(gateway, key, model=model, messages=HI, k=3, p=0.9, documents=["one"], safety_mode="STRICT").json()
    assert answer["message"]["content"][0]["text"]
    assert answer["finish_reason"] == "COMPLETE"
    assert answer["usage"]["tokens"]["output_tokens"] == row(gateway, key)["completion_tokens"]


def test_cohere_streams(gateway: Gateway, key: str) -> None:
    answer = cohere(gateway, key, model="gpt", messages=HI, stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    said = cohere_streamed([answer.content])
    assert said.text
    assert said.output == row(gateway, key)["completion_tokens"]


def test_a_stream_that_breaks_off_says_so(gateway: Gateway, key: str) -> None:
    last = cohere(gateway, key, model="cut", messages=HI, stream=True).text.strip().splitlines()[-1]
    ended = json.loads(last.removeprefix("data:"))
    assert (ended["type"], ended["delta"]["finish_reason"]) == ("message-end", "ERROR")
    assert ended["delta"]["error"]


def test_coheres_own_models_are_asked_in_coheres_words(gateway: Gateway, key: str) -> None:
    documents = [{"id": "d", "data": {"text": "one"}}]
    answer = cohere(gateway, key, model="command", messages=HI, k=3, documents=documents, safety_mode="STRICT",
                    response_format={"type": "json_object"}).json()  # fmt: skip
    assert answer["message"]["citations"] == [CITATION]
    asked = SEEN[-1]
    assert (asked["k"], asked["documents"], asked["safety_mode"]) == (3, documents, "STRICT")
    assert asked["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"model": "gpt", "messages": "x"}, 400, "messages"),
        ({"model": "gpt", "messages": [{"role": "x"}]}, 400, "role"),
        ({"model": "gpt", "messages": HI, "tools": [3]}, 400, "tools"),
        ({"model": "gpt", "messages": HI, "api_base": "http://x"}, 400, "api_base"),
        ({"messages": HI}, 400, "model"),
        ({"model": "limited", "messages": HI}, 429, ""),
    ],
)
def test_cohere_is_refused(gateway: Gateway, key: str, body: dict[str, Any], status: int, word: str) -> None:
    answer = cohere(gateway, key, **body)
    assert (answer.status_code, word in answer.json()["message"]) == (status, True), answer.text


# --------------------------------------------------------------------------- Bedrock Converse


@pytest.mark.parametrize("model", ["gpt", "team/gpt", "claude"])
def test_awss_client_converses(gateway: Gateway, key: str, bedrock: Any, model: str) -> None:
    messages = [{"role": "user", "content": [{"text": "say hello"}]}]
    answer = bedrock.converse(modelId=model, messages=messages, inferenceConfig={"maxTokens": 20})
    assert answer["output"]["message"]["content"][0]["text"]
    assert answer["stopReason"] == "end_turn"
    assert answer["usage"]["outputTokens"] == row(gateway, key)["completion_tokens"]
    events = list(bedrock.converse_stream(modelId=model, messages=messages)["stream"])
    assert "".join(event.get("contentBlockDelta", {}).get("delta", {}).get("text", "") for event in events)
    assert events[-1]["metadata"]["usage"]["outputTokens"]


def test_awss_client_calls_tools_and_reads_errors(bedrock: Any) -> None:
    messages = [{"role": "user", "content": [{"text": "hi"}]}]
    spec = {"name": "get_weather", "inputSchema": {"json": PARAMETERS}}
    answer = bedrock.converse(modelId="gpt", messages=messages, toolConfig={"tools": [{"toolSpec": spec}]})
    assert answer["stopReason"] == "tool_use"
    with pytest.raises(bedrock.exceptions.ThrottlingException):
        bedrock.converse(modelId="limited", messages=messages)
    with pytest.raises(bedrock.exceptions.ValidationException, match="nothing"):
        bedrock.converse(modelId="nothing", messages=messages)
    fields = {"api_base": "http://x"}
    with pytest.raises(bedrock.exceptions.ValidationException, match="api_base"):
        bedrock.converse(modelId="gpt", messages=messages, additionalModelRequestFields=fields)
    with pytest.raises(botocore.exceptions.EventStreamError):
        list(bedrock.converse_stream(modelId="cut", messages=messages)["stream"])
