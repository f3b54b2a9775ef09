"""Answers in pieces, to a client that may leave at any moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import httpx
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from litellm.proxy.errors import INTERNAL, ErrorFormat, details_of, error_event

log = logging.getLogger("litellm.proxy")

Ended = Callable[[str, BaseException | None], Awaitable[None]]
"""Told once how a stream ended: `success`, `failure` (with its error) or `client_gone`."""


class _ClientGoneError(Exception):
    """The server says that nobody reads any more."""


class Streamed(Response):
    """Sends pieces as they come; when the client leaves, the source is cancelled at once.

    Whatever the end is, `ended` is awaited once, out of reach of cancellation.
    """

    def __init__(
        self, pieces: AsyncIterator[bytes], headers: Mapping[str, str], ended: Ended, *, status: int = 200,
        media_type: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(status_code=status, media_type=media_type, headers=dict(headers))
        del self.headers["content-length"]
        self._pieces, self._ended = pieces, ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        pump = asyncio.create_task(self._pump(scope, send))
        watcher = asyncio.create_task(_disconnected(receive))
        status, error = "client_gone", None
        try:
            await asyncio.wait((pump, watcher), return_when=asyncio.FIRST_COMPLETED)
            if pump.done():
                error = pump.result()
                status = "failure" if error else "success"
        except _ClientGoneError:
            status = "client_gone"
        finally:
            for task in (pump, watcher):
                task.cancel()
            await asyncio.gather(pump, watcher, return_exceptions=True)
            await asyncio.shield(asyncio.ensure_future(self._ended(status, error)))

    async def _pump(self, scope: Scope, send: Send) -> Exception | None:
        error: Exception | None = None
        await _deliver(send, {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async for piece in self._pieces:
                await _deliver(send, {"type": "http.response.body", "body": piece, "more_body": True})
        except _ClientGoneError:
            raise
        except Exception as failure:  # noqa: BLE001 - the head is sent: the failure shows in how the stream ends
            error = failure
            last = self._last_words(scope, failure)
            if last is None:
                return error  # without its end, so that nobody takes what came for the whole
            await _deliver(send, {"type": "http.response.body", "body": last, "more_body": True})
        await _deliver(send, {"type": "http.response.body", "body": b"", "more_body": False})
        return error

    def _last_words(self, scope: Scope, error: Exception) -> bytes | None:
        """What tells the client of `error`; None breaks the connection off."""
        call_id = scope["state"]["call_id"]
        if isinstance(error, httpx.HTTPError):  # of the provider's making
            log.warning("request %s: the provider's answer broke off: %s", call_id, type(error).__name__)
        else:
            log.error("request %s failed in its answer", call_id, exc_info=error)
        return None


class EventStream(Streamed):
    """Server-sent events: `events` yields whole encoded ones, and a failure becomes the last of them."""

    def __init__(
        self, events: AsyncIterator[bytes], shape: ErrorFormat, headers: Mapping[str, str], ended: Ended, *,
        media_type: str = "text/event-stream",
    ) -> None:  # fmt: skip
        super().__init__(events, headers, ended, media_type=media_type)
        self.headers["cache-control"] = "no-cache"
        self.headers["x-accel-buffering"] = "no"
        self._shape = shape

    def _last_words(self, scope: Scope, error: Exception) -> bytes:
        details = details_of(error)
        if details is None:
            log.error("request %s failed in its stream", scope["state"]["call_id"], exc_info=error)
            details = INTERNAL
        return error_event(details, self._shape)


async def _deliver(send: Send, message: Message) -> None:
    try:
        await send(message)
    except OSError as error:
        raise _ClientGoneError from error


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
