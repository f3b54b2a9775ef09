"""From a token's text to claims that can be trusted."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.jwt.key_sets import FETCH_TIMEOUT_S, KeySets, KeysUnavailable, fetch_json
from litellm.proxy.config.jwt_settings import Issuer, JwtSettings

log = logging.getLogger("litellm.proxy.auth.jwt")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Only signatures of key pairs: with a shared secret, a public key could sign."""
MAX_TOKEN_LENGTH = 16 * 1024
MAX_REMEMBERED = 10_000

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trusted:
    """A token's claims, and the provider of `issuers` that vouches for them."""

    claims: Claims
    issuer: Issuer | None = None


def is_jwt(token: str) -> bool:
    """Whether it has the form of a signed token."""
    return token.count(".") == 2 and not token.startswith("sk-")


def refused(message: str) -> ProxyException:
    """401."""
    return ProxyException(f"the token is not valid: {message}", "auth_error", "api_key", 401)


class Verifier:
    """Checks signature, time, audience and issuer.

    Without `issuers`, keys come from `JWT_PUBLIC_KEY_URL` (several are separated by commas), and `JWT_AUDIENCE` and
    `JWT_ISSUER` say what a token must name.
    """

    def __init__(self, settings: JwtSettings) -> None:
        self._settings = settings
        self._key_sets = KeySets(settings.public_key_ttl, settings.public_key_stale_ttl)
        self._issuers = {item.issuer: item for item in settings.issuers}
        self._urls = [url.strip() for url in os.environ.get("JWT_PUBLIC_KEY_URL", "").split(",") if url.strip()]
        self._audience, self._issuer = os.environ.get("JWT_AUDIENCE"), os.environ.get("JWT_ISSUER")
        self._userinfo: OrderedDict[str, tuple[float, Claims]] = OrderedDict()
        if not self._issuers and self._audience is None and self._issuer is None:
            log.warning("JWT_AUDIENCE and JWT_ISSUER are not set: every token of the identity provider is accepted")

    async def trust(self, token: str) -> Trusted:
        """The claims of a token. Raises ProxyException 401, or 503 when its keys cannot be had."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise refused("it is too long")
        import jwt  # with cryptography under it, a tenth of a gateway's memory

        try:
            head, unchecked = jwt.get_unverified_header(token), _unchecked(token)
        except jwt.PyJWTError as error:
            raise refused("it cannot be read") from error
        algorithm, kid = head.get("alg"), head.get("kid")
        if algorithm not in ALGORITHMS:
            raise refused("it is not signed with an accepted algorithm")
        name = unchecked.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        urls = [issuer.keys_url] if issuer else self._urls
        key = await self._key(urls, kid if isinstance(kid, str) else None)
        if key is None:
            raise refused("it is signed with an unknown key")
        audience = issuer.audience if issuer else self._audience
        wanted_issuer = issuer.issuer if issuer else self._issuer
        try:
            claims = jwt.decode(
                token, key, algorithms=[algorithm], leeway=self._settings.leeway, issuer=wanted_issuer,
                audience=list(audience) if isinstance(audience, tuple) else audience,
                options={"verify_aud": audience is not None, "verify_iss": wanted_issuer is not None},
            )  # fmt: skip
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise refused(_reason(error)) from error
        return Trusted(claims, issuer)

    async def _key(self, urls: list[str], kid: str | None) -> Any | None:
        away: KeysUnavailable | None = None
        for url in urls:
            try:
                key = await self._key_sets.key(url, kid)
            except KeysUnavailable as error:
                away = error
                continue
            if key is not None:
                return key
        if away is not None:
            message = "the identity provider's keys cannot be fetched"
            raise ProxyException(message, "auth_error", None, 503) from away
        return None

    async def userinfo(self, token: str) -> Trusted:
        """What the provider's UserInfo endpoint tells of an opaque access token. Raises ProxyException 401, 503."""
        name = hashlib.sha256(token.encode()).hexdigest()
        known = self._userinfo.get(name)
        if known is not None and known[0] > time.monotonic():
            return Trusted(known[1])
        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S) as client:
                headers = {"authorization": f"Bearer {token}"}
                claims = await fetch_json(client, self._settings.oidc_userinfo_endpoint or "", headers)
        except httpx.HTTPStatusError as error:
            raise refused("the identity provider does not know it") from error
        except (httpx.HTTPError, ValueError, asyncio.TimeoutError) as error:
            raise ProxyException("the identity provider cannot be asked", "auth_error", None, 503) from error
        self._userinfo[name] = (time.monotonic() + self._settings.oidc_userinfo_cache_ttl, claims)
        if len(self._userinfo) > MAX_REMEMBERED:
            self._userinfo.popitem(last=False)
        return Trusted(claims)


def _unchecked(token: str) -> Claims:
    """The claims before any check, only to find whose keys to check with."""
    import jwt

    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def _reason(error: Exception) -> str:
    """What is wrong, without anything of the key or the token."""
    import jwt

    names = {
        jwt.ExpiredSignatureError: "it has expired", jwt.InvalidAudienceError: "it is for another audience",
        jwt.InvalidIssuerError: "it is of another issuer", jwt.ImmatureSignatureError: "it is not valid yet",
        jwt.InvalidSignatureError: "its signature is wrong", jwt.InvalidIssuedAtError: "its time of issue is wrong",
        jwt.MissingRequiredClaimError: "it lacks a claim that is asked for",
    }  # fmt: skip
    return next((text for kind, text in names.items() if isinstance(error, kind)), "it cannot be checked")
