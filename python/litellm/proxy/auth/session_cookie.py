"""The key in a browser's session cookie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

COOKIE = "token"
ALGORITHM = "HS256"
_HERE = ("same-origin", "none")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def session_secret(master_key: str) -> bytes:
    """What sessions are signed with: made of the master key, and of no other use."""
    return hashlib.sha256(b"session:" + master_key.encode()).digest()


def sign(claims: Mapping[str, Any], master_key: str) -> str:
    """A token that says `claims`, signed by this gateway."""
    import jwt  # with cryptography under it, a tenth of a gateway's memory, and few need it

    return jwt.encode(dict(claims), session_secret(master_key), algorithm=ALGORITHM)


def signed_claims(token: str, master_key: str, *required: str) -> Mapping[str, Any]:
    """What a token of `sign` says. Raises ValueError for another's, an expired one, or one without `required`."""
    import jwt

    try:
        claims: Mapping[str, Any] = jwt.decode(
            token, session_secret(master_key), algorithms=[ALGORITHM], options={"require": list(required)}
        )
    except jwt.PyJWTError as error:
        raise ValueError("not a token of this gateway, or over") from error
    return claims


def key_in_cookie(request: HTTPConnection, master_key: str) -> str:
    """The session's key; empty without a session, or with one that is not valid, or for another site's page."""
    return str(session_claims(request, master_key).get("key") or "")


def session_claims(request: HTTPConnection, master_key: str) -> Mapping[str, Any]:
    """What the session says of itself (`key`, `user_id`, `login_method`, `exp`); empty as for `key_in_cookie`."""
    token = request.cookies.get(COOKIE)
    if not token or not from_own_page(request):
        return {}
    try:
        return signed_claims(token, master_key, "exp")
    except ValueError:
        return {}


def from_own_page(request: HTTPConnection) -> bool:
    """Whether a page of this gateway, or no page at all, sends the request.

    The cookie is not sent from other sites (SameSite). Beside it counts what the browser says: `Sec-Fetch-Site`, which
    it sends over TLS and to loopback, else the `Origin` of a request that changes something.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _HERE
    origin = request.headers.get("origin")
    if origin is None or request.scope.get("method") in _SAFE_METHODS:  # a websocket has no method, and may change
        return True
    return origin.partition("://")[2] == request.headers.get("host")
