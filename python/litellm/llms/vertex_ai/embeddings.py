"""Embeddings at Vertex AI: text models, Gemini's, multimodal ones, and endpoints of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.gemini.embeddings import (
    GoogleEmbedding,
    embed_fields,
    embedding_response,
    input_list,
    input_part,
    vectors_of,
)
from litellm.llms.vertex_ai import multimodal
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import WireError, WireRequest, decode_object, encode_json

_OF_INSTANCE = {"task_type": "task_type", "input_type": "task_type", "title": "title"}
"""Parameters that belong to each instance."""


class VertexEmbedding(GoogleEmbedding):
    """`predict`, or `embedContent` for the models that have only that."""

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the inputs. Raises `WireError` (status 400) for inputs that the model does not take."""
        place = VertexEndpoint(call.options, call.api_base, call.model)
        if _embeds_content(call.model):
            method, body = "embedContent", _content_body(call)
        elif multimodal.is_multimodal(call.model):
            method, body = "predict", multimodal.request_body(call)
        else:
            method, body = "predict", _predict_body(call)
        headers = {"content-type": "application/json", **call.headers}
        return WireRequest("POST", place.model_method(call.model, method), headers, encode_json(body), place.signer())

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = decode_object(body)
        if _embeds_content(call.model):
            return embedding_response(call, vectors_of(data), data.get("usageMetadata"))
        predictions = data.get("predictions")
        if not isinstance(predictions, list):
            raise WireError("the provider's reply holds no 'predictions'")
        if multimodal.is_multimodal(call.model):
            return multimodal.read_predictions(call, predictions)
        vectors, tokens = [], 0
        for prediction in predictions:
            vector, counted = _vector(prediction)
            vectors.append(vector)
            tokens += counted
        return embedding_response(call, vectors, {"promptTokenCount": tokens})


def _embeds_content(model: str) -> bool:
    return model.startswith("gemini-embedding-2")


def _content_body(call: EndpointCall) -> dict[str, Any]:
    """All inputs become one vector, so that there may be one text only, beside images and files."""
    parts = [input_part(item) for item in input_list(call.inputs.get("input"))]
    if sum("text" in part for part in parts) > 1:
        raise WireError(f"input: {call.model} at Vertex AI makes one vector a request; send one text", status=400)
    return {"content": {"parts": parts}, **embed_fields(call.params)}


def _predict_body(call: EndpointCall) -> dict[str, Any]:
    texts = input_list(call.inputs.get("input"))
    shared = {_OF_INSTANCE[name]: value for name, value in call.params.items() if name in _OF_INSTANCE}
    field = _text_field(call.model)
    parameters = {name: value for name, value in call.params.items() if name not in _OF_INSTANCE}
    instances = [dict(text) if isinstance(text, Mapping) else {field: text, **shared} for text in texts]
    return {"instances": instances, "parameters": parameters}


def _text_field(model: str) -> str:
    """What an instance's text is called: BGE endpoints say `prompt`, other endpoints of one's own `inputs`."""
    if model.startswith("bge/"):
        return "prompt"
    return "inputs" if model.rsplit("/", 1)[-1].isdigit() else "content"


def _vector(prediction: Any) -> tuple[Any, int]:
    """(vector, tokens) of a prediction; endpoints of one's own give bare, perhaps nested, lists."""
    if isinstance(prediction, Mapping):
        found = prediction.get("embeddings") or {}
        return found.get("values"), int((found.get("statistics") or {}).get("token_count") or 0)
    while isinstance(prediction, list) and prediction and isinstance(prediction[0], list):
        prediction = prediction[0]
    return prediction, 0
