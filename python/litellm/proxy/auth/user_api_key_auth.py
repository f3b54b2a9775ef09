"""From a request's headers to who asks."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import ADMIN, check_route
from litellm.proxy.db.database import DATABASE_ERRORS
from litellm.proxy.spend_tracking.budget_windows import utc_now

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.auth")

_KEY_HEADERS = ("x-litellm-api-key", "authorization", "x-api-key", "api-key", "x-goog-api-key")
MAX_KEY_LENGTH = 512
ADMIN_ID = "default_user_id"
"""The user that the master key acts as."""


def hash_token(key: str) -> str:
    """A key as it is stored: SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def _given(headers: Mapping[str, str], own_header: str | None) -> str:
    for name in (own_header,) if own_header else _KEY_HEADERS:
        value = headers.get(name, "").strip()
        if value:
            scheme, _, rest = value.partition(" ")
            return rest.strip() if scheme.lower() == "bearer" else value
    return ""


async def authenticate(
    headers: Mapping[str, str], route: str, state: GatewayState, *, path: str | None = None, method: str = "POST"
) -> UserAPIKeyAuth:
    """Who sends `headers`, allowed to use `route` (a template) at `path`.

    Raises ProxyException: 401 for a missing, unknown, blocked or expired key, and for a route of other roles; 403 for
    a route that the key itself leaves out; 503 when the database is away and the key is not remembered.
    """
    own_header = state.config.general_settings.raw.get("litellm_key_header_name")
    given = _given(headers, own_header.lower() if isinstance(own_header, str) else None)
    if not given:
        raise ProxyException(
            "no API key was sent; send it as `Authorization: Bearer sk-…`", "auth_error", "api_key", 401
        )
    if hmac.compare_digest(given.encode(), state.master_key.encode()):
        return UserAPIKeyAuth(token=hash_token(given), is_master_key=True, user_role=ADMIN, user_id=ADMIN_ID)
    auth = await _known(given, state) if len(given) <= MAX_KEY_LENGTH else None
    if auth is None:
        raise ProxyException("the API key is not valid", "token_not_found_in_db", "api_key", 401)
    if auth.blocked:
        raise ProxyException("the API key is blocked", "auth_error", "api_key", 401)
    if auth.team_blocked:
        raise ProxyException("the API key's team is blocked", "auth_error", "api_key", 401)
    if auth.expires is not None and auth.expires <= utc_now():
        raise ProxyException(f"the API key expired at {auth.expires.isoformat()}Z", "expired_key", "api_key", 401)
    check_route(auth, route, path or route, method)
    return auth


async def _known(given: str, state: GatewayState) -> UserAPIKeyAuth | None:
    try:
        return await state.identities.get(hash_token(given))
    except DATABASE_ERRORS as error:
        log.error("a key cannot be looked up: %s: %s", type(error).__name__, error)
        message = "the database is away, and the API key is not known here"
        raise ProxyException(message, "no_db_connection", None, 503) from error
