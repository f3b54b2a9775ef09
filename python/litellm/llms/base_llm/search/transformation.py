"""The names of search results, where other packages look for them."""

from __future__ import annotations

from litellm.types.search import SearchResponse, SearchResult

__all__ = ["SearchResponse", "SearchResult"]
