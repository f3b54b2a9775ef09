"""Ollama's embeddings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.wire import WireError, WireRequest

_TOP_LEVEL = frozenset({"dimensions", "truncate", "keep_alive", "extra_body"})


class OllamaEmbedding(EndpointFormat):
    """`POST /api/embed`."""

    path = "/api/embed"
    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI embedding parameters that Ollama takes."""
        return ("dimensions",)

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts; what is not a field of its own is an option of the model."""
        given = call.inputs.get("input")
        body: dict[str, Any] = {"model": call.model, "input": given if isinstance(given, list) else [given]}
        options = {name: value for name, value in call.params.items() if name not in _TOP_LEVEL}
        if options:
            body["options"] = options
        body.update({name: value for name, value in call.params.items() if name in _TOP_LEVEL})
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = read_json(body)
        vectors = data.get("embeddings") if isinstance(data, dict) else None
        if not isinstance(vectors, list):
            raise WireError("the provider's reply holds no 'embeddings'")
        counted = data.get("prompt_eval_count")
        if counted is None:
            given = call.inputs.get("input")
            counted = sum(count_text_tokens(str(text)) for text in (given if isinstance(given, list) else [given]))
        items = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        usage = {"prompt_tokens": counted, "completion_tokens": 0, "total_tokens": counted}
        return {"object": "list", "model": f"{call.provider}/{call.model}", "data": items, "usage": usage}
