"""Who keeps vector stores that are searched otherwise than by OpenAI's API: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.llms.vector_stores import bedrock, embedded, google, s3_vectors
from litellm.llms.vector_stores.query import StoreQuery
from litellm.llms.wire import WireRequest


@dataclass(frozen=True, slots=True)
class Keeper:
    """How a search is asked and its reply read."""

    request: Callable[[StoreQuery], WireRequest]
    found: Callable[[StoreQuery, Mapping[str, Any]], list[dict[str, Any]]]
    embeds: bool = True
    """Whether the keeper makes the embedding of a text itself."""
    base_env: str | None = None
    key_env: str | None = None
    price: str | None = None
    """The catalogue's entry with the price of a search."""


KEEPERS: Mapping[str, Keeper] = {
    "bedrock": Keeper(bedrock.request, bedrock.found),
    "vertex_ai": Keeper(google.corpus_request, google.corpus_found),
    "vertex_ai/search_api": Keeper(google.search_request, google.search_found, price="vertex_ai/search_api"),
    "gemini": Keeper(google.files_request, google.files_found),
    "milvus": Keeper(
        embedded.milvus_request, embedded.milvus_found, embeds=False, base_env="MILVUS_API_BASE",
        key_env="MILVUS_API_KEY",
    ),
    "s3_vectors": Keeper(s3_vectors.request, s3_vectors.found, embeds=False),
    "azure_ai": Keeper(
        embedded.azure_request, embedded.azure_found, embeds=False, base_env="AZURE_SEARCH_API_BASE",
        key_env="AZURE_SEARCH_API_KEY",
    ),
}  # fmt: skip
