"""What a search of a vector store asks and finds, in OpenAI's terms, whoever keeps the store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall

COMPARISONS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin")
DEFAULT_RESULTS = 10
_NAME = re.compile(r"[\w./-]*[^\W_][\w./-]*")


@dataclass(frozen=True, slots=True)
class StoreQuery:
    """One search."""

    call: EndpointCall
    store: str
    text: str
    limit: int | None = None
    filters: Any = None
    threshold: float | None = None
    vector: list[float] | None = None
    """The text's embedding, where the keeper makes none."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """All arguments of the call: those of the keeper's own among them."""

    def near_enough(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of what was found, what reaches the least score that is asked for."""
        least = self.threshold
        return found if least is None else [item for item in found if (item["score"] or 0.0) >= least]


def passage(
    text: Any, score: float | None, file_id: Any, filename: Any, attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """Something that was found, as OpenAI's API shows it."""
    return {
        "file_id": None if file_id is None else str(file_id),
        "filename": filename,
        "score": score,
        "attributes": dict(attributes),
        "content": [{"type": "text", "text": str(text or "")}],
    }


def page(query: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """What a search found, best first."""
    return {"object": "vector_store.search_results.page", "search_query": query, "data": found, "has_more": False,
            "next_page": None}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterWords:
    """How a keeper writes a filter: `compare` of a comparison, a key and a value, `join` of `and` or `or` and parts."""

    compare: Callable[[str, str, Any], Any]
    join: Callable[[str, list[Any]], Any]


def filter_in(words: FilterWords, given: Any) -> Any:
    """OpenAI's filter, or a mapping of keys to values, in a keeper's words; text and a keeper's own stay as they are.

    Raises ValueError for a filter that is none.
    """
    if given is None or isinstance(given, str):
        return given
    if not isinstance(given, Mapping):
        raise ValueError("filters: expected a comparison, or several joined by and, or or")
    kind = given.get("type")
    if kind in ("and", "or"):
        return words.join(kind, [filter_in(words, part) for part in given.get("filters") or ()])
    if "key" in given and "value" in given:
        if kind not in COMPARISONS:
            raise ValueError(f"filters.type: expected one of {', '.join(COMPARISONS)}, and, or")
        return words.compare(kind, _key(given["key"]), given["value"])
    parts = [words.compare("eq", _key(key), value) for key, value in given.items()]
    return parts[0] if len(parts) == 1 else words.join("and", parts)


def _key(key: Any) -> str:
    if not isinstance(key, str) or not _NAME.fullmatch(key):
        raise ValueError(f"filters.key: expected the name of an attribute, not {key!r}")
    return key
