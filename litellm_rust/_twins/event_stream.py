"""The reference for `litellm_rust.transport.EventStreamSplitter`: frames of AWS's event stream, in plain Python.

Format: AWS "Event stream encoding": total length, headers length, CRC-32 of those; headers; payload; CRC-32 of all.
"""

from __future__ import annotations

import struct
from zlib import crc32

from litellm_rust._twins.arguments import size

_PRELUDE, _TRAILER = 12, 4
_FIXED_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of each header value type that has a fixed size: true, false, byte, short, int, long, timestamp, UUID."""
_BYTES, _STRING = 6, 7


class EventStreamSplitter:
    """Splits bytes into frames of at most `max_frame_bytes` each."""

    def __init__(self, *, max_frame_bytes: int = 25_165_824) -> None:
        self._buffer = bytearray()
        self._limit = size("max_frame_bytes", max_frame_bytes)

    @property
    def unfinished(self) -> bool:
        """Whether the bytes so far end in the middle of a frame."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[tuple[dict[str, str], bytes]]:
        """(string headers, payload) of each frame that these bytes complete. Raises ValueError when one is damaged."""
        if not isinstance(data, bytes):
            raise TypeError(f"data: expected bytes, got {type(data).__name__}")
        buffer = self._buffer
        buffer += data
        frames: list[tuple[dict[str, str], bytes]] = []
        start = 0
        while len(buffer) - start >= _PRELUDE:
            total, headers_length, prelude_crc = struct.unpack_from(">III", buffer, start)
            self._check_prelude(start, total, headers_length, prelude_crc)
            if len(buffer) - start < total:
                break
            frames.append(_frame(bytes(buffer[start : start + total]), headers_length))
            start += total
        del buffer[:start]
        return frames

    def _check_prelude(self, start: int, total: int, headers_length: int, prelude_crc: int) -> None:
        if crc32(self._buffer[start : start + 8]) != prelude_crc:
            raise ValueError("a frame's prelude fails its checksum")
        if total > self._limit or headers_length > total or total - headers_length < _PRELUDE + _TRAILER:
            raise ValueError("a frame's length is impossible or over the limit")


def _frame(frame: bytes, headers_length: int) -> tuple[dict[str, str], bytes]:
    if crc32(frame[:-_TRAILER]) != int.from_bytes(frame[-_TRAILER:], "big"):
        raise ValueError("a frame fails its checksum")
    end = _PRELUDE + headers_length
    return _headers(frame[_PRELUDE:end]), frame[end:-_TRAILER]


def _headers(data: bytes) -> dict[str, str]:
    """The string headers of a frame; those of other types are passed over."""
    headers: dict[str, str] = {}
    at = 0
    try:
        while at < len(data):
            name_end = at + 1 + data[at]
            name = data[at + 1 : name_end]
            kind = data[name_end]
            at = name_end + 1
            if kind not in (_BYTES, _STRING):
                size = _FIXED_SIZES[kind]
            else:
                size = int.from_bytes(data[at : at + 2], "big")
                at += 2
            if at + size > len(data):
                raise ValueError(at)
            if kind == _STRING:
                headers[name.decode()] = data[at : at + size].decode()
            at += size
    except (IndexError, KeyError, ValueError) as error:
        raise ValueError("a frame's header cannot be read") from error
    return headers
