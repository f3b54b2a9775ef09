"""The middleware around every request, over real HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest
from litellm.proxy._types import ProxyException
from litellm.proxy.middleware import BodyLimit, ErrorBoundary, RequestId, RootPath
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tests.proxy.serving import serving

LIMIT = 1000


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body's length, or fails as the path says."""
    body = await Request(scope, receive).body()
    if scope["path"].startswith("/refuse"):
        raise ProxyException("not you", "auth_error", "api_key", 401, {"retry-after": "3"})
    if scope["path"].startswith("/slow"):
        raise TimeoutError
    if scope["path"].startswith("/bug"):
        raise RuntimeError("the inside")
    response: Response = PlainTextResponse(str(len(body)))
    await response(scope, receive, send)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serving(RequestId(ErrorBoundary(BodyLimit(app, LIMIT)))) as url:
        yield url


def test_every_answer_has_an_id_and_a_sane_one_of_the_client_is_kept(base: str) -> None:
    ids = {httpx.get(base).headers["x-litellm-call-id"] for _ in range(2)}
    assert len(ids) == 2
    assert httpx.get(base, headers={"x-litellm-call-id": "mine-1"}).headers["x-litellm-call-id"] == "mine-1"
    for strange in ("a b", "x" * 200, "", "<script>"):
        assert httpx.get(base, headers={"x-litellm-call-id": strange}).headers["x-litellm-call-id"] != strange


def test_a_body_is_accepted_up_to_the_limit_and_no_further(base: str) -> None:
    assert httpx.post(base, content=b"x" * LIMIT).text == str(LIMIT)
    answer = httpx.post(base, content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json()["error"]["param"] == "request_body"


def test_a_body_of_unknown_length_is_limited_too(base: str) -> None:
    def chunks(total: int) -> Iterator[bytes]:
        for _ in range(total // 100):
            yield b"x" * 100

    assert httpx.post(base, content=chunks(LIMIT)).text == str(LIMIT)
    assert httpx.post(base, content=chunks(LIMIT + 100)).status_code == 413


def test_known_errors_are_answered_in_the_shape_of_their_route(base: str) -> None:
    answer = httpx.get(base + "/refuse")
    assert answer.status_code == 401
    assert answer.headers["retry-after"] == "3"
    assert answer.json() == {"error": {"message": "not you", "type": "auth_error", "param": "api_key", "code": "401"}}
    answer = httpx.get(base + "/refuse/v1/messages")
    assert answer.json() == {"type": "error", "error": {"type": "authentication_error", "message": "not you"}}
    assert httpx.get(base + "/slow").status_code == 408


def test_an_unexpected_error_is_logged_with_its_request_and_not_shown(
    base: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = httpx.get(base + "/bug", headers={"x-litellm-call-id": "find-me"})
    assert answer.status_code == 500
    assert "the inside" not in answer.text
    assert answer.json()["error"]["code"] == "500"
    assert "find-me" in caplog.text
    assert "the inside" in caplog.text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/llm/ui/", "/llm/ui/"), ("/llm/llm/ui/", "/llm/ui/"), ("/llm/llm", "/llm"), ("/llm/llmore", "/llm/llmore"),
        ("/llm/llm/llm/x", "/llm/llm/x"),
    ],
)  # fmt: skip
async def test_a_root_path_stands_once_whoever_puts_it_there(path: str, expected: str) -> None:
    seen: list[Scope] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        """Nothing is answered."""

    scope = {"type": "http", "root_path": "/llm", "path": path, "raw_path": path.encode()}
    await RootPath(inner)(scope, receive, send)
    assert (seen[0]["path"], seen[0]["raw_path"]) == (expected, expected.encode())
    await RootPath(inner)({**scope, "root_path": ""}, receive, send)
    assert seen[1]["path"] == path
