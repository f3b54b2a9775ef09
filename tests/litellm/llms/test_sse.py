"""Splitting streams into events, at every byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from litellm.llms.sse import LineSplitter, SSESplitter
from litellm.llms.wire import WireError

STREAM = (
    b": a comment\n\n"
    b'event: one\ndata: {"a": 1}\n\n'
    b"data:no space\r\n\r\n"
    b"data: first\ndata: second\r\rid: 3\nretry: 5\n"
    b"data: h\xc3\xa9llo \xf0\x9f\x8e\x89\n\n"
    b"data: [DONE]\n\n"
)
EVENTS = [b'{"a": 1}', b"no space", b"first\nsecond", "héllo 🎉".encode(), b"[DONE]"]


def read(*chunks: bytes) -> list[bytes]:
    splitter = SSESplitter()
    events = [event for chunk in chunks for event in splitter.feed(chunk)]
    return events + splitter.finish()


def feed_all(splitter: SSESplitter, chunk: bytes, times: int) -> None:
    for _ in range(times):
        splitter.feed(chunk)


def test_whole() -> None:
    assert read(STREAM) == EVENTS


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_split_at_every_byte(at: int) -> None:
    assert read(STREAM[:at], STREAM[at:]) == EVENTS


def test_byte_by_byte() -> None:
    assert read(*(bytes([byte]) for byte in STREAM)) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_split_anywhere(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert read(*(STREAM[a:b] for a, b in pairwise(edges))) == EVENTS


def test_last_event_without_its_blank_line() -> None:
    assert read(b"data: a\n\ndata: b") == [b"a", b"b"]
    assert read(b"data: a\n\ndata: b\n") == [b"a", b"b"]


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(WireError, match="more than 1000 bytes"):
        feed_all(SSESplitter(limit=1000), b"x", 2000)


def test_an_endless_event_is_refused() -> None:
    with pytest.raises(WireError, match="more than 1000 bytes"):
        feed_all(SSESplitter(limit=1000), b"data: x\n", 2000)


@given(st.lists(st.text(alphabet=st.characters(blacklist_characters="\r\n", blacklist_categories=("Cs",)), max_size=9)))
def test_any_texts_come_back(texts: list[str]) -> None:
    stream = b"".join(b"data: " + text.encode() + b"\n\n" for text in texts)
    assert read(stream) == [text.encode() for text in texts]


@pytest.mark.parametrize("at", range(18))
def test_lines_split_at_every_byte(at: int) -> None:
    body = b'{"a":1}\n\n{"b":2}\r\n3'
    splitter = LineSplitter()
    lines = splitter.feed(body[:at]) + splitter.feed(body[at:]) + splitter.finish()
    assert lines == [b'{"a":1}', b'{"b":2}', b"3"]
