"""`/models` and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import Request

from litellm.proxy.endpoints.model_facts import deployment_info, model_card
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.model_access import may_call_served, visible_models
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.state import GatewayState

router = guarded_router("models")
FallbackType = Literal["general", "context_window", "content_policy"]
_FALLBACKS = {
    "general": "fallbacks", "context_window": "context_window_fallbacks", "content_policy": "content_policy_fallbacks",
}  # fmt: skip
"""Kind of fallback → the router's list."""


@router.get("/v1/models")
@router.get("/models")
@router.get("/engines/{model:path}/models", include_in_schema=False)
async def list_models(
    request: Request, include_metadata: bool = False, fallback_type: FallbackType = "general",
    include_model_access_groups: bool = False, only_model_access_groups: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The models that the key may call, in OpenAI's shape, or in Anthropic's when its client asks.

    Access groups that hold one of them may be listed beside them or alone; `metadata` of each has its fallbacks.
    """
    auth = await authenticated(request, "/models")
    state = state_of(request)
    anthropic = "anthropic-version" in request.headers
    names = await state.hooks.listed(auth, visible_models(state, auth))
    groups = sorted({group for name in names for group in state.catalog.access_groups(name)})
    if include_model_access_groups or only_model_access_groups:
        names = [*(() if only_model_access_groups else names), *groups]
    cards = [model_card(state, name, anthropic=anthropic) for name in names]
    if include_metadata:
        cards = [{**card, "metadata": {"fallbacks": _fallbacks(state, card["id"], fallback_type)}} for card in cards]
    if anthropic:
        first, last = (cards[0]["id"], cards[-1]["id"]) if cards else (None, None)
        return {"data": cards, "has_more": False, "first_id": first, "last_id": last}
    return {"data": cards, "object": "list"}


def _fallbacks(state: GatewayState, name: str, kind: FallbackType) -> list[str]:
    """The models that are asked when one fails."""
    entries = getattr(state.router, _FALLBACKS[kind], None) or ()
    found = next((entry[name] for entry in entries if isinstance(entry, dict) and name in entry), ())
    return [model for model in found if isinstance(model, str)]


@router.get("/v1/models/{model_id:path}")
@router.get("/models/{model_id:path}")
async def retrieve_model(request: Request, model_id: str) -> dict[str, Any]:
    """One model. 404 when it is not served, or not to this key."""
    auth = await authenticated(request, "/models")
    state = state_of(request)
    if model_id not in visible_models(state, auth):
        raise InvalidRequestError(f"no model {model_id[:200]!r} is served here", "model", 404, "not_found_error")
    return model_card(state, model_id, anthropic="anthropic-version" in request.headers)


@router.get("/v1/model/info")
@router.get("/model/info")
async def model_info(request: Request, litellm_model_id: str | None = None) -> dict[str, Any]:
    """Every deployment that the key may call, without its credentials; or the one with `litellm_model_id`."""
    auth = await authenticated(request, "/model/info")
    state = state_of(request)
    deployments: list[Mapping[str, Any]] = list(state.router.model_list or ())
    names = dict.fromkeys(
        entry["model_name"] for entry in deployments if may_call_served(state, auth, entry["model_name"])
    )
    listed = set(await state.hooks.listed(auth, list(names)))
    shown = [deployment_info(entry) for entry in deployments if entry["model_name"] in listed]
    if litellm_model_id is not None:
        shown = [entry for entry in shown if entry["model_info"].get("id") == litellm_model_id]
        if not shown:
            raise InvalidRequestError(f"no deployment has the id {litellm_model_id[:200]!r}", "litellm_model_id")
    return {"data": shown}


@router.get("/model_group/info")
async def model_group_info(request: Request, model_group: str | None = None) -> dict[str, Any]:
    """What is known of each model name that the key may call."""
    auth = await authenticated(request, "/model_group/info")
    state = state_of(request)
    names = [name for name in visible_models(state, auth) if model_group in (None, name)]
    found = (state.router.get_model_group_info(name) for name in names)
    return {"data": [info.model_dump(exclude_none=True) for info in found if info is not None]}
