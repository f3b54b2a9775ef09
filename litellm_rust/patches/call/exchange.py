"""One HTTP exchange of an OpenAI client of upstream: watched, or answered with a reply that has already arrived.

Upstream's own function makes and reads the request; only the sending is seen (`Watch`) or spared (`Answered`). Either
stands in the `CURRENT` context variable while upstream's call runs.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from litellm_rust.pool import Reply, TransportFailure

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass
class Sent:
    """A request as upstream put it on the wire, and the reply to it."""

    method: str
    url: str
    headers: list[tuple[bytes, bytes]]
    content: bytes
    timeouts: tuple[float | None, float | None, float | None, float | None]
    status: int = 0
    reply_headers: dict[str, str] = field(default_factory=dict)
    reply: bytes = b""


class Watch:
    """Notes what upstream sends."""

    streams = False
    """Whether it also sees requests for streams."""
    client: Any = None
    """The OpenAI client, once it is asked for something."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def answer(self, request: Any) -> Any:
        """Note `request`; None: it is to be sent."""
        timeout = request.extensions.get("timeout") or {}
        self.sent.append(
            Sent(
                request.method,
                str(request.url),
                list(request.headers.raw),
                request.content,
                (timeout.get("connect"), timeout.get("read"), timeout.get("write"), timeout.get("pool")),
            )
        )

    def replied(self, response: Any) -> None:
        """Note the reply to the last request."""
        if self.sent and getattr(response, "is_closed", False):
            last = self.sent[-1]
            last.status, last.reply_headers, last.reply = response.status_code, dict(response.headers), response.content


class Answered:
    """Answers the first request with the outcome of one that was sent natively; later ones (retries) are sent."""

    streams = False
    client: Any = None

    def __init__(self, outcome: Reply | TransportFailure, body: bytes, began_s: float | None = None) -> None:
        """`began_s` is when the request was sent, as `time.time()` counts."""
        self._outcome: Reply | TransportFailure | None = outcome
        self._body = body
        self.began_s = began_s

    @property
    def outcome(self) -> Reply | TransportFailure | None:
        """What is still to be given out."""
        return self._outcome

    @property
    def pending(self) -> bool:
        """Whether the outcome has not been given out yet."""
        return self._outcome is not None

    def answer(self, request: Any) -> Any:
        """The response to `request`, None when it is to be sent; raises httpx's exception for a failure."""
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return None
        # The request's own httpx: the OpenAI client may use a renamed one.
        httpx: Any = sys.modules[type(request).__module__.partition(".")[0]]
        if isinstance(outcome, TransportFailure):
            kind, message = outcome.args
            raise getattr(httpx, kind)(message, request=request)
        if outcome.status in _REDIRECTS:
            return None  # nothing was done yet; the client follows it
        return httpx.Response(outcome.status, headers=outcome.headers, content=self._body, request=request)

    def replied(self, response: Any) -> None:
        """Nothing to note."""


Exchange = Watch | Answered
CURRENT: Final[ContextVar[Exchange | None]] = ContextVar("litellm_rust_exchange", default=None)


class _Tapped:
    """An HTTP client of upstream whose `send` passes through an exchange."""

    def __init__(self, client: Any, exchange: Exchange) -> None:
        self._client, self._exchange = client, exchange

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class _TappedSync(_Tapped):
    def send(self, request: Any, **options: Any) -> Any:
        response = self._exchange.answer(request)
        if response is None:
            response = self._client.send(request, **options)
            self._exchange.replied(response)
        return response


class _TappedAsync(_Tapped):
    async def send(self, request: Any, **options: Any) -> Any:
        response = self._exchange.answer(request)
        if response is None:
            response = await self._client.send(request, **options)
            self._exchange.replied(response)
        return response


def tapped(client: Any, exchange: Exchange, *, is_async: bool) -> Any:
    """A copy of the OpenAI client `client` whose requests pass through `exchange`."""
    exchange.client = client
    copy = client.copy()
    copy._client = (_TappedAsync if is_async else _TappedSync)(client._client, exchange)
    return copy
