"""Who may make, see and change which key."""

from __future__ import annotations

from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.route_access import is_admin, sees_everything
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import forbidden
from litellm.proxy.management_endpoints.common.rights import (
    manages_organization,
    manages_team,
    refuse_less_protection,
    refuse_waivers,
    role_in,
)
from litellm.proxy.management_endpoints.key.schemas import KeyFields

_ADMIN_ONLY = ("spend", "permissions")
_OWN = frozenset({"key", "key_alias", "new_key", "grace_period", "auto_rotate", "rotation_interval"})
"""What the user of a key that somebody else made for it may change: nothing that the key may do, or must."""


def check_new(caller: UserAPIKeyAuth, request: KeyFields, team: Row | None) -> dict[str, Any]:
    """Check that the caller may make such a key; the columns that follow from who it is. Raises ProxyException 403."""
    if is_admin(caller):
        return {}
    _refuse_admin_fields(caller, request)
    if team is not None and manages_team(caller, team):
        return {} if request.user_id else {"user_id": caller.user_id}
    if request.organization_id and manages_organization(caller, request.organization_id):
        return {}
    if request.organization_id:
        raise forbidden("only the organization's admins may make keys in it", "organization_id")
    if request.user_id not in (None, caller.user_id):
        raise forbidden("a user may make keys only for itself", "user_id")
    if team is not None and not _member_may(team, caller, "/key/generate"):
        raise forbidden("the team does not let its members make keys", "team_id")
    return {"user_id": caller.user_id}


def check_change(caller: UserAPIKeyAuth, key: Row, team: Row | None, request: KeyFields | None, route: str) -> None:
    """Check that the caller may use `route` on the key. Raises ProxyException 403."""
    if is_admin(caller):
        return
    if request is not None:
        _refuse_admin_fields(caller, request, key)
        if {key["created_by"], key["updated_by"] or key["created_by"]} != {caller.user_id}:
            refuse_less_protection(caller, request, key)  # which somebody else may have set
    if team is not None and manages_team(caller, team):
        return
    if manages_organization(caller, key["organization_id"]):
        return
    own = key["user_id"] is not None and key["user_id"] == caller.user_id
    if not own or (team is not None and not _member_may(team, caller, route)):
        raise forbidden("this key is not yours to change", "key")
    if key["created_by"] != caller.user_id:
        refused = sorted(request.model_fields_set - _OWN) if request is not None else []
        if refused or route in ("/key/block", "/key/unblock"):
            raise forbidden("this key's limits were set by somebody else", refused[0] if refused else "key")


def may_see(caller: UserAPIKeyAuth, key: Row, team: Row | None) -> bool:
    """Whether the caller may look at the key."""
    if sees_everything(caller) or key["token"] == caller.token:
        return True
    if key["user_id"] is not None and key["user_id"] == caller.user_id:
        return True
    return manages_organization(caller, key["organization_id"]) or (team is not None and manages_team(caller, team))


def _refuse_admin_fields(caller: UserAPIKeyAuth, request: KeyFields, before: Row | None = None) -> None:
    refuse_waivers(caller, request, before)
    for name in _ADMIN_ONLY:
        if name in request.model_fields_set and getattr(request, name):
            raise forbidden(f"only proxy admins may set {name}", name)


def _member_may(team: Row, caller: UserAPIKeyAuth, route: str) -> bool:
    role = role_in(team, caller.user_id)
    return role is not None and (role == "admin" or route in (team.get("team_member_permissions") or ()))
