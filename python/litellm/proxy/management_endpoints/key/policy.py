"""What the operator's settings say of new keys: defaults, upper bounds, who may make them, a function of its own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

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
FUNCTIONS = ("custom_key_generate", "custom_key_update", "custom_key_policy")
"""Of `general_settings`: functions that decide on keys, each of which gives `{"decision": bool, "message": str}`."""
ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-./@]{0,253}[A-Za-z0-9]")
"""What `litellm_settings.enable_key_alias_format_validation` demands of an alias."""


@dataclass(frozen=True, slots=True)
class KeyPolicyRequest:
    """What `custom_key_policy` is asked: the key's row before and as it will be written, and what the client sent."""

    operation: Literal["generate", "update", "regenerate"]
    existing_key: Mapping[str, Any] | None
    effective_key: Mapping[str, Any]
    request: KeyFields


async def apply_policy(context: Context, request: Request, team: Row | None) -> Request:
    """The request with what the settings add. Raises ProxyException 400 or 403 for what they do not allow."""
    settings = context.state.config.litellm_settings
    if not is_admin(context.caller):
        _check_maker(settings.get("key_generation_settings") or {}, request, team, context.caller)
    request = _with_defaults(request, settings.get("default_key_generate_params") or {})
    request = _bounded(request, settings.get("upperbound_key_generate_params") or {})
    await ask_function(context, "custom_key_generate", request)
    return request


def check_own_value(context: Context, value: str | None) -> None:
    """Raise ProxyException 403 for a key that a client chose, where `disable_custom_api_keys` is set."""
    if value is not None and context.state.config.general_settings.raw.get("disable_custom_api_keys") is True:
        raise forbidden("key: keys are made here alone, as disable_custom_api_keys is set", "key")


def check_organization_admin(context: Context) -> None:
    """Raise ProxyException 403 for admins of organizations, where `disable_key_generate_for_org_admin` is set."""
    disabled = context.state.config.general_settings.raw.get("disable_key_generate_for_org_admin") is True
    caller = context.caller
    of_organizations = caller.user_role == "org_admin" or bool(caller.admin_of_organizations)
    if disabled and of_organizations and not is_admin(caller):
        raise forbidden("admins of organizations make no keys, as disable_key_generate_for_org_admin is set", None)


def check_bounds(context: Context, request: KeyFields) -> None:
    """Raise ProxyException 400 for a change that `upperbound_key_generate_params` do not allow."""
    bounds = context.state.config.litellm_settings.get("upperbound_key_generate_params") or {}
    _bounded(request, {name: bound for name, bound in bounds.items() if getattr(request, name, None) is not None})


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


async def ask_function(context: Context, setting: str, request: KeyFields | KeyPolicyRequest) -> None:
    """Let one of `FUNCTIONS` decide, if the settings name it. Raises ProxyException 403 for its refusal."""
    config = context.state.config
    name = config.general_settings.raw.get(setting)
    if not name:
        return
    answer = named_object(name, config, f"general_settings.{setting}")(request)
    answer = await answer if inspect.isawaitable(answer) else answer
    if not isinstance(answer, Mapping) or not answer.get("decision", True):
        said = answer.get("message") if isinstance(answer, Mapping) else None
        message = str(said or f"{setting} does not allow this key")
        raise ProxyException(message, "auth_error", None, 403)
