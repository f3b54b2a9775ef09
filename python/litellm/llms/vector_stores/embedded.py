"""Stores that are searched by a vector: Milvus and Azure AI Search. Source: their REST references."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.vector_stores.query import DEFAULT_RESULTS, FilterWords, StoreQuery, filter_in, passage
from litellm.llms.wire import WireError, WireRequest, encode_json

_AZURE_VERSION = "2024-07-01"
_MILVUS_OWN = ("outputFields", "offset", "groupingField", "searchParams", "partitionNames", "dbName",
               "consistencyLevel")  # fmt: skip
_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "in": "in", "nin": "not in"}
_MILVUS = FilterWords(
    lambda kind, key, value: f"{key} {_SIGNS[kind]} {json.dumps(value)}",
    lambda kind, parts: f"({f' {kind} '.join(parts)})",
)


def _odata(value: Any) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else json.dumps(value)


def _azure_compared(kind: str, key: str, value: Any) -> str:
    if kind not in ("in", "nin"):
        return f"{key} {({'gte': 'ge', 'lte': 'le'}).get(kind, kind)} {_odata(value)}"
    parts = " or ".join(f"{key} eq {_odata(item)}" for item in value)
    return f"({parts})" if kind == "in" else f"not ({parts})"


_AZURE = FilterWords(_azure_compared, lambda kind, parts: f"({f' {kind} '.join(parts)})")


def milvus_request(query: StoreQuery) -> WireRequest:
    """The POST that searches a collection."""
    own, text_field = query.own, query.own.get("milvus_text_field")
    body: dict[str, Any] = {
        "collectionName": query.store,
        "data": [query.vector],
        "annsField": own.get("annsField") or own.get("milvus_vector_field") or (text_field and f"{text_field}_vector"),
        "limit": own.get("limit") or query.limit or DEFAULT_RESULTS,
        **{name: own[name] for name in _MILVUS_OWN if name in own},
    }
    if query.filters is not None:
        body["filter"] = filter_in(_MILVUS, query.filters)
    if text_field:
        body.setdefault("outputFields", [text_field])
    if body["annsField"] is None:
        del body["annsField"]
    headers = {"content-type": "application/json", **query.call.headers}
    if query.call.api_key:
        headers["authorization"] = f"Bearer {query.call.api_key}"
    return WireRequest("POST", f"{_base(query)}/v2/vectordb/entities/search", headers, encode_json(body))


def milvus_found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entities. Raises `WireError` for a refusal, which comes with status 200."""
    if data.get("code"):
        raise WireError(str(data.get("message") or f"Milvus answered {data['code']}"), status=400)
    text_field = query.own.get("milvus_text_field") or "text"
    return [
        passage(
            item.get(text_field), item.get("distance"), item.get("id"), None,
            {name: value for name, value in item.items() if name not in ("id", "distance", text_field)},
        )
        for item in data.get("data") or ()
    ]  # fmt: skip


def azure_request(query: StoreQuery) -> WireRequest:
    """The POST that searches an index."""
    own, limit = query.own, query.limit or DEFAULT_RESULTS
    field = own.get("azure_search_vector_field") or "contentVector"
    body: dict[str, Any] = {
        "search": "*",
        "vectorQueries": [{"vector": query.vector, "fields": field, "kind": "vector", "k": limit}],
        "top": limit,
    }
    if query.filters is not None:
        body["filter"] = filter_in(_AZURE, query.filters)
    service = own.get("azure_search_service_name")
    base = f"https://{service}.search.windows.net" if service and not query.call.api_base else _base(query)
    version = query.call.options.get("api_version") or _AZURE_VERSION
    headers = {"content-type": "application/json", **auth_headers(query.call.api_key, query.call.options)}
    headers.update(query.call.headers)
    url = f"{base}/indexes/{quote(query.store, safe='')}/docs/search?api-version={quote(str(version), safe='')}"
    return signed_in(WireRequest("POST", url, headers, encode_json(body)), query.call.options)


def azure_found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents: their text is in `content`."""
    hidden = {"content", query.own.get("azure_search_vector_field") or "contentVector"}
    made = []
    for item in data.get("value") or ():
        known = {name: value for name, value in item.items() if name not in hidden and not name.startswith("@search.")}
        made.append(passage(item.get("content"), item.get("@search.score"), item.get("id"), item.get("title"), known))
    return query.near_enough(made)


def _base(query: StoreQuery) -> str:
    if not query.call.api_base:
        raise ValueError("api_base: where the vector store is, is not known")
    return query.call.api_base.rstrip("/")
