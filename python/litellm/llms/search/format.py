"""One format for all search providers: what differs is in their rows."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.search.providers import BEARER, SEARCH_PROVIDERS, SearchProvider
from litellm.llms.search.query import Query
from litellm.llms.wire import SHAPE_ERRORS, WireError, WireRequest, encode_json, misshapen

PARAMS = frozenset({"max_results", "search_domain_filter", "max_tokens_per_page", "country"})


class SearchFormat(EndpointFormat):
    """A search by the provider of a row."""

    sdk_retries = False

    def __init__(self, row: SearchProvider) -> None:
        self._row = row
        self.path = row.path

    def shown_provider(self, provider: str) -> str | None:
        """The provider's name."""
        return provider

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key in the provider's own header."""
        row, headers = self._row, dict(call.headers)
        if call.api_key and row.basic:
            headers[BEARER] = f"Basic {base64.b64encode(call.api_key.encode()).decode()}"
        elif call.api_key and row.key_in is not None:
            headers[row.key_in] = f"Bearer {call.api_key}" if row.key_in == BEARER else call.api_key
        return {**headers, **(row.headers or {})}

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The request of a search. Raises ValueError for what the provider cannot be asked."""
        row = self._row
        query = _query(call)
        asked = row.build(query)
        headers, url, mode = self.headers(call), self.url(call), row.mode(query)
        url = url if url.endswith(mode) else url + mode
        if not row.get:
            return WireRequest("POST", url, {"content-type": "application/json", **headers}, encode_json(asked))
        if row.key_in_query and call.api_key:
            asked[row.key_in_query] = call.api_key
        return WireRequest("GET", f"{url}?{urlencode(asked, doseq=True)}", headers, b"")

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The results. Raises `WireError` for a reply that is not the provider's."""
        row, data = self._row, read_json(body)
        if not isinstance(data, dict):
            raise WireError("the provider's reply is not a JSON object")
        try:
            results = row.read(data)
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        most = call.params.get("max_results")
        if row.cuts and isinstance(most, int) and most > 0:
            results = results[:most]
        return {"results": results, **{name: data[name] for name in row.kept if name in data}}


def _query(call: EndpointCall) -> Query:
    asked, params = call.inputs["query"], call.params
    return Query(
        queries=tuple(asked) if isinstance(asked, list) else (asked,),
        several=isinstance(asked, list),
        max_results=params.get("max_results"),
        domains=tuple(params.get("search_domain_filter") or ()),
        max_tokens_per_page=params.get("max_tokens_per_page"),
        country=params.get("country"),
        own={name: value for name, value in params.items() if name not in PARAMS},
    )


def search_format(provider: str) -> EndpointFormat | None:
    """The format of a provider; None for one that is not known to search."""
    row = SEARCH_PROVIDERS.get(provider)
    return None if row is None else SearchFormat(row)
