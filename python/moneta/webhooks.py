"""Webhooks from Lago: is one signed by Lago, was it taken before, and what does it change here.

Lago signs with RS256 (a JWT whose `data` is the body) or with HMAC-SHA-256 under the API key, by the endpoint's
settings there; headers and algorithms are those of Lago's documentation, "Format & Signature".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import jwt
from litellm.proxy._types import ProxyException

from moneta.settings import Settings

SIGNATURE, ALGORITHM, UNIQUE_KEY = "x-lago-signature", "x-lago-signature-algorithm", "x-lago-unique-key"
ASK_KEY_EVERY_S = 60.0


class Signatures:
    """Checks signatures; Lago's public key is asked for when it is needed, and again when it may have changed."""

    def __init__(self, settings: Settings, public_key: Callable[[], Awaitable[str]]) -> None:
        self._settings, self._ask = settings, public_key
        self._key: bytes | None = None
        self._asked_at = float("-inf")

    async def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises ProxyException 401 for a body that Lago has not signed."""
        signature, algorithm = headers.get(SIGNATURE, ""), headers.get(ALGORITHM, "jwt").lower()
        if algorithm == "hmac":
            good = self._is_hmac(body, signature)
        elif algorithm == "jwt":
            good = self._is_jwt(body, signature) or (await self._asked_again() and self._is_jwt(body, signature))
        else:
            good = False
        if not good:
            raise ProxyException("the webhook's signature is not Lago's", "auth_error", None, 401)

    def _is_hmac(self, body: bytes, signature: str) -> bool:
        key = self._settings.webhook.hmac_key or self._settings.api_key
        wanted = base64.b64encode(hmac.new(key.get_secret_value().encode(), body, hashlib.sha256).digest())
        return hmac.compare_digest(wanted, signature.encode())

    def _is_jwt(self, body: bytes, signature: str) -> bool:
        if self._key is None:
            return False
        issuer = self._settings.webhook.issuer or self._settings.api_base.rstrip("/")
        try:
            claims = jwt.decode(signature, self._key, algorithms=["RS256"], issuer=issuer)
        except jwt.PyJWTError:
            return False
        data = claims.get("data")
        signed = data.encode() if isinstance(data, str) else json.dumps(data).encode()
        return hmac.compare_digest(signed, body) or _same_json(signed, body)

    async def _asked_again(self) -> bool:
        """Ask Lago for its key, at most once a minute; whether it is another one. Raises MonetaError."""
        if self._key is not None and time.monotonic() - self._asked_at < ASK_KEY_EVERY_S:
            return False
        before, self._asked_at = self._key, time.monotonic()
        try:
            self._key = base64.b64decode(await self._ask(), validate=True)
        except binascii.Error:
            return False
        return self._key != before


def _same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def names_of(body: bytes, headers: Mapping[str, str]) -> list[str]:
    """What a webhook is remembered by: Lago's unique key, which is not signed, and the digest of what is."""
    names = [hashlib.sha256(body).hexdigest()]
    unique = headers.get(UNIQUE_KEY)
    return [*names, f"key:{unique[:200]}"] if unique else names


def customer_of(message: Mapping[str, Any]) -> str | None:
    """The customer that a webhook is about, wherever its kind of object names it."""
    found = message.get(str(message.get("object_type")))
    if not isinstance(found, Mapping):
        return None
    inside = {name: found[name] for name in ("customer", "wallet") if isinstance(found.get(name), Mapping)}
    named = [place.get("external_customer_id") for place in (found, *inside.values())]
    named.append(inside.get("customer", {}).get("external_id"))
    return next((name for name in named if isinstance(name, str) and name), None)


def refused_events(message: Mapping[str, Any]) -> dict[str, str]:
    """Transaction id → reason, of an `events.errors` webhook: what Lago took, and found to be wrong later."""
    found = message.get("events_errors")
    if message.get("webhook_type") != "events.errors" or not isinstance(found, Mapping):
        return {}
    return {str(one): str(reason) for reason, ids in found.items() if isinstance(ids, list) for one in ids}
