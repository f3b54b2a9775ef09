"""HuggingFace's feature extraction and sentence similarity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, read_error

HUB = "https://router.huggingface.co/hf-inference/models"
SIMILARITY = "sentence-similarity"
_OPTIONS = ("wait_for_model", "use_cache")
_OUR_PARAMS = ("input_type",)


class HuggingFaceEmbedding(EndpointFormat):
    """A model's own address, or an endpoint of one's own. `input_type` names the task."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """None of OpenAI's."""
        return ()

    def url(self, call: EndpointCall) -> str:
        """The base as it is; the model's address at the hub when it is the router's."""
        base = call.api_base or ""
        if base.startswith("https://router.huggingface.co/v1"):
            return f"{HUB}/{call.model}/pipeline/{call.params.get('input_type') or 'feature-extraction'}"
        return base

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST with the texts: all of them, or the first beside those that it is compared with."""
        given = call.inputs.get("input")
        texts = given if isinstance(given, list) else [given]
        body: dict[str, Any] = {"inputs": texts}
        if call.params.get("input_type") == SIMILARITY:
            if len(texts) < 2:
                raise WireError("input: sentence-similarity compares one text with others, got one text", status=400)
            body["inputs"] = {"source_sentence": texts[0], "sentences": texts[1:]}
        options = {name: call.params[name] for name in _OPTIONS if name in call.params}
        rest = {k: v for k, v in call.params.items() if k not in _OPTIONS and k not in _OUR_PARAMS}
        if options:
            body["options"] = options
        extra = rest.pop("extra_body", None)
        if rest:
            body["parameters"] = rest
        if extra:
            body["extra_body"] = extra
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors, or similarities. Raises `WireError` when there are none."""
        data = read_json(body)
        if isinstance(data, dict):
            data = data.get("embeddings", data.get("similarities"))
        if not isinstance(data, list):
            raise WireError("the provider's reply holds no embeddings")
        items = [{"object": "embedding", "index": index, "embedding": _vector(row)} for index, row in enumerate(data)]
        given = call.inputs.get("input")
        total = sum(count_text_tokens(str(text)) for text in (given if isinstance(given, list) else [given]))
        usage = {"prompt_tokens": total, "completion_tokens": total, "total_tokens": total}
        return {"object": "list", "model": call.model, "data": items, "usage": usage}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What HuggingFace says."""
        return ErrorDetails(message=read_error(body).message)


def _vector(row: Any) -> Any:
    """One vector; of the vectors of all tokens that a model without pooling gives, the first (`[CLS]`)."""
    while isinstance(row, list) and row and isinstance(row[0], list):
        row = row[0]
    return row
