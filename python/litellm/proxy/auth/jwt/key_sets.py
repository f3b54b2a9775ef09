"""The public keys of identity providers: fetched, remembered, and fetched again when they rotate."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

log = logging.getLogger("litellm.proxy.auth.jwt")

FETCH_TIMEOUT_S = 10.0
MAX_DOCUMENT_BYTES = 1024 * 1024
MAX_KEYS = 200
UNKNOWN_KEY_PAUSE_S = 5.0
"""After a look for an unknown key, that long passes until the next: tokens with made-up key ids cost one fetch."""
_DISCOVERY = "/.well-known/openid-configuration"
_PUBLIC_PARTS = ("kty", "kid", "n", "e", "x", "y", "crv", "alg", "use")


class KeysUnavailable(Exception):
    """The provider cannot be asked for its keys, and none are remembered."""


@dataclass(slots=True)
class _KeySet:
    """What is remembered of one address."""

    keys: Mapping[str | None, Any] = field(default_factory=dict)
    fetched_at: float = float("-inf")
    next_look: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeySets:
    """The keys behind addresses of JWKS or discovery documents.

    Keys are remembered for `ttl_s` seconds, and while the provider is away for `stale_ttl_s` longer.
    """

    def __init__(self, ttl_s: float = 600, stale_ttl_s: float = 3600) -> None:
        self._ttl_s, self._stale_ttl_s = ttl_s, stale_ttl_s
        self._sets: dict[str, _KeySet] = {}

    async def key(self, url: str, kid: str | None) -> Any | None:
        """The key with that id, or the only one when a token names none. Raises KeysUnavailable."""
        known = self._sets.setdefault(url, _KeySet())
        if time.monotonic() - known.fetched_at > self._ttl_s:
            await self._refresh(url, known)
        found = _pick(known.keys, kid)
        if found is None and time.monotonic() >= known.next_look:
            known.next_look = time.monotonic() + UNKNOWN_KEY_PAUSE_S
            await self._refresh(url, known, since=time.monotonic())
            found = _pick(known.keys, kid)
        return found

    async def _refresh(self, url: str, known: _KeySet, since: float | None = None) -> None:
        """Fetch once for all that ask at the same time."""
        needed_after = since if since is not None else time.monotonic() - self._ttl_s
        async with known.lock:
            if known.fetched_at >= needed_after:
                return
            try:
                known.keys = await _fetch_keys(url)
            except (httpx.HTTPError, ValueError) as error:
                age = time.monotonic() - known.fetched_at
                log.warning("the keys at %s cannot be fetched: %s: %s", url, type(error).__name__, error)
                if age > self._ttl_s + self._stale_ttl_s:
                    raise KeysUnavailable(url) from error
                return
            known.fetched_at = time.monotonic()


def _pick(keys: Mapping[str | None, Any], kid: str | None) -> Any | None:
    if kid is not None and kid in keys:
        return keys[kid]
    return next(iter(keys.values())) if len(keys) == 1 and (kid is None or None in keys) else None


async def _fetch_keys(url: str) -> Mapping[str | None, Any]:
    async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, follow_redirects=True) as client:
        document = await fetch_json(client, url)
        if _DISCOVERY in url and isinstance(document.get("jwks_uri"), str):
            document = await fetch_json(client, document["jwks_uri"])
    return _keys_of(document)


async def fetch_json(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object of at most `MAX_DOCUMENT_BYTES`. Raises httpx.HTTPError, ValueError."""
    method, sent = ("GET" if form is None else "POST"), {"accept": "application/json", **(headers or {})}
    async with client.stream(method, url, headers=sent, data=form) as answer:
        answer.raise_for_status()
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > MAX_DOCUMENT_BYTES:
                raise ValueError(f"more than {MAX_DOCUMENT_BYTES} bytes")
    document = httpx.Response(200, content=bytes(body)).json()
    if not isinstance(document, dict):
        raise ValueError("expected a JSON object")
    return document


def _keys_of(document: Mapping[str, Any]) -> Mapping[str | None, Any]:
    """Key id → public key, of a JWKS or of a mapping from ids to certificates; what cannot be used is left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        return {kid: key for kid, text in document.items() if (key := _of_certificate(text)) is not None}
    import jwt

    found: dict[str | None, Any] = {}
    for entry in listed[:MAX_KEYS]:
        if isinstance(entry, dict) and entry.get("use") in (None, "sig") and entry.get("kty") in ("RSA", "EC", "OKP"):
            try:
                found[entry.get("kid")] = jwt.PyJWK({part: entry[part] for part in _PUBLIC_PARTS if part in entry}).key
            except jwt.PyJWTError as error:
                log.warning("a key is left out: %s", error)
    if not found:
        raise ValueError("no usable key in it")
    return found


def _of_certificate(text: Any) -> Any | None:
    if not isinstance(text, str) or "BEGIN CERTIFICATE" not in text:
        return None
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(text.encode()).public_key()
    except ValueError:
        return None
