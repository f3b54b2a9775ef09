"""A request that does not come to its end is ended; one that is only slow is not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from litellm.proxy.server.bounded_http import BoundedHttp
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tests.support.gateway import free_port

HEAD = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect:
        return
    await PlainTextResponse(body)(scope, receive, send)


class Impatient(BoundedHttp):
    head_timeout_s, body_timeout_s = 0.4, 0.4


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", lifespan="off", ws="none", http=Impatient)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)


def answer(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        for piece in pieces:
            link.sendall(piece)
            time.sleep(pause_s)
        return link.recv(1000)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost:", HEAD, HEAD + b"ab"])
def test_what_does_not_come_to_its_end_is_408(port: int, sent: bytes) -> None:
    assert answer(port, *([sent] if sent else [])).startswith(b"HTTP/1.1 408")


def test_a_body_that_moves_may_take_its_time(port: int) -> None:
    assert answer(port, HEAD, b"a", b"b", b"c", b"d", pause_s=0.15).endswith(b"abcd")


def test_a_connection_serves_one_request_after_another(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        for _ in range(3):
            link.sendall(HEAD + b"abcd")
            assert link.recv(1000).endswith(b"abcd")
            time.sleep(0.5)
