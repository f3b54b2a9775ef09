"""Cohere's embeddings: texts or images, with vectors of several types in one reply."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.cohere.common import endpoint_url
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.wire import WireError, WireRequest

DEFAULT_INPUT_TYPE = "search_document"


class CohereEmbedding(EndpointFormat):
    """`POST /v1/embed` and `/v2/embed`."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI embedding parameters that Cohere takes."""
        return ("encoding_format", "dimensions")

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Cohere's names."""
        mapped: dict[str, Any] = {}
        wanted = params.get("encoding_format")
        if wanted is not None:
            mapped["embedding_types"] = wanted if isinstance(wanted, list) else [wanted]
        if params.get("dimensions") is not None:
            mapped["output_dimension"] = params["dimensions"]
        return mapped

    def url(self, call: EndpointCall) -> str:
        """The base as it is when it names a path, else version 2 of the API for the models that need it."""
        return endpoint_url(call.api_base, "/v2/embed" if call.model.startswith("embed-v4") else "/v1/embed")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the inputs: images when they are data URLs of images."""
        given = call.inputs.get("input")
        inputs = given if isinstance(given, list) else [given]
        body: dict[str, Any] = {"model": call.model, "input_type": DEFAULT_INPUT_TYPE}
        if _are_images(inputs):
            body.update({"images": inputs, "input_type": "image"})
        else:
            body["texts"] = inputs
        return self.json_request(call, {**body, **call.params})

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors of every type, and what was billed. Raises `WireError` when there are none."""
        data = read_json(body)
        vectors = data.get("embeddings") if isinstance(data, dict) else None
        if not isinstance(vectors, (dict, list)):
            raise WireError("the provider's reply holds no 'embeddings'")
        by_type = [vectors] if isinstance(vectors, list) else [found for found in vectors.values() if found]
        items = [
            {"object": "embedding", "index": index, "embedding": vector}
            for found in by_type
            for index, vector in enumerate(found)
        ]
        return {"object": "list", "model": call.model, "data": items, "usage": _usage(call, data)}


def _are_images(inputs: list[Any]) -> bool:
    return bool(inputs) and all(isinstance(text, str) and text.startswith("data:image/") for text in inputs)


def _usage(call: EndpointCall, data: Mapping[str, Any]) -> dict[str, Any]:
    billed = (data.get("meta") or {}).get("billed_units") or {}
    texts, images = billed.get("input_tokens"), billed.get("images")
    details = {"text_tokens": texts, "image_tokens": images}
    total = int(texts or 0) + int(images or 0)
    if not billed:
        given = call.inputs.get("input")
        total = sum(count_text_tokens(str(text)) for text in (given if isinstance(given, list) else [given]))
        details["text_tokens"] = total
    known = {name: value for name, value in details.items() if value}
    return {"prompt_tokens": total, "completion_tokens": 0, "total_tokens": total, "prompt_tokens_details": known}
