"""Searches over HTTP: what each provider is asked, how its answer is read, and what a search costs."""

from __future__ import annotations

import asyncio
import importlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.llms.search.providers import SEARCH_PROVIDERS
from litellm.types.search import SearchProviders, SearchResponse

from tests.support.scripted import Answer, Scripted

REPLIES: dict[str, Any] = {
    "perplexity": {"results": [{"title": "T", "url": "https://a/1", "snippet": "S", "date": "D"}]},
    "tavily": {"results": [{"title": "T", "url": "https://a/1", "content": "S", "published_date": "D"}]},
    "parallel_ai": {"search_id": "s", "results": [
        {"title": "T", "url": "https://a/1", "excerpts": ["S", "more"], "publish_date": "D"}]},
    "exa_ai": {"results": [{"title": "T", "url": "https://a/1", "text": "S", "publishedDate": "D"}]},
    "brave": {"web": {"results": [{"title": "T", "url": "https://a/1", "description": "S", "page_age": "D"}]},
              "news": {"results": [{"title": "N", "url": "https://a/n", "description": "S"}]}},
    "google_pse": {"items": [{"title": "T", "link": "https://a/1", "snippet": "S"}]},
    "dataforseo": {"tasks": [{"status_code": 20000, "result": [{"items": [
        {"type": "organic", "title": "T", "url": "https://a/1", "description": "S", "timestamp": "D"},
        {"type": "paid", "title": "ad", "url": "https://a/ad"}]}]}]},
    "firecrawl": {"data": {"web": [{"title": "T", "url": "https://a/1", "markdown": "S", "description": "short"}],
                           "news": [{"title": "N", "url": "https://a/n", "snippet": "S"}]}},
    "fastcrw": {"data": [{"title": "T", "url": "https://a/1", "description": "S"}]},
    "searxng": {"results": [{"title": "T", "url": "https://a/1", "content": "S", "publishedDate": "D"}] * 3},
    "linkup": {"results": [{"name": "T", "url": "https://a/1", "content": "S", "type": "text"}]},
    "duckduckgo": {"Heading": "T", "AbstractText": "S", "AbstractURL": "https://a/1", "RelatedTopics": [
        {"Name": "group", "Topics": [{"Text": "U - text", "FirstURL": "https://a/2"}]},
        {"Text": "V", "FirstURL": "https://a/3"}]},
    "searchapi": {"organic_results": [{"title": "T", "link": "https://a/1", "snippet": "S", "date": "D"}]},
    "serper": {"organic": [{"title": "T", "link": "https://a/1", "snippet": "S", "date": "D"}]},
    "you_com": {"results": {"web": [{"title": "T", "url": "https://a/1", "snippets": ["S", "more"], "page_age": "D"}]}},
    "apiserpent": {"results": {"organic": [{"title": "T", "url": "https://a/1", "snippet": "S", "date": "D"}]}},
    "tinyfish": {"results": [{"title": "T", "url": "https://a/1", "snippet": "S", "site_name": "a"}] * 3},
    "agentcore": {"result": {"content": [{"type": "text", "text": json.dumps(
        {"results": [{"title": "T", "url": "https://a/1", "text": "S", "publishedDate": "D"}]})}]}},
    "nimble": {"results": [{"title": "T", "url": "https://a/1", "content": "S", "description": "short"}]},
    "bing_grounding": {"output": [{"type": "message", "content": [{"type": "output_text", "text": "S [1]",
        "annotations": [{"type": "url_citation", "url": "https://a/1", "title": "T", "start_index": 1,
                         "end_index": 5}]}]}]},
}  # fmt: skip
SENT: dict[str, Any] = {
    "perplexity": {"query": "q", "max_results": 2, "search_domain_filter": ["x.org", "y.org"],
                   "max_tokens_per_page": 9, "country": "US"},
    "tavily": {"query": "q", "max_results": 2, "include_domains": ["x.org", "y.org"], "country": "us"},
    "parallel_ai": {"search_queries": ["q"], "objective": "q", "mode": "basic", "advanced_settings": {
        "max_results": 2, "location": "US", "source_policy": {"include_domains": ["x.org", "y.org"]}}},
    "exa_ai": {"query": "q", "numResults": 2, "includeDomains": ["x.org", "y.org"], "userLocation": "US",
               "contents": {"text": True}},
    "brave": {"q": "(q) AND (site:x.org OR site:y.org)", "include_fetch_metadata": "True", "count": "2",
              "country": "US"},
    "google_pse": {"q": "q", "cx": "engine", "key": "sk", "num": "2", "gl": "US", "siteSearch": "x.org",
                   "siteSearchFilter": "i"},
    "dataforseo": [{"keyword": "(q) (site:x.org OR site:y.org)", "depth": 2, "location_name": "US",
                    "language_code": "en"}],
    "firecrawl": {"query": "(q) (site:x.org OR site:y.org)", "limit": 2, "country": "US",
                  "scrapeOptions": {"formats": ["markdown"], "onlyMainContent": True}},
    "fastcrw": {"query": "(q) (site:x.org OR site:y.org)", "limit": 2,
                "scrapeOptions": {"formats": ["markdown"], "onlyMainContent": True}},
    "searxng": {"q": "(q) (site:x.org OR site:y.org)", "format": "json", "language": "en"},
    "linkup": {"q": "q", "depth": "standard", "outputType": "searchResults", "maxResults": 2,
               "includeDomains": ["x.org", "y.org"]},
    "duckduckgo": {"q": "(q) (site:x.org OR site:y.org)", "format": "json"},
    "searchapi": {"engine": "google", "q": "(q) AND (site:x.org OR site:y.org)", "num": "2", "gl": "us",
                  "api_key": "sk"},
    "serper": {"q": "(q) (site:x.org OR site:y.org)", "num": 2, "gl": "us"},
    "you_com": {"query": "q", "count": 2, "include_domains": ["x.org", "y.org"], "country": "us"},
    "apiserpent": {"engine": "google", "country": "us", "num": "2", "format": "full",
                   "q": "(q) (site:x.org OR site:y.org)"},
    "tinyfish": {"query": "(q) (site:x.org OR site:y.org)", "location": "US"},
    "agentcore": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "web-search-tool___WebSearch",
        "arguments": {"query": "(q) (site:x.org OR site:y.org)", "maxResults": 2}}},
    "nimble": {"query": "q", "include_domains": ["x.org", "y.org"], "max_results": 2, "country": "US"},
    "bing_grounding": {"model": "gpt-4.1", "input": "(q) (site:x.org OR site:y.org)", "tools": [
        {"type": "web_search", "user_location": {"type": "approximate", "country": "US"}}]},
}  # fmt: skip
KEY_HEADERS = {
    "parallel_ai": ("x-api-key", "sk"), "exa_ai": ("x-api-key", "sk"), "brave": ("x-subscription-token", "sk"),
    "serper": ("x-api-key", "sk"), "you_com": ("x-api-key", "sk"), "apiserpent": ("x-api-key", "sk"),
    "tinyfish": ("x-api-key", "sk"), "bing_grounding": ("api-key", "sk"), "dataforseo": ("authorization", "Basic c2s="),
    "google_pse": ("authorization", None), "searchapi": ("authorization", None), "duckduckgo": ("authorization", None),
}  # fmt: skip


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in SEARCH_PROVIDERS.values():
        for name in (*row.key_env, *row.base_env):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOOGLE_PSE_ENGINE_ID", "engine")
    monkeypatch.setenv("BING_GROUNDING_MODEL", "gpt-4.1")


def test_the_names_are_the_rows() -> None:
    assert [item.value for item in SearchProviders] == list(SEARCH_PROVIDERS) == list(REPLIES) == list(SENT)


@pytest.mark.parametrize("provider", REPLIES)
def test_every_provider_is_asked_in_its_words_and_understood(vendor: Scripted, provider: str) -> None:
    vendor.will_say(REPLIES[provider])
    found = litellm.search(
        "q", provider, max_results=2, search_domain_filter=["x.org", "y.org"], max_tokens_per_page=9, country="US",
        api_key="sk", api_base=vendor.base, extra_headers={"x-own": "1"},
    )  # fmt: skip
    assert isinstance(found, SearchResponse)
    assert (found.object, found.results[0].title, found.results[0].url) == ("search", "T", "https://a/1")
    assert found.results[0].snippet.startswith("S")
    assert len(found.results) <= 2
    asked = vendor.asked[0]
    if asked.method == "GET":
        assert {name: value[0] for name, value in parse_qs(urlsplit(asked.path).query).items()} == SENT[provider]
    else:
        assert asked.json() == SENT[provider]
    header, value = KEY_HEADERS.get(provider, ("authorization", "Bearer sk"))
    assert asked.headers.get(header) == value
    assert asked.headers["x-own"] == "1"


def test_what_a_provider_alone_knows_goes_on_to_it(vendor: Scripted) -> None:
    vendor.will_say(REPLIES["tavily"])
    litellm.search(["one", "two"], "tavily", api_key="k", api_base=vendor.base, search_depth="advanced", metadata={})
    assert vendor.last == {"query": "one two", "search_depth": "advanced"}
    vendor.will_say(REPLIES["parallel_ai"])
    found = litellm.search(["one", "two"], "parallel_ai", api_key="k", api_base=vendor.base, processor="pro")
    assert vendor.last == {"search_queries": ["one", "two"], "mode": "advanced"}
    assert (found.search_id, found.results[0].excerpts) == ("s", ["S", "more"])


@pytest.mark.parametrize(
    ("provider", "arguments", "dollars"),
    [
        ("tavily", {}, 0.008), ("tavily", {"search_depth": "advanced"}, 0.016), ("linkup", {"depth": "deep"}, 0.05867),
        ("exa_ai", {"max_results": 25}, 0.005), ("exa_ai", {"max_results": 26}, 0.025),
        ("firecrawl", {"max_results": 11}, 0.00332), ("parallel_ai", {"max_results": 30}, 0.025),
        ("parallel_ai", {"mode": "turbo"}, 0.001), ("searxng", {}, 0.0), ("brave", {}, None),
        ("brave", {"input_cost_per_query": 0.5}, 0.5),
    ],
)  # fmt: skip
def test_costs(vendor: Scripted, provider: str, arguments: dict[str, Any], dollars: float | None) -> None:
    vendor.will_say(REPLIES[provider])
    found = litellm.search("q", provider, api_key="k", api_base=vendor.base, **arguments)
    assert found._hidden_params["response_cost"] == (None if dollars is None else pytest.approx(dollars))


def test_keys_of_the_environment_go_to_the_provider_alone(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVILY_API_KEY", "sk-environment")
    with pytest.raises(litellm.BadRequestError, match="TAVILY_API_KEY"):
        litellm.search("q", "tavily", api_base=vendor.base)
    monkeypatch.setenv("TAVILY_API_BASE", vendor.base)
    vendor.will_say(REPLIES["tavily"])
    litellm.search("q", "tavily")
    assert vendor.asked[0].headers["authorization"] == "Bearer sk-environment"
    monkeypatch.setattr(litellm, "api_key", "sk-of-another-provider")
    vendor.will_say(REPLIES["duckduckgo"])
    litellm.search("q", "duckduckgo", api_base=vendor.base)
    assert "another" not in str(vendor.asked[0].headers)


@pytest.mark.parametrize(
    ("arguments", "expected", "says"),
    [
        ({"search_provider": "nope"}, litellm.BadRequestError, "search_provider"),
        ({"query": 3}, litellm.BadRequestError, "query"),
        ({"query": []}, litellm.BadRequestError, "query"),
        ({"search_domain_filter": "x.org"}, litellm.BadRequestError, "search_domain_filter"),
        ({"max_results": -1}, litellm.BadRequestError, "max_results"),
        ({"api_key": None}, litellm.AuthenticationError, "SERPER_API_KEY"),
        ({"search_provider": "searxng", "api_base": None}, litellm.BadRequestError, "SEARXNG_API_BASE"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], expected: type[Exception], says: str) -> None:
    base = {"query": "q", "search_provider": "serper", "api_key": "k", "api_base": "http://127.0.0.1:9"}
    with pytest.raises(expected, match=says):
        litellm.search(**{**base, **arguments})


def test_refusals_and_broken_replies(vendor: Scripted) -> None:
    def ask(provider: str = "serper", **more: Any) -> Any:
        return litellm.search("q", provider, api_key="k", api_base=vendor.base, **more)

    vendor.will_say({"message": "slow down"}, status=429)
    with pytest.raises(litellm.RateLimitError, match="slow down"):
        ask()
    vendor.will(Answer(b"{}", 500), Answer(json.dumps(REPLIES["serper"]).encode()))
    assert ask(num_retries=1).results[0].title == "T"
    vendor.will_say({"tasks": [{"status_code": 40100, "status_message": "no such login"}]})
    with pytest.raises(litellm.AuthenticationError, match="no such login"):
        ask("dataforseo")
    vendor.will_say({"result": {"isError": True, "content": [{"type": "text", "text": "it broke"}]}})
    with pytest.raises(litellm.exceptions.BadGatewayError, match="it broke"):
        ask("agentcore")
    for broken in (b"<html>", b"[]", b'"x"'):
        vendor.will(Answer(broken))
        with pytest.raises(litellm.InternalServerError):
            ask()
    vendor.will(Answer(b'{"organic": {"no": "list"}}'))
    assert ask().results == []


@pytest.mark.parametrize("provider", ["searchapi", "google_pse"])
def test_a_key_in_the_address_is_not_told_to_callbacks(
    vendor: Scripted, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    class Listener(CustomLogger):
        def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
            told.append(kwargs["additional_args"]["api_base"])

        def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
            told.append(kwargs["standard_logging_object"]["api_base"])

    monkeypatch.setattr(litellm, "callbacks", [Listener()])
    vendor.will(Answer(b"{}"))
    litellm.search("q", provider, api_base=vendor.base, api_key="secret key/1", cx="e")
    assert GLOBAL_LOGGING_WORKER.flush()
    assert "=secret+key%2F1" in vendor.asked[-1].path
    assert len(told) == 2
    assert all("secret" not in url and "key=********" in url for url in told), told


def test_a_mocked_search_and_one_on_an_event_loop() -> None:
    found = asyncio.run(litellm.asearch("q", "tavily", mock_response=[{"title": "t", "url": "u", "snippet": "s"}]))
    assert [item.url for item in found.results] == ["u"]
    assert found._hidden_params["response_cost"] == pytest.approx(0.008)


def test_the_package_is_called_as_the_function_is() -> None:
    package: Any = importlib.import_module("litellm.search")
    assert package("q", "tavily", mock_response="s").results[0].snippet == "s"
    assert package.search("q", search_provider="tavily", mock_response=[]).results == []


def test_a_router_searches_by_tool(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_KEY", "sk-own")
    tool = {"search_provider": "serper", "api_key": "os.environ/OWN_KEY", "api_base": vendor.base}
    away = {**tool, "api_base": "http://127.0.0.1:9"}
    router = litellm.Router(
        model_list=[], num_retries=0,
        search_tools=[{"search_tool_name": "web", "litellm_params": params} for params in (away, away, tool)],
    )  # fmt: skip
    vendor.will_say(REPLIES["serper"])
    for _ in range(3):
        found = router.search("q", search_tool_name="web", api_base="http://elsewhere")
        assert found.results[0].title == "T"
        assert found._hidden_params["additional_headers"]["x-litellm-model-group"] == "web"
    assert asyncio.run(router.asearch(query="q", model="web")).results[0].title == "T"
    assert {asked.headers["x-api-key"] for asked in vendor.asked} == {"sk-own"}
    with pytest.raises(ValueError, match="'other'"):
        router.search("q", search_tool_name="other")
    with pytest.raises(ValueError, match="search_tool_name"):
        router.search("q")
