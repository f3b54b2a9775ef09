"""The routes of signing in and out."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request
from pydantic import BaseModel, StringConstraints
from starlette.responses import JSONResponse, RedirectResponse, Response

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.route_access import ADMIN
from litellm.proxy.auth.session_cookie import from_own_page, session_claims
from litellm.proxy.auth.user_api_key_auth import ADMIN_ID
from litellm.proxy.db.repositories import UserRepository
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.provisioning import Provisioning
from litellm.proxy.request_context import state_of
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.sign_in.addresses import here
from litellm.proxy.sign_in.flow import LIFETIME_S, Person, begin, finish, refused
from litellm.proxy.sign_in.mappings import ROLES, Mappings, mappings_of
from litellm.proxy.sign_in.passwords import Attempts, check_password
from litellm.proxy.sign_in.providers import Missing, Provider, provider_of
from litellm.proxy.sign_in.session import (
    PASSWORD,
    check_may_enter,
    close_session,
    forget_session,
    open_session,
    set_cookie,
    set_session,
)
from litellm.proxy.sign_in.settings import settings_in_use
from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.sign_in")

router = guarded_router("sign in")
NOTE = "litellm_sign_in"
_attempts = Attempts()
Word = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Field = Annotated[Word, Form()]


@router.get("/sso/key/generate", response_class=Response)
@router.get("/sso/login", include_in_schema=False)
async def go_to_provider(request: Request) -> Response:
    """Send the browser to the identity provider; without one, to the form for a password."""
    state = state_of(request)
    settings = await settings_in_use(state)
    if provider_of(settings) is None:
        return RedirectResponse(here(request, "/ui/"), 303)
    provider = _provider(settings)
    address, note = begin(provider, here(request, "/sso/callback"), Secrecy(state.master_key))
    response = RedirectResponse(address, 303)
    set_cookie(response, request, NOTE, note, LIFETIME_S)
    return response


@router.get("/sso/callback", response_class=Response)
async def come_back(request: Request) -> Response:
    """The way back from the identity provider: open a session, and go to the UI."""
    state = state_of(request)
    settings = await settings_in_use(state)
    provider = _provider(settings)
    person = await finish(
        provider, here(request, "/sso/callback"), Secrecy(state.master_key), request.cookies.get(NOTE, ""),
        dict(request.query_params),
    )  # fmt: skip
    user_id, role = await _user(state, person, _mappings(settings, provider))
    check_may_enter(state, role)
    token = await open_session(state, user_id, person.email, role, "sso")
    response = RedirectResponse(here(request, "/ui/?login=success"), 303)
    response.delete_cookie(NOTE, path=request.scope.get("root_path") or "/")
    set_session(response, request, token)
    return response


@router.get("/sso/readiness")
async def readiness(request: Request) -> Response:
    """Whether signing in by an identity provider is set up; 503 where a part of it is missing."""
    found = provider_of(await settings_in_use(state_of(request)))
    if isinstance(found, Missing):
        body: dict[str, Any] = {
            "status": "unhealthy", "sso_configured": True, "provider": found.name,
            "missing_environment_variables": list(found.variables),
        }  # fmt: skip
        return JSONResponse(body, 503)
    return JSONResponse(
        {"status": "healthy", "sso_configured": found is not None, "provider": found.name if found else None}
    )


class LoginRequest(BaseModel):
    """POST /v2/login."""

    username: Word
    password: Word


@router.post("/login", include_in_schema=False)
async def login_form(
    request: Request, username: Annotated[Word, Form()], password: Annotated[Word, Form()]
) -> Response:
    """Sign in with a form, and go to the UI."""
    token = await _login(request, username, password)
    response = RedirectResponse(here(request, "/ui/?login=success"), 303)
    set_session(response, request, token)
    return response


@router.post("/v2/login", include_in_schema=False)
async def login(request: Request, body: LoginRequest) -> Response:
    """Sign in; the answer names where the UI is."""
    token = await _login(request, body.username, body.password)
    response = JSONResponse({"redirect_url": here(request, "/ui/?login=success")})
    set_session(response, request, token)
    return response


@router.get("/fallback/login", include_in_schema=False)
async def fallback_login(request: Request) -> Response:
    """The form for a password, also where an identity provider is set up."""
    return RedirectResponse(here(request, "/ui/?password=yes"), 303)


@router.post("/logout", include_in_schema=False)
async def logout(request: Request) -> Response:
    """Sign out: the session ends, and nobody who kept its cookie can use it."""
    state = state_of(request)
    claims = session_claims(request, state.master_key)
    if claims:
        await close_session(state, str(claims.get("user_id")), str(claims.get("key")))
    response = JSONResponse({"status": "success"})
    forget_session(response, request)
    return response


async def _login(request: Request, username: str, password: str) -> str:
    state = state_of(request)
    if not from_own_page(request):
        raise refused("sign in on the gateway's own page", 403)
    general = state.config.general_settings.raw
    if general.get("disable_password_login_when_sso_enabled") is True:
        provider = provider_of(await settings_in_use(state))
        if isinstance(provider, Provider):
            raise refused("sign in with the identity provider: passwords are switched off", 403)
    source = state.gate.address_of(request)
    _attempts.check(source, general)
    try:
        known = await check_password(state, username, password)
    except ProxyException:
        _attempts.failed(source, general)
        raise
    _attempts.succeeded(source)
    if known.user_id == ADMIN_ID:
        await Provisioning(state, ADMIN_ID).user(ADMIN_ID, None, ADMIN)
    check_may_enter(state, known.role)
    return await open_session(state, known.user_id, known.email, known.role, PASSWORD)


def _provider(settings: Mapping[str, Any]) -> Provider:
    found = provider_of(settings)
    if found is None:
        raise refused("no identity provider is set up; sign in with a password", 404)
    if isinstance(found, Missing):
        raise refused(f"the identity provider lacks {', '.join(found.variables)}", 503)
    return found


def _mappings(settings: Mapping[str, Any], provider: Provider) -> Mappings:
    try:
        return mappings_of(settings, provider.name)
    except ValueError as error:
        log.error("nobody can sign in: %s", error)
        raise refused("the gateway's settings of signing in are not valid", 503) from error


async def _user(state: GatewayState, person: Person, mappings: Mappings) -> tuple[str, str]:
    """The user's id and role; made at its first sign-in. Raises ProxyException 403 for another domain."""
    domains = [item.strip().lower() for item in os.environ.get("ALLOWED_EMAIL_DOMAINS", "").split(",") if item.strip()]
    if domains and (person.email or "").rpartition("@")[2].lower() not in domains:
        raise refused("addresses of this domain may not sign in here", 403)
    is_admin = person.user_id == os.environ.get("PROXY_ADMIN_ID")
    told = person.role if mappings.group_claim is None else mappings.role_of(person.claims)
    role = "proxy_admin" if is_admin else (told if told in ROLES else None)
    teams = mappings.teams_of(person.claims)
    async with state.database.read() as connection:
        users = UserRepository(connection)
        known = await users.get(person.user_id) or await users.first(sso_user_id=person.user_id)
        if known is None and person.email:
            known = await users.first(user_email=person.email)
    if known is None:
        await Provisioning(state).user(person.user_id, person.email, role)
        if teams:
            await Provisioning(state).membership(person.user_id, teams, (), None)
        default = (state.config.litellm_settings.get("default_internal_user_params") or {}).get("user_role")
        return person.user_id, role or default or "internal_user"
    missing = sorted({*teams} - {*(known["teams"] or ())})
    if missing or (role is not None and known["user_role"] != role):
        await Provisioning(state).membership(known["user_id"], missing, (), role)
    return known["user_id"], role or known["user_role"] or "internal_user"
