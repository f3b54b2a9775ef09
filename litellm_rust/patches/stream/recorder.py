"""Notes which events of a stream that upstream serves become which of its chunks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from litellm_rust.patches.call.template import same, usage_in
from litellm_rust.patches.patch import Function
from litellm_rust.patches.stream.feed import Feed
from litellm_rust.patches.stream.script import (
    Closing,
    Event,
    Facts,
    KeptUsage,
    Piece,
    Script,
    UsagePiece,
    event_of,
)


def usage_of(chunks: list[Any], messages: Any) -> Any:
    """The usage that upstream counts of a stream's chunks, or runs of their text as one."""
    return sys.modules["litellm"].stream_chunk_builder(chunks=chunks, messages=messages).usage


def _tells_usage(chunk: Any) -> bool:
    """Whether upstream has counted what the stream used, and tells it."""
    try:
        return usage_in(chunk) is not None
    except KeyError:
        return False


class Recorder:
    """Of one stream, from its start; stops at the first event that a script cannot have."""

    def __init__(self, script: Script, wrapper: Any, feed: Feed, headers: Mapping[str, Any]) -> None:
        """`headers` is what chunks tell of the reply's headers."""
        self._script, self._wrapper, self._feed, self._headers = script, wrapper, feed, headers
        self._events: list[bytes] = []
        self._ident = ""
        self._started = False
        self._kept = len(wrapper.chunks)
        self._usage: tuple[dict[str, Any], Any] | None = None
        self._closing: tuple[bool, list[object], Closing] | None = None

    def take(self, event: bytes) -> None:
        """Note an event that upstream reads."""
        self._events.append(event)

    async def step(self, original: Function, wrapper: Any) -> Any:
        """Upstream's next chunk; `original(wrapper)` makes it."""
        self._begin(wrapper)
        try:
            chunk = await original(wrapper)
        except StopAsyncIteration:
            self._stop()
            self._end()
            raise
        except BaseException:
            self._stop()
            raise
        return self._noted(chunk)

    def step_now(self, original: Function, wrapper: Any) -> Any:
        """As `step`, waiting."""
        self._begin(wrapper)
        try:
            chunk = original(wrapper)
        except StopIteration:
            self._stop()
            self._end()
            raise
        except BaseException:
            self._stop()
            raise
        return self._noted(chunk)

    def _begin(self, wrapper: Any) -> None:
        self._wrapper = wrapper  # another object may have taken its place
        self._events.clear()

    def _stop(self) -> None:
        self._feed.recorder = None

    def _noted(self, chunk: Any) -> Any:
        if not self._note(chunk):
            self._stop()
        return chunk

    def _read(self) -> list[Event] | None:
        """The events since the last chunk, None when one of them is upstream's alone."""
        events = []
        for raw in self._events:
            event = event_of(raw)
            if event is None or (event.ident and self._ident not in ("", event.ident)):
                return None
            self._ident = self._ident or event.ident
            events.append(event)
        return events

    def _note(self, chunk: Any) -> bool:
        """Take note of one more chunk; False when the stream is no longer one for a script."""
        events, chunks, started = self._read(), self._wrapper.chunks, self._started
        kept = len(chunks) - self._kept
        self._started, self._kept = True, len(chunks)
        if events and events[-1].usage is None and any(event.usage for event in events):
            return kept == 1 and self._note_usage(started, events, chunk, chunks[-1])
        if not events or kept not in (0, 1) or (kept and chunks[-1] is not chunk) or _tells_usage(chunk):
            return False
        shapes = [event.shape for event in events]
        private = chunk.__pydantic_private__["_hidden_params"]
        self._usage = (private, private["usage"].model_copy(deep=True)) if "usage" in private else None
        if self._script.knows((started, tuple(shapes))):
            return True
        facts = Facts(self._ident, self._wrapper.created, self._wrapper._hidden_params, self._headers)
        try:
            self._script.learn(started, shapes, Piece(chunk, events[-1], facts, kept=bool(kept)))
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        return True

    def _note_usage(self, started: bool, events: list[Event], told: Any, kept: Any) -> bool:
        """Take note of the chunk that tells the usage; it is the last one, or nothing is learnt of it."""
        # Usage among hidden parameters is of a stream's own, and nobody tells it here.
        if told is kept or len(events) != 2 or self._closing is not None or self._usage is not None:
            return False
        facts = Facts(self._ident, self._wrapper.created, self._wrapper._hidden_params, self._headers)
        try:
            closing = Closing(UsagePiece(told, events[0], facts), KeptUsage(kept, events[0], facts))
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        self._closing = (started, [event.shape for event in events], closing)
        return True

    def _end(self) -> None:
        events = self._read()
        if self._closing is not None:
            if not self._events and len(self._wrapper.chunks) == self._kept:
                self._script.learn(*self._closing)
            return
        if not events or len(self._wrapper.chunks) != self._kept:
            return
        if self._usage is not None and not same(self._usage[0].get("usage"), self._usage[1]):
            if not same(usage_of(self._wrapper.chunks, self._wrapper.messages), self._usage[0].get("usage")):
                return
            self._script.tells_usage = True
        self._script.learn(self._started, [event.shape for event in events], None)
