"""What is said on the wire: each case is answered alike through httpx's own transport and through ours."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import trustme

from litellm_rust.transport import HttpxTransport
from tests.litellm_rust.test_transport_phases import raw_server, read_head

TRANSPORTS: dict[str, Any] = {"httpx": httpx.HTTPTransport, "ours": HttpxTransport}
pytestmark = pytest.mark.filterwarnings("ignore:.*verify=<str>.*:DeprecationWarning")
Script = Callable[[socket.socket], None]


@pytest.fixture(params=TRANSPORTS.values(), ids=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> Any:
    """The class of a transport."""
    return request.param


@contextlib.contextmanager
def client_of(transport: Any, **arguments: Any) -> Iterator[httpx.Client]:
    with httpx.Client(transport=transport(trust_env=False, **arguments), timeout=5, trust_env=False) as client:
        yield client


def saying(*answers: bytes) -> Script:
    """A server that gives one answer to each head that arrives, and then closes the connection."""

    def script(connection: socket.socket) -> None:
        for answer in answers:
            if not read_head(connection):
                return
            connection.sendall(answer)

    return script


def ask(transport: Any, answer: bytes, method: str = "GET", **arguments: Any) -> httpx.Response:
    with raw_server(saying(answer)) as url, client_of(transport) as client:
        return client.request(method, url, **arguments)


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("answer", "method", "status", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", "GET", 200, b"until the end"),
        (b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nold", "GET", 200, b"old"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "GET", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n", "GET", 304, b""),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", "HEAD", 200, b""),
        (b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + OK, "GET", 200, b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, "POST", 200, b"ok"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nx-end: 1\r\n\r\n",
            "GET",
            200,
            b"abc",
        ),
        (b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", "GET", 200, b"ok"),
        (b"HTTP/1.1 299 Whatever you say\r\ncontent-length: 0\r\n\r\n", "GET", 299, b""),
    ],
)
def test_bodies_end_where_the_head_says(transport: Any, answer: bytes, method: str, status: int, body: bytes) -> None:
    response = ask(transport, answer, method)
    assert (response.status_code, response.content) == (status, body)
    assert response.http_version == answer.partition(b" ")[0].decode()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        CHUNKED + b"5\r\nabc",
        CHUNKED + b"nothing\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx-large: " + b"x" * 3_000_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
    ],
)
def test_what_breaks_the_protocol_is_refused(transport: Any, answer: bytes) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(transport, answer)


def test_repeated_headers_and_bytes_arrive_as_they_are(transport: Any) -> None:
    cookies = b"set-cookie: a=1; path=/\r\nset-cookie: b=2; path=/\r\nx-name: Gr\xfc\xdfe\r\nx-empty:\r\n"
    response = ask(transport, b"HTTP/1.1 200 OK\r\n" + cookies + b"content-length: 0\r\n\r\n")
    assert response.headers.get_list("set-cookie") == ["a=1; path=/", "b=2; path=/"]
    assert (b"x-name", b"Gr\xfc\xdfe") in [(name.lower(), value) for name, value in response.headers.raw]
    assert response.headers["x-empty"] == ""
    assert dict(response.cookies) == {"a": "1", "b": "2"}


def test_many_headers_are_no_error(transport: Any) -> None:
    lines = b"".join(b"x-header-%d: some value\r\n" % number for number in range(90))
    assert len(ask(transport, b"HTTP/1.1 200 OK\r\n" + lines + b"content-length: 0\r\n\r\n").headers) == 91


def test_cookies_of_a_client_are_sent_back(transport: Any) -> None:
    heads: list[bytes] = []

    def script(connection: socket.socket) -> None:
        while head := read_head(connection):
            heads.append(head)
            connection.sendall(b"HTTP/1.1 200 OK\r\nset-cookie: session=s1\r\ncontent-length: 0\r\n\r\n")

    with raw_server(script) as url, client_of(transport) as client:
        client.get(url)
        client.get(url)
    assert b"cookie" not in heads[0].lower()
    assert b"cookie: session=s1\r\n" in heads[1].lower()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"squeezed", mtime=0)),
        ("deflate", zlib.compress(b"squeezed")),
        ("deflate", zlib.compress(b"squeezed")[2:-4]),
        ("gzip, deflate", zlib.compress(gzip.compress(b"squeezed", mtime=0))),
        ("identity", b"squeezed"),
    ],
)
def test_bodies_are_decoded_by_httpx_and_raw_without_it(transport: Any, encoding: str, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    with raw_server(saying(head + body, head + body)) as url, client_of(transport) as client:
        assert client.get(url).content == b"squeezed"
        with client.stream("GET", url) as response:
            assert b"".join(response.iter_raw()) == body


@pytest.mark.parametrize("encoding", ["br", "zstd", "unknown"])
def test_other_encodings_pass_untouched(encoding: str) -> None:
    body = b"\x0b\x02\x80hello\x03"
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    with (
        raw_server(saying(head + body)) as url,
        client_of(HttpxTransport) as client,
        client.stream("GET", url) as answer,
    ):
        assert b"".join(answer.iter_raw()) == body
        assert answer.headers["content-encoding"] == encoding


def sent(transport: Any, method: str, path: str = "/", **arguments: Any) -> tuple[str, dict[str, list[str]], bytes]:
    """The request line, the headers and the body that arrive."""
    seen: list[bytes] = []

    def script(connection: socket.socket) -> None:
        connection.settimeout(5)
        data = read_head(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        if b"content-length: " in lower:
            length = int(lower.split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(1 << 20)
        elif b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += connection.recv(1 << 20)
        seen.append(head + b"\r\n\r\n" + body)
        connection.sendall(OK)

    with raw_server(script) as url, client_of(transport) as client:
        client.request(method, url + path, **arguments)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for name, value in (one.split(": ", 1) for one in lines):
        headers.setdefault(name.lower(), []).append(value)
    return line, headers, body


def unchunked(body: bytes) -> bytes:
    """The body of a chunked message."""
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole, body = whole + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return whole


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/a%2Fb/c%20d?x=1&y=%26#gone",
        "/a//b/../c/./d",
        "/ü/日本?q=ü",
        "/a;b=c,d:e@f!$&'()*+",
        "/[x]/{y}|z^`~",
        '/?q=a"c<d>e|f^g`h{i}j[k]',
        "/v1/models/gemini-1.5-pro:generateContent?alt=sse",
        "/%zz?%",
    ],
)
def test_targets_are_those_that_httpx_sends(path: str) -> None:
    assert sent(HttpxTransport, "GET", path)[0] == sent(httpx.HTTPTransport, "GET", path)[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH", "PURGE"])
@pytest.mark.parametrize("content", [None, b"", b"body"])
def test_headers_are_those_that_httpx_sends(method: str, content: bytes | None) -> None:
    headers = [("x-twice", "1"), ("x-twice", "2"), ("X-Case", "K")]
    ours, theirs = (
        sent(transport, method, content=content, headers=headers) for transport in (HttpxTransport, httpx.HTTPTransport)
    )
    assert ours[1].pop("host") != theirs[1].pop("host")
    for headers_sent in (ours[1], theirs[1]):
        headers_sent.pop("connection", None)
    assert ours == theirs


def test_generators_go_out_in_chunks_or_by_their_length(transport: Any) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"one", b"", b"two" * 50_000)

    whole = b"one" + b"two" * 50_000
    _, headers, body = sent(transport, "POST", content=pieces())
    assert headers["transfer-encoding"] == ["chunked"]
    assert unchunked(body) == whole
    _, headers, body = sent(transport, "POST", content=pieces(), headers={"content-length": str(len(whole))})
    assert "transfer-encoding" not in headers
    assert body == whole


def test_forms_and_files_arrive(transport: Any) -> None:
    _, headers, body = sent(transport, "POST", data={"a": "1"}, files={"file": ("x.bin", b"\x00\xff" * 100_000)})
    assert headers["content-type"][0].startswith("multipart/form-data; boundary=")
    assert b"\x00\xff" * 100_000 in body


def test_a_body_that_is_not_as_long_as_said_fails() -> None:
    with raw_server(saying(OK)) as url, client_of(HttpxTransport) as client, pytest.raises(httpx.TransportError):
        client.post(url, content=iter([b"short"]), headers={"content-length": "10"})


@pytest.mark.parametrize(
    ("method", "headers"),
    [("G ET", {}), ("GET", {"a b": "1"}), ("GET", {"a": "x\r\ny"}), ("GET", {"a": "\0"}), ("GET", {"": "x"})],
)
def test_requests_that_no_server_may_see(transport: Any, method: str, headers: dict[str, str]) -> None:
    with (
        raw_server(saying(OK)) as url,
        client_of(transport) as client,
        pytest.raises(httpx.LocalProtocolError),
    ):
        client.request(method, url, headers=headers)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://127.0.0.1/", httpx.UnsupportedProtocol),
        ("/no/host", httpx.UnsupportedProtocol),
        ("127.0.0.1:80/x", httpx.UnsupportedProtocol),
        ("http://", httpx.UnsupportedProtocol),
        ("http://127.0.0.1:9/", httpx.ConnectError),
        ("http://127.0.0.1:123456/", httpx.ConnectError),
        ("http://name.invalid/", httpx.ConnectError),
        ("http://[::1]:9/", httpx.ConnectError),
    ],
)
def test_addresses_that_lead_nowhere(transport: Any, url: str, error: type[Exception]) -> None:
    with client_of(transport) as client, pytest.raises(error):
        client.get(url)


def counting(answer: bytes, connections: list[socket.socket]) -> Script:
    def script(connection: socket.socket) -> None:
        connections.append(connection)
        while read_head(connection):
            connection.sendall(answer)

    return script


@pytest.mark.parametrize(
    ("answer", "limits", "expected"),
    [
        (OK, httpx.Limits(), 1),
        (OK.replace(b"OK", b"OK\r\nconnection: close"), httpx.Limits(), 3),
        (OK.replace(b"1.1", b"1.0"), httpx.Limits(), 3),
        (OK, httpx.Limits(max_keepalive_connections=0), 3),
        (OK, httpx.Limits(keepalive_expiry=0), 3),
    ],
)
def test_connections_are_kept_as_both_sides_say(
    transport: Any, answer: bytes, limits: httpx.Limits, expected: int
) -> None:
    connections: list[socket.socket] = []
    with raw_server(counting(answer, connections)) as url, client_of(transport, limits=limits) as client:
        for _ in range(3):
            assert client.get(url).content == b"ok"
    assert len(connections) == expected


def test_an_answer_before_the_body_has_left_is_heard(transport: Any) -> None:
    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig")
        connection.settimeout(5)
        while connection.recv(1 << 20):
            pass

    with raw_server(script) as url, client_of(transport) as client:
        assert client.post(url, content=b"x" * 3_000_000).status_code == 413


def test_the_pool_says_when_it_is_full(transport: Any) -> None:
    limits = httpx.Limits(max_connections=1)
    with (
        raw_server(saying(CHUNKED, OK)) as url,
        client_of(transport, limits=limits) as client,
        client.stream("GET", url),
        pytest.raises(httpx.PoolTimeout),
    ):
        client.get(url, timeout=httpx.Timeout(5, pool=0.05))


def test_a_transport_that_was_closed_may_be_used_again() -> None:
    with raw_server(saying(OK, OK)) as url:
        transport = HttpxTransport(trust_env=False)
        for _ in range(2):
            assert transport.handle_request(httpx.Request("GET", url)).read() == b"ok"
            transport.close()


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_plain_requests_go_through_a_proxy_with_its_password(transport: Any, version: str) -> None:
    heads: list[bytes] = []

    def script(connection: socket.socket) -> None:
        heads.append(read_head(connection))
        connection.sendall(OK.replace(b"1.1", version.encode()))

    with (
        raw_server(script) as url,
        client_of(transport, proxy=httpx.Proxy(url, auth=("me", "pass:word"))) as client,
    ):
        assert client.get("http://far.invalid:81/x?y=1").text == "ok"
    assert heads[0].startswith(b"GET http://far.invalid:81/x?y=1 HTTP/1.1\r\n")
    assert b"proxy-authorization: basic bwu6cgfzczp3b3jk\r\n" in heads[0].lower()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", b"HTTP/1.1 502 Bad\r\n\r\n"]
)
def test_a_proxy_that_refuses_the_tunnel(transport: Any, answer: bytes) -> None:
    with raw_server(saying(answer)) as url, client_of(transport, proxy=url) as client, pytest.raises(httpx.ProxyError):
        client.get("https://far.invalid/")


def socks(accepted: bool) -> Script:
    """A SOCKS5 proxy that asks for `me` and `secret`, and answers for the other side itself."""

    def script(connection: socket.socket) -> None:
        methods = connection.recv(2)[1]
        connection.recv(methods)
        connection.sendall(b"\x05\x02")
        _, name = connection.recv(2)
        user = connection.recv(name)
        password = connection.recv(connection.recv(1)[0])
        right = accepted and (user, password) == (b"me", b"secret")
        connection.sendall(b"\x01\x00" if right else b"\x01\x01")
        if not right:
            return
        assert connection.recv(4)[3] == 3  # a name, looked up by the proxy
        host = connection.recv(connection.recv(1)[0])
        port = struct.unpack("!H", connection.recv(2))[0]
        connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        read_head(connection)
        answer = b"%b:%d" % (host, port)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))

    return script


def test_a_socks_proxy_looks_names_up_itself() -> None:
    with raw_server(socks(accepted=True)) as url:
        address = url.replace("http://", "socks5h://me:secret@")
        with client_of(HttpxTransport, proxy=address) as client:
            assert client.get("http://far.invalid:81/").text == "far.invalid:81"
    with raw_server(socks(accepted=False)) as url:
        address = url.replace("http://", "socks5h://me:wrong@")
        with client_of(HttpxTransport, proxy=address) as client, pytest.raises(httpx.ProxyError):
            client.get("http://far.invalid:81/")


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [("*", True), ("127.0.0.1", True), ("127.0.0.0/8", True), ("other.test,127.0.0.1", True), ("other.test", False)],
)
def test_no_proxy_is_followed(no_proxy: str, direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(saying(OK)) as url, raw_server(saying(OK.replace(b"ok", b"px"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", no_proxy)
        with httpx.Client(transport=HttpxTransport(), timeout=5) as client:
            assert client.get(url).text == ("ok" if direct else "px")


def tls_server(context: ssl.SSLContext) -> contextlib.AbstractContextManager[str]:
    def script(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as inside:
            read_head(inside)  # type: ignore[arg-type]
            inside.sendall(OK)

    return raw_server(script)


def test_certificates_of_other_names_and_plain_servers_are_refused(transport: Any, tmp_path: Any) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.test").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with tls_server(context) as url, client_of(transport, verify=trusting) as client, pytest.raises(httpx.ConnectError):
        client.get(url.replace("http:", "https:"))
    with tls_server(context) as url, client_of(transport, verify=False) as client:
        assert client.get(url.replace("http:", "https:")).text == "ok"
    with (
        raw_server(lambda connection: connection.sendall(OK)) as url,
        client_of(transport) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get(url.replace("http:", "https:"))


def test_a_client_certificate_and_its_key_may_be_two_files(tmp_path: Any) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    issued = authority.issue_cert("me@example.org")
    root, chain, key = tmp_path / "root.pem", tmp_path / "chain.pem", tmp_path / "key.pem"
    authority.cert_pem.write_to_path(str(root))
    issued.cert_chain_pems[0].write_to_path(str(chain))
    issued.private_key_pem.write_to_path(str(key))
    with tls_server(context) as url, client_of(HttpxTransport, verify=str(root), cert=(str(chain), str(key))) as client:
        assert client.get(url.replace("http:", "https:")).text == "ok"
    with pytest.raises(ValueError, match="encrypted"):
        HttpxTransport(cert=(str(chain), str(key), "password"))


def test_an_ipv6_address(transport: Any) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                saying(OK)(connection)

        threading.Thread(target=serve, daemon=True).start()
        with client_of(transport) as client:
            assert client.get(f"http://[::1]:{listener.getsockname()[1]}/").text == "ok"
