"""Access tokens that a key or client credentials are exchanged for, kept until shortly before they expire.

IBM's IAM, Databricks' OIDC, GigaChat's OAuth and GitHub's Copilot all answer one request with a token and when it ends.
"""

from __future__ import annotations

import base64
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

MAX_CACHED = 256
EXPIRY_MARGIN_S = 60.0
DEFAULT_LIFETIME_S = 1800.0
"""How long a token is kept whose answer does not say when it ends."""
TIMEOUT_S = 30.0


class TokenRefused(Exception):
    """No token was given. `status_code` is the token server's, 401 for credentials that are missing."""

    def __init__(self, message: str, status_code: int = 401) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code


@dataclass(frozen=True, slots=True)
class TokenSource:
    """The request that gives a token."""

    url: str
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    basic: tuple[str, str] | None = None
    """User and password of basic authentication."""
    method: str = "POST"
    token_field: str = "access_token"


class TokenCache:
    """Tokens by what they are exchanged for, at most `MAX_CACHED`. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[TokenSource, tuple[str, float]] = OrderedDict()

    def get(self, source: TokenSource) -> str | None:
        """The token of `source`; None when a new one has to be asked for."""
        with self._lock:
            entry = self._entries.get(source)
        return entry[0] if entry is not None and entry[1] > time.time() else None

    def put(self, source: TokenSource, token: str, ends_at: float) -> None:
        """Keeps `token` until shortly before `ends_at`, in seconds since 1970."""
        with self._lock:
            self._entries[source] = (token, ends_at - EXPIRY_MARGIN_S)
            self._entries.move_to_end(source)
            while len(self._entries) > MAX_CACHED:
                self._entries.popitem(last=False)


cache = TokenCache()


class ExchangedToken:
    """Signs requests with the token of `source`; `scheme` stands before it in the authorization header."""

    __slots__ = ("_scheme", "_source")

    def __init__(self, source: TokenSource, scheme: str = "Bearer") -> None:
        self._source = source
        self._scheme = scheme

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the authorization. Raises `TokenRefused`, or the transport's error."""
        token = cache.get(self._source)
        if token is None:
            with httpx.Client(timeout=TIMEOUT_S) as client:
                token = _keep(self._source, client.send(_request(client, self._source)))
        return {**headers, "authorization": f"{self._scheme} {token}"}

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same, on an event loop."""
        token = cache.get(self._source)
        if token is None:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                token = _keep(self._source, await client.send(_request(client, self._source)))
        return {**headers, "authorization": f"{self._scheme} {token}"}


def _request(client: httpx.Client | httpx.AsyncClient, source: TokenSource) -> httpx.Request:
    headers = {"accept": "application/json", **dict(source.headers)}
    if source.basic is not None:
        pair = base64.b64encode(":".join(source.basic).encode()).decode()
        headers["authorization"] = f"Basic {pair}"
    data: dict[str, Any] | None = dict(source.form) if source.form else None
    return client.build_request(source.method, source.url, data=data, headers=headers)


def _keep(source: TokenSource, response: httpx.Response) -> str:
    """The token that `response` holds, kept. Raises `TokenRefused` without quoting the credentials."""
    if response.status_code >= 400:
        status = response.status_code if response.status_code in (400, 401, 403, 429) else 500
        raise TokenRefused(f"{source.url} gave no access token: status {response.status_code}", status)
    try:
        answer = response.json()
    except ValueError as error:
        raise TokenRefused(f"{source.url} gave no access token: the answer is not JSON", 500) from error
    token = answer.get(source.token_field) if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise TokenRefused(f"{source.url} gave no access token: no {source.token_field!r} in the answer", 500)
    cache.put(source, token, _end(answer))
    return token


def _end(answer: Mapping[str, Any]) -> float:
    """When a token ends, in seconds since 1970: answers say the time (in seconds or milliseconds) or the lifetime."""
    for name in ("expiration", "expires_at"):
        at = answer.get(name)
        if isinstance(at, (int, float)) and at > 0:
            return at / 1000 if at > 1e11 else float(at)
    lifetime = answer.get("expires_in")
    if isinstance(lifetime, str) and lifetime.isdigit():
        lifetime = int(lifetime)
    return time.time() + (float(lifetime) if isinstance(lifetime, (int, float)) else DEFAULT_LIFETIME_S)
