"""Which role may use which route: deny by default."""

from __future__ import annotations

from litellm.proxy._types import ProxyException, UserAPIKeyAuth

ADMIN = "proxy_admin"
OWN_KEY_ROUTES = frozenset({"/key/info"})
"""Routes where any key may look at itself."""
_EVERY_KEY = (
    "/chat/", "/completions", "/embeddings", "/messages", "/models", "/model/info", "/model_group/info", "/engines/",
    "/openai/deployments/", "/utils/", "/health",
)  # fmt: skip
"""What the routes that any key may use start with, `/v1` aside. All others are for admins."""


def _is_open(route: str) -> bool:
    return route in OWN_KEY_ROUTES or route.removeprefix("/v1").startswith(_EVERY_KEY)


def is_admin(auth: UserAPIKeyAuth) -> bool:
    """Whether the master key, or a key of a proxy admin, asks."""
    return auth.user_role == ADMIN


def check_route(auth: UserAPIKeyAuth, route: str) -> None:
    """Raise ProxyException 401 for management routes of others than admins, 403 for routes that the key leaves out."""
    if is_admin(auth):
        return
    if not _is_open(route):
        raise ProxyException(f"only proxy admins may use {route}", "auth_error", None, 401)
    allowed = auth.allowed_routes
    if allowed and not any(_allows(entry, route) for entry in allowed):
        raise ProxyException(f"this key may not use {route}", "auth_error", None, 403)


def _allows(entry: str, route: str) -> bool:
    if entry in ("llm_api_routes", "*"):
        return route not in OWN_KEY_ROUTES
    if entry in ("management_routes", "info_routes"):
        return route in OWN_KEY_ROUTES
    if entry.endswith("*"):
        return route.startswith(entry[:-1])
    return route == entry or route == f"/v1{entry}" or f"/v1{route}" == entry
