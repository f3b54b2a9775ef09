"""Event splitters: any cut gives the same events; damage is said, never swallowed."""

from __future__ import annotations

import binascii
import struct

import pytest
from hypothesis import given, strategies as st

from litellm_rust.transport import EventStreamSplitter, SSESplitter

STREAM = 'event: a\ndata: {"x": "ü"}\n\n: ping\n\ndata: one\ndata: two\r\n\r\ndata: [DONE]\n\n'.encode()
EVENTS = [("a", '{"x": "ü"}'), ("", "one\ntwo"), ("", "[DONE]")]


def frame(payload: bytes, headers: bytes = b"\x0b:event-type\x07\x00\x05chunk") -> bytes:
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    body = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + payload
    return body + struct.pack("!I", binascii.crc32(body))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_server_sent_events_at_any_cut(cuts: list[int]) -> None:
    splitter, events, start = SSESplitter(), [], 0
    for cut in [*sorted(cuts), len(STREAM)]:
        events += splitter.feed(STREAM[start:cut])
        start = cut
    assert events == EVENTS
    assert splitter.finish() is None


def test_an_unfinished_and_an_endless_event() -> None:
    splitter = SSESplitter()
    assert splitter.feed(b"data: cut off") == []
    assert splitter.finish() == ("", "cut off")
    small = SSESplitter(max_event_bytes=10)
    small.feed(b"x" * 20)
    with pytest.raises(ValueError, match="max_event_bytes"):
        small.feed(b"x")


@given(st.binary(max_size=300))
def test_bytes_that_are_no_event_stream_are_refused_or_wait(data: bytes) -> None:
    splitter = EventStreamSplitter()
    try:
        splitter.feed(data)
    except ValueError as error:
        assert "frame" in str(error)  # noqa: PT017 - either outcome is right


@given(st.integers(0, 60), st.binary(max_size=40))
def test_frames_at_any_cut(cut: int, payload: bytes) -> None:
    data = frame(payload) + frame(b"", b"")
    splitter = EventStreamSplitter()
    frames = splitter.feed(data[:cut]) + splitter.feed(data[cut:])
    assert frames == [({":event-type": "chunk"}, payload), ({}, b"")]
    assert not splitter.unfinished


def test_a_damaged_frame() -> None:
    with pytest.raises(ValueError, match="checksum"):
        EventStreamSplitter().feed(frame(b"hello").replace(b"hello", b"hallo"))
