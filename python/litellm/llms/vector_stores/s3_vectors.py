"""Amazon S3 Vectors. Source: its API reference, QueryVectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.aws.endpoint import region_for
from litellm.llms.vector_stores.query import DEFAULT_RESULTS, FilterWords, StoreQuery, filter_in, passage
from litellm.llms.wire import WireRequest, encode_json
from litellm.secret_managers.aws.settings import settings_of
from litellm.secret_managers.aws.signer import AwsSigner

_TEXTS = ("source_text", "text", "AMAZON_BEDROCK_TEXT")
"""Metadata that the text of a vector is kept in: LiteLLM's, the usual one, and that of Bedrock's knowledge bases."""
_FILTER = FilterWords(lambda kind, key, value: {key: {f"${kind}": value}}, lambda kind, parts: {f"${kind}": parts})


def request(query: StoreQuery) -> WireRequest:
    """The POST that searches an index: `vector_store_id` is `<bucket>:<index>`, or an index of `vector_bucket_name`.

    Raises ValueError when no bucket is named.
    """
    call, own = query.call, query.own
    bucket, _, index = query.store.rpartition(":")
    bucket = bucket or str(own.get("vector_bucket_name") or "")
    if not bucket or not index:
        raise ValueError("vector_store_id: expected <bucket>:<index>, or an index and vector_bucket_name")
    settings = settings_of(own)
    region = region_for(settings)
    body: dict[str, Any] = {
        "vectorBucketName": bucket,
        "indexName": index,
        "queryVector": {"float32": query.vector},
        "topK": query.limit or DEFAULT_RESULTS,
        "returnDistance": True,
        "returnMetadata": True,
    }
    if query.filters is not None:
        body["filter"] = query.filters if _is_own(query.filters) else filter_in(_FILTER, query.filters)
    base = (call.api_base or f"https://s3vectors.{region}.api.aws").rstrip("/")
    headers = {"content-type": "application/json", **call.headers}
    signer = AwsSigner(settings, "s3vectors", region)
    return WireRequest("POST", f"{base}/QueryVectors", headers, encode_json(body), signer)


def found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The vectors; the score is 1 less the (cosine) distance."""
    made = []
    for item in data.get("vectors") or ():
        known = item.get("metadata") or {}
        text = next((known[name] for name in _TEXTS if known.get(name)), None)
        far = item.get("distance")
        score = None if far is None else max(0.0, min(1.0, 1.0 - float(far)))
        kept = {name: value for name, value in known.items() if name not in _TEXTS}
        made.append(passage(text, score, item.get("key"), known.get("filename"), kept))
    return query.near_enough(made)


def _is_own(filters: Any) -> bool:
    """Whether a filter is in S3's words already."""
    return isinstance(filters, Mapping) and any(
        str(key).startswith("$") or (isinstance(value, Mapping) and any(str(word).startswith("$") for word in value))
        for key, value in filters.items()
    )
