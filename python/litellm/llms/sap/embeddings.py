"""Embeddings of SAP's generative AI hub, by AI Core's orchestration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.sap.chat import answer_in
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object, encode_json, read_error
from litellm.secret_managers.sap import UNLOCATED, OrchestrationSigner, service_key

_PATH = "/v2/embeddings"


class SapEmbedding(EndpointFormat):
    """`POST /v2/embeddings` of the newest orchestration that runs, or of the one at `api_base`."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """How long the vectors are, and how they are written."""
        return ("dimensions", "encoding_format")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts."""
        params = dict(call.params)
        extra = params.pop("extra_body", None) or {}
        given = call.inputs.get("input")
        model = {"name": call.model, "version": params.pop("model_version", "latest"), "params": params}
        body = {
            "config": {"modules": {"embeddings": {"model": model}}},
            "input": {"text": given if isinstance(given, list) else [given]},
            **extra,
        }
        base = (call.api_base or UNLOCATED).rstrip("/")
        url = base if base.endswith(_PATH) else base + _PATH
        headers = {"content-type": "application/json", **call.headers}
        return WireRequest("POST", url, headers, encode_json(body), OrchestrationSigner(service_key(call.api_key)))

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = decode_object(answer_in(body))
        rows = data.get("data")
        if not isinstance(rows, list) or not rows:
            raise WireError("the provider's reply holds no 'data'")
        usage = {"prompt_tokens": 0, "completion_tokens": 0, **(data.get("usage") or {})}
        return {"object": "list", "model": data.get("model") or call.model, "data": rows, "usage": usage}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What the orchestration says."""
        return ErrorDetails(message=read_error(body).message)
