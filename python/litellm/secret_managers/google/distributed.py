"""Access tokens of service accounts of Google Distributed Cloud, which are good for one audience each."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from litellm.secret_managers.google.credentials import INSTALL, MAX_CACHED, NoToken

_lock = threading.Lock()
_kept: OrderedDict[tuple[str, str], Any] = OrderedDict()


class DistributedSigner:
    """Signs with a token for `audience` of the service account in `key`, its JSON."""

    __slots__ = ("_audience", "_key")

    def __init__(self, key: str, audience: str) -> None:
        self._key, self._audience = key, audience

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the token, fetched where need be. Raises `NoToken`."""
        return {**headers, "authorization": f"Bearer {self._token()}"}

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same, on an event loop."""
        return await asyncio.to_thread(self.sign, method, url, headers, body)

    def _token(self) -> str:
        try:
            from google.auth.exceptions import GoogleAuthError
            from google.auth.transport.requests import Request
            from google.oauth2.gdch_credentials import ServiceAccountCredentials
        except ImportError as error:
            raise NoToken(INSTALL) from error
        with _lock:
            credentials = _kept.get((self._key, self._audience))
            try:
                if credentials is None:
                    account = ServiceAccountCredentials.from_service_account_info(json.loads(self._key))
                    credentials = account.with_gdch_audience(self._audience)
                if not credentials.valid:
                    credentials.refresh(Request())
            except (ValueError, GoogleAuthError) as error:
                raise NoToken(f"Google Distributed Cloud gave no token: {type(error).__name__}") from error
            _kept[(self._key, self._audience)] = credentials
            while len(_kept) > MAX_CACHED:
                _kept.popitem(last=False)
        return str(credentials.token)
