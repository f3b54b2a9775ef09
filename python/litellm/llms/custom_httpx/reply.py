"""What came back from a provider, in as few objects as its reader needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import httpx

RawHeaders = Sequence[tuple[bytes, bytes]]


class Reply:
    """A status, headers and a body, which is empty for a stream: its bytes are read from `response`.

    `headers` and `response` are made when they are first asked for.
    """

    __slots__ = ("_headers", "_raw_headers", "_request", "_response", "body", "status")

    def __init__(
        self, status: int, raw_headers: RawHeaders, body: bytes, request: Callable[[], httpx.Request] | None = None
    ) -> None:
        self.status, self.body = status, body
        self._raw_headers, self._request = raw_headers, request
        self._headers: httpx.Headers | None = None
        self._response: httpx.Response | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> Reply:
        """The reply that `response` is; a body that has not been read yet stays in it."""
        reply = cls(response.status_code, response.headers.raw, response.content if response.is_closed else b"")
        reply._headers, reply._response = response.headers, response
        return reply

    @property
    def headers(self) -> httpx.Headers:
        """The headers, names in any case."""
        if self._headers is None:
            self._headers = httpx.Headers(list(self._raw_headers))
        return self._headers

    @property
    def response(self) -> httpx.Response:
        """The whole reply as httpx has it."""
        if self._response is None:
            request = self._request() if self._request is not None else None
            self._response = httpx.Response(self.status, headers=self.headers, request=request)
            self._response._content = self.body  # decoded already, whatever its headers say
        return self._response
