"""The httpx transports against real servers on loopback: what httpx promises, kept by the Rust pool."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import os
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import openai
import pytest
import trustme

from litellm_rust.pool import Pool, Timeouts, TransportFailure
from litellm_rust.transport import AsyncHttpxTransport, HttpxTransport
from tests.support.http11 import Exchange, Request, serving

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


async def answer(request: Request, exchange: Exchange) -> None:
    """A server of oddities, one a path."""
    path = request.path.split("?")[0]
    if path.startswith("http://"):  # asked as a proxy
        await exchange.send(200, path.encode())
    elif path == "/echo":
        exchange.headers |= {"x-method": request.method, "x-seen": ",".join(sorted(request.headers))}
        await exchange.send(200, request.body, "application/octet-stream")
    elif path == "/redirect":
        exchange.headers["location"] = "/echo"
        await exchange.send(302, b"")
    elif path == "/gzip":
        exchange.headers["content-encoding"] = "gzip"
        await exchange.send(200, gzip.compress(b"squeezed"), "text/plain")
    elif path == "/silent":
        await asyncio.sleep(30)
    elif path == "/gone":
        exchange.cut()
    elif path == "/cut":
        await exchange.start_stream()
        await exchange.chunk(b"data: 1\n\n")
        await asyncio.sleep(0.05)
        exchange.cut()
    elif path in ("/stream", "/stall"):
        await exchange.start_stream()
        for index in range(3):
            await exchange.chunk(b"data: %d\n\n" % index)
            await asyncio.sleep(0.02 if path == "/stream" or index < 1 else 30)
        await exchange.end_stream()
    elif path == "/large":
        await exchange.start_stream()
        for _ in range(64):
            await exchange.chunk(b"x" * 100_000)
        await exchange.end_stream()
    elif path == "/nonsense":
        exchange.writer.write(b"HELLO THERE\r\n\r\n")
        exchange.keep_alive = False
    elif path == "/peer":
        await exchange.send(200, str(exchange.writer.get_extra_info("peername")[1]).encode())


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serving(answer) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(transport=HttpxTransport(), base_url=base, timeout=5) as client:
        yield client


@pytest.fixture
async def async_client(base: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=AsyncHttpxTransport(), base_url=base, timeout=5) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_methods_headers_and_bodies_arrive(client: httpx.Client, method: str) -> None:
    response = client.request(
        method, "/echo?a=%20b", content=b"body" if method == "POST" else None, headers={"X-A": "1"}
    )
    assert (response.status_code, response.http_version) == (200, "HTTP/1.1")
    assert response.headers["x-method"] == method
    assert "x-a" in response.headers["x-seen"]
    assert response.content == (b"body" if method == "POST" else b"")


def test_nothing_is_added_followed_or_kept(client: httpx.Client) -> None:
    response = client.get("/redirect")
    assert response.status_code == 302
    names = set(client.post("/echo", content=b"x").headers["x-seen"].split(","))
    assert names == {"accept", "accept-encoding", "connection", "content-length", "host", "user-agent"} - {"connection"}


def test_content_is_decoded_by_httpx(client: httpx.Client) -> None:
    assert client.get("/gzip").text == "squeezed"


def test_a_connection_is_used_again(client: httpx.Client) -> None:
    assert len({client.get("/peer").text for _ in range(5)}) == 1


def test_a_stream_arrives_while_it_is_sent(client: httpx.Client) -> None:
    with client.stream("GET", "/stream") as response:
        seen = [(line, time.monotonic()) for line in response.iter_lines() if line]
    assert [line for line, _ in seen] == ["data: 0", "data: 1", "data: 2"]
    assert seen[2][1] - seen[0][1] > 0.02


async def test_a_stream_arrives_while_it_is_sent_async(async_client: httpx.AsyncClient) -> None:
    async with async_client.stream("GET", "/stream") as response:
        assert [line async for line in response.aiter_lines() if line] == ["data: 0", "data: 1", "data: 2"]


def test_a_large_body_is_read_no_faster_than_it_is_taken(client: httpx.Client) -> None:
    total = 0
    with client.stream("GET", "/large") as response:
        for piece in response.iter_raw():
            total += len(piece)
            assert len(piece) < 4_000_000
    assert total == 6_400_000


def test_a_body_is_sent_while_it_is_made(client: httpx.Client) -> None:
    pieces = [b"%05d" % index for index in range(500)]
    assert client.post("/echo", content=iter(pieces)).content == b"".join(pieces)


async def test_a_body_is_sent_while_it_is_made_async(async_client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for index in range(500):
            yield b"%05d" % index

    response = await async_client.post("/echo", content=pieces())
    assert len(response.content) == 2500


def test_an_upload_that_breaks_fails_the_request(client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise RuntimeError("disk on fire")

    with pytest.raises(RuntimeError, match="disk on fire"):
        client.post("/echo", content=pieces())


def test_failures_are_httpx_exceptions(client: httpx.Client, base: str) -> None:
    with pytest.raises(httpx.ReadTimeout) as caught:
        client.get("/silent", timeout=httpx.Timeout(5, read=0.2, connect=0.1))
    assert caught.value.request.url.path == "/silent"
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/gone")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/nonsense")
    with pytest.raises(httpx.ConnectError):
        client.get("http://127.0.0.1:9/")
    with pytest.raises(httpx.ConnectError):
        client.get("http://name.invalid/")
    with pytest.raises(httpx.UnsupportedProtocol):
        client.get("ftp://127.0.0.1/")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.get("/cut")
    with pytest.raises(httpx.LocalProtocolError, match="x-bad"):
        client.get("/echo", headers={"x-bad": "a\nb"})
    with pytest.raises(httpx.ReadTimeout), client.stream("GET", "/stall", timeout=0.3) as response:
        response.read()


def test_connecting_takes_no_longer_than_allowed() -> None:
    with socket.socket() as full:  # a backlog that is full answers no further connection
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        held = [socket.socket() for _ in range(4)]
        for one in held:
            one.setblocking(False)
            one.connect_ex(address)
        refused = pytest.raises(httpx.ConnectTimeout)  # 300 s would be longer than a test may take
        with httpx.Client(transport=HttpxTransport()) as client, refused:
            client.get(f"http://127.0.0.1:{address[1]}/", timeout=httpx.Timeout(300, connect=0.3))
        for one in held:
            one.close()


async def test_the_pool_is_bounded_and_says_so(base: str) -> None:
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(transport=AsyncHttpxTransport(limits=limits), base_url=base) as client:
        slow = asyncio.create_task(client.get("/silent", timeout=10))
        await asyncio.sleep(0.1)
        with pytest.raises(httpx.PoolTimeout):
            await client.get("/echo", timeout=httpx.Timeout(5, pool=0.1))
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert (await client.get("/echo", timeout=5)).status_code == 200  # the cancelled one gave its place back


async def test_fifty_at_once(async_client: httpx.AsyncClient) -> None:
    bodies = [str(index).encode() for index in range(200)]
    responses = await asyncio.gather(*(async_client.post("/echo", content=body) for body in bodies))
    assert [response.content for response in responses] == bodies


def test_many_threads_share_one_transport(client: httpx.Client) -> None:
    wrong: list[object] = []

    def work(number: int) -> None:
        for index in range(20):
            body = f"{number}-{index}".encode()
            if client.post("/echo", content=body).content != body:
                wrong.append(body)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_event_loops_may_share_one_transport(base: str) -> None:
    transport = AsyncHttpxTransport()

    async def once() -> int:
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return (await client.get("/echo")).status_code

    assert [asyncio.run(once()) for _ in range(3)] == [200, 200, 200]


def _child(transport: HttpxTransport, base: str) -> None:
    with httpx.Client(transport=transport, base_url=base, timeout=5) as client:
        os._exit(0 if client.get("/echo").status_code == 200 else 3)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_connects_for_itself(base: str) -> None:
    transport = HttpxTransport()
    with httpx.Client(transport=transport, base_url=base, timeout=5) as client:
        assert client.get("/echo").status_code == 200
        process = multiprocessing.get_context("fork").Process(target=_child, args=(transport, base))
        process.start()
        process.join(20)
        assert process.exitcode == 0
        assert client.get("/echo").status_code == 200


def test_certificates_are_checked(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))
    with serving(answer, ssl=context) as port:
        url = f"https://127.0.0.1:{port}/echo"
        with httpx.Client(transport=HttpxTransport()) as client, pytest.raises(httpx.ConnectError):
            client.get(url)
        trusting = ssl.create_default_context(cafile=str(root))
        for verify in (str(root), trusting, False):
            with httpx.Client(transport=HttpxTransport(verify=verify)) as client:
                assert client.get(url).status_code == 200


def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    root, pem = tmp_path / "root.pem", tmp_path / "client.pem"
    authority.cert_pem.write_to_path(str(root))
    authority.issue_cert("me@example.org").private_key_and_cert_chain_pem.write_to_path(str(pem))
    with serving(answer, ssl=context) as port:
        with httpx.Client(transport=HttpxTransport(verify=str(root), cert=str(pem))) as client:
            assert client.get(f"https://127.0.0.1:{port}/echo").status_code == 200
        with httpx.Client(transport=HttpxTransport(verify=str(root))) as client, pytest.raises(httpx.TransportError):
            client.get(f"https://127.0.0.1:{port}/echo")


def test_proxies_come_from_the_argument_and_the_environment(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with httpx.Client(transport=HttpxTransport(proxy=base)) as client:
        assert client.get("http://far.invalid/echo").text == "http://far.invalid/echo"
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with httpx.Client(transport=HttpxTransport()) as client, pytest.raises(httpx.TransportError):
        client.get(f"{base}/echo")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with httpx.Client(transport=HttpxTransport()) as client:
        assert client.get(f"{base}/echo").status_code == 200
    monkeypatch.delenv("NO_PROXY")
    with httpx.Client(transport=HttpxTransport(trust_env=False)) as client:
        assert client.get(f"{base}/echo").status_code == 200


def test_bad_settings_are_refused() -> None:
    with pytest.raises(FileNotFoundError):
        HttpxTransport(verify="/nowhere/root.pem")
    with pytest.raises(ValueError, match="proxy"):
        HttpxTransport(proxy="::not a url::")


def test_the_openai_client_uses_it_unchanged(provider_url: str) -> None:
    http_client = httpx.Client(transport=HttpxTransport())
    with openai.OpenAI(base_url=f"{provider_url}/v1", api_key="sk-x", http_client=http_client) as client:
        messages: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "hi there"}]
        plain = client.chat.completions.create(model="m", messages=messages)
        assert plain.choices[0].message.content == "Echo: hi there"
        stream = client.chat.completions.create(model="m", messages=messages, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "Echo: hi there"


async def test_the_bare_pool(base: str) -> None:
    pool = Pool()
    reply = await pool.arequest("POST", f"{base}/echo", [(b"x-a", b"1")], b"body")
    assert (reply.status, reply.content) == (200, b"body")
    stream = await pool.arequest("GET", f"{base}/stream", [])
    assert stream.content is None
    assert b"".join([piece async for piece in stream.aiter_bytes()]) == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
    with pytest.raises(TransportFailure) as caught:
        await pool.arequest("GET", f"{base}/silent", [], timeouts=Timeouts(connect=0.1, read=0.1))
    assert caught.value.args[0] == "ReadTimeout"
    assert pool.request("GET", f"{base}/echo", []).status == 200
