"""The authorization code flow with PKCE: to the provider, and back with whoever signed in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.jwt.claims import inside, texts
from litellm.proxy.auth.jwt.key_sets import FETCH_TIMEOUT_S, fetch_json
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.sign_in.providers import Provider

LIFETIME_S = 600


def refused(message: str, status: int = 401) -> ProxyException:
    """A sign-in that failed."""
    return ProxyException(message, "auth_error", None, status)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, as the provider tells."""

    user_id: str
    email: str | None
    role: str | None
    claims: Mapping[str, Any] = field(default_factory=dict)


def begin(provider: Provider, redirect_uri: str, secrecy: Secrecy) -> tuple[str, str]:
    """Where to send the browser, and a sealed note for its cookie, without which nobody can come back."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": redirect_uri,
        "scope": provider.scope, "state": state, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    note = json.dumps({"state": state, "verifier": verifier, "until": time.time() + LIFETIME_S})
    return f"{provider.authorization_endpoint}?{urlencode(query)}", secrecy.encrypt(note)


async def finish(
    provider: Provider, redirect_uri: str, secrecy: Secrecy, note: str, query: Mapping[str, str]
) -> Person:
    """Who came back. Raises ProxyException 401 for a way back that was not begun here, 502 for a provider's fault."""
    verifier = _verifier(secrecy, note, query.get("state", ""))
    if query.get("error") or not query.get("code"):
        raise refused("the identity provider refused the sign-in")
    form = {
        "grant_type": "authorization_code", "code": query["code"], "redirect_uri": redirect_uri,
        "client_id": provider.client_id, "client_secret": provider.client_secret, "code_verifier": verifier,
    }  # fmt: skip
    try:
        async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S) as client:
            answer = await client.post(provider.token_endpoint, data=form, headers={"accept": "application/json"})
            if 400 <= answer.status_code < 500:
                raise refused("the identity provider does not take the code")
            answer.raise_for_status()
            bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
            claims = await fetch_json(client, provider.userinfo_endpoint, bearer)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise refused("the identity provider gave no usable answer", 502) from error
    return _person(provider, claims)


def _verifier(secrecy: Secrecy, note: str, state: str) -> str:
    try:
        kept = json.loads(secrecy.decrypt(note))
    except ValueError as error:
        raise refused("the sign-in was not begun in this browser; begin again") from error
    if not hmac.compare_digest(str(kept["state"]).encode(), state.encode()) or kept["until"] < time.time():
        raise refused("the sign-in was begun too long ago, or elsewhere; begin again")
    return str(kept["verifier"])


def _person(provider: Provider, claims: Mapping[str, Any]) -> Person:
    email = inside(claims, provider.email_claim)
    found = inside(claims, provider.user_id_claim) or claims.get("sub") or email
    if not isinstance(found, (str, int)) or found == "":
        raise refused("the identity provider does not say who signed in", 502)
    roles = texts(inside(claims, provider.role_claim))
    return Person(str(found)[:256], email if isinstance(email, str) else None, roles[0] if roles else None, claims)
