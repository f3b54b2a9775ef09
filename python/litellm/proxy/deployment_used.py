"""Which deployment answered, as the SDK and the router note it on a response or a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litellm import Router


def take_hidden_params(response: Any, router: Router) -> dict[str, Any]:
    """The `_hidden_params` of `response`, with the deployment's model where they name only its id.

    They are taken out of a response that is a plain dict, so that the client does not see them.
    """
    if type(response) is dict:
        hidden = dict(response.pop("_hidden_params", None) or {})
    else:
        hidden = dict(getattr(response, "_hidden_params", None) or {})
    model_id = hidden.get("model_id") or getattr(response, "model_id", None)
    row = router.get_model_info(str(model_id)) if model_id is not None else None
    if row is not None:
        facts = deployment_facts(row)
        if "*" in facts["litellm_model_name"] and hidden.get("litellm_model_name"):  # which of all that it stands for
            facts["litellm_model_name"] = f"{hidden.get('llm_provider')}/{hidden['litellm_model_name']}"
        hidden |= {"model_id": model_id} | facts
    return hidden


def deployment_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What headers show and prices are found by: the deployment's own words."""
    params = row["litellm_params"]
    found = {"litellm_model_name": params["model"]}
    found |= {name: params[name] for name in ("custom_llm_provider", "api_base") if params.get(name)}
    prices = {name: _price(row, name) for name in ("input_cost_per_token", "output_cost_per_token")}
    return found | ({"custom_cost_per_token": prices} if None not in prices.values() else {})


def _price(row: Mapping[str, Any], name: str) -> float | None:
    value = row["litellm_params"].get(name, (row.get("model_info") or {}).get(name))
    return None if value is None else float(value)
