"""A browser's session: a key of its user that ends by itself, in a cookie that scripts cannot read."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from litellm.proxy._types import LitellmUserRoles, ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import ADMIN
from litellm.proxy.auth.session_cookie import COOKIE, sign
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import KeyRepository
from litellm.proxy.db.tables import keys
from litellm.proxy.management_endpoints.common.context import DASHBOARD, Context
from litellm.proxy.management_endpoints.key.schemas import GenerateKeyRequest
from litellm.proxy.management_endpoints.key.service import KeyService
from litellm.proxy.spend_tracking.budget_windows import utc_now
from litellm.proxy.state import GatewayState

LIFETIME = datetime.timedelta(hours=24)
ADMINS = (ADMIN, LitellmUserRoles.PROXY_ADMIN_VIEW_ONLY.value)
PASSWORD = "username_password"
"""The `login_method` of sessions that were opened with a password."""


def check_may_enter(state: GatewayState, role: str | None) -> None:
    """Raise ProxyException 403 for whom `general_settings.ui_access_mode: admin_only` keeps out of the UI."""
    mode = state.config.general_settings.raw.get("ui_access_mode")
    if mode == "admin_only" and role not in ADMINS:
        raise ProxyException("the UI is for admins, as ui_access_mode says", "auth_error", None, 403)


async def open_session(state: GatewayState, user_id: str, email: str | None, role: str | None, method: str) -> str:
    """A session's token for the cookie; it holds a new key of the user, good for a day."""
    context = _in_the_name_of(state, user_id)
    name = f"session-{secrets.token_hex(6)}"
    given: dict[str, Any] = {"user_id": user_id, "duration": "24h", "key_alias": name, "metadata": {"ui": DASHBOARD}}
    budget = state.config.litellm_settings.get("max_ui_session_budget")
    given |= {} if budget is None else {"max_budget": budget}
    async with context.write() as transaction:
        await _end(context, transaction, user_id, expired=True)
        made = await KeyService(context).add(transaction, GenerateKeyRequest(**given), allowed=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    claims = {
        "user_id": user_id, "key": made["key"], "user_email": email, "user_role": role, "login_method": method,
        "iat": now, "exp": now + LIFETIME,
    }  # fmt: skip
    return sign(claims, state.master_key)


async def close_session(state: GatewayState, user_id: str, key: str) -> None:
    """End one session, in every process; nothing when it has ended."""
    context = _in_the_name_of(state, user_id)
    async with context.write() as transaction:
        await KeyService(context).remove(transaction, [hash_token(key)])


async def end_sessions(context: Context, transaction: Transaction, user_id: str, but: str | None = None) -> None:
    """End a user's sessions as a part of a larger change, but for the one with the key of the hash `but`."""
    await _end(context, transaction, user_id, but=but)


async def _end(
    context: Context, transaction: Transaction, user_id: str, *, expired: bool = False, but: str | None = None
) -> None:
    columns = keys.c
    where = [columns.user_id == user_id, columns.created_by == DASHBOARD]
    where += [columns.expires <= utc_now()] if expired else []
    rows = await KeyRepository(transaction.connection).find(*where)
    ended = [row["token"] for row in rows if row["token"] != but]
    if ended:
        await KeyService(context).remove(transaction, ended)


def _in_the_name_of(state: GatewayState, user_id: str) -> Context:
    return Context(state, UserAPIKeyAuth(user_role=ADMIN, user_id=user_id), DASHBOARD)


def set_cookie(response: Response, request: HTTPConnection, name: str, value: str, max_age_s: int) -> None:
    """A cookie for this site alone, sent over TLS alone where TLS is used, out of scripts' reach."""
    forwarded = request.headers.get("x-forwarded-proto", request.url.scheme)
    path = request.scope.get("root_path") or "/"
    response.set_cookie(
        name, value, max_age=max_age_s, path=path, secure=forwarded == "https", httponly=True, samesite="lax"
    )


def set_session(response: Response, request: HTTPConnection, token: str) -> None:
    """Give the browser its session."""
    set_cookie(response, request, COOKIE, token, int(LIFETIME.total_seconds()))


def forget_session(response: Response, request: HTTPConnection) -> None:
    """Take the browser's session away."""
    response.delete_cookie(COOKIE, path=request.scope.get("root_path") or "/")
