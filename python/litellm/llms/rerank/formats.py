"""Reranking: documents in the order of their relevance to a query.

Most providers took over Cohere's format, with small differences; the others have their own. All are read into
Cohere's response: `id`, `results` with `index`, `relevance_score` and `document`, and `meta`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.token_counter import token_counter
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.wire import WireError, WireRequest

V1_PARAMS = ("top_n", "rank_fields", "return_documents", "max_chunks_per_doc")


class RerankFormat(EndpointFormat):
    """What all have in common."""

    path = "/rerank"
    sdk_retries = False
    takes: tuple[str, ...] = ("top_n", "return_documents")
    silently_drops = True
    top_name = "top_n"

    def shown_provider(self, provider: str) -> str | None:
        """None: upstream's responses do not say."""
        return None

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """What the provider takes, under its own names; the rest is left out."""
        mapped = {name: value for name, value in params.items() if name in self.takes}
        if self.top_name != "top_n" and "top_n" in mapped:
            mapped[self.top_name] = mapped.pop("top_n")
        return mapped

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that ranks the documents."""
        return self.json_request(call, {"model": call.model, **call.inputs, **call.params})

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Id, results and meta. Raises `WireError` when there are no results."""
        data = read_json(body)
        if not isinstance(data, dict):
            raise WireError("the provider's reply is not a JSON object")
        results = data.get(self.results_name)
        if not isinstance(results, list):
            raise WireError(f"the provider's reply holds no {self.results_name!r}")
        return {
            "id": data.get("id") or str(uuid.uuid4()),
            "results": [_result(result) for result in results],
            "meta": self.meta(data),
        }

    results_name = "results"

    def meta(self, data: Mapping[str, Any]) -> Any:
        """What was billed."""
        return data.get("meta")


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"index": result["index"], "relevance_score": result["relevance_score"]}
    document = result.get("document")
    if document is not None:
        made["document"] = {"text": document} if isinstance(document, str) else document
    return made


class CohereRerank(RerankFormat):
    """Cohere, version 2 of its API; version 1 for calls that need one of its parameters."""

    takes = (*V1_PARAMS, "max_tokens_per_doc")

    def url(self, call: EndpointCall) -> str:
        """Version 2, unless the base or a parameter says version 1."""
        base = (call.api_base or "").rstrip("/")
        if base.endswith(("/v1/rerank", "/v2/rerank")):
            return base
        old = "max_chunks_per_doc" in call.params and "max_tokens_per_doc" not in call.params
        return f"{base}/{'v1' if old else 'v2'}/rerank"


class LiteLLMProxyRerank(CohereRerank):
    """Another LiteLLM proxy."""

    def url(self, call: EndpointCall) -> str:
        """Version 1."""
        base = (call.api_base or "").rstrip("/")
        return base if base.endswith("/v1/rerank") else f"{base.removesuffix('/v1')}/v1/rerank"


class AzureAIRerank(LiteLLMProxyRerank):
    """Cohere's models on Azure AI."""


class JinaRerank(RerankFormat):
    """Jina."""

    path = "/v1/rerank"

    def url(self, call: EndpointCall) -> str:
        """The path below the host."""
        base = (call.api_base or "").rstrip("/")
        return base if base.endswith("/v1/rerank") else f"{base.removesuffix('/v1')}/v1/rerank"

    def meta(self, data: Mapping[str, Any]) -> Any:
        """Tokens, which are what is billed."""
        usage = data.get("usage") or {}
        known = {name: usage[name] for name in ("input_tokens", "output_tokens") if usage.get(name) is not None}
        return {"billed_units": {"total_tokens": usage.get("total_tokens")}, "tokens": known}


class TogetherRerank(JinaRerank):
    """Together AI."""

    takes = ("top_n", "return_documents", "rank_fields")


class InfinityRerank(RerankFormat):
    """Infinity's server."""

    takes = V1_PARAMS

    def meta(self, data: Mapping[str, Any]) -> Any:
        """Tokens of the prompt and of what is over it."""
        usage = data.get("usage") or {}
        total, prompt = usage.get("total_tokens", 0), usage.get("prompt_tokens", 0)
        tokens = {"input_tokens": prompt, "output_tokens": total - prompt}
        return {"billed_units": {"total_tokens": total}, "tokens": tokens}


class VLLMRerank(RerankFormat):
    """vLLM's server."""

    def meta(self, data: Mapping[str, Any]) -> Any:
        """Tokens of the input."""
        total = (data.get("usage") or {}).get("total_tokens", 0)
        return {"billed_units": {"total_tokens": total}, "tokens": {"input_tokens": total}}


class VoyageRerank(RerankFormat):
    """Voyage."""

    top_name = "top_k"
    results_name = "data"

    def meta(self, data: Mapping[str, Any]) -> Any:
        """Tokens of the input."""
        total = (data.get("usage") or {}).get("total_tokens", 0)
        return {"billed_units": {"total_tokens": total}, "tokens": {"input_tokens": total, "output_tokens": 0}}


class NvidiaRerank(RerankFormat):
    """NVIDIA's retrieval services: passages, and logits instead of scores."""

    takes = ("top_n",)
    top_name = "top_k"

    def url(self, call: EndpointCall) -> str:
        """The model's own address."""
        base = (call.api_base or "").rstrip("/").removesuffix("/v1")
        return f"{base}/v1/retrieval/{call.model}/reranking"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST with query and passages."""
        passages = [text if isinstance(text, dict) else {"text": text} for text in call.inputs["documents"]]
        body = {"model": call.model, "query": {"text": call.inputs["query"]}, "passages": passages, **call.params}
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The rankings, each with its passage."""
        data = read_json(body)
        rankings = data.get("rankings") if isinstance(data, dict) else None
        if not isinstance(rankings, list):
            raise WireError("the provider's reply holds no 'rankings'")
        documents = call.inputs["documents"]
        results = []
        for ranking in rankings:
            index = ranking["index"]
            result = {"index": index, "relevance_score": ranking.get("logit", 0.0)}
            if index < len(documents):
                text = documents[index]
                result["document"] = text if isinstance(text, dict) else {"text": text}
            results.append(result)
        total = (data.get("usage") or {}).get("total_tokens", 0)
        return {"id": str(uuid.uuid4()), "results": results, "meta": {"billed_units": {"total_tokens": total}}}


class DeepInfraRerank(RerankFormat):
    """DeepInfra's inference API: the query once for each document, and bare scores."""

    takes = ()

    def url(self, call: EndpointCall) -> str:
        """The model's own address."""
        base = (call.api_base or "").rstrip("/").removesuffix("/openai")
        return f"{base}/inference/{call.model}"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST with a query for each document."""
        documents = call.inputs["documents"]
        body = {"queries": [call.inputs["query"]] * len(documents), "documents": documents, **call.params}
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The scores, in the order of the documents."""
        data = read_json(body)
        scores = data.get("scores") if isinstance(data, dict) else None
        if not isinstance(scores, list):
            raise WireError("the provider's reply holds no 'scores'")
        tokens = int(data.get("input_tokens") or 0)
        return {
            "id": data.get("request_id") or str(uuid.uuid4()),
            "results": [{"index": index, "relevance_score": score} for index, score in enumerate(scores)],
            "meta": {"billed_units": {"total_tokens": tokens}, "tokens": {"input_tokens": tokens, "output_tokens": 0}},
        }


class HuggingFaceRerank(RerankFormat):
    """HuggingFace's text embeddings inference."""

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST with query and texts."""
        params = dict(call.params)
        body: dict[str, Any] = {
            "query": call.inputs["query"],
            "texts": call.inputs["documents"],
            "raw_scores": False,
            "truncate": False,
            "truncation_direction": "Right",
        }
        if params.pop("return_documents", None):
            body["return_text"] = True
        return self.json_request(call, {**body, **params})

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The scores, with the texts where they were asked for."""
        data = read_json(body)
        if not isinstance(data, list):
            raise WireError("the provider's reply is not a list of scores")
        shown = bool(call.params.get("return_documents"))
        documents, results = call.inputs["documents"], []
        for item in data:
            result: dict[str, Any] = {"index": item["index"], "relevance_score": item["score"]}
            text = item.get("text")
            if text is None and shown and item["index"] < len(documents):
                text = documents[item["index"]]
            if text is not None:
                result["document"] = text if isinstance(text, dict) else {"text": text}
            results.append(result)
        asked = [
            str(call.inputs["query"]),
            *(text.get("text", "") if isinstance(text, dict) else text for text in documents),
        ]
        tokens = {
            "input_tokens": token_counter(call.model, text=" ".join(asked) + " "),
            "output_tokens": token_counter(call.model, text=str(data)),
        }
        meta = {"api_version": {"version": "1.0"}, "billed_units": {"search_units": 1}, "tokens": tokens}
        return {"id": str(uuid.uuid4()), "results": results, "meta": meta}
