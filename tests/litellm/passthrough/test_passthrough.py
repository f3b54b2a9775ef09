"""Requests in providers' own formats over HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx
import litellm
import pytest
from litellm import Router
from litellm.secret_managers.google.signer import GoogleSigner

from tests.support.scripted import Answer, Scripted


def where(vendor: Scripted, model: str, path: str = "foo/bar") -> dict[str, Any]:
    return {"model": model, "endpoint": path, "method": "POST", "api_base": vendor.base, "api_key": "sk-own"}


@pytest.mark.parametrize(("model", "header", "value"), [
    ("azure/gpt", "api-key", "sk-own"), ("azure_ai/x", "authorization", "Bearer sk-own"),
    ("openai/gpt-4o", "authorization", "Bearer sk-own"), ("hosted_vllm/x", "authorization", "Bearer sk-own"),
    ("anthropic/claude", "x-api-key", "sk-own"), ("gemini/gemini-2.5-flash", "x-goog-api-key", "sk-own"),
    ("bedrock/anthropic.claude-3", "authorization", "Bearer sk-own"),
])  # fmt: skip
def test_each_provider_is_shown_the_key_its_way(vendor: Scripted, model: str, header: str, value: str) -> None:
    vendor.will_say({"x": 1})
    mine = {"authorization": "Bearer mine", "x-api-key": "mine", "api-key": "mine", "host": "evil", "x-a": "b"}
    reply = litellm.llm_passthrough_route(
        **where(vendor, model, "/model/foo"), json={"a": 1}, request_headers=mine, request_query_params={"q": "1 2"},
        params={"z": 1}, extra_headers={"x-b": "c"},
    )  # fmt: skip
    assert (type(reply), reply.status_code, reply.json()) == (httpx.Response, 200, {"x": 1})
    (asked,) = vendor.asked
    assert (asked.method, asked.path, asked.json()) == ("POST", "/model/foo?q=1+2&z=1", {"a": 1})
    assert asked.headers[header] == value
    assert "mine" not in str(asked.headers)
    assert (asked.headers["x-a"], asked.headers["x-b"], asked.headers["host"] == "evil") == ("b", "c", False)


def test_aws_and_google_are_signed(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)
    vendor.will_say({})
    aws = {"aws_access_key_id": "AK", "aws_secret_access_key": "SK", "aws_region_name": "us-east-1"}
    litellm.llm_passthrough_route(**{**where(vendor, "bedrock/m"), "api_key": None}, json={"a": 1}, **aws)
    assert vendor.asked[0].headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AK/")
    token = {"authorization": "Bearer token"}
    monkeypatch.setattr(GoogleSigner, "sign", lambda self, **asked: {**asked["headers"], **token})
    litellm.llm_passthrough_route(**where(vendor, "vertex_ai/gemini-2.5-flash"), json={}, vertex_project="p")
    assert vendor.asked[-1].headers["authorization"] == "Bearer token"


@pytest.mark.parametrize(("body", "media", "said"), [
    ({"content": b"raw", "request_headers": {"Content-Type": "text/x"}}, "text/x", b"raw"),
    ({"data": {"a": 1}}, "application/x-www-form-urlencoded", b"a=1"), ({"method": "GET"}, None, b""),
    ({"files": {"f": ("a.txt", b"abc")}, "request_headers": {"content-type": "x"}}, "multipart/form-data", b"abc"),
])  # fmt: skip
async def test_bodies_of_any_kind(vendor: Scripted, body: dict[str, Any], media: str | None, said: bytes) -> None:
    vendor.will_say({})
    await litellm.allm_passthrough_route(**{**where(vendor, "azure/gpt"), **body})
    (asked,) = vendor.asked
    assert asked.method == body.get("method", "POST")
    assert said in asked.body
    assert (asked.headers.get("content-type") or "").startswith(media or "")


def test_a_version_is_named_once(vendor: Scripted) -> None:
    vendor.will_say({})
    litellm.llm_passthrough_route(**{**where(vendor, "openai/x", "v1/models"), "api_base": f"{vendor.base}/v1"})
    assert vendor.asked[0].path == "/v1/models"


async def test_streams_come_piece_by_piece(vendor: Scripted) -> None:
    pieces = [b"data: 1\n\n", b"data: 2\n\n"]
    vendor.will(Answer(pieces, content_type="text/event-stream"))
    stream = litellm.llm_passthrough_route(**where(vendor, "azure/gpt"), json={"stream": True})
    assert b"".join(stream) == b"".join(pieces)
    on_loop = await litellm.allm_passthrough_route(**where(vendor, "gemini/g", "models/g:streamGenerateContent"))
    assert b"".join([piece async for piece in on_loop]) == b"".join(pieces)


async def test_a_stream_that_breaks_raises(vendor: Scripted) -> None:
    vendor.will(Answer([b"data: 1\n\n"], content_type="text/event-stream", cut=True))
    with pytest.raises(litellm.APIConnectionError):
        list(litellm.llm_passthrough_route(**where(vendor, "azure/gpt"), json={"stream": True}))


@pytest.mark.parametrize(("status", "error"), [(404, litellm.NotFoundError), (429, litellm.RateLimitError)])
def test_refusals_are_mapped(vendor: Scripted, status: int, error: type[Exception]) -> None:
    vendor.will_say({"error": {"message": "so it is"}}, status=status)
    with pytest.raises(error, match="so it is"):
        litellm.llm_passthrough_route(**where(vendor, "azure/gpt"), json={})


@pytest.mark.parametrize("path", ["../x", "a/../../x", ""])
def test_a_path_stays_below_the_provider(vendor: Scripted, path: str) -> None:
    vendor.will_say({})
    with pytest.raises((litellm.APIConnectionError, litellm.BadRequestError), match="endpoint"):
        litellm.llm_passthrough_route(**where(vendor, "azure/gpt", path), json={})
    assert vendor.asked == []


async def test_the_router_names_the_deployments_model(vendor: Scripted) -> None:
    params = {"model": "azure/gpt-dep", "api_base": vendor.base, "api_key": "sk-deployment"}
    router = Router(model_list=[{"model_name": "group", "litellm_params": params}], num_retries=0)
    vendor.will_say({"x": 1})
    asked: dict[str, Any] = {
        "method": "POST",
        "endpoint": "openai/deployments/group/chat/completions",
        "json": {"model": "group"},
    }
    assert (await router.allm_passthrough_route(model="group", **asked)).json() == {"x": 1}
    assert vendor.asked[0].path == "/openai/deployments/gpt-dep/chat/completions"
    assert vendor.last == {"model": "gpt-dep"}
    assert vendor.asked[0].headers["api-key"] == "sk-deployment"
    asked["endpoint"] = "models/group:countTokens"
    assert json.loads(router.llm_passthrough_route(model="group", **asked).content) == {"x": 1}
    assert vendor.asked[-1].path == "/models/gpt-dep:countTokens"
    router.discard()
