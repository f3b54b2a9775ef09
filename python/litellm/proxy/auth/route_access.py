"""Whether a caller may use a route: by its role, and by what its key leaves out."""

from __future__ import annotations

from litellm.proxy._types import LitellmUserRoles, ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_table import INFO_GROUPS, LLM_GROUPS, MASTER_KEY, NO_ROLE, ROLES, Access, access_of

ADMIN = LitellmUserRoles.PROXY_ADMIN.value
VIEWER = LitellmUserRoles.PROXY_ADMIN_VIEW_ONLY.value


def is_admin(auth: UserAPIKeyAuth) -> bool:
    """Whether the master key, or a key of a proxy admin, asks."""
    return auth.user_role == ADMIN


def sees_everything(auth: UserAPIKeyAuth) -> bool:
    """Whether the caller may look at what is not its own."""
    return auth.user_role in (ADMIN, VIEWER)


def role_of(auth: UserAPIKeyAuth) -> str:
    """The row of the role table that holds for the caller."""
    if auth.is_master_key:
        return MASTER_KEY
    if auth.admin_of_organizations and auth.user_role in (None, LitellmUserRoles.INTERNAL_USER.value):
        return LitellmUserRoles.ORG_ADMIN.value
    return auth.user_role if auth.user_role is not None and auth.user_role in ROLES else NO_ROLE


def check_route(auth: UserAPIKeyAuth, route: str, path: str, method: str = "POST") -> None:
    """Check a route (its template) and the path that was asked for.

    Raises ProxyException 401 for a route of other roles, 403 for one that the key itself leaves out.
    """
    access = access_of(route, method)
    if access not in ROLES[role_of(auth)] and not (access is None and is_admin(auth)):
        needed = access.value if access is not None else Access.ADMIN.value
        message = f"{route} is for {needed}; this key is of the role {role_of(auth)!r}"
        raise ProxyException(message, "auth_error", None, 401)
    allowed = auth.allowed_routes
    if allowed and not any(allows(entry, access, route, path) for entry in allowed):
        raise ProxyException(f"this key may not use {path}", "auth_error", None, 403)


def allows(entry: str, access: Access | None, route: str, path: str) -> bool:
    """Whether an entry of a list of routes means this one: a path, a prefix with `*`, or the name of a group."""
    if entry in LLM_GROUPS:
        return access is Access.LLM
    if entry in INFO_GROUPS:
        return access in INFO_GROUPS[entry]
    if entry.endswith("*"):
        return path.startswith(entry[:-1])
    return any(entry in (given, f"/v1{given}") or given == f"/v1{entry}" for given in (route, path))
