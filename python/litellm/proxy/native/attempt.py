"""What came of an attempt that the native front has made: the router's first attempt goes on with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from litellm import Router

ATTEMPT = "litellm.attempt"
"""Where a request's scope has the attempt that was made for it."""
Pairs = Sequence[tuple[bytes, bytes]]


class Attempt:
    """An attempt at a deployment: its answer, or as much of it as there was. `close` it, whatever became of it.

    `error` is the name of httpx's exception that ended it, and its message.
    """

    def __init__(
        self, router: Router, model_id: str, status: int, headers: Pairs, body: bytes, error: tuple[str, str] | None
    ) -> None:
        self._router, self.model_id = router, model_id
        self._status, self._headers, self._body, self._error = status, headers, body, error
        self._open = True

    def client(self) -> httpx.AsyncClient:
        """A client that gets this answer to its first request, and sends any other."""
        self._open = False
        return httpx.AsyncClient(transport=_Answered(self))

    def close(self) -> None:
        """Free the deployment, unless the attempt has gone on."""
        if self._open:
            self._open = False
            self._router.note_abandoned(self.model_id)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer as httpx has it. Raises its exceptions."""
        if not self._status:
            raise self.failure(request)
        return httpx.Response(self._status, headers=list(self._headers), stream=_Body(self, request), request=request)

    def failure(self, request: httpx.Request) -> httpx.TransportError:
        """How the answer broke off."""
        name, message = self._error or ("RemoteProtocolError", "no answer")
        made: httpx.TransportError = getattr(httpx, name)(message, request=request)
        return made

    async def pieces(self, request: httpx.Request) -> AsyncIterator[bytes]:
        """The body. Raises httpx's exceptions where it broke off."""
        yield self._body
        if self._error is not None:
            raise self.failure(request)


class _Body(httpx.AsyncByteStream):
    def __init__(self, attempt: Attempt, request: httpx.Request) -> None:
        self._attempt, self._request = attempt, request

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._attempt.pieces(self._request)


class _Answered(httpx.AsyncBaseTransport):
    def __init__(self, attempt: Attempt) -> None:
        self._attempt: Attempt | None = attempt
        self._rest: httpx.AsyncHTTPTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            return attempt.answer(request)
        if self._rest is None:
            self._rest = httpx.AsyncHTTPTransport()
        return await self._rest.handle_async_request(request)

    async def aclose(self) -> None:
        if self._rest is not None:
            await self._rest.aclose()
