"""Oracle Cloud's embeddings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.oci.settings import action_url, body_params, scope, signer
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, encode_json, read_error


class OciEmbedding(EndpointFormat):
    """`POST /20231130/actions/embedText`, signed."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """None of OpenAI's."""
        return ()

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts. Raises `WireError` (401) when compartment or key are missing."""
        given = call.inputs.get("input")
        inputs = given if isinstance(given, list) else [given]
        body = {**scope(call.model, call.params), "inputs": inputs, "truncate": "END", **body_params(call.params)}
        headers = {"content-type": "application/json", **call.headers}
        url = action_url(call.api_base, call.params, "embedText")
        return WireRequest("POST", url, headers, encode_json(body), signer(call.params))

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = read_json(body)
        vectors = data.get("embeddings") if isinstance(data, dict) else None
        if not isinstance(vectors, list):
            raise WireError("the provider's reply holds no 'embeddings'")
        tokens = int((data.get("usage") or {}).get("promptTokens") or 0)
        items = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        usage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
        return {"object": "list", "model": call.model, "data": items, "usage": usage}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Oracle says."""
        return ErrorDetails(message=read_error(body).message)
