"""The native front answers as the Python gateway does, and leaves to it what is not plain."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openai
import pytest

from tests.proxy.native.conftest import (
    IN_PYTHON,
    MESSAGES,
    PATH,
    ClientOf,
    ask,
    is_native,
    learned,
    log_of_call,
    logs_of,
    natively,
    spend_of,
)
from tests.support.gateway import Gateway
from tests.support.scripted import Answer, Scripted

TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
BODIES: list[dict[str, Any]] = [
    {},
    {"temperature": 0.5, "max_tokens": 20, "stop": ["x"], "seed": 3},
    {"tools": [TOOL], "tool_choice": "auto"},
    {"response_format": {"type": "json_object"}, "n": 1},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "größe 🙂"}]}]},
    {"messages": [{"role": "system", "content": "s"}, *MESSAGES, {"role": "assistant", "content": "a"}, *MESSAGES]},
]


def without_nothing(value: Any) -> Any:
    """JSON without members that are null."""
    if isinstance(value, dict):
        return {name: without_nothing(item) for name, item in value.items() if item is not None}
    return [without_nothing(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_an_answer_is_the_same_from_both(native: Gateway, body: dict[str, Any], client_of: ClientOf) -> None:
    client = learned(client_of(native))
    mine, theirs = (
        natively(lambda: ask(client, **body)),
        client.post(PATH, json={"model": "plain", "messages": MESSAGES, **body}, headers=IN_PYTHON),
    )
    assert not is_native(theirs)
    assert without_nothing(mine.json()) == without_nothing(theirs.json())
    for name in ("x-litellm-response-cost", "x-litellm-model-id", "x-litellm-model-api-base", "x-litellm-model-group"):
        assert mine.headers[name] == theirs.headers[name]
    assert {name for name in theirs.headers if name.startswith("llm_provider-")} <= set(mine.headers)


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": True}}], ids=["plain", "usage"])
@pytest.mark.parametrize("model", ["plain", "no-usage"])
def test_a_stream_is_the_same_from_both(
    native: Gateway, model: str, options: dict[str, Any], client_of: ClientOf
) -> None:
    client = learned(client_of(native), model)
    body = {"model": model, "messages": MESSAGES, "stream": True, **options}
    mine = natively(lambda: client.post(PATH, json=body))
    theirs = client.post(PATH, json=body, headers=IN_PYTHON)
    assert not is_native(theirs)
    assert said(mine) == said(theirs)
    assert mine.headers["content-type"] == theirs.headers["content-type"]
    assert mine.text.endswith("data: [DONE]\n\n")


def said(answer: httpx.Response) -> tuple[str, list[str], list[Any]]:
    """(text, finish reasons, token counts) of a stream."""
    chunks = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    usages = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    counts = [(usage["prompt_tokens"], usage["completion_tokens"]) for usage in usages]
    return text, [choice["finish_reason"] for choice in choices if choice.get("finish_reason")], counts


NOTED = {"x-litellm-spend-logs-metadata": '{"ticket": "T-1", "n": [1, 2.5]}'}
ASKED: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"user": "alice"}, {}),
    ({"metadata": {"user_id": "bob", "tags": ["x", "y", "x"], "else": [None, {"a": 1}]}}, NOTED),
    ({"user": "alice", "metadata": {"spend_logs_metadata": {"a": {"b": "c"}}}}, {"x-litellm-customer-id": "carol"}),
    ({"metadata": {"tags": ["z"]}}, {"x-litellm-tags": "y, z ,,x", "x-litellm-end-user-id": "dave"}),
    ({"stream": True}, {"x-litellm-trace-id": "a-trace", "x-litellm-tags": "s"}),
]


@pytest.mark.parametrize(("body", "headers"), ASKED, ids=range(len(ASKED)))
def test_the_log_is_the_same_from_both(
    native: Gateway, body: dict[str, Any], headers: dict[str, str], client_of: ClientOf
) -> None:
    client = client_of(native, metadata={"team": "x"}, key_alias=f"told alike {time.time()}")
    asked = {"model": "plain", "messages": MESSAGES, **body}
    mine_id = natively(lambda: client.post(PATH, json=asked, headers=headers)).headers["x-litellm-call-id"]
    given = {"x-litellm-call-id": f"given:{mine_id}"}
    named = client.post(PATH, json=asked, headers=headers | given)
    assert named.headers["x-litellm-call-id"] == given["x-litellm-call-id"]
    answer = client.post(PATH, json=asked, headers=headers | IN_PYTHON)
    assert not is_native(answer)
    mine, theirs = (log_of_call(native, client, call_id) for call_id in (mine_id, answer.headers["x-litellm-call-id"]))
    log_of_call(native, client, given["x-litellm-call-id"])
    own = {
        "request_id", "litellm_call_id", "startTime", "endTime", "request_duration_ms", "created_at",
        "updated_at", "completionStartTime",
    }  # fmt: skip
    for row in (mine, theirs):
        row["session_id"] = "its own" if row["session_id"] == row["litellm_call_id"] else row["session_id"]
    assert {name: value for name, value in mine.items() if name not in own} == {
        name: value for name, value in theirs.items() if name not in own
    }
    rows = logs_of(native, client, 2)
    assert spend_of(native, client) == pytest.approx(sum(row["spend"] for row in rows))


def test_the_openai_client_is_served(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native))
    key = client.headers["authorization"].removeprefix("Bearer ")
    with openai.OpenAI(base_url=f"{native.base}/v1", api_key=key) as sdk:
        create = sdk.chat.completions.with_raw_response.create
        raw = natively(lambda: create(model="plain", messages=MESSAGES))  # type: ignore[call-overload]
        assert raw.parse().choices[0].message.content == "Echo: Hello there"
        chunks = sdk.chat.completions.create(model="plain", messages=MESSAGES, stream=True)  # type: ignore[call-overload]
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Echo: Hello there"
        with pytest.raises(openai.BadRequestError, match="max_tokens"):
            sdk.chat.completions.create(model="plain", messages=MESSAGES, max_tokens=0)  # type: ignore[call-overload]
        assert sdk.models.list().data


@pytest.mark.parametrize(
    "body",
    [
        {"user": 5}, {"metadata": {"tags": "a"}}, {"max_tokens": 0}, {"messages": []}, {"stream": 1},
        {"metadata": {"guardrails": []}}, {"user": "long" * 100},
        {"messages": [{"role": "user", "content": "\ud800"}]}, {"api_base": "http://evil.example"},
        {"logit_bias": None},
        {"messages": [{"role": "wizard", "content": "x"}]}, {"stream_options": {"include_usage": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_plain_is_answered_by_python(native: Gateway, body: dict[str, Any], client_of: ClientOf) -> None:
    client = learned(client_of(native))
    raw = json.dumps({"model": "plain", "messages": MESSAGES, **body})
    answer = client.post(PATH, content=raw.encode(), headers={"content-type": "application/json"})
    assert not is_native(answer)
    natively(lambda: ask(client))  # and the connection is given back


def test_a_connection_carries_requests_of_both(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native))
    body = json.dumps({"model": "plain", "messages": MESSAGES}).encode()
    key = client.headers["authorization"].encode()
    head = b"host: x\r\nauthorization: " + key + b"\r\n"
    chat = b"POST %b HTTP/1.1\r\n%bcontent-length: %d\r\n\r\n%b" % (PATH.encode(), head, len(body), body)
    chunked = b"POST %b HTTP/1.1\r\n%btransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (
        PATH.encode(), head, len(body), body,
    )  # fmt: skip
    listed = b"GET /v1/models HTTP/1.1\r\n" + head + b"\r\n"
    closing = b"GET /health/liveliness HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", native.port), timeout=30) as connection:
        connection.sendall(chat + chat + listed + chunked + chat + closing)
        data = b""
        while piece := connection.recv(65536):
            data += piece
    assert data.count(b"HTTP/1.1 200 OK") == 6
    assert data.count(b"Echo: Hello there") == 4


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff garbage\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    ],
)
def test_what_is_hardly_http_is_refused(native: Gateway, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", native.port), timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.0 400", b"")


def test_the_master_key_is_served_too(native: Gateway) -> None:
    body = {"model": "plain", "messages": MESSAGES, "max_tokens": 3}
    natively(lambda: native.request("POST", PATH, json=body))
    mocked = native.request("POST", PATH, json={**body, "mock_response": "hi"})
    assert mocked.json()["choices"][0]["message"]["content"] == "hi"


def test_a_blocked_key_is_refused_at_once(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native))
    key = client.headers["authorization"].removeprefix("Bearer ")
    native.request("POST", "/key/block", json={"key": key})
    assert ask(client).status_code == 401
    native.request("POST", "/key/unblock", json={"key": key})
    native.request("POST", "/key/update", json={"key": key, "models": ["slow"]})
    assert ask(client).status_code == 401


def test_a_limit_of_requests_is_kept_exactly(native: Gateway, client_of: ClientOf) -> None:
    limit = 30
    client = client_of(native, rpm_limit=limit)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(client), range(limit + 20)))
    assert sorted(answer.status_code for answer in answers) == [200] * limit + [429] * 20
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "Rate limit exceeded" in refused.text
    assert "retry-after" in refused.headers


def test_parallel_requests_are_limited_and_given_back(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native, max_parallel_requests=2), "busy")
    for _ in range(2):
        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(pool.map(lambda _: ask(client, "busy").status_code, range(4)))
        assert statuses == [200, 200, 429, 429]


def test_a_budget_is_not_passed(native: Gateway, client_of: ClientOf) -> None:
    budget = 0.002
    client = client_of(native, max_budget=budget)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(client, max_tokens=20), range(100)))
    assert {answer.status_code for answer in answers} == {200, 422}
    rows = logs_of(native, client, sum(answer.status_code == 200 for answer in answers))
    assert 0 < sum(row["spend"] for row in rows) <= budget
    assert spend_of(native, client) == pytest.approx(sum(row["spend"] for row in rows))


@pytest.mark.parametrize("kind", ["customer", "tag"])
def test_a_guests_budget_is_not_passed(native: Gateway, kind: str, client_of: ClientOf) -> None:
    budget, name = 0.002, f"{kind}-{time.time()}"
    new = {"user_id": name} if kind == "customer" else {"name": name}
    made = native.request("POST", f"/{kind}/new", json={**new, "max_budget": budget})
    assert made.status_code == 200, made.text
    client = client_of(native)
    said = {"user": name} if kind == "customer" else {"metadata": {"tags": [name]}}
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(client, max_tokens=20, **said), range(100)))
    assert {answer.status_code for answer in answers} == {200, 422}
    assert any(map(is_native, answers))
    rows = logs_of(native, client, sum(answer.status_code == 200 for answer in answers))
    assert 0 < sum(row["spend"] for row in rows) <= budget


def test_a_blocked_end_user_is_refused_at_once(native: Gateway, client_of: ClientOf) -> None:
    client, name = client_of(native), f"blocked-{time.time()}"
    assert native.request("POST", "/customer/new", json={"user_id": name}).status_code == 200
    natively(lambda: ask(client, user=name))
    blocked = native.request("POST", "/customer/block", json={"user_ids": [name]})
    assert blocked.status_code == 200, blocked.text
    assert ask(client, user=name).status_code == 403
    native.request("POST", "/customer/unblock", json={"user_ids": [name]})


@pytest.mark.parametrize("stream", [False, True])
def test_a_search_that_an_answer_cites_is_billed(
    native: Gateway, script: Scripted, client_of: ClientOf, stream: bool
) -> None:
    client = client_of(native)
    cited = [{"type": "url_citation", "url_citation": {"url": "https://a.example", "start_index": 0, "end_index": 1}}]
    spends = []
    for citations in ([], cited):
        script.will(_searched(citations, stream=stream))
        body = {"model": "scripted", "messages": MESSAGES, "stream": stream}
        for _ in range(4):  # by Python, and then by Rust where it does
            answer = client.post(PATH, json=body)
            assert answer.status_code == 200, answer.text
            time.sleep(0.2)
        spends.append(log_of_call(native, client, answer.headers["x-litellm-call-id"])["spend"])
    assert spends[1] - spends[0] > 0.01  # a search costs two and a half cents and more


def _searched(citations: list[Any], *, stream: bool) -> Answer:
    said = {"role": "assistant", "content": "hi", "annotations": citations}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    common = {"id": "c", "created": 1, "model": "m"}
    if not stream:
        choice = {"index": 0, "message": said, "finish_reason": "stop"}
        whole = {**common, "object": "chat.completion", "choices": [choice], "usage": usage}
        return Answer(json.dumps(whole).encode())
    events: list[dict[str, Any]] = [
        {**common, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": said}]},
        {**common, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {**common, "object": "chat.completion.chunk", "choices": [], "usage": usage},
    ]
    pieces = [b"data: %s\n\n" % json.dumps(event).encode() for event in events]
    return Answer([*pieces, b"data: [DONE]\n\n"], content_type="text/event-stream")
