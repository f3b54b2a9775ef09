"""What the operator's settings say of new keys: defaults, upper bounds, who may make them, a function of its own."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import is_admin
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, forbidden
from litellm.proxy.management_endpoints.common.rights import role_in
from litellm.proxy.management_endpoints.key.schemas import KeyFields
from litellm.proxy.named_objects import named_object
from litellm.proxy.spend_tracking.budget_windows import after, utc_now

Request = TypeVar("Request", bound=KeyFields)

_NUMBERS = ("max_budget", "max_parallel_requests", "tpm_limit", "rpm_limit")
_DURATIONS = ("duration", "budget_duration")


async def apply_policy(context: Context, request: Request, team: Row | None) -> Request:
    """The request with what the settings add. Raises ProxyException 400 or 403 for what they do not allow."""
    settings = context.state.config.litellm_settings
    if not is_admin(context.caller):
        _check_maker(settings.get("key_generation_settings") or {}, request, team, context.caller)
    request = _with_defaults(request, settings.get("default_key_generate_params") or {})
    request = _bounded(request, settings.get("upperbound_key_generate_params") or {})
    await _ask_function(context, request)
    return request


def _with_defaults(request: Request, defaults: Mapping[str, Any]) -> Request:
    """`litellm_settings.default_key_generate_params`: what is not asked for."""
    added = {
        name: value
        for name, value in defaults.items()
        if name in type(request).model_fields and value is not None and getattr(request, name) in (None, [], {})
    }
    return _changed(request, added)


def _bounded(request: Request, bounds: Mapping[str, Any]) -> Request:
    """`litellm_settings.upperbound_key_generate_params`: what is not asked for is the bound itself."""
    added = {}
    for name in (*_NUMBERS, *_DURATIONS):
        bound, given = bounds.get(name), getattr(request, name, None)
        if bound is None:
            continue
        if given is None:
            added[name] = bound
        elif (name in _NUMBERS and given > bound) or (name in _DURATIONS and _longer(given, bound, name)):
            raise bad_request(f"{name}: {given} is over the upper bound of {bound}", name)
    return _changed(request, added)


def _changed(request: Request, added: Mapping[str, Any]) -> Request:
    if not added:
        return request
    given = request.model_dump(exclude_unset=True) | dict(added)
    return type(request).model_validate(given)


def _longer(given: str, bound: str, name: str) -> bool:
    now = utc_now()
    if given == "-1":
        return True
    try:
        return after(now, given) > after(now, bound)
    except ValueError as error:
        raise bad_request(f"{name}: {error}", name) from error


def _check_maker(settings: Mapping[str, Any], request: KeyFields, team: Row | None, caller: UserAPIKeyAuth) -> None:
    """`litellm_settings.key_generation_settings`: roles that may make keys, and fields that such keys must have."""
    kind = "team_key_generation" if team is not None else "personal_key_generation"
    rules = settings.get(kind) or {}
    allowed = rules.get("allowed_user_roles")
    if allowed is not None and caller.user_role not in allowed:
        raise forbidden(f"{kind}: the role {caller.user_role!r} may make no such keys", None)
    members = rules.get("allowed_team_member_roles")
    if team is not None and members is not None and role_in(team, caller.user_id) not in members:
        raise forbidden(f"{kind}: your role in the team may make no such keys", "team_id")
    for name in rules.get("required_params") or ():
        if getattr(request, str(name), None) in (None, [], {}):
            raise bad_request(f"{name}: {kind} asks for it", str(name))


async def _ask_function(context: Context, request: KeyFields) -> None:
    """`general_settings.custom_key_generate`: gives `{"decision": bool, "message": str}`."""
    config = context.state.config
    name = config.general_settings.raw.get("custom_key_generate")
    if not name:
        return
    answer = named_object(name, config, "general_settings.custom_key_generate")(request)
    answer = await answer if inspect.isawaitable(answer) else answer
    if not isinstance(answer, Mapping) or not answer.get("decision", True):
        said = answer.get("message") if isinstance(answer, Mapping) else None
        message = str(said or "custom_key_generate does not allow this key")
        raise ProxyException(message, "auth_error", None, 403)
