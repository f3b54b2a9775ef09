"""The events of one streamed reply, read by the native path and by the OpenAI client's own stream, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

from litellm_rust.patches.stream.chunk_template import ChunkTemplate


class Feed:
    """Stands for an httpx response whose body is server-sent events, cut at blank lines."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._rest = b""
        self._failure: Exception | None = None
        self._raw = False
        self.ended = False
        self.events: deque[bytes] = deque()
        self.taken = 0
        """How many events have been given out."""
        self.template: ChunkTemplate | None = None
        """What the stream's chunks of text are made from, once one has been seen."""
        self.recorder: Any = None
        """Who notes which events become which chunks; meanwhile all of them are made by upstream."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)

    def _split(self, data: bytes) -> None:
        if self._raw or b"\r" in data:
            # Other line ends: the client's own decoder finds the events.
            self._raw = True
            self.events.append(self._rest + data)
            self._rest = b""
            return
        *events, self._rest = (self._rest + data).split(b"\n\n")
        self.events.extend([event + b"\n\n" for event in events])

    def _finished(self, failure: Exception | None) -> None:
        self.ended, self._failure = True, failure
        if self._rest:
            self.events.append(self._rest)
            self._rest = b""

    def take(self) -> bytes:
        """The next event with the blank line that ends it; for other line ends, the next piece of the body."""
        self.taken += 1
        event = self.events.popleft()
        if self.recorder is not None:
            self.recorder.take(event)
        return event

    def _raise_failure(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure


class AsyncFeed(Feed):
    """A feed over an asynchronous response."""

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self._source: AsyncIterator[bytes] = response.aiter_bytes()

    async def fill(self) -> None:
        """Wait for at least one more event, or the end; a failure is kept for the client's own stream to meet."""
        while not self.events and not self.ended:
            try:
                self._split(await self._source.__anext__())
            except StopAsyncIteration:
                self._finished(None)
            # Whatever a foreign transport raises: it is raised again where the client reads on.
            except Exception as failure:  # noqa: BLE001
                self._finished(failure)

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The rest of the body, one event at a time."""
        while True:
            await self.fill()
            if not self.events:
                self._raise_failure()
                return
            yield self.take()


class SyncFeed(Feed):
    """A feed over a synchronous response."""

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self._source: Iterator[bytes] = response.iter_bytes()

    def fill(self) -> None:
        """As `AsyncFeed.fill`."""
        while not self.events and not self.ended:
            try:
                self._split(next(self._source))
            except StopIteration:
                self._finished(None)
            # Whatever a foreign transport raises: it is raised again where the client reads on.
            except Exception as failure:  # noqa: BLE001
                self._finished(failure)

    def iter_bytes(self) -> Iterator[bytes]:
        """The rest of the body, one event at a time."""
        while True:
            self.fill()
            if not self.events:
                self._raise_failure()
                return
            yield self.take()
