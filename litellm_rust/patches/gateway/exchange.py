"""The exchange with a provider in a request of the proxy: watched, or taken up where the native path stopped."""

from __future__ import annotations

import functools
import sys
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

from litellm_rust.patches.call.exchange import Answered, Watch
from litellm_rust.pool import Reply, TransportFailure


@functools.cache
def _stream_class(httpx: ModuleType) -> Any:
    """A body for responses of `httpx`, which asks for a class of its own."""

    class Body(httpx.AsyncByteStream):  # type: ignore[name-defined, misc]
        def __init__(self, pieces: AsyncIterator[bytes], close: Any) -> None:
            self._pieces, self._close = pieces, close

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self._pieces

        async def aclose(self) -> None:
            await self._close()

    return Body


def _httpx_of(message: Any) -> ModuleType:
    """The httpx that `message` is of: the OpenAI client may use a renamed one."""
    return sys.modules[type(message).__module__.partition(".")[0]]


class GatewayWatch(Watch):
    """Notes what is sent and, of a stream, all that comes back."""

    streams = True

    def replied(self, response: Any) -> None:
        super().replied(response)
        if not self.sent or response.is_closed:
            return
        last, stream = self.sent[-1], response.stream
        last.status, last.reply_headers = response.status_code, dict(response.headers)

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in stream:
                last.reply += piece
                yield piece

        response.stream = _stream_class(_httpx_of(response))(pieces(), stream.aclose)


class GatewayAnswered(Answered):
    """Answers with what has come of a reply, whole or a stream, and with the rest as it comes."""

    streams = True

    def __init__(self, outcome: Reply | TransportFailure, body: bytes, rest: AsyncIterator[bytes] | None) -> None:
        """`body` has arrived; `rest` gives what follows, None when nothing does."""
        super().__init__(outcome, body)
        self._rest = rest
        self.received = body
        """All of the body that upstream has read."""

    def answer(self, request: Any) -> Any:
        outcome, rest = self._outcome, self._rest
        if not isinstance(outcome, Reply) or rest is None:
            return super().answer(request)
        self._outcome = None
        httpx: Any = _httpx_of(request)
        start = self._body

        async def pieces() -> AsyncIterator[bytes]:
            yield start
            try:
                async for piece in rest:
                    self.received += piece
                    yield piece
            except TransportFailure as failure:
                kind, message = failure.args
                raise getattr(httpx, kind)(message, request=request) from None

        async def close() -> None:
            outcome.close()

        stream = _stream_class(httpx)(pieces(), close)
        return httpx.Response(outcome.status, headers=outcome.headers, stream=stream, request=request)
