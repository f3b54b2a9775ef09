"""What a provider's answer used and cost, whatever its format: JSON, events, JSON by lines, AWS's event stream."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from litellm.litellm_core_utils.accelerator import event_stream_splitter
from litellm.proxy.metering import Metered
from litellm.proxy.pass_through_endpoints.other_prices import price_by_kind
from litellm.proxy.stream_meters import EventsMeter

log = logging.getLogger("litellm.proxy.pass_through")

MAX_KEPT = 32 * 1024 * 1024
"""Bytes of an answer that are looked into for its usage at once."""
MAX_FRAME = 24 * 1024 * 1024
_BEDROCK_COUNTS = {
    "inputTokenCount": "x-amzn-bedrock-input-token-count", "outputTokenCount": "x-amzn-bedrock-output-token-count",
}  # fmt: skip


class ReplyMeter:
    """Sees every piece of an answer; never stands in its way."""

    def __init__(
        self, hidden: Mapping[str, Any], headers: Mapping[str, str], prompt_tokens: int, body: Mapping[str, Any],
        refuses: Callable[[Any], bool] | None = None,
    ) -> None:  # fmt: skip
        """`refuses`: whether an event is a refusal; an answer of nothing else is `refused`."""
        self._refuses, self.refused = refuses, False
        self._answered = False
        self._events = EventsMeter(hidden, prompt_tokens)
        self._hidden, self._body = hidden, body
        self._whole: Any = None
        counted = {name: headers.get(header, "") for name, header in _BEDROCK_COUNTS.items()}
        if all(text.isdigit() for text in counted.values()):
            self._events.saw({"usage": {name: int(text) for name, text in counted.items()}})
        self._split = _splitter(headers.get("content-type", "").partition(";")[0].strip().lower())
        self._kept = bytearray()
        self._blind = self._split is None
        self.pieces = 0

    def feed(self, piece: bytes) -> None:
        """Some bytes of the answer."""
        self.pieces += 1
        if self._blind or self._split is None:
            return
        self._kept += piece
        try:
            taken = self._split(self._kept, False, self._saw)
        except ValueError as error:
            self._give_up(str(error))
            return
        del self._kept[:taken]
        if len(self._kept) > MAX_KEPT:
            self._give_up("it is too long")

    def _give_up(self, why: str) -> None:
        log.warning("the usage of an answer is not known: %s", why)
        self._blind = True
        self._kept.clear()

    def _saw(self, event: Any) -> None:
        for item in event if isinstance(event, list) else (event,):
            self._events.saw(item)
            if self._refuses is not None:
                self._answered = self._answered or not self._refuses(item)
                self.refused = not self._answered
        self._whole = event

    def total(self) -> Metered:
        """What the answer so far adds up to."""
        if not self._blind and self._split is not None and self._kept:
            try:
                self._split(self._kept, True, self._saw)
            except ValueError:
                self._give_up("it is cut short")
            self._kept.clear()
        metered = self._events.total()
        return metered if metered.usage else Metered({}, price_by_kind(self._hidden, self._body, self._whole))


Split = Callable[[bytearray, bool, Callable[[Any], None]], int]
"""Hands out each whole event in a buffer, and gives the bytes that it took. At the end, the rest counts as whole."""


def _splitter(media_type: str) -> Split | None:
    """How answers of a media type are taken apart; None for what holds no usage."""
    if media_type == "text/event-stream":
        return _sse
    if media_type == "application/vnd.amazon.eventstream":
        return _Frames()
    if media_type in ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/stream+json"):
        return _lines
    return _json if media_type == "application/json" or media_type.endswith("+json") else None


def _json(buffer: bytearray, at_end: bool, saw: Callable[[Any], None]) -> int:
    if not at_end:
        return 0
    saw(orjson.loads(buffer))
    return len(buffer)


def _lines(buffer: bytearray, at_end: bool, saw: Callable[[Any], None]) -> int:
    end = len(buffer) if at_end else buffer.rfind(b"\n") + 1
    for line in bytes(buffer[:end]).splitlines():
        if line.strip():
            saw(orjson.loads(line))
    return end


_BLANK_LINES = (b"\n\n", b"\r\n\r\n", b"\r\r")


def _sse(buffer: bytearray, at_end: bool, saw: Callable[[Any], None]) -> int:
    ends = (at + len(mark) for mark in _BLANK_LINES if (at := buffer.rfind(mark)) >= 0)
    end = len(buffer) if at_end else max(ends, default=0)
    for event in bytes(buffer[:end]).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n\n"):
        data = b"\n".join(line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:"))
        if data.startswith((b"{", b"[{")):
            saw(orjson.loads(data))
    return end


class _Frames:
    """Of AWS's event stream. Its splitter keeps what is unfinished itself."""

    def __init__(self) -> None:
        self._frames = event_stream_splitter(MAX_FRAME)

    def __call__(self, buffer: bytearray, at_end: bool, saw: Callable[[Any], None]) -> int:
        for _, payload in self._frames.feed(bytes(buffer)):
            event = orjson.loads(payload)
            if isinstance(event, dict) and isinstance(event.get("bytes"), str):  # InvokeModel's events, wrapped
                try:
                    event = orjson.loads(base64.b64decode(event["bytes"]))
                except binascii.Error as error:
                    raise ValueError("an event is not base64") from error
            saw(event)
        return len(buffer)
