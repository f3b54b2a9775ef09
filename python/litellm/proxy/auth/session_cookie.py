"""The key in a browser's session cookie."""

from __future__ import annotations

import hashlib

import jwt
from starlette.requests import HTTPConnection

COOKIE = "token"
ALGORITHM = "HS256"


def session_secret(master_key: str) -> bytes:
    """What sessions are signed with: made of the master key, and of no other use."""
    return hashlib.sha256(b"session:" + master_key.encode()).digest()


def key_in_cookie(request: HTTPConnection, master_key: str) -> str:
    """The session's key; empty without a session, or with one that is not valid.

    A request that another site's page sends is not believed: the cookie is not sent with it (SameSite), and what a
    browser says of the request's origin is looked at too.
    """
    token = request.cookies.get(COOKIE)
    if not token or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "same-site", "none"):
        return ""
    try:
        claims = jwt.decode(token, session_secret(master_key), algorithms=[ALGORITHM], options={"require": ["exp"]})
    except jwt.PyJWTError:
        return ""
    return str(claims.get("key") or "")
