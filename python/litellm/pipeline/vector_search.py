"""Searches of vector stores that are not asked by OpenAI's API, as steps: the text is embedded if need be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.cost_rules import Rates
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.vector_stores.keepers import KEEPERS
from litellm.llms.vector_stores.query import StoreQuery, page
from litellm.llms.wire import WireRequest, decode_object
from litellm.pipeline.effects import Call, Steps
from litellm.pipeline.run import Run
from litellm.pipeline.stored import stored_steps

_QUERY = "litellm_store_query"


def keeper_of(arguments: Mapping[str, Any]) -> str | None:
    """The provider of a search, named or told by the model's prefix; None for one that is asked by OpenAI's API."""
    named = arguments.get("custom_llm_provider") or str(arguments.get("model") or "").partition("/")[0]
    return str(named) if named in KEEPERS else None


def search_steps(arguments: dict[str, Any], call_type: str) -> Steps[dict[str, Any]]:
    """The steps of a search by a provider of `KEEPERS`."""
    provider = keeper_of(arguments) or ""
    keeper = KEEPERS[provider]
    asked = {**arguments, "custom_llm_provider": provider}
    for name, variable in (("api_base", keeper.base_env), ("api_key", keeper.key_env)):
        if variable and not asked.get(name) and (value := os.environ.get(variable)):
            asked[name] = value
    if not keeper.embeds and asked.get("mock_response") is None:
        asked[_QUERY] = yield from _embedded(asked, call_type)
    found: dict[str, Any] = yield from _SEARCH(asked, call_type)
    return found


def _text(arguments: Mapping[str, Any]) -> str:
    query = arguments.get("query")
    return " ".join(map(str, query)) if isinstance(query, list | tuple) else str(query or "")


def _embedded(arguments: Mapping[str, Any], call_type: str) -> Steps[list[float]]:
    model = arguments.get("litellm_embedding_model")
    if not isinstance(model, str):
        raise litellm.BadRequestError(
            message="litellm_embedding_model: name the model that embeds what is searched for", model="",
            llm_provider=str(arguments["custom_llm_provider"]),
        )  # fmt: skip
    settings = arguments.get("litellm_embedding_config") or {}
    function = litellm.aembedding if call_type.startswith("a") else litellm.embedding
    made = yield Call(function, {**settings, "model": model, "input": [_text(arguments)]})
    vector: list[float] = made.data[0]["embedding"]
    return vector


def _query(call: EndpointCall, arguments: Mapping[str, Any]) -> StoreQuery:
    store = arguments.get("vector_store_id")
    if not isinstance(store, str) or not store:
        raise ValueError(f"vector_store_id: an id is needed, not {store!r}")
    ranking = arguments.get("ranking_options") or {}
    return StoreQuery(
        call, store, _text(arguments), arguments.get("max_num_results"), arguments.get("filters"),
        ranking.get("score_threshold"), arguments.get(_QUERY), arguments,
    )  # fmt: skip


def _request(call: EndpointCall, arguments: dict[str, Any]) -> WireRequest:
    return KEEPERS[call.provider].request(_query(call, arguments))


def _found(run: Run, reply: Reply) -> dict[str, Any]:
    query = _query(EndpointCall(run.provider, "", {}, {}), run.arguments)
    return page(query.text, KEEPERS[run.provider].found(query, decode_object(reply.body)))


def mocked(run: Run, results: Any) -> dict[str, Any]:
    """A search's answer with these results, or this whole answer."""
    return dict(results) if isinstance(results, Mapping) else page(_text(run.arguments), [*results])


def search_cost(run: Run, found: Any) -> float | None:
    """US dollars for a search: by the call's own `input_cost_per_query`, else the catalogue's; 0 where neither is."""
    own = run.arguments.get("input_cost_per_query")
    if own is not None:
        return float(own)
    row = KEEPERS.get(run.provider)
    entry = litellm.model_cost.get(row.price) if row is not None and row.price else None
    return float(Rates(entry).price("input_cost_per_query")) if entry else 0.0


_SEARCH = stored_steps(
    _request, _found, kind="vector stores", providers=KEEPERS.keys(), sdk=False, price=search_cost, mock=mocked
)
