"""What nobody should send: the right status, nothing of the inside, bounded memory, and a gateway that goes on."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.e2e.conftest import deployment
from tests.proxy.serving import serving
from tests.support.gateway import Gateway

CHAT = "/v1/chat/completions"
FETCHED: list[str] = []
ENDPOINTS = (
    CHAT, "/v1/messages", "/v1/responses", "/v1/embeddings", "/v1/completions", "/v1beta/models/gpt:generateContent",
    "/v1/messages/count_tokens", "/v1/models/gpt:countTokens", "/v1/rerank", "/v1/moderations",
    "/v1/images/generations",
    "/openai/v1/chat/completions", "/gemini/v1beta/models/x:generateContent", "/v1/batches", "/v1/vector_stores",
    "/key/generate", "/key/info", "/user/new", "/team/new", "/config/pass_through_endpoint", "/utils/token_counter",
)  # fmt: skip


@pytest.fixture(scope="module")
def gateway(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    models = [
        deployment("gpt", provider_url),
        deployment("claude", provider_url, model="anthropic/claude-sonnet-4-5"),
    ]
    config = {
        "model_list": models,
        "general_settings": {
            "max_request_size_mb": 8,
            "pass_through_endpoints": [
                {"path": "/cut", "target": f"{provider_url}/~cut=2/v1/chat/completions", "auth": True}
            ],
        },
        "router_settings": {"num_retries": 0},
    }
    env = {"OPENAI_API_KEY": "sk-up", "OPENAI_API_BASE": provider_url, "GEMINI_API_KEY": "k",
           "GEMINI_API_BASE": provider_url, "OPENAI_BASE_URL": f"{provider_url}/v1"}  # fmt: skip
    with Gateway(tmp_path_factory.mktemp("hostile"), config, env=env) as running:
        yield running


@pytest.fixture(autouse=True)
def still_serving(gateway: Gateway) -> Iterator[None]:
    yield
    assert gateway.request("GET", "/health/liveliness").status_code == 200
    assert gateway.process is not None
    assert gateway.process.poll() is None
    assert "Traceback" not in gateway.log, gateway.log[-3000:]


def memory_mb(gateway: Gateway) -> float:
    assert gateway.process is not None
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [127, 250, 1000, 100_000])
@pytest.mark.parametrize("path", ENDPOINTS)
def test_deep_json_is_refused_or_answered(gateway: Gateway, path: str, depth: int) -> None:
    start = '{"model":"gpt","max_tokens":5,"input":1,"messages":[{"role":"user","content":'
    body = start + nested(depth) + "}]}"
    answer = gateway.request("POST", path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code < 500, answer.text
    if depth > 200 and path.startswith("/v1/"):
        assert answer.status_code == 400


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just(10**30), st.just("\ud800"),
    st.just("x\r\ny\x00"), st.just(-1),
)  # fmt: skip
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner), max_leaves=8
)
FIELDS = (
    "messages", "input", "prompt", "contents", "max_tokens", "n", "stream", "tools", "metadata", "user", "system",
    "temperature", "stop", "tool_choice", "response_format", "query", "documents", "generationConfig", "fallbacks",
    "stream_options", "key", "models", "max_budget", "aliases", "duration", "path", "target", "headers",
)  # fmt: skip


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(path=st.sampled_from(ENDPOINTS), body=st.dictionaries(st.sampled_from(FIELDS), values, max_size=5))
@example(path="/key/generate", body={"metadata": {"": "\ud800"}})
def test_any_json_gets_an_answer_of_a_known_status(gateway: Gateway, path: str, body: dict[str, Any]) -> None:
    raw = json.dumps({"model": "gpt", **body})
    answer = gateway.request("POST", path, content=raw.encode("utf-8", "surrogatepass"),
                             headers={"content-type": "application/json"})  # fmt: skip
    # The stand-in for a provider fails on shapes that it does not know, and says so with its own 500.
    assert answer.status_code < 500 or "Internal server error" not in answer.text, (path, raw, answer.text)


HI = {"role": "user", "content": "hi"}


def test_a_provider_that_breaks_its_stream_off_is_no_error_of_the_gateway(gateway: Gateway) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        gateway.request("POST", "/cut", json={"model": "gpt-4o", "messages": [HI], "stream": True})
    assert "broke off: RemoteProtocolError" in gateway.log


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/openai/v1/x", "/v1/files", "/v1/audio/transcriptions"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_hundred_megabytes_are_refused_in_little_memory(gateway: Gateway, path: str, announced: bool) -> None:
    before = memory_mb(gateway)
    total, piece = 100 * 1024 * 1024, b"x" * 65536

    def pieces() -> Iterator[bytes]:
        for _ in range(total // len(piece)):
            yield piece

    headers = {"authorization": f"Bearer {gateway.env['LITELLM_MASTER_KEY']}", "content-type": "application/json"}
    headers |= {"content-length": str(total)} if announced else {}
    with contextlib.suppress(httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
        answer = httpx.post(gateway.base + path, content=pieces(), headers=headers, timeout=30)
        assert answer.status_code in ((413,) if "audio" not in path else (413, 400))  # 400: it is no form
    assert memory_mb(gateway) - before < 40


def exchange(gateway: Gateway, *pieces: bytes, wait_s: float = 10.0) -> bytes:
    """The start of what comes back for raw bytes."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=wait_s) as link:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                link.sendall(piece)
        try:
            return link.recv(4096)
        except ConnectionError:
            return b""


def test_header_floods_are_431_in_little_memory(gateway: Gateway) -> None:
    before = memory_mb(gateway)
    head = b"GET /v1/models HTTP/1.1\r\nhost: x\r\n"
    many = b"".join(b"x-%d: y\r\n" % number for number in range(2000))
    assert exchange(gateway, head, many, b"\r\n").startswith(b"HTTP/1.1 431")
    assert exchange(gateway, head, b"x: " + b"y" * 200_000, b"\r\n\r\n").startswith(b"HTTP/1.1 431")
    assert exchange(gateway, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 431")
    endless = exchange(gateway, head + b"x: ", *[b"y" * 65536] * 400)
    assert endless == b"" or endless.startswith(b"HTTP/1.1 431")
    assert memory_mb(gateway) - before < 20


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff\xfe garbage\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nhost: x\r\n\r\n", b"GET http://169.254.169.254/ HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT evil.com:443 HTTP/1.1\r\nhost: x\r\n\r\n", b"GET //evil.com/%2e%2e HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_hardly_http_gets_no_5xx(gateway: Gateway, raw: bytes) -> None:
    answer = exchange(gateway, raw)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer


@pytest.mark.parametrize(
    "text", ["a\nERROR forged line", "a\r\nx-evil: 1", "\x1b[31mred", "${jndi:ldap://x}", "'; DROP TABLE x;--"]
)
def test_nothing_a_client_sends_makes_a_line_of_the_log_or_a_header(gateway: Gateway, text: str) -> None:
    answers = [
        gateway.request("POST", CHAT, json={"model": text, "messages": []}),
        gateway.request(
            "POST", CHAT, json={"model": "gpt", "messages": [], "user": text, "metadata": {"tags": [text]}}
        ),
        gateway.request("GET", f"/v1/models/{httpx.QueryParams({'a': text})}".replace("a=", "")),
        gateway.request("GET", "/openai/x", params={"a": text}),
        gateway.request("GET", "/spend/logs", params={"api_key": text}),
        gateway.request("GET", "/key/info", params={"key": text}),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.text
        assert "x-evil" not in answer.headers
    assert "\nERROR forged" not in gateway.log
    assert "\x1b[31m" not in gateway.log


async def metadata_service(request: Request) -> Response:
    FETCHED.append(str(request.url))
    return JSONResponse({"secret": "credentials"})


def test_urls_in_a_request_are_never_fetched(gateway: Gateway) -> None:
    with serving(Starlette(routes=[Route("/{path:path}", metadata_service)])) as url:
        image: dict[str, Any] = {"type": "image_url", "image_url": {"url": f"{url}/latest/meta-data/x.png"}}
        for model in ("gpt", "claude"):
            content = [{"type": "text", "text": "what is it"}, image]
            gateway.request("POST", CHAT, json={"model": model, "messages": [{"role": "user", "content": content}]})
        native = {"type": "image", "source": {"type": "url", "url": f"{url}/y.png"}}
        message = {"role": "user", "content": [native]}
        gateway.request("POST", "/v1/messages", json={"model": "claude", "max_tokens": 5, "messages": [message]})
        for field in ("api_base", "base_url", "langfuse_host"):
            body = {"model": "gpt", "messages": [], field: url}
            assert gateway.request("POST", CHAT, json=body).status_code == 400
        gateway.request("GET", f"/openai/@{url.removeprefix('http://')}/x")
        gateway.request("GET", f"/openai/{url}/x")
    assert FETCHED == []


def test_a_client_that_leaves_in_its_request_is_no_error(gateway: Gateway) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk\r\ncontent-length: 100\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", gateway.port)) as link:
        link.sendall(head.replace(b"sk", gateway.env["LITELLM_MASTER_KEY"].encode()))
        time.sleep(0.1)
