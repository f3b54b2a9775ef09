"""Server-sent events over real HTTP: their end is told once, whatever it is."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from litellm.proxy._types import ProxyException
from litellm.proxy.errors import ErrorFormat
from litellm.proxy.streaming import EventStream
from starlette.types import Receive, Scope, Send

from tests.proxy.serving import serving

ended: queue.Queue[tuple[str, Any]] = queue.Queue()
closed: queue.Queue[bool] = queue.Queue()


async def source(path: str) -> AsyncIterator[bytes]:
    """Three events, and then what the path says."""
    try:
        for index in range(3):
            yield b"data: %d\n\n" % index
        if "refuse" in path:
            raise ProxyException("too much", "throttling_error", None, 429)
        if "bug" in path:
            raise RuntimeError("the inside")
        if "timeout" in path:
            raise TimeoutError
        while "endless" in path:
            yield b"data: more\n\n"
            await asyncio.sleep(0.01)
        if "hang" in path:
            await asyncio.sleep(60)
    finally:
        closed.put(True)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """A stream as the path says."""
    shape: ErrorFormat = "anthropic" if "messages" in scope["path"] else "openai"
    scope["state"] = {"call_id": "id-1"}

    async def note(status: str, error: BaseException | None) -> None:
        await asyncio.sleep(0.01)
        ended.put((status, error))

    await EventStream(source(scope["path"]), shape, {"x-litellm-version": "1"}, note)(scope, receive, send)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serving(app) as url:
        yield url


def the_end() -> tuple[str, Any]:
    """How the last stream ended; fails when it was told twice."""
    told = ended.get(timeout=5)
    assert closed.get(timeout=5)
    with pytest.raises(queue.Empty):
        ended.get(timeout=0.1)
    return told


def test_a_whole_stream(base: str) -> None:
    answer = httpx.get(base)
    assert answer.text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-length" not in answer.headers
    assert the_end() == ("success", None)


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/refuse", '"code":"429"'),
        ("/messages/refuse", '"type":"rate_limit_error"'),
        ("/bug", '"code":"500"'),
        ("/timeout", '"code":"408"'),
    ],
)
def test_a_failure_is_the_last_event(base: str, path: str, last: str) -> None:
    answer = httpx.get(base + path)
    assert answer.status_code == 200
    event = answer.text.strip().split("\n\n")[-1]
    assert last in event
    assert event.startswith("event: error\ndata:" if "messages" in path else "data:")
    assert "the inside" not in answer.text
    status, error = the_end()
    assert status == "failure"
    assert isinstance(error, Exception)


@pytest.mark.parametrize("path", ["/endless", "/hang"])
def test_a_client_that_leaves_ends_the_source(base: str, path: str) -> None:
    with httpx.stream("GET", base + path) as answer:
        for seen, _ in enumerate(line for line in answer.iter_lines() if line):
            if seen == 2:
                break
    assert the_end() == ("client_gone", None)
