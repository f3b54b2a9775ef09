"""What each search provider is asked: a query in its own words, as its API's reference has them."""

from __future__ import annotations

import os
from typing import Any

from litellm.llms.search.query import Query, capped, given, lower

_PAGE_AS_TEXT = {"formats": ["markdown"], "onlyMainContent": True}
_UNITED_STATES = 2250
"""DataForSEO's location for a search that names none."""
_PARALLEL_MODES = {"base": "basic", "pro": "advanced"}
"""Parallel's `processor`, which its `mode` took the place of."""
AGENTCORE_TOOL = "web-search-tool___WebSearch"


def perplexity(query: Query) -> Any:
    """https://docs.perplexity.ai/api-reference/search-post"""
    asked = list(query.queries) if query.several else query.text
    return {
        "query": asked,
        **given(
            max_results=query.max_results, search_domain_filter=list(query.domains),
            max_tokens_per_page=query.max_tokens_per_page, country=query.country,
        ),
        **query.own,
    }  # fmt: skip


def tavily(query: Query) -> Any:
    """https://docs.tavily.com/documentation/api-reference/endpoint/search"""
    known = given(max_results=query.max_results, include_domains=list(query.domains), country=lower(query.country))
    return {"query": query.text, **known, **query.own}


def parallel_ai(query: Query) -> Any:
    """https://docs.parallel.ai/api-reference/search"""
    own = dict(query.own)
    processor = own.pop("processor", None)
    advanced = given(
        max_results=query.max_results, location=query.country,
        source_policy={"include_domains": list(query.domains)} if query.domains else None,
    )  # fmt: skip
    body: dict[str, Any] = {"search_queries": list(query.queries)}
    if not query.several:
        body["objective"] = query.text
    body["mode"] = _PARALLEL_MODES.get(processor, processor) if isinstance(processor, str) else "basic"
    return {**body, **given(advanced_settings=advanced or None), **own}


def exa_ai(query: Query) -> Any:
    """https://docs.exa.ai/reference/search"""
    known = given(numResults=query.max_results, includeDomains=list(query.domains), userLocation=query.country)
    return {"query": query.text, **known, "contents": {"text": True}, **query.own}


def brave(query: Query) -> Any:
    """https://api-dashboard.search.brave.com/app/documentation/web-search/get-started"""
    known = given(count=capped(query.max_results, 20), country=query.country)
    return {"q": query.on_sites(" AND "), "include_fetch_metadata": "True", **known, **query.own}


def google_pse(query: Query) -> Any:
    """https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list; it takes one site."""
    own = dict(query.own)
    engine = own.pop("search_engine_id", None) or own.pop("cx", None) or os.environ.get("GOOGLE_PSE_ENGINE_ID")
    known = given(
        cx=engine, num=capped(query.max_results, 10), gl=query.country,
        siteSearch=query.domains[0] if query.domains else None, siteSearchFilter="i" if query.domains else None,
    )  # fmt: skip
    return {"q": query.text, **known, **own}


def dataforseo(query: Query) -> Any:
    """https://docs.dataforseo.com/v3/serp/google/organic/live/advanced/; it takes one domain."""
    place = {"location_name": query.country} if query.country else {"location_code": _UNITED_STATES}
    known = given(depth=query.max_results)
    return [{"keyword": query.on_sites(), **known, **place, "language_code": "en", **query.own}]


def firecrawl(query: Query) -> Any:
    """https://docs.firecrawl.dev/api-reference/endpoint/search"""
    known = given(limit=query.max_results, country=query.country)
    return {"query": query.on_sites(), **known, "scrapeOptions": _PAGE_AS_TEXT, **query.own}


def fastcrw(query: Query) -> Any:
    """Firecrawl's first version, by another service; it knows no countries."""
    known = given(limit=query.max_results)
    return {"query": query.on_sites(), **known, "scrapeOptions": _PAGE_AS_TEXT, **query.own}


def searxng(query: Query) -> Any:
    """https://docs.searxng.org/dev/search_api.html; it has languages in the place of countries."""
    language = lower(query.country)
    known = given(language="en" if language in ("us", "gb", "uk") else language)
    return {"q": query.on_sites(), "format": "json", **known, **query.own}


def linkup(query: Query) -> Any:
    """https://docs.linkup.so/pages/documentation/api-reference/endpoint/post-search"""
    known = given(maxResults=query.max_results, includeDomains=list(query.domains))
    return {"q": query.text, "depth": "standard", "outputType": "searchResults", **known, **query.own}


def duckduckgo(query: Query) -> Any:
    """https://api.duckduckgo.com/api"""
    return {"q": query.on_sites(), "format": "json", **query.own}


def searchapi(query: Query) -> Any:
    """https://www.searchapi.io/docs/google"""
    known = given(num=capped(query.max_results, 100), gl=lower(query.country))
    return {"engine": "google", "q": query.on_sites(" AND "), **known, **query.own}


def serper(query: Query) -> Any:
    """https://serper.dev/playground"""
    return {"q": query.on_sites(), **given(num=query.max_results, gl=lower(query.country)), **query.own}


def you_com(query: Query) -> Any:
    """https://documentation.you.com/api-reference/search"""
    known = given(count=query.max_results, include_domains=list(query.domains), country=lower(query.country))
    return {"query": query.text, **known, **query.own}


def apiserpent(query: Query) -> Any:
    """https://apiserpent.com/docs"""
    own = {name: value for name, value in query.own.items() if name != "deep"}
    country = lower(query.country) or "us"
    base = {"engine": "google", "country": country, "num": query.max_results or 10, "format": "full"}
    return {**base, "q": query.on_sites(), **own}


def tinyfish(query: Query) -> Any:
    """https://docs.tinyfish.ai/search-api"""
    return {"query": query.on_sites(), **given(location=query.country), **query.own}


def agentcore(query: Query) -> Any:
    """A call of the search tool of an Amazon Bedrock AgentCore gateway, which speaks MCP."""
    own = dict(query.own)
    tool = own.pop("tool_name", AGENTCORE_TOOL)
    arguments = {"query": query.on_sites(), "maxResults": query.max_results or 10, **own}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def nimble(query: Query) -> Any:
    """https://docs.nimbleway.com/api-reference/search/search"""
    known = given(include_domains=list(query.domains), max_results=query.max_results, country=query.country)
    return {"query": query.text, **known, **query.own}


def bing_grounding(query: Query) -> Any:
    """A response with a web search, by a model of the Foundry project (`BING_GROUNDING_MODEL`)."""
    own = dict(query.own)
    model = own.pop("foundry_model", None) or os.environ.get("BING_GROUNDING_MODEL")
    if not model:
        raise ValueError("BING_GROUNDING_MODEL is not set: the model deployment that runs the search")
    tool: dict[str, Any] = {"type": "web_search"}
    if query.country:
        tool["user_location"] = {"type": "approximate", "country": query.country}
    return {"model": model, "input": query.on_sites(), "tools": [tool], **own}
