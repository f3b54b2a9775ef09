"""Ranking by Google's Discovery Engine, which shares Vertex AI's credentials."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.gemini.chat import google_error
from litellm.llms.rerank.formats import RerankFormat
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object, encode_json
from litellm.secret_managers.google.settings import google_settings
from litellm.secret_managers.google.signer import UNKNOWN_PROJECT, GoogleSigner

HOST = "https://discoveryengine.googleapis.com"
_METHOD = "locations/global/rankingConfigs/default_ranking_config:rank"


class VertexRerank(RerankFormat):
    """`rankingConfigs/default_ranking_config:rank`."""

    takes = ("top_n", "return_documents")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that ranks the documents; their places are their ids."""
        settings = google_settings(call.options)
        project = f"projects/{settings.project}/" if settings.project else UNKNOWN_PROJECT
        body: dict[str, Any] = {
            "model": call.model,
            "query": call.inputs.get("query"),
            "records": [_record(index, item) for index, item in enumerate(call.inputs.get("documents") or ())],
            "ignoreRecordDetailsInResponse": call.params.get("return_documents") is False,
        }
        if call.params.get("top_n") is not None:
            body["topN"] = call.params["top_n"]
        headers = {"content-type": "application/json", **call.headers}
        if settings.project:
            headers.setdefault("x-goog-user-project", settings.project)
        base = (call.api_base or HOST).rstrip("/")
        url = f"{base}/v1/{project}{_METHOD}"
        return WireRequest("POST", url, headers, encode_json(body), GoogleSigner(settings))

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The records by their relevance. Raises `WireError` when there are none."""
        records = decode_object(body).get("records")
        if not isinstance(records, list):
            raise WireError("the provider's reply holds no 'records'")
        return {
            "id": f"vertex_ai_rerank_{uuid.uuid4()}",
            "results": [_result(record) for record in records],
            "meta": {"billed_units": {"search_units": len(call.inputs.get("documents") or ())}},
        }

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def _record(index: int, document: Any) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        return {"id": str(index), "content": str(document)}
    text = document.get("text", document.get("content", ""))
    record: dict[str, Any] = {"id": str(index), "content": text}
    if document.get("title"):
        record["title"] = document["title"]
    return record


def _result(record: Mapping[str, Any]) -> dict[str, Any]:
    place = str(record.get("id"))
    made: dict[str, Any] = {
        "index": int(place) if place.isdigit() else 0,
        "relevance_score": float(record.get("score") or 0.0),
    }
    if record.get("content") is not None:
        made["document"] = {"text": record["content"]}
    return made
