"""Splitting a byte stream into events: server-sent events and newline-delimited JSON.

Pure and incremental: bytes go in as the network gives them, the data of whole events comes out. What is held
back is bounded, so that a provider that never ends a line cannot fill the memory.
"""

from __future__ import annotations

from typing import Protocol

from litellm.llms.aws.event_stream import AwsEventSplitter
from litellm.llms.wire import Framing, WireError

MAX_EVENT_BYTES = 64 * 1024 * 1024


class Splitter(Protocol):
    """Cuts bytes into events."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that `chunk` completes. Raises `WireError` when one exceeds the limit."""

    def finish(self) -> list[bytes]:
        """What the end of the stream leaves behind."""


class _Lines:
    """Whole lines of a byte stream, without their ends. Costs linear time however long a line is."""

    __slots__ = ("_after_cr", "_held", "_limit", "_parts")

    def __init__(self, limit: int) -> None:
        self._parts: list[bytes] = []
        self._held = 0
        self._limit = limit
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        if self._after_cr:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines and self._parts:
            self._parts.append(lines[0])
            lines[0] = b"".join(self._parts)
            self._parts.clear()
            self._held = 0
        if rest:
            self._parts.append(rest)
            self._held += len(rest)
            if self._held > self._limit:
                raise WireError(f"the provider sent a line of more than {self._limit} bytes")
        return lines

    def finish(self) -> bytes:
        rest = b"".join(self._parts)
        self._parts.clear()
        return rest


class SSESplitter:
    """The `data` of server-sent events, as the WHATWG event-stream format defines it.

    `event`, `id` and `retry` fields and comments are dropped: the formats that name their events repeat the name
    inside the data. Lines end in LF, CRLF or CR. Unlike a browser, an event whose closing blank line is missing at
    the end of the stream still counts: providers do leave it out.
    """

    __slots__ = ("_data", "_held", "_limit", "_lines")

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self._lines = _Lines(limit)
        self._data: list[bytes] = []
        self._held = 0
        self._limit = limit

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of every event that `chunk` completes. Raises `WireError` when one exceeds the limit."""
        events: list[bytes] = []
        data = self._data
        for line in self._lines.feed(chunk):
            if line.startswith(b"data:"):
                data.append(line[6:] if line[5:6] == b" " else line[5:])
                self._held += len(line)
                if self._held > self._limit:
                    raise WireError(f"the provider sent an event of more than {self._limit} bytes")
            elif not line and data:
                events.append(data[0] if len(data) == 1 else b"\n".join(data))
                data.clear()
                self._held = 0
        return events

    def finish(self) -> list[bytes]:
        """The event that the stream ended in the middle of, if there is one."""
        last = self._lines.finish()
        return self.feed(last + b"\n\n")


class NamedSSESplitter:
    """Server-sent events with their names, for formats that say nowhere else what an event is."""

    __slots__ = ("_data", "_held", "_limit", "_lines", "_name")

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self._lines = _Lines(limit)
        self._data: list[bytes] = []
        self._held, self._limit = 0, limit
        self._name = b""

    def feed(self, chunk: bytes) -> list[tuple[str, bytes]]:
        """(name, data) of every event that `chunk` completes. Raises `WireError` when one exceeds the limit."""
        events: list[tuple[str, bytes]] = []
        for line in self._lines.feed(chunk):
            field, _, value = line.partition(b":")
            if field == b"event":
                self._name = value.strip()
            elif field == b"data":
                self._data.append(value.removeprefix(b" "))
                self._held += len(value)
                if self._held > self._limit:
                    raise WireError(f"the provider sent an event of more than {self._limit} bytes")
            elif not line and self._data:
                events.append((self._name.decode("utf-8", "replace"), b"\n".join(self._data)))
                self._name, self._held = b"", 0
                self._data.clear()
        return events


class LineSplitter:
    """Lines of newline-delimited JSON; empty lines are dropped."""

    __slots__ = ("_lines",)

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self._lines = _Lines(limit)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Every line that `chunk` completes. Raises `WireError` when one exceeds the limit."""
        return [stripped for line in self._lines.feed(chunk) if (stripped := line.strip())]

    def finish(self) -> list[bytes]:
        """The unterminated last line, if there is one."""
        rest = self._lines.finish().strip()
        return [rest] if rest else []


class WholeSplitter:
    """The body as one event, for formats whose streams are a single document."""

    __slots__ = ("_held", "_limit", "_size")

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self._held: list[bytes] = []
        self._size = 0
        self._limit = limit

    def feed(self, chunk: bytes) -> list[bytes]:
        """Nothing yet. Raises `WireError` when the body exceeds the limit."""
        self._held.append(chunk)
        self._size += len(chunk)
        if self._size > self._limit:
            raise WireError(f"the provider sent a body of more than {self._limit} bytes")
        return []

    def finish(self) -> list[bytes]:
        """The body."""
        return [b"".join(self._held)]


def splitter(framing: Framing) -> Splitter:
    """A new splitter for `framing`."""
    if framing == "sse":
        return SSESplitter()
    if framing == "aws":
        return AwsEventSplitter()
    return LineSplitter() if framing == "ndjson" else WholeSplitter()
