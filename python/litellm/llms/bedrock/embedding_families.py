"""Each family's embedding request and reply. Source: the embedding pages of Bedrock's user guide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.llms.wire import WireError

Params = dict[str, Any]
NOVA_SCHEMA = "nova-multimodal-embed-v1"
NOVA_DIMENSION = 3072
_COHERE_FIELDS = ("input_type", "truncate", "embedding_types", "output_dimension", "max_tokens")


@dataclass(frozen=True, slots=True)
class EmbeddingFamily:
    """One family. Without `batches`, each input is a request of its own."""

    body: Callable[[Any, Params], dict[str, Any]]
    vectors: Callable[[dict[str, Any]], list[dict[str, Any]]]
    names: Mapping[str, str]
    """OpenAI parameter → the family's; what is not here is not supported."""
    batches: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    counts_inputs: bool = False
    """Whether each text input is billed as one query."""
    counts_images: bool = False
    """Whether each image is billed as one."""


def data_url(value: Any) -> tuple[str, str] | None:
    """(media type, data) of a `data:` URL; None for anything else."""
    if not isinstance(value, str) or not value.startswith("data:"):
        return None
    head, comma, data = value[5:].partition(",")
    return (head.split(";")[0], data) if comma else None


def _one(data: dict[str, Any]) -> list[dict[str, Any]]:
    vector = data.get("embedding")
    if vector is None:
        vector = next(iter((data.get("embeddingsByType") or {}).values()), None)
    if not isinstance(vector, list):
        raise WireError("Bedrock's reply holds no embedding", status=None)
    return [{"embedding": vector}]


def _titan_text(value: Any, params: Params) -> dict[str, Any]:
    return {"inputText": value}


def _titan_v2(value: Any, params: Params) -> dict[str, Any]:
    wanted = params.pop("embeddingTypes", None)
    types = {} if wanted is None else {"embeddingTypes": ["binary" if wanted == "base64" else wanted]}
    return {"inputText": value, **params, **types}


def _titan_image(value: Any, params: Params) -> dict[str, Any]:
    length = params.pop("outputEmbeddingLength", None)
    config = {} if length is None else {"embeddingConfig": {"outputEmbeddingLength": length}}
    image = data_url(value)
    return {**({"inputText": value} if image is None else {"inputImage": image[1]}), **params, **config}


def _cohere(values: Any, params: Params) -> dict[str, Any]:
    wanted = params.get("embedding_types")
    if wanted is not None:
        types = wanted if isinstance(wanted, list) else [wanted]
        params["embedding_types"] = ["float" if name == "base64" else name for name in types]
    kept = {name: value for name, value in params.items() if name in _COHERE_FIELDS}
    if values and all(data_url(value) for value in values):
        return {"images": values, **kept, "input_type": "image"}
    return {"texts": values, "input_type": "search_document", **kept}


def _cohere_vectors(data: dict[str, Any]) -> list[dict[str, Any]]:
    found = data.get("embeddings")
    if isinstance(found, list):
        return [{"embedding": vector} for vector in found]
    if isinstance(found, dict):
        return [{"embedding": vector, "type": kind} for kind, vectors in found.items() for vector in vectors or ()]
    raise WireError("Bedrock's reply holds no embeddings", status=None)


def _nova(value: Any, params: Params) -> dict[str, Any]:
    single: dict[str, Any] = {
        "embeddingPurpose": params.pop("embeddingPurpose", "GENERIC_INDEX"),
        "embeddingDimension": params.pop("embeddingDimension", NOVA_DIMENSION),
    }
    media = data_url(value)
    if media is None:
        content = {"source": {"s3Location": {"uri": value}}} if str(value).startswith("s3://") else {"value": value}
        single["text"] = {"truncationMode": "END", **content}
    else:
        kind, _, name = media[0].partition("/")
        single[kind] = {"format": name, "source": {"bytes": media[1]}}
    return {
        "schemaVersion": NOVA_SCHEMA,
        "taskType": "SINGLE_EMBEDDING",
        "singleEmbeddingParams": {**single, **params},
    }


def _listed(name: str) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """A reader of replies that list objects with an `embedding` under `name`."""

    def vectors(data: dict[str, Any]) -> list[dict[str, Any]]:
        found = data.get(name)
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, list):
            raise WireError(f"Bedrock's reply holds no {name}", status=None)
        return [{"embedding": item["embedding"]} for item in found if isinstance(item, dict) and "embedding" in item]

    return vectors


def _twelvelabs(value: Any, params: Params) -> dict[str, Any]:
    wanted = params.pop("embeddingOption", None)
    options = {"embeddingOption": ["visual-text", "visual-image"]} if wanted == "float" else {}
    kind = params.pop("inputType", None) or ("text" if data_url(value) is None else "image")
    if kind == "text":
        return {"inputType": "text", "inputText": value, "textTruncate": "end", **options, **params}
    media = data_url(value)
    source = {"s3Location": {"uri": value}} if media is None else {"base64String": media[1]}
    return {"inputType": kind, "mediaSource": source, **options, **params}


_TITAN_IMAGE = EmbeddingFamily(_titan_image, _one, {"dimensions": "outputEmbeddingLength"}, counts_images=True)
_TITAN_V2 = EmbeddingFamily(_titan_v2, _one, {"dimensions": "dimensions", "encoding_format": "embeddingTypes"})
_TITAN = EmbeddingFamily(_titan_text, _one, {})
_COHERE = EmbeddingFamily(
    _cohere,
    _cohere_vectors,
    {"dimensions": "output_dimension", "encoding_format": "embedding_types"},
    batches=True,
    headers=(("request-source", "unspecified:litellm"),),
)
_NOVA = EmbeddingFamily(_nova, _listed("embeddings"), {"dimensions": "embeddingDimension"}, counts_images=True)
_TWELVELABS = EmbeddingFamily(
    _twelvelabs, _listed("data"), {"encoding_format": "embeddingOption"}, counts_inputs=True, counts_images=True
)
_FAMILIES: tuple[tuple[str, EmbeddingFamily], ...] = (
    ("amazon.titan-embed-image", _TITAN_IMAGE),
    ("amazon.titan-embed-text-v2", _TITAN_V2),
    ("amazon.titan-embed", _TITAN),
    ("cohere.", _COHERE),
    ("amazon.nova", _NOVA),
    ("twelvelabs.", _TWELVELABS),
)
"""By the start of the model's name; the first that fits."""


def embedding_family(base: str) -> EmbeddingFamily | None:
    """The family of the model `base`; None when it is not known to embed."""
    return next((family for start, family in _FAMILIES if base.startswith(start)), None)
