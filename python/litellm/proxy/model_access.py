"""Which models there are, and which of them a key may call."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.request_body import fallbacks
from litellm.proxy.state import GatewayState

_CALLER: ContextVar[tuple[GatewayState, UserAPIKeyAuth] | None] = ContextVar("caller", default=None)
"""Who asks, where the router's own fallbacks are checked too."""
_EVERYTHING = frozenset({"*", "all-proxy-models", "all-team-models"})


def may_call(auth: UserAPIKeyAuth, model: str) -> bool:
    """Whether every list of models that holds for the key allows `model`; a list that is empty is not among them."""
    return all(_in(allowed, model) for allowed in auth.allowed_models)


def acting(state: GatewayState, auth: UserAPIKeyAuth, model: Any) -> UserAPIKeyAuth:
    """The caller in the first of its teams that may call the model; as it is where none may, or it has but one."""
    if not auth.alternatives or not isinstance(model, str):
        return auth
    return next((one for one in (auth, *auth.alternatives) if may_call_served(state, one, model)), auth)


def _in(allowed: frozenset[str], model: str) -> bool:
    if model in allowed or not _EVERYTHING.isdisjoint(allowed):
        return True
    return any(_matches(name, model) for name in allowed)


def may_call_served(state: GatewayState, auth: UserAPIKeyAuth, model: str) -> bool:
    """As `may_call`, where lists may also name the access groups (`model_info.access_groups`) of the deployments."""
    if may_call(auth, model):
        return True
    groups = state.catalog.access_groups(model)
    return bool(groups) and all(
        _in(allowed, model) or not groups.isdisjoint(allowed) for allowed in auth.allowed_models
    )


def visible_models(state: GatewayState, auth: UserAPIKeyAuth) -> list[str]:
    """The served models that the key may call."""
    return [name for name in state.catalog.shown() if may_call_served(state, auth, name)]


def check_model(state: GatewayState, auth: UserAPIKeyAuth, body: Mapping[str, Any]) -> None:
    """Check `body["model"]` and its fallbacks. Raises 400 for one that is not served, 401 for one not allowed."""
    _check(state, auth, body["model"], "model")
    for fallback in fallbacks(body):
        _check(state, auth, fallback["model"], "fallbacks")


def guard_fallbacks(state: GatewayState, auth: UserAPIKeyAuth) -> None:
    """Keep the request from fallbacks that its key may not call, with `enforce_fallback_model_access`."""
    enforced = state.config.general_settings.raw.get("enforce_fallback_model_access") is True
    _CALLER.set((state, auth) if enforced and not auth.is_master_key else None)


def may_fall_back_to(*, model: str, **_: Any) -> bool:
    """The router's `fallback_access_check`."""
    found = _CALLER.get()
    return found is None or may_call_served(*found, model)


def _check(state: GatewayState, auth: UserAPIKeyAuth, model: str, param: str) -> None:
    if not is_served(state, model):
        message = f"{param}: no model {model[:200]!r} is served here; GET /v1/models lists those that your key may call"
        raise InvalidRequestError(message, param)
    if not may_call_served(state, auth, model):
        raise ProxyException(f"this key may not call the model {model[:200]!r}", "key_model_access_denied", param, 401)


def is_served(state: GatewayState, model: str) -> bool:
    """Whether a deployment, an alias, or a wildcard route answers to `model`."""
    return model in state.catalog.names or any(_matches(name, model) for name in state.catalog.wildcards)


def _matches(pattern: str, model: str) -> bool:
    return "*" in pattern and fnmatch.fnmatchcase(model, pattern)
