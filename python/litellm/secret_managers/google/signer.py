"""An access token on a request that is about to be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from litellm.secret_managers.google.credentials import NoToken, Token, token_cache
from litellm.secret_managers.google.settings import GoogleSettings

UNKNOWN_PROJECT = "projects/-unknown-/"
"""Stands in an address for the project that only the credentials know."""


class GoogleSigner:
    """Adds the bearer token of `settings`. Asks for no token before it signs."""

    __slots__ = ("_headers", "settings")

    def __init__(self, settings: GoogleSettings, token_headers: tuple[str, ...] = ()) -> None:
        """`token_headers` name headers besides `authorization` that hold the bare token."""
        self.settings = settings
        self._headers = token_headers

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the token. Waits for one that must be fetched. Raises `NoToken`."""
        return self._signed(headers, token_cache.resolve(self.settings.credentials))

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same; a token that must be fetched is fetched in a thread, so that the event loop goes on."""
        token = token_cache.get(self.settings.credentials)
        if token is None:
            token = await asyncio.to_thread(token_cache.resolve, self.settings.credentials)
        return self._signed(headers, token)

    def _signed(self, headers: Mapping[str, str], token: Token) -> dict[str, str]:
        return {
            **headers,
            "authorization": f"Bearer {token.value}",
            **dict.fromkeys(self._headers, token.value),
        }

    def located(self, url: str) -> str:
        """`url` with the project that only the credentials know. Raises `NoToken` when they know none either."""
        if UNKNOWN_PROJECT not in url:
            return url
        token = token_cache.get(self.settings.credentials)
        if token is None or not token.project:
            raise NoToken("vertex_project is not given, and the credentials name none")
        return url.replace(UNKNOWN_PROJECT, f"projects/{token.project}/", 1)
