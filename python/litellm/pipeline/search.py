"""Searches, as steps: where they go, whose key they show, and what they cost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import litellm
from litellm.cost_rules import Rates, exact
from litellm.llms.search.format import PARAMS, search_format
from litellm.llms.search.providers import SEARCH_PROVIDERS, SearchProvider
from litellm.pipeline.plain import Endpoint, plain_steps
from litellm.pipeline.run import Run
from litellm.types.search import SearchResponse


def price_of(provider: str, arguments: Mapping[str, Any]) -> Decimal | None:
    """US dollars for a search with these arguments: their own `input_cost_per_query`, else the provider's price."""
    own = arguments.get("input_cost_per_query")
    if own is not None:
        return exact(own)
    row = SEARCH_PROVIDERS.get(provider)
    entry = litellm.model_cost.get(f"{provider}/{row.variants(arguments)}") if row is not None else None
    if row is None or entry is None:
        return None
    asked = arguments.get("max_results")
    results = asked if isinstance(asked, int) else 0
    price = _by_results(entry.get("tiered_pricing"), results) or Rates(entry).get("input_cost_per_query")
    if price is not None and row.per_result_beyond is not None:
        included, each = row.per_result_beyond
        price += Decimal(each) * max(0, results - included)
    return price


def _by_results(tiers: Any, results: int) -> Decimal | None:
    """The price of the tier that so many results fall into, the dearest beyond them all."""
    for tier in tiers or ():
        if results <= tier["max_results_range"][1]:
            return exact(tier["input_cost_per_query"])
    return exact(tiers[-1]["input_cost_per_query"]) if tiers else None


def _cost(run: Run, response: Any) -> float | None:
    price = price_of(run.provider, run.arguments)
    return None if price is None else float(price)


def _resolve(run: Run) -> None:
    """Checks the query and completes the address and the key of `run`.

    Raises `BadRequestError` for an unknown provider, a wrong query, or an address without a key of its own;
    `AuthenticationError` where no key is known.
    """
    row = SEARCH_PROVIDERS.get(run.provider)
    if row is None:
        known = ", ".join(SEARCH_PROVIDERS)
        raise _refused(run, f"search_provider: {run.provider!r} is not known to search; expected one of {known}")
    run.model, run.shown_provider = f"{run.provider}/search", run.provider
    _check_query(run)
    asked_base = run.api_base
    run.api_base = asked_base or _first_set(row.base_env) or row.api_base
    if run.api_base is None:
        raise _refused(run, f"api_base: {row.base_env[0]} is not set, and {row.title} has no address of its own")
    if run.api_key is None:
        run.api_key = _key_for(run, row, asked_base)
    if run.api_key is None and not row.keyless and run.arguments.get("mock_response") is None:
        missing = f"{' and '.join(row.key_env)} are" if row.basic else f"{row.key_env[0]} is"
        raise litellm.AuthenticationError(
            message=f"api_key: {missing} not set", llm_provider=run.provider, model=run.model
        )


def _key_for(run: Run, row: SearchProvider, asked_base: str | None) -> str | None:
    """The environment's key, which goes to the provider alone and not to an address that a call names."""
    if row.basic:
        pair = [os.environ.get(name) for name in row.key_env]
        key = ":".join(map(str, pair)) if all(pair) else None
    else:
        key = _first_set(row.key_env)
    if key is None or asked_base in (None, row.api_base, _first_set(row.base_env)):
        return key
    if row.keyless:
        return None
    raise _refused(run, f"api_key: give one with api_base; {row.key_env[0]} of the environment is not sent elsewhere")


def _check_query(run: Run) -> None:
    query = run.arguments.get("query")
    several = isinstance(query, list) and query and all(isinstance(item, str) for item in query)
    if not (isinstance(query, str) or several):
        raise _refused(run, "query: expected a text, or a list of texts")
    domains = run.arguments.get("search_domain_filter")
    if domains is not None and not (isinstance(domains, list) and all(isinstance(item, str) for item in domains)):
        raise _refused(run, "search_domain_filter: expected a list of domains")
    for name in ("max_results", "max_tokens_per_page"):
        value = run.arguments.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise _refused(run, f"{name}: expected a number of 0 or more")
    country = run.arguments.get("country")
    if country is not None and not isinstance(country, str):
        raise _refused(run, "country: expected a country's code, as in US")


def _refused(run: Run, message: str) -> litellm.BadRequestError:
    return litellm.BadRequestError(message=message, model=run.model, llm_provider=run.provider)


def _first_set(names: Iterable[str]) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)


def _mocked(run: Run, mock: Any) -> dict[str, Any]:
    """A whole response, a list of results, or the snippet of the only one."""
    if isinstance(mock, dict):
        return mock
    return {"results": mock if isinstance(mock, list) else [{"title": "", "url": "", "snippet": str(mock)}]}


def _asked(arguments: dict[str, Any]) -> Any:
    query = arguments.get("query")
    text = " ".join(map(str, query)) if isinstance(query, list) else query
    return [{"role": "user", "content": text}]


SEARCH = plain_steps(
    Endpoint(
        "search", inputs=("query",), params=PARAMS, response=SearchResponse, cost=_cost, mock=_mocked, asked=_asked,
        resolve=_resolve, format_of=search_format,
    )
)  # fmt: skip
