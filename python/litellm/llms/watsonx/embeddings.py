"""watsonx.ai's embeddings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.watsonx.settings import OWN_PARAMS, authentication, endpoint_url, request_headers, scope
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, encode_json, read_error


class WatsonxEmbedding(EndpointFormat):
    """`POST /ml/v1/text/embeddings`. As in LiteLLM, a token is taken from the environment only."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """None of OpenAI's."""
        return ()

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts. Raises `WireError` (401) when project or credentials are missing."""
        auth = authentication(call.api_key, {k: v for k, v in call.params.items() if "token" not in k})
        given = call.inputs.get("input")
        body: dict[str, Any] = {
            "inputs": given if isinstance(given, list) else [given],
            "parameters": {name: value for name, value in call.params.items() if name not in OWN_PARAMS},
            **scope(call.model, call.params),
        }
        url = endpoint_url(call.api_base, call.model, "text/embeddings", call.options.get("api_version"))
        return WireRequest("POST", url, request_headers(auth, call.headers), encode_json(body), auth.signer)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = read_json(body)
        results = data.get("results") if isinstance(data, dict) else None
        if not isinstance(results, list):
            raise WireError("the provider's reply holds no 'results'")
        items = [
            {"object": "embedding", "index": index, "embedding": result.get("embedding")}
            for index, result in enumerate(results)
            if isinstance(result, dict)
        ]
        tokens = int(data.get("input_token_count") or 0)
        usage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
        return {"object": "list", "model": call.model, "data": items, "usage": usage}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What watsonx says."""
        return ErrorDetails(message=read_error(body).message)
