"""Embeddings by a SageMaker endpoint, in Hugging Face's format or Voyage's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.sagemaker.request import invocation
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object
from litellm.secret_managers.aws.settings import take_settings

VOYAGE_PARAMS = ("dimensions", "encoding_format")


class SageMakerEmbedding(EndpointFormat):
    """The POST to the endpoint."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI parameter names that the endpoint takes: Voyage's models have two, others none."""
        return VOYAGE_PARAMS if "voyage" in model.lower() else ()

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Voyage's names."""
        names = {"dimensions": "output_dimension"}
        return {names.get(name, name): value for name, value in params.items()}

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST to the endpoint."""
        own = dict(call.params)
        body = dict(own)
        take_settings(body)
        for name in ("sagemaker_base_url", "model_id"):
            body.pop(name, None)
        given = call.inputs.get("input")
        inputs = given if isinstance(given, list) else [given]
        body["input" if "voyage" in call.model.lower() else "inputs"] = inputs
        return invocation(call.model, own, body, api_base=call.api_base, headers=call.headers)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors, and their tokens. Raises `WireError` when there are none."""
        data = decode_object(body)
        if isinstance(data.get("data"), list):
            return {"object": "list", "model": call.model, "data": data["data"], "usage": data.get("usage")}
        vectors = data.get("embedding")
        if not isinstance(vectors, list):
            raise WireError("the endpoint's reply holds no embedding", status=None)
        given = call.inputs.get("input")
        total = sum(count_text_tokens(str(text)) for text in (given if isinstance(given, list) else [given]))
        return {
            "object": "list",
            "model": call.model,
            "data": [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)],
            "usage": {"prompt_tokens": total, "completion_tokens": 0, "total_tokens": total},
        }

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS, or the endpoint behind it, says about its refusal."""
        return read_aws_error(headers, body)
