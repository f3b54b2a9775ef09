"""The routes of the UI itself: its files, and what it must know of the session before it shows anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import role_of
from litellm.proxy.auth.route_table import ROLES
from litellm.proxy.auth.session_cookie import session_claims
from litellm.proxy.auth.user_api_key_auth import check_usable, hash_token
from litellm.proxy.common_utils.addresses import web_address
from litellm.proxy.db.database import DATABASE_ERRORS
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.request_context import state_of
from litellm.proxy.sign_in.providers import Provider
from litellm.proxy.sign_in.settings import provider_in_use
from litellm.proxy.state import GatewayState
from litellm.proxy.ui.files import INDEX, File, files
from litellm.proxy.version import VERSION

router = guarded_router("UI")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:{images}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""No script but our own files, none inline, and no text that becomes markup (trusted types)."""
_HEADERS = {
    "cache-control": "no-cache", "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin", "vary": "accept-encoding",
}  # fmt: skip


@router.get("/ui", include_in_schema=False)
async def ui_root(request: Request) -> Response:
    """To the UI's first page, below which its files are."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/ui/{query}", 308)


@router.get("/ui/session", include_in_schema=False)
async def session(request: Request) -> Response:
    """Who is signed in and what its role may use (groups of `auth/route_table.py`); else how one can sign in."""
    state = state_of(request)
    claims = session_claims(request, state.master_key)
    try:
        auth = await _holder(state, str(claims.get("key") or "")) if claims else None
        body = await _ways_in(state) if auth is None else _signed_in(state, auth, claims)
    except DATABASE_ERRORS as error:
        raise ProxyException("the database is away", "no_db_connection", None, 503) from error
    return JSONResponse({"signed_in": auth is not None, **body}, headers={"cache-control": "no-store"})


@router.get("/ui/{path:path}", include_in_schema=False)
async def ui_file(path: str, request: Request) -> Response:
    """A file of the UI."""
    found = files().get(path or INDEX)
    if found is None or os.environ.get("DISABLE_ADMIN_UI", "").lower() == "true":
        raise InvalidRequestError("there is no such page", None, 404, "not_found_error")
    images = _logo_origin(state_of(request)) if path in ("", INDEX) else ""
    headers = {**_HEADERS, "etag": found.etag, "content-security-policy": _POLICY.format(images=images)}
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    return _sent(found, headers, packed="gzip" in request.headers.get("accept-encoding", ""))


def _sent(found: File, headers: Mapping[str, str], *, packed: bool) -> Response:
    if packed:
        return Response(found.packed, 200, {**headers, "content-encoding": "gzip"}, found.media_type)
    return Response(found.content, 200, dict(headers), found.media_type)


def _logo_origin(state: GatewayState) -> str:
    """Where the operator's own logo comes from, for the policy."""
    given = (state.config.litellm_settings.get("ui_theme_config") or {}).get("logo_url")
    address = web_address(given)
    if address is None or set(host := address.netloc.decode("ascii")) & set(" ;,'\""):
        return ""
    return f" {address.scheme}://{host}"


async def _holder(state: GatewayState, key: str) -> UserAPIKeyAuth | None:
    """Whose session it is; None when it has ended."""
    auth = await state.identities.get(hash_token(key))
    try:
        if auth is not None:
            check_usable(auth)
    except ProxyException:
        return None
    return auth


def _signed_in(state: GatewayState, auth: UserAPIKeyAuth, claims: Mapping[str, Any]) -> dict[str, Any]:
    role = role_of(auth)
    return {
        "user_id": auth.user_id, "user_email": auth.user_email, "user_role": role,
        "may": sorted(access.name.lower() for access in ROLES[role]), "login_method": claims.get("login_method"),
        "expires": claims["exp"], "version": VERSION, "stores_models": state.stores_models,
        "stores_prompts": state.stores_prompts, "bills": bool(state.billing.routers),
        "theme": state.config.litellm_settings.get("ui_theme_config") or {},
    }  # fmt: skip


async def _ways_in(state: GatewayState) -> dict[str, Any]:
    found = await provider_in_use(state)
    general = state.config.general_settings.raw
    forced = os.environ.get("AUTO_REDIRECT_UI_LOGIN_TO_SSO", "").lower() == "true"
    sso = found.name if isinstance(found, Provider) else None
    redirects = sso is not None and (forced or general.get("auto_redirect_ui_login_to_sso") is True)
    return {"sso": sso, "redirects_to_sso": redirects}
