"""From a request to who asks."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import ADMIN, check_route
from litellm.proxy.auth.route_table import Access, access_of
from litellm.proxy.auth.session_cookie import key_in_cookie
from litellm.proxy.db.database import DATABASE_ERRORS
from litellm.proxy.spend_tracking.budget_windows import utc_now

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.auth")

KEY_HEADERS = ("x-litellm-api-key", "authorization", "x-api-key", "api-key", "x-goog-api-key")
MAX_KEY_LENGTH = 512
ADMIN_ID = "default_user_id"
"""The user that the master key acts as."""


def hash_token(key: str) -> str:
    """A key as it is stored: SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def _given(headers: Mapping[str, str], own_header: str | None) -> str:
    for name in (own_header,) if own_header else KEY_HEADERS:
        value = headers.get(name, "").strip()
        if value:
            scheme, _, rest = value.partition(" ")
            return rest.strip() if scheme.lower() == "bearer" else value
    return ""


async def authenticate(
    request: HTTPConnection, route: str, state: GatewayState, headers: Mapping[str, str] | None = None
) -> UserAPIKeyAuth:
    """Who sends the request, allowed to use `route` (a template). `headers` stand for the request's own.

    Raises ProxyException: 401 for a missing, unknown, blocked or expired key, and for a route of other roles; 403 for
    a route that the key itself or the gateway's settings leave out, and for an address that is not allowed; 503 when
    the database is away and the key is not remembered.
    """
    path, method = request.scope["path"], request.scope.get("method", "GET")
    state.gate.check_address(request)
    own_header = state.config.general_settings.raw.get("litellm_key_header_name")
    given = _given(
        request.headers if headers is None else headers, own_header.lower() if isinstance(own_header, str) else None
    )
    session = "" if given else key_in_cookie(request, state.master_key)
    if state.gate.is_public(route, path, method) and not (given or session):
        return UserAPIKeyAuth()
    try:
        access = access_of(route, method)
        auth = await (_by_key(session, state) if session else _identify(request, given, state, access))
    except DATABASE_ERRORS as error:
        log.error("a key cannot be looked up: %s: %s", type(error).__name__, error)
        message = "the database is away, and the API key is not known here"
        raise ProxyException(message, "no_db_connection", None, 503) from error
    if not auth.is_master_key:
        check_usable(auth)
        check_route(auth, route, path, method)
    state.gate.check_route(auth, route, path, method)
    return auth


async def _identify(request: HTTPConnection, given: str, state: GatewayState, access: Access | None) -> UserAPIKeyAuth:
    if given and hmac.compare_digest(given.encode(), state.master_key.encode()):
        return UserAPIKeyAuth(token=hash_token(given), is_master_key=True, user_role=ADMIN, user_id=ADMIN_ID)
    if state.proxy_headers is not None and (said := await state.proxy_headers.authenticate(request)) is not None:
        return said
    if state.custom_auth is not None:
        try:
            found = await state.custom_auth.authenticate(request, given)
        except ProxyException:
            if not state.custom_auth.falls_back:
                raise
            found = given
        if isinstance(found, UserAPIKeyAuth):
            return found
        given = found
    if not given:
        message = "no API key was sent; send it as `Authorization: Bearer sk-…`"
        raise ProxyException(message, "auth_error", "api_key", 401)
    if state.jwt is not None and state.jwt.takes(given):
        return await state.jwt.authenticate(given, request.headers)
    if state.oauth2 is not None and state.oauth2.takes(given, access):
        return await state.oauth2.authenticate(given)
    return await _by_key(given, state)


async def _by_key(key: str, state: GatewayState) -> UserAPIKeyAuth:
    auth = await state.identities.get(hash_token(key)) if len(key) <= MAX_KEY_LENGTH else None
    if auth is None:
        raise ProxyException("the API key is not valid", "token_not_found_in_db", "api_key", 401)
    return auth


def check_usable(auth: UserAPIKeyAuth) -> None:
    """Raise ProxyException 401 for a key that is blocked or has expired."""
    if auth.blocked:
        raise ProxyException("the API key is blocked", "auth_error", "api_key", 401)
    if auth.team_blocked:
        raise ProxyException("the API key's team is blocked", "auth_error", "api_key", 401)
    if auth.expires is not None and auth.expires <= utc_now():
        raise ProxyException(f"the API key expired at {auth.expires.isoformat()}Z", "expired_key", "api_key", 401)
