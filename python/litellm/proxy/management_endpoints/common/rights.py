"""Who may change what inside a route that its role may use."""

from __future__ import annotations

from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.route_access import is_admin, sees_everything
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import forbidden
from litellm.proxy.management_endpoints.common.fields import LimitFields

WAIVERS = (
    "disable_global_guardrails", "disable_global_guardrail", "opted_out_global_guardrails",
    "allowed_passthrough_routes",
)  # fmt: skip
"""What lets a key or a team off what holds for everybody, as a field or inside its metadata."""
PROTECTIONS = ("guardrails", "policies", "enforced_params")
"""What may be added to a key or a team by those who look after it, and taken away by proxy admins alone."""


def refuse_waivers(caller: UserAPIKeyAuth, request: LimitFields, before: Row | None = None) -> None:
    """Raise ProxyException 403 where somebody who is no proxy admin sets one of `WAIVERS`."""
    known = (before or {}).get("metadata") or {}
    for name in () if is_admin(caller) else WAIVERS:
        for given in (getattr(request, name, None), (request.metadata or {}).get(name)):
            if given and given != known.get(name):
                raise forbidden(f"only proxy admins may set {name}", name)


def refuse_less_protection(caller: UserAPIKeyAuth, request: LimitFields, before: Row) -> None:
    """Raise ProxyException 403 where somebody who is no proxy admin takes one of `PROTECTIONS` away."""
    given, inside = request.metadata or {}, before.get("metadata") or {}
    for name in () if is_admin(caller) else PROTECTIONS:
        if name in request.model_fields_set:
            taken = (_names(before.get(name)) | _names(inside.get(name))) - _names(getattr(request, name))
        elif "metadata" in request.model_fields_set:  # which takes the place of the one there was
            taken = _names(inside.get(name)) - _names(given.get(name))
        else:
            taken = set()
        if taken:
            raise forbidden(f"only proxy admins may take {name} away", name)


def _names(given: Any) -> set[str]:
    return {item for item in given if isinstance(item, str)} if isinstance(given, list) else set()


def members_of(team: Row) -> list[dict[str, Any]]:
    """A team's members with their roles; upstream stores an empty object where there are none."""
    members = team.get("members_with_roles")
    return [dict(member) for member in members if isinstance(member, dict)] if isinstance(members, list) else []


def role_in(team: Row, user_id: str | None) -> str | None:
    """A user's role in a team: `admin`, `user`, or None."""
    if user_id is None:
        return None
    if user_id in (team.get("admins") or ()):
        return "admin"
    return next((str(item.get("role") or "user") for item in members_of(team) if item.get("user_id") == user_id), None)


def manages_organization(caller: UserAPIKeyAuth, organization_id: str | None) -> bool:
    """Whether the caller is an admin of the organisation."""
    return is_admin(caller) or (organization_id is not None and organization_id in caller.admin_of_organizations)


def manages_team(caller: UserAPIKeyAuth, team: Row | None) -> bool:
    """Whether the caller may change the team: its admins, those of its organisation, proxy admins."""
    if is_admin(caller):
        return True
    if team is None:
        return False
    return role_in(team, caller.user_id) == "admin" or manages_organization(caller, team.get("organization_id"))


def sees_team(caller: UserAPIKeyAuth, team: Row) -> bool:
    """Whether the caller may look at the team: its members and its own keys too."""
    known = role_in(team, caller.user_id) is not None or caller.team_id == team["team_id"]
    return known or sees_everything(caller) or manages_team(caller, team)


def check_team(caller: UserAPIKeyAuth, team: Row) -> None:
    """Raise ProxyException 403 unless the caller may change the team."""
    if not manages_team(caller, team):
        raise forbidden("only the team's admins may do this", "team_id")


def check_organization(caller: UserAPIKeyAuth, organization_id: str | None) -> None:
    """Raise ProxyException 403 unless the caller may change the organisation."""
    if not manages_organization(caller, organization_id):
        raise forbidden("only the organization's admins may do this", "organization_id")
