"""Results of searches of the web, and who is known to search."""

from __future__ import annotations

from enum import Enum
from typing import Any

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses_chat import HiddenResponse


class SearchProviders(str, Enum):
    """Names of the providers that search."""

    PERPLEXITY = "perplexity"
    TAVILY = "tavily"
    PARALLEL_AI = "parallel_ai"
    EXA_AI = "exa_ai"
    BRAVE = "brave"
    GOOGLE_PSE = "google_pse"
    DATAFORSEO = "dataforseo"
    FIRECRAWL = "firecrawl"
    FASTCRW = "fastcrw"
    SEARXNG = "searxng"
    LINKUP = "linkup"
    DUCKDUCKGO = "duckduckgo"
    SEARCHAPI = "searchapi"
    SERPER = "serper"
    YOU_COM = "you_com"
    APISERPENT = "apiserpent"
    TINYFISH = "tinyfish"
    AGENTCORE = "agentcore"
    NIMBLE = "nimble"
    BING_GROUNDING = "bing_grounding"


class SearchResult(OpenAIObject):
    """One page that was found. Dates are as the provider writes them."""

    title: str
    url: str
    snippet: str
    date: str | None = None
    last_updated: str | None = None

    def __init__(
        self, title: str = "", url: str = "", snippet: str = "", date: str | None = None,
        last_updated: str | None = None, **params: Any,
    ) -> None:  # fmt: skip
        known = {"title": title, "url": url, "snippet": snippet, "date": date, "last_updated": last_updated}
        self._fill(known, params)


class SearchResponse(HiddenResponse):
    """What a search found, best first."""

    results: list[Any]
    object: str = "search"

    def __init__(self, results: list[Any] | None = None, object: str = "search", **params: Any) -> None:
        made = [as_model(SearchResult, result) for result in results or []]
        self._fill_response({"results": made, "object": object}, params, None, None)
