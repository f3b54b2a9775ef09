"""Stream pieces to events."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator

import orjson
from hypothesis import given, strategies as st
from litellm.proxy.endpoints.routes import CHAT, MESSAGES
from litellm.proxy.serialization import encode_response, event_encoder, whole_events

EVENTS = [b"event: a\ndata: {}\n\n", b"data: two\n\n", b": ping\n\n", "data: ü€\n\n".encode()]


def cut(text: bytes, places: list[int]) -> list[bytes]:
    """The text in pieces, cut at the places."""
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


def reframed(pieces: list[bytes]) -> list[bytes]:
    """What `whole_events` makes of the pieces."""

    async def source() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def run() -> list[bytes]:
        return [event async for event in whole_events(source())]

    return asyncio.run(run())


@given(st.lists(st.integers(min_value=0, max_value=10_000), max_size=8), st.booleans())
def test_events_are_whole_however_they_arrive(places: list[int], windows: bool) -> None:
    text = b"".join(EVENTS)
    sent = text.replace(b"\n", b"\r\n") if windows else text
    assert reframed(cut(sent, places)) == EVENTS


def test_a_last_event_without_its_empty_line_is_kept() -> None:
    assert reframed([b"data: 1\n\ndata: 2"]) == [b"data: 1\n\n", b"data: 2\n\n"]


def test_the_model_is_the_one_that_was_asked_for() -> None:
    assert orjson.loads(encode_response({"model": "gpt-4o-2024", "id": "1"}, "mine")) == {"model": "mine", "id": "1"}
    start = {"type": "message_start", "message": {"model": "claude-x", "id": "1"}}
    encoder = event_encoder(MESSAGES, "mine", usage_wanted=False)
    renamed = encoder.piece(b"event: message_start\ndata: " + orjson.dumps(start) + b"\n\n")
    assert renamed.startswith(b"event: message_start\ndata: ")
    assert json.loads(renamed.split(b"data: ")[1])["message"] == {"model": "mine", "id": "1"}


def test_text_that_looks_like_a_start_is_left_alone() -> None:
    encoder = event_encoder(MESSAGES, "mine", usage_wanted=False)
    for event in (
        b'data: {"type":"content_block_delta","delta":{"text":"message_start"}}\n\n',
        b"data: message_start\n\n",
    ):
        assert encoder.piece(event) == event


def test_usage_is_left_out_unless_wanted() -> None:
    chunk = {"id": "1", "choices": [], "usage": {"total_tokens": 3}}
    assert event_encoder(CHAT, "m", usage_wanted=False).piece(chunk) == b""
    said = event_encoder(CHAT, "m", usage_wanted=False).piece({**chunk, "choices": [{"delta": {"content": "x"}}]})
    assert b"content" in said
    assert b"usage" not in said
    assert b"usage" in event_encoder(CHAT, "m", usage_wanted=True).piece(chunk)
