"""Searches of the web, by any of the providers that offer them."""

from __future__ import annotations

from typing import Any

import httpx

from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.search import SEARCH
from litellm.types.search import SearchResponse

__all__ = ["asearch", "search"]


def search(
    query: str | list[str],
    search_provider: str,
    max_results: int | None = None,
    search_domain_filter: list[str] | None = None,
    max_tokens_per_page: int | None = None,
    country: str | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    timeout: float | httpx.Timeout | None = None,
    extra_headers: dict[str, Any] | None = None,
    **kwargs: Any,
) -> SearchResponse:
    """Pages about `query` by `search_provider`, of the domains and the country given; `timeout` in seconds.

    Arguments that are not LiteLLM's go to the provider as they are. Raises the exceptions of `litellm.exceptions`.
    """
    found: SearchResponse = run_sync(SEARCH(_arguments(given(locals(), kwargs)), "search"))
    return found


async def asearch(
    query: str | list[str],
    search_provider: str,
    max_results: int | None = None,
    search_domain_filter: list[str] | None = None,
    max_tokens_per_page: int | None = None,
    country: str | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    timeout: float | httpx.Timeout | None = None,
    extra_headers: dict[str, Any] | None = None,
    **kwargs: Any,
) -> SearchResponse:
    """`search` on an event loop."""
    found: SearchResponse = await run_async(SEARCH(_arguments(given(locals(), kwargs)), "asearch"))
    return found


def _arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    arguments["custom_llm_provider"] = str(arguments.pop("search_provider", ""))
    arguments.pop("model", None)
    return arguments
