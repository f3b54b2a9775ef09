"""`general_settings.enable_oauth2_auth`: whose an opaque token is, as the authorization server says.

`OAUTH_TOKEN_INFO_ENDPOINT` is asked: one of token introspection (RFC 7662; `introspect` is in its address) with
`OAUTH_CLIENT_ID` and `OAUTH_CLIENT_SECRET`, any other with the token itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import time
from collections.abc import Mapping
from typing import Any

import httpx

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.identity_cache import IdentityCache
from litellm.proxy.auth.jwt.identities import Asked, Identities
from litellm.proxy.auth.jwt.key_sets import FETCH_TIMEOUT_S, fetch_json
from litellm.proxy.auth.route_table import ROLES, Access
from litellm.proxy.auth.user_api_key_auth import hash_token

log = logging.getLogger("litellm.proxy.auth.oauth2")

ROUTES = (Access.LLM, Access.INFO)
"""Where such tokens are taken; all other routes want keys."""
REMEMBERED_S = 10.0
"""How long what the server said holds: a token that is revoked is refused after that."""
MAX_TOKEN_LENGTH = 16 * 1024
_ENDPOINT = "OAUTH_TOKEN_INFO_ENDPOINT"

Holder = Mapping[str, Any]
"""What the server tells of a token."""


def endpoint_of(environment: Mapping[str, str]) -> str:
    """The address that tells whose a token is. Raises ValueError."""
    found = environment.get(_ENDPOINT, "")
    if not found.startswith(("https://", "http://")):
        raise ValueError(f"the environment variable {_ENDPOINT} has to be the address that tells whose a token is")
    return found


class OAuth2:
    """Knows the holders of tokens. Raises ValueError without an endpoint."""

    def __init__(self, identities: Identities) -> None:
        given = os.environ
        self._identities, self._endpoint = identities, endpoint_of(given)
        client, secret = given.get("OAUTH_CLIENT_ID"), given.get("OAUTH_CLIENT_SECRET")
        introspects = "introspect" in self._endpoint.lower()
        self._client = (client, secret) if introspects and client and secret else None
        self._user_id = given.get("OAUTH_USER_ID_FIELD_NAME") or "sub"
        self._role = given.get("OAUTH_USER_ROLE_FIELD_NAME") or "role"
        self._team_id = given.get("OAUTH_USER_TEAM_ID_FIELD_NAME") or "team_id"
        self._holders: IdentityCache[Holder] = IdentityCache("oauth2", self._ask, REMEMBERED_S)

    def close(self) -> None:
        """Other settings take this one's place."""
        self._identities.close()

    def takes(self, token: str, access: Access | None) -> bool:
        """Whether the server is asked for a token on such a route. Virtual keys are told to nobody."""
        return bool(token) and access in ROUTES and not token.startswith("sk-")

    async def authenticate(self, token: str) -> UserAPIKeyAuth:
        """Who holds the token, with the budgets and limits of its user and team.

        Raises ProxyException: 401 for a token that the server does not know, 403 for one of an unknown team, 503 while
        the server cannot be asked.
        """
        holder = await self._holders.get(token) if len(token) <= MAX_TOKEN_LENGTH else None
        expires = (holder or {}).get("exp")
        if holder is None or (isinstance(expires, (int, float)) and expires <= time.time()):
            message = "the token is not valid: the authorization server does not know it"
            raise ProxyException(message, "auth_error", "api_key", 401)
        user_id, role, team_id = (_text(holder.get(name)) for name in (self._user_id, self._role, self._team_id))
        known = await self._identities.get(Asked(user_id=user_id, team=team_id))
        if team_id and not known.team_known:
            raise ProxyException(f"there is no team {team_id[:200]!r}", "auth_error", "team_id", 403)
        own_role = role if role in ROLES else known.auth.user_role
        return dataclasses.replace(
            known.auth, token=hash_token(token), user_id=known.auth.user_id or user_id, user_role=own_role
        )

    async def _ask(self, token: str) -> tuple[Holder, set[str]] | None:
        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, auth=self._client) as client:
                if self._client is not None:
                    found = await fetch_json(client, self._endpoint, form={"token": token})
                    return (found, set()) if found.get("active") is True else None
                found = await fetch_json(client, self._endpoint, {"authorization": f"Bearer {token}"})
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            if self._client is None and 400 <= status < 500:
                return None
            log.error("tokens cannot be checked: the authorization server answers %d", status)
            raise _away() from error
        except (httpx.HTTPError, ValueError, asyncio.TimeoutError) as error:
            log.error("tokens cannot be checked: %s", type(error).__name__)
            raise _away() from error
        return None if found.get("active") is False else (found, set())


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _away() -> ProxyException:
    return ProxyException("the authorization server cannot be asked", "auth_error", None, 503)
