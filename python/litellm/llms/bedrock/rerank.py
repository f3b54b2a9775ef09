"""Reranking by Bedrock's agent runtime. Source: its API reference, Rerank."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.rerank.formats import RerankFormat
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object

AGENT_RUNTIME = "bedrock-agent-runtime"


class BedrockRerank(RerankFormat):
    """`POST /rerank`."""

    takes = ("top_n",)

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that ranks the documents."""
        own = dict(call.params)
        target = BedrockTarget(
            call.model, own, api_base=call.api_base, api_key=call.api_key, headers=call.headers, service=AGENT_RUNTIME
        )
        documents = call.inputs.get("documents") or []
        model = target.model_id
        if not model.startswith("arn:"):
            model = f"arn:aws:bedrock:{target.region}::foundation-model/{model}"
        body = {
            "queries": [{"type": "TEXT", "textQuery": {"text": call.inputs.get("query")}}],
            "rerankingConfiguration": {
                "type": "BEDROCK_RERANKING_MODEL",
                "bedrockRerankingConfiguration": {
                    "modelConfiguration": {"modelArn": model},
                    "numberOfResults": own.get("top_n") or len(documents),
                },
            },
            "sources": [{"type": "INLINE", "inlineDocumentSource": _source(document)} for document in documents],
        }
        return target.post_to("/rerank", body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Id, results and what was billed. Raises `WireError` when there are no results."""
        try:
            results = decode_object(body).get("results")
        except WireError as error:
            raise WireError("Bedrock's reply is not a JSON object", status=None) from error
        if not isinstance(results, list):
            raise WireError("Bedrock's reply holds no results", status=None)
        try:
            ranked = [{"index": r["index"], "relevance_score": r["relevanceScore"]} for r in results]
        except (KeyError, TypeError) as error:
            raise WireError("a result of Bedrock's reply has no index or score", status=None) from error
        return {
            "id": str(uuid.uuid4()),
            "results": ranked,
            "meta": {"billed_units": {"search_units": 1}, "tokens": {}},
        }

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)


def _source(document: Any) -> dict[str, Any]:
    if isinstance(document, dict):
        return {"type": "JSON", "jsonDocument": document}
    return {"type": "TEXT", "textDocument": {"text": document}}
