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
    if isinstance(response, dict):
        hidden = dict(response.pop("_hidden_params", None) or {})
    else:
        hidden = dict(getattr(response, "_hidden_params", None) or {})
    model_id = hidden.get("model_id") or getattr(response, "model_id", None)
    if model_id is not None and "litellm_model_name" not in hidden:
        hidden |= {"model_id": model_id} | _of_deployment(router.get_model_info(str(model_id)))
    return hidden


def _of_deployment(row: Mapping[str, Any] | None) -> dict[str, Any]:
    params = (row or {}).get("litellm_params") or {}
    names = {"litellm_model_name": "model", "custom_llm_provider": "custom_llm_provider", "api_base": "api_base"}
    return {shown: params[name] for shown, name in names.items() if params.get(name)}
