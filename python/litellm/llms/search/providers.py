"""The search providers as rows: where they are, how a key is shown to them, what they are asked and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.llms.search import replies, requests
from litellm.llms.search.query import Query
from litellm.llms.search.replies import Items, listed

BEARER = "authorization"
X_API_KEY = "x-api-key"


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """One provider. `key_in` is the header of its key: `authorization` as a bearer token, others as it is."""

    name: str
    title: str
    """As people call it."""
    api_base: str | None
    build: Callable[[Query], Any]
    read: Items
    key_env: tuple[str, ...] = ()
    base_env: tuple[str, ...] = ()
    path: str = ""
    """What is added to a base that does not end so."""
    mode: Callable[[Query], str] = lambda query: ""
    """What a search adds to the path besides, where the address says how thoroughly to search."""
    key_in: str | None = BEARER
    key_in_query: str | None = None
    basic: bool = False
    """Whether its key is `login:password`, shown by basic authentication and kept in two variables."""
    keyless: bool = False
    """Whether it answers without a key."""
    get: bool = False
    headers: Mapping[str, str] | None = None
    kept: tuple[str, ...] = ()
    """Fields of its answer that the response keeps."""
    cuts: bool = False
    """Whether results beyond `max_results` are cut off here: the provider takes no such limit."""
    variants: Callable[[Mapping[str, Any]], str] = lambda params: "search"
    """Which of the provider's prices a search has: `search`, or one for a dearer mode."""
    per_result_beyond: tuple[int, str] | None = None
    """(results that are included, US dollars for each more), where those are charged too."""


def _tavily_price(params: Mapping[str, Any]) -> str:
    return "search-advanced" if params.get("search_depth") == "advanced" else "search"


def _linkup_price(params: Mapping[str, Any]) -> str:
    return "search-deep" if params.get("depth") == "deep" else "search"


def _parallel_price(params: Mapping[str, Any]) -> str:
    mode = params.get("mode") or params.get("processor")
    return f"search-{mode}" if mode in ("fast", "pro", "turbo") else "search"


def _apiserpent_mode(query: Query) -> str:
    return "" if query.own.get("deep") else "/quick"


def _apiserpent_price(params: Mapping[str, Any]) -> str:
    return "deep_search" if params.get("deep") else "search"


_ROWS = (
    SearchProvider(
        "perplexity", "Perplexity", "https://api.perplexity.ai", requests.perplexity, listed("results"),
        ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"), ("PERPLEXITY_API_BASE",), "/search",
    ),
    SearchProvider(
        "tavily", "Tavily", "https://api.tavily.com", requests.tavily,
        listed("results", snippet=("content",), date="published_date"), ("TAVILY_API_KEY",), ("TAVILY_API_BASE",),
        "/search", variants=_tavily_price,
    ),
    SearchProvider(
        "parallel_ai", "Parallel AI", "https://api.parallel.ai", requests.parallel_ai, replies.parallel_ai,
        ("PARALLEL_API_KEY", "PARALLEL_AI_API_KEY"), ("PARALLEL_API_BASE", "PARALLEL_AI_API_BASE"), "/v1/search",
        key_in=X_API_KEY, kept=("search_id",), variants=_parallel_price, per_result_beyond=(10, "0.001"),
    ),
    SearchProvider(
        "exa_ai", "Exa AI", "https://api.exa.ai", requests.exa_ai,
        listed("results", snippet=("text", "summary"), date="publishedDate"), ("EXA_API_KEY",), ("EXA_API_BASE",),
        "/search", key_in=X_API_KEY,
    ),
    SearchProvider(
        "brave", "Brave Search", "https://api.search.brave.com/res/v1/web/search", requests.brave,
        replies.several(*(
            listed(kind, "results", snippet=("description",), date="page_age") for kind in ("web", "news")
        )),
        ("BRAVE_API_KEY",), ("BRAVE_API_BASE",), key_in="x-subscription-token", get=True,
    ),
    SearchProvider(
        "google_pse", "Google Programmable Search Engine", "https://www.googleapis.com/customsearch/v1",
        requests.google_pse, listed("items", url="link"), ("GOOGLE_PSE_API_KEY",), ("GOOGLE_PSE_API_BASE",),
        key_in=None, key_in_query="key", get=True,
    ),
    SearchProvider(
        "dataforseo", "DataForSEO", "https://api.dataforseo.com/v3/serp/google/organic/live/advanced",
        requests.dataforseo, replies.dataforseo, ("DATAFORSEO_LOGIN", "DATAFORSEO_PASSWORD"),
        ("DATAFORSEO_API_BASE",), basic=True,
    ),
    SearchProvider(
        "firecrawl", "Firecrawl", "https://api.firecrawl.dev/v2", requests.firecrawl,
        replies.several(
            listed("data", "web", snippet=("markdown", "description")),
            listed("data", "news", snippet=("markdown", "snippet")),
        ),
        ("FIRECRAWL_API_KEY",), ("FIRECRAWL_API_BASE",), "/search",
    ),
    SearchProvider(
        "fastcrw", "fastCRW", "https://fastcrw.com/api/v1", requests.fastcrw,
        listed("data", snippet=("markdown", "description")), ("CRW_API_KEY",), ("CRW_API_BASE",), "/search",
    ),
    SearchProvider(
        "searxng", "SearXNG", None, requests.searxng,
        listed("results", snippet=("content",), date="publishedDate"), ("SEARXNG_API_KEY",), ("SEARXNG_API_BASE",),
        "/search", keyless=True, get=True, cuts=True,
    ),
    SearchProvider(
        "linkup", "Linkup", "https://api.linkup.so/v1", requests.linkup,
        listed("results", title="name", snippet=("content",)), ("LINKUP_API_KEY",), ("LINKUP_API_BASE",), "/search",
        variants=_linkup_price,
    ),
    SearchProvider(
        "duckduckgo", "DuckDuckGo", "https://api.duckduckgo.com", requests.duckduckgo, replies.duckduckgo, (),
        ("DUCKDUCKGO_API_BASE",), "/", key_in=None, keyless=True, get=True, cuts=True,
    ),
    SearchProvider(
        "searchapi", "SearchAPI.io", "https://www.searchapi.io/api/v1/search", requests.searchapi,
        listed("organic_results", url="link"), ("SEARCHAPI_API_KEY",), ("SEARCHAPI_API_BASE",), key_in=None,
        key_in_query="api_key", get=True,
    ),
    SearchProvider(
        "serper", "Serper", "https://google.serper.dev", requests.serper, listed("organic", url="link"),
        ("SERPER_API_KEY",), ("SERPER_API_BASE",), "/search", key_in=X_API_KEY,
    ),
    SearchProvider(
        "you_com", "You.com", "https://ydc-index.io", requests.you_com, replies.you_com,
        ("YOUCOM_API_KEY", "YDC_API_KEY"),
        ("YOUCOM_API_BASE",), "/v1/search", key_in=X_API_KEY, keyless=True,
    ),
    SearchProvider(
        "apiserpent", "APISerpent", "https://apiserpent.com", requests.apiserpent, listed("results", "organic"),
        ("APISERPENT_API_KEY",), ("APISERPENT_API_BASE",), "/api/search", key_in=X_API_KEY, get=True,
        mode=_apiserpent_mode, variants=_apiserpent_price,
    ),
    SearchProvider(
        "tinyfish", "TinyFish", "https://api.search.tinyfish.ai", requests.tinyfish,
        listed("results", own=("position", "site_name")), ("TINYFISH_API_KEY",), ("TINYFISH_API_BASE",),
        key_in=X_API_KEY, get=True, kept=("query", "total_results"), cuts=True,
    ),
    SearchProvider(
        "agentcore", "Amazon Bedrock AgentCore", None, requests.agentcore, replies.agentcore,
        ("AGENTCORE_API_KEY",), ("AGENTCORE_GATEWAY_URL",), headers={"mcp-protocol-version": "2025-03-26"},
    ),
    SearchProvider(
        "nimble", "Nimble", "https://sdk.nimbleway.com/v2", requests.nimble,
        listed("results", snippet=("content", "description"), own=("additional_data",)), ("NIMBLE_API_KEY",),
        ("NIMBLE_API_BASE",), "/search",
    ),
    SearchProvider(
        "bing_grounding", "Grounding with Bing Search", None, requests.bing_grounding, replies.bing_grounding,
        ("BING_GROUNDING_API_KEY",), ("BING_GROUNDING_PROJECT_ENDPOINT",), "/openai/v1/responses",
        key_in="api-key",
    ),
)  # fmt: skip

SEARCH_PROVIDERS: Mapping[str, SearchProvider] = {row.name: row for row in _ROWS}
