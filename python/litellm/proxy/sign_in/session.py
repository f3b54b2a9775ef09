"""A browser's session: a key of its user that ends by itself, in a cookie that scripts cannot read."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

import jwt
from starlette.requests import HTTPConnection
from starlette.responses import Response

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.route_access import ADMIN
from litellm.proxy.auth.session_cookie import ALGORITHM, COOKIE, session_secret
from litellm.proxy.management_endpoints.common.context import Context
from litellm.proxy.management_endpoints.key.schemas import GenerateKeyRequest
from litellm.proxy.management_endpoints.key.service import KeyService
from litellm.proxy.state import GatewayState

LIFETIME = datetime.timedelta(hours=24)
UI_TEAM = "litellm-dashboard"


async def open_session(state: GatewayState, user_id: str, email: str | None, role: str | None, method: str) -> str:
    """A session's token for the cookie; it holds a new key of the user, good for a day."""
    context = Context(state, UserAPIKeyAuth(user_role=ADMIN, user_id=user_id), user_id)
    name = f"session-{secrets.token_hex(6)}"
    given: dict[str, Any] = {"user_id": user_id, "duration": "24h", "key_alias": name, "metadata": {"ui": UI_TEAM}}
    async with context.write() as transaction:
        made = await KeyService(context).add(transaction, GenerateKeyRequest(**given), allowed=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    claims = {
        "user_id": user_id, "key": made["key"], "user_email": email, "user_role": role, "login_method": method,
        "iat": now, "exp": now + LIFETIME,
    }  # fmt: skip
    return jwt.encode(claims, session_secret(state.master_key), algorithm=ALGORITHM)


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
