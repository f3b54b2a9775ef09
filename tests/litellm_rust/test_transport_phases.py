"""The httpx transports in each phase of a connection: HTTP/2, writing, giving up, proxies, forks, exits."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import trustme

from litellm_rust.transport import AsyncHttpxTransport, HttpxTransport
from tests.support.http2 import serve_http2

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def raw_server(handler: Handler) -> Iterator[str]:
    """A server that leaves every connection to `handler`, in a thread each."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    accepted, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(accepted,), daemon=True).start()

        def serve(accepted: socket.socket) -> None:
            with accepted, contextlib.suppress(OSError):
                handler(accepted)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def read_head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    return data


def test_http2_by_prior_knowledge_shares_one_connection() -> None:
    with serve_http2() as server:
        url = f"http://127.0.0.1:{server.port}"

        async def ask() -> None:
            transport = AsyncHttpxTransport(http1=False, http2=True)
            async with httpx.AsyncClient(transport=transport, base_url=url) as client:
                responses = await asyncio.gather(*(client.post(f"/{n}", content=b"x" * n) for n in range(20)))
                assert [response.http_version for response in responses] == ["HTTP/2"] * 20
                assert [len(response.content) for response in responses] == list(range(20))
                with pytest.raises(httpx.ReadTimeout):
                    await client.get("/silent", timeout=httpx.Timeout(5, read=0.2))
                assert (await client.get("/again")).status_code == 200

        asyncio.run(ask())
        assert server.connections == 1
        assert len(server.resets) == 1
        with httpx.Client(transport=HttpxTransport(http1=False, http2=True), base_url=url) as client:
            assert client.post("/sync", content=b"y" * 50_000).content == b"y" * 50_000


def test_http2_is_agreed_upon_over_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))
    with (
        serve_http2(context) as server,
        httpx.Client(transport=HttpxTransport(http2=True, verify=str(root))) as client,
    ):
        response = client.get(f"https://127.0.0.1:{server.port}/tls")
        assert (response.http_version, response.headers["x-path"]) == ("HTTP/2", "/tls")


def stuck(connection: socket.socket) -> None:
    """Takes the head and then nothing more."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    read_head(connection)
    time.sleep(20)


LIMITS = httpx.Timeout(10, write=0.3)


@pytest.mark.timeout(15)
def test_a_server_that_takes_nothing_is_a_write_timeout() -> None:
    with raw_server(stuck) as url, httpx.Client(transport=HttpxTransport(), timeout=LIMITS) as client:
        with pytest.raises(httpx.WriteTimeout):
            client.post(url, content=b"x" * 50_000_000)

        def pieces() -> Iterator[bytes]:
            for _ in range(800):
                yield b"x" * 65536

        with pytest.raises(httpx.WriteTimeout):
            client.post(url, content=pieces())


@pytest.mark.timeout(15)
async def test_a_server_that_takes_nothing_is_a_write_timeout_async() -> None:
    with raw_server(stuck) as url:
        async with httpx.AsyncClient(transport=AsyncHttpxTransport(), timeout=LIMITS) as client:
            with pytest.raises(httpx.WriteTimeout):
                await client.post(url, content=b"x" * 50_000_000)

            async def pieces() -> AsyncIterator[bytes]:
                for _ in range(800):
                    yield b"x" * 65536

            with pytest.raises(httpx.WriteTimeout):
                await client.post(url, content=pieces())


def slow_answer(connection: socket.socket) -> None:
    """Takes the body, thinks for longer than a write may take, and answers its size."""
    head, _, body = read_head(connection).partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(1 << 20)
    time.sleep(0.6)
    answer = str(len(body)).encode()
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))


@pytest.mark.parametrize("size", [10, 300_000, 5_000_000])
def test_thinking_is_no_write_timeout(size: int) -> None:
    def slowly() -> Iterator[bytes]:
        yield b"x" * (size // 2)
        time.sleep(0.5)
        yield b"x" * (size - size // 2)

    with raw_server(slow_answer) as url, httpx.Client(transport=HttpxTransport(), timeout=LIMITS) as client:
        assert client.post(url, content=b"x" * size).text == str(size)
        length = {"content-length": str(size)}
        assert client.post(url, content=slowly(), headers=length).text == str(size)


class Streaming:
    """Streams for ever, and notices when the other side is gone."""

    def __init__(self) -> None:
        self.gone = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\ndata\r\n")
        connection.settimeout(5)
        if connection.recv(1) == b"":
            self.gone.set()


def test_a_response_that_is_closed_closes_its_connection() -> None:
    server = Streaming()
    with raw_server(server) as url, httpx.Client(transport=HttpxTransport()) as client:
        with client.stream("GET", url) as response:
            assert next(response.iter_raw()) == b"data"
            assert not server.gone.is_set()
        assert server.gone.wait(2)


def test_a_response_that_is_forgotten_closes_its_connection() -> None:
    server = Streaming()
    with raw_server(server) as url:
        transport = HttpxTransport()
        response = transport.handle_request(httpx.Request("GET", url))
        del response
        assert server.gone.wait(2)


async def test_a_request_that_is_cancelled_closes_its_connection() -> None:
    server = Streaming()
    with raw_server(server) as url:
        async with httpx.AsyncClient(transport=AsyncHttpxTransport()) as client:

            async def read() -> None:
                async with client.stream("GET", url) as response:
                    await response.aread()

            task = asyncio.create_task(read())
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.gone.wait, 20)


def test_another_thread_may_close_a_response_that_is_read() -> None:
    server = Streaming()
    with raw_server(server) as url, httpx.Client(transport=HttpxTransport()) as client:
        with client.stream("GET", url) as response:
            pieces = response.iter_raw()
            assert next(pieces) == b"data"
            threading.Timer(0.2, response.stream.close).start()  # type: ignore[union-attr]
            with pytest.raises(httpx.ReadError):  # not its ReadTimeout
                next(pieces)
        assert server.gone.wait(20)


def once(connection: socket.socket) -> None:
    """Answers one request, promises to keep the connection, and closes it."""
    read_head(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def again_and_again(connection: socket.socket) -> None:
    """Answers one request after the other."""
    while read_head(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def test_a_connection_closed_while_idle_is_not_used_again() -> None:
    with raw_server(once) as url, httpx.Client(transport=HttpxTransport()) as client:
        for _ in range(5):
            assert client.post(url, content=b"x").text == "ok"
            time.sleep(0.05)


def test_a_tunnel_through_a_proxy_with_a_password(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("far.test").configure_cert(context)
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))
    heads: list[bytes] = []

    def proxy(connection: socket.socket) -> None:
        heads.append(read_head(connection))
        if b"proxy-authorization" not in heads[-1].lower():
            connection.sendall(b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as inside:
            heads.append(read_head(inside))  # type: ignore[arg-type]
            inside.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nfar")

    with raw_server(proxy) as url:
        named = httpx.Proxy(url, auth=("me", "pass:word"))
        with httpx.Client(transport=HttpxTransport(proxy=named, verify=str(root))) as client:
            assert client.get("https://far.test/x").text == "far"
        assert heads[0].startswith(b"CONNECT far.test:443 ")
        assert b"Basic bWU6cGFzczp3b3Jk" in heads[0]
        assert b"roxy-" not in heads[1]
        with (
            httpx.Client(transport=HttpxTransport(proxy=url, verify=str(root))) as client,
            pytest.raises(httpx.ProxyError),
        ):
            client.get("https://far.test/x")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
def test_a_fork_in_the_middle_of_everything() -> None:
    """Threads are inside requests and a response is half read when the process forks; both sides go on."""
    with raw_server(Streaming()) as stream_url, raw_server(again_and_again) as url:
        transport = HttpxTransport()
        stop = threading.Event()

        def work() -> None:
            with httpx.Client(transport=transport) as client:
                while not stop.is_set():
                    client.get(url)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        half_read = transport.handle_request(httpx.Request("GET", stream_url))
        try:
            for _ in range(5):
                child = os.fork()
                if child == 0:
                    half_read.close()
                    answered = transport.handle_request(httpx.Request("GET", url)).read() == b"ok"
                    os._exit(0 if answered else 1)
                assert os.waitpid(child, 0)[1] == 0
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        stream = half_read.stream
        assert isinstance(stream, httpx.SyncByteStream)
        assert next(iter(stream)) == b"data"
        half_read.close()


EXITS = {
    "a response half read": "r = transport.handle_request(httpx.Request('GET', url))",
    "a thread that waits": (
        "ask = lambda: transport.handle_request(httpx.Request('GET', url)).read(); "
        "threading.Thread(target=ask, daemon=True).start(); time.sleep(0.3)"
    ),
    "a task that waits": "asyncio.run(asyncio.wait_for(later(), 0.3))",
    "tasks in a loop that is left": "loop = asyncio.new_event_loop(); t = loop.create_task(later()); "
    "loop.run_until_complete(asyncio.sleep(0.2)); ",
    "os._exit in a thread": "threading.Timer(0.2, os._exit, (0,)).start(); "
    "transport.handle_request(httpx.Request('GET', url)).read()",
}
EXIT_SCRIPT = """
import asyncio, os, sys, threading, time, httpx
from litellm_rust.transport import AsyncHttpxTransport, HttpxTransport
url, transport, other = sys.argv[1], HttpxTransport(), AsyncHttpxTransport()
async def later():
    return await (await other.handle_async_request(httpx.Request("GET", url))).aread()
try:
    {leave}
except TimeoutError:
    pass
"""


@pytest.mark.parametrize("leave", EXITS.values(), ids=EXITS)
def test_an_interpreter_may_exit_at_any_time(leave: str) -> None:
    with raw_server(Streaming()) as url:
        script = EXIT_SCRIPT.format(leave=leave)
        ended = subprocess.run([sys.executable, "-c", script, url], capture_output=True, timeout=20, check=False)
        assert ended.returncode == 0, ended.stderr.decode()
        assert b"Fatal" not in ended.stderr
        assert b"panicked" not in ended.stderr
