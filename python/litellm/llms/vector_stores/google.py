"""Google's stores: RAG corpora of Vertex AI, data stores of Vertex AI Search, file search stores of Gemini.

Source: Google's references for `retrieveContexts`, Discovery Engine's `search`, and Gemini's file search.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litellm.llms.gemini.chat import api_key_headers, model_url
from litellm.llms.vector_stores.query import DEFAULT_RESULTS, FilterWords, StoreQuery, filter_in, passage
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.vertex_ai.rerank import HOST as DISCOVERY
from litellm.llms.wire import WireRequest, encode_json
from litellm.secret_managers.google.settings import google_settings
from litellm.secret_managers.google.signer import UNKNOWN_PROJECT, GoogleSigner

SEARCH_MODEL = "gemini-2.5-flash"
"""What looks into a file search store where no model is named."""
_SIGNS = {"eq": "=", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_EXTRACTS = ("extractive_segments", "extractive_answers")


def _compared(kind: str, key: str, value: Any) -> str:
    if kind in _SIGNS:
        return f"{key} {_SIGNS[kind]} {json.dumps(value)}"
    sign, word = ("=", " OR ") if kind == "in" else ("!=", " AND ")
    return f"({word.join(f'{key} {sign} {json.dumps(item)}' for item in value)})"


_FILTER = FilterWords(_compared, lambda kind, parts: f"({f' {kind.upper()} '.join(parts)})")


def corpus_request(query: StoreQuery) -> WireRequest:
    """The POST of `retrieveContexts`."""
    place = VertexEndpoint(query.call.options, query.call.api_base, "")
    corpus = query.store
    if not corpus.startswith("projects/"):
        corpus = f"{place.project_path().removeprefix('/v1/')}/ragCorpora/{quote(corpus, safe='')}"
    retrieval: dict[str, Any] = {}
    if query.limit is not None:
        retrieval["top_k"] = query.limit
    narrowed: dict[str, Any] = {}
    if query.filters is not None:
        narrowed["metadata_filter"] = filter_in(_FILTER, query.filters)
    if query.threshold is not None:
        narrowed["vector_similarity_threshold"] = query.threshold
    if narrowed:
        retrieval["filter"] = narrowed
    asked: dict[str, Any] = {"text": query.text}
    if retrieval:
        asked["rag_retrieval_config"] = retrieval
    body = {"vertex_rag_store": {"rag_resources": [{"rag_corpus": corpus}]}, "query": asked}
    headers = {"content-type": "application/json", **query.call.headers}
    return WireRequest("POST", place.below_project(":retrieveContexts"), headers, encode_json(body), place.signer())


def corpus_found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The passages of a corpus."""
    items = (data.get("contexts") or {}).get("contexts") or ()
    return [
        passage(
            item.get("text"), item.get("score"), item.get("sourceUri"), item.get("sourceDisplayName"),
            {name: item[name] for name in ("sourceUri", "sourceDisplayName") if item.get(name)},
        )
        for item in items
    ]  # fmt: skip


def search_request(query: StoreQuery) -> WireRequest:
    """The POST of Vertex AI Search's `search`, by a data store or by the app that `vertex_app_id` names."""
    settings, own = google_settings(query.call.options), query.own
    project = f"projects/{settings.project}/" if settings.project else UNKNOWN_PROJECT
    location = own.get("vertex_location") or "global"
    app = own.get("vertex_app_id")
    kept = f"engines/{quote(str(app), safe='')}" if app else f"dataStores/{quote(query.store, safe='')}"
    collection = quote(str(own.get("vertex_collection_id") or "default_collection"), safe="")
    host = DISCOVERY if location == "global" else DISCOVERY.replace("://", f"://{location}-")
    url = (
        f"{(query.call.api_base or host).rstrip('/')}/v1/{project}locations/{location}/collections/{collection}"
        f"/{kept}/servingConfigs/default_config:search"
    )
    body: dict[str, Any] = {"query": query.text, "pageSize": query.limit or DEFAULT_RESULTS}
    if query.filters is not None:
        body["filter"] = filter_in(_FILTER, query.filters)
    headers = {"content-type": "application/json", **query.call.headers}
    return WireRequest("POST", url, headers, encode_json(body), GoogleSigner(settings))


def search_found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents; the API tells no score, so that it is by rank."""
    return [_document(item, 1.0 / rank) for rank, item in enumerate(data.get("results") or (), 1)]


def _document(item: Mapping[str, Any], score: float) -> dict[str, Any]:
    document = item.get("document") or {}
    told = document.get("derivedStructData") or {}
    texts = [part.get("content") for name in _EXTRACTS for part in told.get(name) or ()]
    texts = [text for text in texts if text] or [part.get("snippet") for part in told.get("snippets") or ()]
    known = {name: told[name] for name in ("link", "title") if told.get(name)}
    number = document.get("id") or item.get("id")
    attributes = {"document_id": number, **known, **(document.get("structData") or {})}
    text = "\n".join(str(text) for text in texts if text)
    return passage(text, score, told.get("link") or number, told.get("title"), attributes)


def files_request(query: StoreQuery) -> WireRequest:
    """The POST of a `generateContent` that looks into a file search store."""
    store = query.store if query.store.startswith("fileSearchStores/") else f"fileSearchStores/{query.store}"
    look: dict[str, Any] = {"file_search_store_names": [store]}
    if query.filters is not None:
        look["metadata_filter"] = filter_in(_FILTER, query.filters)
    if query.limit is not None:
        look["top_k"] = query.limit
    body = {"contents": [{"parts": [{"text": query.text}]}], "tools": [{"file_search": look}]}
    model = str(query.own.get("model") or SEARCH_MODEL).removeprefix("gemini/")
    url = model_url(query.call.api_base, model, "generateContent")
    return WireRequest("POST", url, api_key_headers(query.call.api_key, query.call.headers), encode_json(body))


def files_found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The passages that the answer is grounded in, each with the best confidence of what it supports."""
    made = []
    for candidate in data.get("candidates") or ():
        grounding = candidate.get("groundingMetadata") or {}
        supports = grounding.get("groundingSupports") or ()
        for number, chunk in enumerate(grounding.get("groundingChunks") or ()):
            told = chunk.get("retrievedContext") or {}
            known = {name: told[name] for name in ("uri", "title") if told.get(name)}
            made.append(
                passage(told.get("text"), _confidence(supports, number), told.get("uri"), told.get("title"), known)
            )
    return made


def _confidence(supports: Any, number: int) -> float | None:
    pairs = [
        pair
        for support in supports
        for pair in zip(support.get("groundingChunkIndices") or (), support.get("confidenceScores") or (), strict=False)
    ]
    return max((score for index, score in pairs if index == number), default=None)
