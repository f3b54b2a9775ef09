"""Knowledge bases of Amazon Bedrock. Source: its agent runtime's API reference, Retrieve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.rerank import AGENT_RUNTIME
from litellm.llms.vector_stores.query import FilterWords, StoreQuery, filter_in, passage
from litellm.llms.wire import WireRequest

_WORDS = {"eq": "equals", "ne": "notEquals", "gt": "greaterThan", "gte": "greaterThanOrEquals", "lt": "lessThan",
          "lte": "lessThanOrEquals", "in": "in", "nin": "notIn", "and": "andAll", "or": "orAll"}  # fmt: skip
_FILTER = FilterWords(
    lambda kind, key, value: {_WORDS[kind]: {"key": key, "value": value}}, lambda kind, parts: {_WORDS[kind]: parts}
)
_PLACES = {"webLocation": "url", "confluenceLocation": "url", "salesforceLocation": "url", "sharePointLocation": "url",
           "s3Location": "uri", "customDocumentLocation": "id", "kendraDocumentLocation": "uri"}  # fmt: skip


def request(query: StoreQuery) -> WireRequest:
    """The POST of `Retrieve`."""
    call = query.call
    settings = {name: value for name, value in query.own.items() if name.startswith("aws_")}
    target = BedrockTarget(
        "", settings, api_base=call.api_base, api_key=call.api_key, headers=call.headers, service=AGENT_RUNTIME
    )
    given = query.own.get("retrievalConfiguration") or {}
    search: dict[str, Any] = dict(given.get("vectorSearchConfiguration") or {})
    if query.limit is not None:
        search["numberOfResults"] = query.limit
    if query.filters is not None:
        own = isinstance(query.filters, Mapping) and bool(set(query.filters) & set(_WORDS.values()) - {"in"})
        search["filter"] = query.filters if own else filter_in(_FILTER, query.filters)
    body: dict[str, Any] = {"retrievalQuery": {"text": query.text}}
    if search:
        body["retrievalConfiguration"] = {**given, "vectorSearchConfiguration": search}
    return target.post_to(f"/knowledgebases/{quote(query.store, safe='')}/retrieve", body)


def found(query: StoreQuery, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The passages."""
    return query.near_enough([_passage(item) for item in data.get("retrievalResults") or ()])


def _passage(item: Mapping[str, Any]) -> dict[str, Any]:
    location = item.get("location") or {}
    place = next((location[kind].get(name) for kind, name in _PLACES.items() if location.get(kind)), None)
    name = str(place).rstrip("/").rpartition("/")[2] or place if place else None
    return passage((item.get("content") or {}).get("text"), item.get("score"), place, name, item.get("metadata") or {})
