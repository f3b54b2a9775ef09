"""One stream under way natively: from the provider's bytes to upstream's chunks, as far as its script goes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.stream.recorder import usage_of
from litellm_rust.patches.stream.script import Closing, Event, Facts, Piece, Script, event_of
from litellm_rust.pool import Reply, TransportFailure

_metrics: Final = feature_metrics("streaming")
_END: Final = b"\n\n"
# Upstream ends a stream whose model repeats itself among chunks longer than this: it is to count them itself.
_SHORT: Final = 2
FINISHED: Final = object()


class Unforeseen(Exception):  # a verdict, not an error of the caller
    """The script does not say what comes of an event."""


class Course:
    """A stream's state. What has come is kept, so that upstream can go on from the start of the reply."""

    def __init__(
        self, script: Script, reply: Reply, hidden: dict[str, Any], headers: Mapping[str, Any], *, is_async: bool
    ) -> None:
        """`hidden` are the `_hidden_params` of the wrapper, `headers` what its chunks tell of the reply's headers.

        It is read with `advance` if it `is_async`, else with `advance_now`.
        """
        self._script, self._reply, self._headers = script, reply, headers
        self.hidden, self.is_async = hidden, is_async
        self._apieces: AsyncIterator[bytes] = reply.aiter_bytes()
        self._pieces: Iterator[bytes] = reply.iter_bytes()
        self._received: list[bytes] = []
        self._over = False
        self._failure: TransportFailure | None = None
        self._events: deque[bytes] = deque()
        self._rest = b""
        self._open: list[object] = []
        self._facts: Facts | None = None
        self._bound: dict[int, Piece] = {}
        self._told: Event | None = None
        self._closed = False
        self._speaking: Piece | None = None
        self._texts: list[str] = []
        self._digest: list[Any] = []
        self._last_text, self._repeated = "", 0
        self.patience = 1
        """How often a text may come again before upstream counts it."""
        self.given = 0
        self.last: Any = None
        self.chunks: list[Any] = []
        """The wrapper's `chunks`."""
        self.finished = False
        self.left = False
        """Whether upstream goes on."""

    @property
    def created(self) -> int | None:
        """When the stream's chunks were made, as they tell; None before the first event."""
        return None if self._facts is None else self._facts.created

    async def advance(self) -> Any:
        """The next chunk; FINISHED at the stream's end, None when upstream has to go on."""
        while not self.left:
            try:
                chunk = self._step()
            except Unforeseen:
                return None
            if chunk is not None:
                return chunk
            if not await self._receive():
                return None
        return None

    def advance_now(self) -> Any:
        """As `advance`, waiting."""
        while True:
            try:
                chunk = self._step()
            except Unforeseen:
                return None
            if chunk is not None:
                return chunk
            if not self._receive_now():
                return None

    async def _receive(self) -> bool:
        """Wait for more; False when there is none, or in a form that only upstream reads."""
        if self._over:
            return False
        try:
            return self._take(await anext(self._apieces, None))
        except TransportFailure as failure:
            self._over, self._failure = True, failure
            return False

    def _receive_now(self) -> bool:
        if self._over:
            return False
        try:
            return self._take(next(self._pieces, None))
        except TransportFailure as failure:
            self._over, self._failure = True, failure
            return False

    def _take(self, piece: bytes | None) -> bool:
        if piece is None:
            self._over = True
            return False
        self._received.append(piece)
        if b"\r" in piece:
            return False
        *events, self._rest = (self._rest + piece).split(_END)
        self._events.extend([event + _END for event in events])
        return True

    def _step(self) -> Any:
        """A chunk, FINISHED, or None when more events are needed. Raises Unforeseen."""
        if self._closed:
            self.finished = True
            return FINISHED
        while self._events:
            raw = self._events.popleft()
            speaking = self._speaking
            if speaking is not None and not self._open:
                text = speaking.text(raw)
                if text is not None:
                    return self._give(speaking, speaking.build(text), text)
            event = event_of(raw)
            if event is None:
                raise Unforeseen
            self._open.append(event.shape)
            if event.usage is not None:
                self._told = event
            steps = (self.given > 0, tuple(self._open))
            if self._script.knows(steps):
                self._open.clear()
                piece = self._script.find(steps)
                if piece is None:
                    self.finished = True
                    return FINISHED
                if isinstance(piece, Closing):
                    return self._close_with(piece, self._told)
                return self._made(self._of_this_stream(piece, event), event, raw)
            if not self._script.is_begun(steps):
                raise Unforeseen
        return None

    def _facts_of(self, event: Event) -> Facts:
        facts = self._facts
        if facts is None:
            facts = self._facts = Facts(event.ident, int(time.time()), self.hidden, self._headers)
        if event.ident != facts.ident:
            raise Unforeseen
        return facts

    def _close_with(self, closing: Closing, event: Event | None) -> Any:
        """The chunk that tells the usage of `event`; nothing comes after it."""
        if event is None:
            raise Unforeseen
        facts = self._facts_of(event)
        told, own = closing.told.bound(facts), closing.kept.made(event, facts)
        chunk = self._give(told, told.made(event), None)
        self.chunks.append(own)
        self._closed = True
        return chunk

    def _of_this_stream(self, piece: Piece, event: Event) -> Piece:
        facts = self._facts_of(event)
        bound = self._bound.get(id(piece))
        if bound is None:
            bound = self._bound[id(piece)] = piece.bound(facts)
        return bound

    def _made(self, piece: Piece, event: Event, raw: bytes) -> Any:
        text = event.text if piece.speaks else None
        chunk = self._give(piece, piece.made(event), text)
        if text and piece.kept and self.given > 1:
            piece.follows(raw)
            if piece is not self._speaking:
                self._digest.pop()
                self._texts.append(text)
                self._speaking = piece
        return chunk

    def _give(self, piece: Piece, chunk: Any, text: str | None) -> Any:
        if text is not None and len(text) > _SHORT:
            self._repeated = self._repeated + 1 if text == self._last_text else 0
            self._last_text = text
            if self._repeated >= self.patience:
                raise Unforeseen
        if piece is self._speaking and text is not None:
            self._texts.append(text)
        elif piece.kept:
            self._collect()
            self._digest.append(chunk)
        if piece.kept:
            self.chunks.append(chunk)
        self.given += 1
        self.last = chunk
        _metrics.native.add()
        return chunk

    def _collect(self) -> None:
        """A run of text stands as one chunk in the digest."""
        if self._texts and self._speaking is not None:
            self._digest.append(self._speaking.build("".join(self._texts)))
            self._texts = []

    def end(self, messages: Any) -> None:
        """What upstream does when a stream has ended: the last chunk tells the usage, which is counted now."""
        if self._script.tells_usage and self.last is not None:
            self._collect()
            self.last.__pydantic_private__["_hidden_params"]["usage"] = usage_of(self._digest, messages)
        self.close()

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The reply's body from its start. Raises TransportFailure where it broke off."""
        place = 0
        while True:
            while place < len(self._received):
                place += 1
                yield self._received[place - 1]
            if self._over:
                self._raise_failure()
                return
            await self._receive()

    def iter_bytes(self) -> Iterator[bytes]:
        """As `aiter_bytes`, waiting."""
        place = 0
        while True:
            while place < len(self._received):
                place += 1
                yield self._received[place - 1]
            if self._over:
                self._raise_failure()
                return
            self._receive_now()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Give up what has not arrived."""
        self._reply.close()
