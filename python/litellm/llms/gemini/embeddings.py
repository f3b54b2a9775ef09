"""Embeddings of Gemini's API: batchEmbedContents at Google AI Studio."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.gemini.chat import api_key_headers, google_error, model_url
from litellm.llms.gemini.parts import InvalidPart, data_part
from litellm.llms.gemini.tools import camel
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object, encode_json

_FIELDS = frozenset({"taskType", "title", "outputDimensionality"})
_MEDIA = ("data:", "gs://", "files/", "https://generativelanguage.googleapis.com/")


class GoogleEmbedding(EndpointFormat):
    """What Google's embedding endpoints have in common."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI embedding parameters that the model takes."""
        return ("dimensions", "encoding_format")

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Google's names. Raises `UnsupportedParamsError` for an encoding that is not of floats."""
        wanted = params.get("encoding_format")
        if wanted not in (None, "float") and not drop:
            raise litellm.UnsupportedParamsError(
                message=f"{provider} does not support encoding_format={wanted!r}, only 'float'. To drop it, set "
                "`litellm.drop_params=True`.",
                model=model,
                llm_provider=provider,
            )
        return {"outputDimensionality": params["dimensions"]} if "dimensions" in params else {}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


class GeminiEmbedding(GoogleEmbedding):
    """`models/…:batchEmbedContents`: one vector for each input, which may be a text, or a data URL or file."""

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the inputs. Raises `WireError` (status 400) for inputs that are no texts."""
        fields = embed_fields(call.params)
        model = f"models/{call.model}"
        requests = [
            {"model": model, "content": {"parts": [input_part(item)]}, **fields}
            for item in input_list(call.inputs.get("input"))
        ]
        url = model_url(call.api_base, call.model, "batchEmbedContents")
        return WireRequest(
            "POST", url, api_key_headers(call.api_key, call.headers), encode_json({"requests": requests})
        )

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = decode_object(body)
        return embedding_response(call, vectors_of(data), data.get("usageMetadata"))


def input_list(given: Any) -> list[Any]:
    """The inputs of a call, one or many. Raises `WireError` (status 400) for token ids, which Google does not take."""
    inputs = given if isinstance(given, list) else [given]
    if not all(isinstance(item, (str, Mapping)) for item in inputs):
        raise WireError("input: Google embeds texts, not token ids", status=400)
    return inputs


def input_part(item: Any) -> dict[str, Any]:
    """One input as a part: a text, a data URL or file, or a part that is already Gemini's."""
    if isinstance(item, Mapping):
        return dict(item)
    if item.startswith(_MEDIA):
        try:
            return data_part(item, None)
        except InvalidPart as error:
            raise WireError(f"input: {error}", status=400) from error
    return {"text": item}


def embed_fields(params: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an embedding request, which callers may also write in snake_case; others are left out."""
    made: dict[str, Any] = {}
    for name, value in params.items():
        if camel(name) in _FIELDS:
            made.setdefault(camel(name), value)
    return made


def vectors_of(data: Mapping[str, Any]) -> list[Any]:
    """The vectors of a reply. Raises `WireError` when there are none."""
    found = data.get("embeddings")
    if found is None and isinstance(data.get("embedding"), Mapping):
        found = [data["embedding"]]
    if not isinstance(found, list):
        raise WireError("the provider's reply holds no 'embeddings'")
    return [item.get("values") for item in found]


def embedding_response(call: EndpointCall, vectors: list[Any], usage: Any) -> dict[str, Any]:
    """The arguments of an `EmbeddingResponse`. Tokens are counted where Google does not tell them."""
    if isinstance(usage, Mapping) and usage.get("promptTokenCount") is not None:
        tokens = int(usage["promptTokenCount"])
    else:
        given = call.inputs.get("input")
        texts = [item for item in (given if isinstance(given, list) else [given]) if isinstance(item, str)]
        tokens = count_text_tokens("".join(text for text in texts if not text.startswith(_MEDIA)), call.model)
    return {
        "model": call.model,
        "object": "list",
        "data": [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)],
        "usage": {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens},
    }
