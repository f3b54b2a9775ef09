"""How many requests a process answers at a time: `general_settings.max_in_flight_requests_per_worker`."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from litellm.proxy._types import ProxyException
from litellm.proxy.middleware.in_flight import InFlight

QUEUE_TIMEOUT_S = 1.0
"""How long a request waits for its turn; `general_settings.admission_queue_timeout_seconds`."""
_ALWAYS = frozenset({
    "/health/liveliness", "/health/liveness", "/health/readiness", "/health/readiness/details", "/health/backlog",
    "/health/drain", "/metrics",
})  # fmt: skip


class Admission:
    """Lets `max_in_flight_requests_per_worker` requests in; `max_queued_requests_per_worker` more, by default as many,
    wait for their turn. All others get 503. The settings are those of the moment."""

    def __init__(self, app: ASGIApp, counts: InFlight) -> None:
        self.app, self._counts = app, counts
        self._running = 0
        self._waiting: collections.deque[asyncio.Future[None]] = collections.deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        gateway = getattr(scope["app"].state, "gateway", None) if scope["type"] == "http" else None
        settings: Mapping[str, Any] = {} if gateway is None else gateway.config.general_settings.raw
        most = settings.get("max_in_flight_requests_per_worker")
        if not most or scope["path"] in _ALWAYS:
            await self.app(scope, receive, send)
            return
        await self._enter(most, settings)
        try:
            await self.app(scope, receive, send)
        finally:
            self._leave()

    async def _enter(self, most: int, settings: Mapping[str, Any]) -> None:
        if self._running < most and not self._waiting:
            self._running += 1
            return
        queue = settings.get("max_queued_requests_per_worker")
        if len(self._waiting) >= (most if queue is None else queue):
            raise self._full()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._counts.queued = len(self._waiting)
        try:
            await asyncio.wait_for(turn, settings.get("admission_queue_timeout_seconds") or QUEUE_TIMEOUT_S)
        except (asyncio.TimeoutError, asyncio.CancelledError) as error:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():  # the place was given to it when it had gone
                self._leave()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise self._full() from error
        finally:
            self._counts.queued = len(self._waiting)

    def _leave(self) -> None:
        """Give the place to who waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1

    def _full(self) -> ProxyException:
        self._counts.rejected += 1
        message = "this process answers as many requests as it may (max_in_flight_requests_per_worker); retry"
        return ProxyException(message, "overloaded_error", None, 503, headers={"retry-after": "1"})
