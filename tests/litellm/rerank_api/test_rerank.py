"""Reranking over HTTP, and each provider's format by itself."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from litellm.llms.endpoint_formats import FORMATS, endpoint_format
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.wire import WireError

from tests.litellm.support import last


def where(base: str, **kwargs: Any) -> dict[str, Any]:
    return {"query": "q", "documents": ["a", "bbb", "cc"], "api_base": base, "api_key": "sk", **kwargs}


def test_rerank(provider_url: str) -> None:
    answer = litellm.rerank("cohere/rerank-v3.5", top_n=2, **where(provider_url))
    assert last(provider_url)["path"] == "/v2/rerank"
    assert last(provider_url)["body"]["top_n"] == 2
    assert answer.results is not None
    assert [result["index"] for result in answer.results] == [1, 2]
    assert answer._hidden_params["response_cost"] == pytest.approx(0.002)


async def test_documents_come_back_only_when_asked_for_on_an_event_loop(provider_url: str) -> None:
    await litellm.arerank("cohere/rerank-v3.5", **where(provider_url))
    assert "return_documents" not in last(provider_url)["body"]


async def test_through_the_router(provider_url: str) -> None:
    params = {"model": "infinity/mine", "api_base": provider_url, "api_key": "sk"}
    router = litellm.Router(model_list=[{"model_name": "mine", "litellm_params": params}])
    answer = await router.arerank(model="mine", query="q", documents=["a", "bb"])
    assert answer.results is not None
    assert answer.results[0]["index"] == 1


def test_refusals(provider_url: str) -> None:
    with pytest.raises(litellm.RateLimitError):
        litellm.rerank("jina_ai/r", **where(f"{provider_url}/~status=429"))
    with pytest.raises(litellm.BadRequestError, match="groq has no rerank"):
        litellm.rerank("groq/r", **where(provider_url))


REPLIES: dict[str, Any] = {
    "voyage": {"data": [{"index": 1, "relevance_score": 0.9, "document": "b"}], "usage": {"total_tokens": 3}},
    "nvidia_nim": {"rankings": [{"index": 1, "logit": 0.9}], "usage": {"total_tokens": 3}},
    "deepinfra": {"scores": [0.1, 0.9], "input_tokens": 3},
    "huggingface": [{"index": 1, "score": 0.9}],
    "bedrock": {"results": [{"index": 1, "relevanceScore": 0.9}]},
    "vertex_ai": {"records": [{"id": "1", "score": 0.9, "content": "b"}]},
    "vertex_ai_beta": {"records": [{"id": "1", "score": 0.9, "content": "b"}]},
}
USUAL: dict[str, Any] = {
    "id": "x",
    "results": [{"index": 1, "relevance_score": 0.9, "document": {"text": "b"}}],
    "usage": {"total_tokens": 3},
}


@pytest.mark.parametrize("provider", sorted(FORMATS["rerank"]))
def test_every_format_reads_its_reply(provider: str) -> None:
    wire = endpoint_format("rerank", provider)
    assert wire is not None
    inputs = {"query": "q", "documents": ["a", "b"]}
    params = wire.map_params(provider, "m", {"top_n": 1, "return_documents": True}, drop=False)
    call = EndpointCall(provider, "m", inputs, params, api_base="https://a.test/v1", api_key="k")
    request = wire.build_request(call)
    assert request.url.startswith("https://a.test/")
    assert json.loads(request.body)
    data = wire.parse_response(call, {}, json.dumps(REPLIES.get(provider, USUAL)).encode())
    best = max(data["results"], key=lambda result: result["relevance_score"])
    assert (best["index"], best["relevance_score"]) == (1, 0.9)
    for broken in (b"", b"<html>", b"{}", b"3"):
        with pytest.raises(WireError):
            wire.parse_response(call, {}, broken)
