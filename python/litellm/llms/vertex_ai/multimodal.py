"""Vertex AI's multimodalembedding: vectors of texts, images and videos in one space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.gemini.parts import guess_type

_TYPE_OF_KEY = {"textEmbedding": "text", "imageEmbedding": "image"}


def is_multimodal(model: str) -> bool:
    """Whether `model` embeds images and videos beside texts."""
    return "multimodalembedding" in model


def request_body(call: EndpointCall) -> dict[str, Any]:
    """The body of a predict: a text and the image or video that follows it are one instance."""
    instances: list[dict[str, Any]] = []
    given = call.inputs.get("input")
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, Mapping):
            instances.append(dict(item))
            continue
        made = _instance(str(item))
        if "text" not in made and instances and set(instances[-1]) == {"text"}:
            instances[-1].update(made)
        else:
            instances.append(made)
    body: dict[str, Any] = {"instances": instances}
    dimension = call.params.get("outputDimensionality")
    if dimension is not None:
        body["parameters"] = {"dimension": dimension}
    return body


def _instance(item: str) -> dict[str, Any]:
    if item.startswith("gs://"):
        kind = "video" if (guess_type(item) or "").startswith("video/") else "image"
        return {kind: {"gcsUri": item}}
    if item.startswith("data:"):
        head, _, data = item[5:].partition(",")
        return {"video" if head.startswith("video/") else "image": {"bytesBase64Encoded": data}}
    return {"text": item}


def read_predictions(call: EndpointCall, predictions: list[Any]) -> dict[str, Any]:
    """The arguments of an `EmbeddingResponse`: a vector for each text, image and stretch of a video."""
    items: list[dict[str, Any]] = []
    seconds = 0.0
    for prediction in predictions:
        for key in _TYPE_OF_KEY:
            if prediction.get(key) is not None:
                items.append({"object": "embedding", "index": len(items), "embedding": prediction[key]})
        for stretch in prediction.get("videoEmbeddings") or ():
            items.append({"object": "embedding", "index": len(items), "embedding": stretch.get("embedding")})
            seconds += float(stretch.get("endOffsetSec") or 0) - float(stretch.get("startOffsetSec") or 0)
    instances = request_body(call)["instances"]
    characters = sum(len(str(instance["text"])) for instance in instances if "text" in instance)
    details: dict[str, Any] = {
        "image_count": sum("image" in instance for instance in instances),
        "video_length_seconds": seconds,
    }
    if characters:
        details["character_count"] = characters
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "prompt_tokens_details": details}
    return {"model": call.model, "object": "list", "data": items, "usage": usage}
