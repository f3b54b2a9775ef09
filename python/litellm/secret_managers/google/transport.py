"""google-auth's requests through httpx, so that it needs no HTTP client of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import google.auth.exceptions
import google.auth.transport
import httpx

TIMEOUT_S = 30.0


class HttpxResponse(google.auth.transport.Response):  # type: ignore[misc,unused-ignore]
    """A reply as google-auth reads it."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names in any case."""
        return self._response.headers

    @property
    def data(self) -> bytes:
        """The body."""
        return self._response.content


class HttpxRequest(google.auth.transport.Request):  # type: ignore[misc,unused-ignore]
    """Sends one request of google-auth's. Tokens are asked for seldom: no connection is kept."""

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> HttpxResponse:
        """The reply. Raises google-auth's `TransportError` when there is none."""
        try:
            response = httpx.request(
                method, url, content=body, headers=dict(headers or {}), timeout=timeout or TIMEOUT_S
            )
        except httpx.HTTPError as error:
            raise google.auth.exceptions.TransportError(error) from error
        return HttpxResponse(response)
