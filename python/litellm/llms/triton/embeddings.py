"""NVIDIA Triton's embeddings, by its inference protocol."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.wire import WireError, WireRequest, encode_json


class TritonEmbedding(EndpointFormat):
    """`POST …/infer`: texts in, one tensor of vectors out."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """None of OpenAI's."""
        return ()

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST with the texts as a tensor."""
        given = call.inputs.get("input")
        texts = given if isinstance(given, list) else [given]
        tensor = {"name": "input_text", "shape": [len(texts)], "datatype": "BYTES", "data": texts}
        return WireRequest("POST", call.api_base or "", dict(call.headers), encode_json({"inputs": [tensor]}))

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors of all outputs. Raises `WireError` when there are none."""
        data = read_json(body)
        outputs = data.get("outputs") if isinstance(data, dict) else None
        if not isinstance(outputs, list):
            raise WireError("the provider's reply holds no 'outputs'")
        items: list[dict[str, Any]] = []
        for output in outputs:
            items += _rows(output, len(items))
        given = call.inputs.get("input")
        total = sum(count_text_tokens(str(text)) for text in (given if isinstance(given, list) else [given]))
        usage = {"prompt_tokens": total, "completion_tokens": 0, "total_tokens": total}
        return {"object": "list", "model": data.get("model_name") or call.model, "data": items, "usage": usage}


def _rows(output: Any, start: int) -> list[dict[str, Any]]:
    """The rows of one output tensor, whose data is flat."""
    if not isinstance(output, dict) or not isinstance(output.get("data"), list):
        raise WireError("an output of the provider's reply holds no 'data'")
    shape, flat = output.get("shape") or [1], output["data"]
    width = max(prod(shape[1:]) if len(shape) > 1 else len(flat), 1)
    return [
        {"object": "embedding", "index": start + index, "embedding": flat[offset : offset + width]}
        for index, offset in enumerate(range(0, len(flat), width))
    ]
