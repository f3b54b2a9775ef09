"""What the tools cost that a provider runs itself: web searches, look-ups on maps, sandboxes, stores of vectors."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import litellm
from litellm.litellm_core_utils.model_info import find_model
from litellm.types.openai_object import field_of

ZERO = Decimal(0)
AZURE_STORE_PER_GB_AND_DAY = Decimal("0.1")
"""USD for what is kept beyond the free part of a vector store (Azure's price list)."""
_USUAL_SIZE: Mapping[str, str] = {"perplexity": "low"}
"""How much a search looks at where the caller did not say; `medium` elsewhere."""
_CITES_SEARCHES = frozenset({"openai", "azure"})
"""Providers whose chats tell of their search only by the pages that they cite."""


class StandardBuiltInToolCostTracking:
    """The prices of built-in tools; `completion_cost` asks here when a response tells of any."""

    @staticmethod
    def get_cost_for_built_in_tools(
        model: str,
        response_object: Any = None,
        usage: Any = None,
        custom_llm_provider: str | None = None,
        standard_built_in_tools_params: Mapping[str, Any] | None = None,
    ) -> float:
        """USD for the tools that `usage`, or the response itself, says were used; 0.0 for a model without such prices.

        `standard_built_in_tools_params` tell what no response does: `web_search_options` (its `search_context_size`),
        `code_interpreter_sessions`, `vector_store_usage` (`storage_gb`, `days`).
        """
        provider = custom_llm_provider or litellm.get_llm_provider(model)[1]
        given = standard_built_in_tools_params or {}
        found = find_model(model, provider)
        usage = field_of(response_object, "usage") if usage is None else usage
        cost = _sessions_cost(provider, given) + _store_cost(provider, given)
        if found is not None:
            size = field_of(given.get("web_search_options"), "search_context_size")
            cost += search_cost(found[1], provider, usage, response_object, size)
        return float(cost)


def used_tools(provider: str | None, usage: Any, response: Any) -> bool:
    """Whether a response tells of tools that may have a price of their own."""
    if _searches(provider, usage, response):
        return True
    details = field_of(usage, "prompt_tokens_details")
    return bool(field_of(details, "google_maps_grounding_requests"))


def search_cost(entry: Mapping[str, Any], provider: str, usage: Any, response: Any, size: str | None = None) -> Decimal:
    """USD for the web searches and map look-ups of a reply by the model of this catalogue entry.

    Google bills older models by request, whatever number of searches it took; the others by search.
    """
    prices = entry.get("search_context_cost_per_query") or {}
    searches = _searches(provider, usage, response)
    if str(entry.get("litellm_provider")).startswith(("gemini", "vertex_ai-language", "vertex_ai-vision")):
        searches = searches if entry.get("web_search_billing_unit") == "per_query" else min(searches, 1)
    price = prices.get(f"search_context_size_{size or _USUAL_SIZE.get(provider, 'medium')}", 0)
    lookups = int(field_of(field_of(usage, "prompt_tokens_details"), "google_maps_grounding_requests") or 0)
    by_map = Decimal(str(entry.get("google_maps_grounding_cost_per_query", 0)))
    return Decimal(str(price)) * searches + by_map * lookups


def with_searches(usage: dict[str, Any], output: Any) -> dict[str, Any]:
    """`usage`, with the number of web searches among a response's output items where it does not tell one."""
    searches = _in_output(output)
    return {"server_tool_use": {"web_search_requests": searches}, **usage} if searches else usage


def _searches(provider: str | None, usage: Any, response: Any) -> int:
    """How many web searches were made, by the count of the usage, of the output's items, or by a citation."""
    for counts in (field_of(usage, "server_tool_use"), field_of(usage, "prompt_tokens_details")):
        told = field_of(counts, "web_search_requests") if counts is not None else None
        if told:
            return int(told)
    output = field_of(response, "output")
    if output is not None:
        return _in_output(output)
    if provider in _CITES_SEARCHES:
        for choice in field_of(response, "choices") or ():
            if _cites(choice):
                return 1
    return 0


def _in_output(output: Any) -> int:
    return sum(field_of(item, "type") == "web_search_call" for item in output) if isinstance(output, list) else 0


def _cites(choice: Any) -> bool:
    annotations = field_of(field_of(choice, "message"), "annotations")
    return annotations is not None and any(field_of(annotation, "type") == "url_citation" for annotation in annotations)


def _sessions_cost(provider: str, given: Mapping[str, Any]) -> Decimal:
    sessions = given.get("code_interpreter_sessions")
    entry = litellm.model_cost.get(f"{provider}/container") or {}
    return Decimal(str(entry.get("code_interpreter_cost_per_session", 0))) * int(sessions or 0)


def _store_cost(provider: str, given: Mapping[str, Any]) -> Decimal:
    kept = given.get("vector_store_usage")
    if provider != "azure" or not kept:
        return ZERO
    amount = Decimal(str(kept.get("storage_gb") or 0)) * Decimal(str(kept.get("days") or 0))
    return amount * AZURE_STORE_PER_GB_AND_DAY
