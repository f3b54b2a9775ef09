"""Every provider's own API through the gateway: forwarded as it is, as the gateway, counted as what it cost."""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from litellm.proxy.pass_through_endpoints.providers import BUILT_IN, PassThroughProvider

from tests.proxy.pass_through_endpoints.conftest import SECRET, Recorder, rows
from tests.support.gateway import Gateway

GPT = 10 * 2.5e-6 + 4 * 1e-5
CLAUDE = 10 * 3e-6 + 4 * 1.5e-5
FLASH = 10 * 3e-7 + 4 * 2.5e-6
NOVA = 10 * 8e-7 + 4 * 3.2e-6
MESSAGES = [{"role": "user", "content": "hi"}]
CONVERSE = {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}
NOVA_PATH = "/bedrock/model/us.amazon.nova-pro-v1%3A0"
SIMPLE = [row for row in BUILT_IN if row.auth not in ("vertex", "bedrock", "gigachat", "watsonx") and not row.only
          and row.prefixes != ("/eu.assemblyai",)]  # fmt: skip


@pytest.mark.parametrize("row", SIMPLE, ids=lambda row: str(row.prefixes[0]))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_each_provider_is_reached_as_the_gateway(
    gateway: Gateway, recorder: Recorder, key: str, row: PassThroughProvider, method: str
) -> None:
    for prefix in row.prefixes:
        answer = gateway.request(
            method, f"{prefix}/v1/any%2Fthing?a=%20b&c", key=key, headers={"x-own": "1", "cookie": "a=b"}
        )
        assert answer.status_code == 200, answer.text
        asked = recorder.seen[-1]
        assert (asked["method"], asked["path"], asked["query"]) == (method, "/v1/any%2Fthing", "a=%20b&c")
        shown = " ".join(asked["headers"].values())
        assert key not in shown
        decoded = base64.b64decode(shown.rpartition("Basic ")[2].split(" ")[0]).decode() if "Basic " in shown else ""
        assert SECRET in shown or SECRET in decoded
        assert asked["headers"]["x-own"] == "1"
        assert "cookie" not in asked["headers"]


@pytest.mark.parametrize(
    ("path", "body", "cost"),
    [
        ("/openai/v1/chat/completions", {"model": "gpt-4o", "messages": MESSAGES}, GPT),
        ("/openai/chat/completions", {"model": "gpt-4o", "messages": MESSAGES}, GPT),
        ("/openai/v1/chat/completions", {"model": "gpt-4o", "messages": MESSAGES, "stream": True,
                                         "stream_options": {"include_usage": True}}, GPT),
        ("/anthropic/v1/messages", {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": MESSAGES}, CLAUDE),
        ("/anthropic/v1/messages", {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": MESSAGES,
                                    "stream": True}, CLAUDE),
        ("/gemini/v1beta/models/gemini-2.5-flash:generateContent", {"contents": []}, FLASH),
        ("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", {"contents": []}, FLASH),
        ("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent", {"contents": []}, FLASH),
        (f"{NOVA_PATH}/converse", CONVERSE, NOVA), (f"{NOVA_PATH}/converse-stream", CONVERSE, NOVA),
        (f"{NOVA_PATH}/invoke", {"prompt": "hi"}, NOVA),
        (f"{NOVA_PATH}/invoke-with-response-stream", {"prompt": "hi"}, NOVA),
        ("/bedrock/model/my-nova/converse", CONVERSE, NOVA),
        ("/cohere/v2/chat", {"model": "command-r-08-2024", "messages": MESSAGES}, 10 * 1.5e-7 + 4 * 6e-7),
        ("/cohere/v2/rerank", {"model": "rerank-v3.5", "query": "q", "documents": ["a"]}, 0.002),
        ("/openai/v1/audio/speech", {"model": "tts-1", "input": "hello", "voice": "alloy"}, 5 * 1.5e-5),
        ("/azure/openai/deployments/my-azure/chat/completions?api-version=2024-10-21", {"messages": MESSAGES}, GPT),
    ],
)  # fmt: skip
def test_what_a_call_cost_is_read_from_its_answer(
    gateway: Gateway, key: str, path: str, body: dict[str, Any], cost: float
) -> None:
    answer = gateway.request("POST", path, key=key, json=body)
    assert answer.status_code == 200, answer.text
    [row] = rows(gateway, key)
    assert row["spend"] == pytest.approx(cost, abs=1e-12), row
    assert (row["call_type"], row["status"]) == ("pass_through_endpoint", "success")
    if "x-litellm-response-cost" in answer.headers:
        assert float(answer.headers["x-litellm-response-cost"]) == pytest.approx(cost, abs=1e-12)


def test_a_stream_without_usage_is_counted(gateway: Gateway, key: str) -> None:
    body = {"model": "gpt-4o", "messages": MESSAGES, "stream": True}
    answer = gateway.request("POST", "/openai/v1/chat/completions", key=key, json=body)
    assert answer.text.endswith("data: [DONE]\n\n")
    [row] = rows(gateway, key)
    assert row["prompt_tokens"] >= 1
    assert row["completion_tokens"] >= 1
    assert row["spend"] > 0


def test_the_body_is_forwarded_byte_for_byte(gateway: Gateway, recorder: Recorder, key: str) -> None:
    body = b'{ "model" : "gpt-4o",\n "messages":[], "a": 1.0e2, "u": "\\u00e9" }'
    headers = {"content-type": "application/json"}
    gateway.request("POST", "/openai/v1/chat/completions", key=key, content=body, headers=headers)
    assert recorder.seen[-1]["body"] == body
    gateway.request("POST", "/openai/v1/files", key=key, files={"file": ("a.txt", b"content")}, data={"purpose": "x"})
    assert b"content" in recorder.seen[-1]["body"]
    assert recorder.seen[-1]["headers"]["content-type"].startswith("multipart/form-data; boundary=")
    broken = gateway.request("POST", "/openai/v1/broken", key=key, content=b"{nonsense", headers=headers)
    assert (broken.status_code, recorder.seen[-1]["body"]) == (200, b"{nonsense")


def test_a_deployment_lends_its_credentials_to_its_model(gateway: Gateway, recorder: Recorder, key: str) -> None:
    gateway.request("POST", "/openai/v1/chat/completions", key=key, json={"model": "my-gpt", "messages": []})
    asked = recorder.seen[-1]
    assert (asked["path"], asked["headers"]["authorization"]) == (
        "/lent/v1/chat/completions", "Bearer sk-lent-012345678",
    )  # fmt: skip
    assert b'"model":"gpt-4o"' in asked["body"]
    gateway.request("POST", "/bedrock/model/my-nova/converse", key=key, json=CONVERSE)
    asked = recorder.seen[-1]
    assert unquote(asked["path"]) == "/aws/model/amazon.nova-pro-v1:0/converse"
    assert "Credential=AKIAIOSFODNN7EXAMPLE" in asked["headers"]["authorization"]
    assert "/eu-west-1/bedrock/" in asked["headers"]["authorization"]


def test_a_keys_models_hold_and_cannot_be_smuggled_past(gateway: Gateway, recorder: Recorder) -> None:
    key = gateway.request("POST", "/key/generate", json={"models": ["gpt-4o-mini"]}).json()["key"]
    path, headers = "/openai/v1/chat/completions", {"content-type": "application/json"}
    assert gateway.request("POST", path, key=key, json={"model": "gpt-4o", "messages": []}).status_code == 401
    form = {"model": (None, "gpt-4o"), "file": ("a", b"b")}
    assert gateway.request("POST", "/openai/v1/audio/transcriptions", key=key, files=form).status_code == 401
    twice = b'{"model":"gpt-4o","model":"gpt-4o-mini","messages":[]}'
    assert gateway.request("POST", path, key=key, content=twice, headers=headers).status_code == 200
    assert b'"gpt-4o"' not in recorder.seen[-1]["body"]
    flash = "/gemini/v1beta/models/gemini-2.5-flash:generateContent"
    assert gateway.request("POST", flash, key=key, json={"model": "gpt-4o-mini"}).status_code == 401
    assert gateway.request("POST", path, key=key, content=b"{", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "path", ["/openai/%2e%2e/admin", "/openai/..%2fadmin", "/gemini/v1/..%5c..", "/%6fpenai/x", "/openai/a%0d%0ab"]
)
def test_paths_cannot_leave_the_target(gateway: Gateway, recorder: Recorder, key: str, path: str) -> None:
    before = len(recorder.seen)
    assert gateway.request("GET", path, key=key).status_code in (400, 404)
    assert len(recorder.seen) == before


def test_nothing_secret_comes_back_and_redirects_are_not_followed(
    gateway: Gateway, recorder: Recorder, key: str
) -> None:
    answer = gateway.request("GET", "/openai/v1/leaky", key=key)
    assert answer.status_code == 401
    assert SECRET not in answer.text + str(answer.headers)
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-fine"] == "yes"
    before = len(recorder.seen)
    assert gateway.request("GET", "/openai/v1/redirect", key=key).status_code == 302
    assert len(recorder.seen) == before + 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/anthropic/v1/x", {"x-api-key": "{key}"}), ("/gemini/v1/x", {"x-goog-api-key": "{key}"}),
        ("/openai/v1/x", {"api-key": "{key}"}), ("/gemini/v1/x?key={key}&a=1", {}),
        ("/langfuse/api/public/x", {"authorization": "Basic {basic}"}),
    ],
)  # fmt: skip
def test_each_clients_way_to_show_its_key(
    gateway: Gateway, recorder: Recorder, key: str, path: str, headers: dict[str, str]
) -> None:
    basic = base64.b64encode(f"anything:{key}".encode()).decode()
    made = {name: value.format(key=key, basic=basic) for name, value in headers.items()}
    answer = gateway.request("GET", path.format(key=key), key=None, headers=made)
    assert answer.status_code == 200, answer.text
    assert key not in str(recorder.seen[-1])
    assert basic not in str(recorder.seen[-1])
    assert gateway.request("GET", path.format(key="sk-unknown"), key=None).status_code == 401


def test_a_client_that_leaves_ends_the_call_and_pays_for_what_there_was(
    gateway: Gateway, recorder: Recorder, key: str
) -> None:
    body = {"model": "gpt-4o", "messages": MESSAGES, "stream": True}
    headers = {"authorization": f"Bearer {key}"}
    with (
        httpx.Client(base_url=gateway.base) as client,
        client.stream("POST", "/openai/v1/slow", json=body, headers=headers) as answer,
    ):
        next(answer.iter_bytes())
    deadline = time.monotonic() + 10
    while not (found := rows(gateway, key)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert 1 <= found[0]["completion_tokens"] < 400
    while recorder.closed_early == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert recorder.closed_early == 1


def test_budgets_hold(gateway: Gateway) -> None:
    key = gateway.request("POST", "/key/generate", json={"max_budget": 0.00001}).json()["key"]
    body = {"model": "gpt-4o", "messages": MESSAGES, "max_tokens": 1000}
    assert gateway.request("POST", "/openai/v1/chat/completions", key=key, json=body).status_code == 422


def test_tinyfish_serves_runs_alone(gateway: Gateway, key: str) -> None:
    assert gateway.request("POST", "/tinyfish/v1/automation/run", key=key, json={}).status_code == 200
    assert gateway.request("GET", "/tinyfish/v1/runs", key=key).status_code == 403
    assert gateway.request("GET", "/tinyfish/v1/vault", key=key).status_code == 403


def test_a_provider_without_credentials_says_what_to_set(gateway: Gateway, key: str) -> None:
    answer = gateway.request("GET", "/watsonx/ml/v1/x", key=key)
    assert answer.status_code == 503
    assert "WATSONX_" in answer.json()["error"]["message"]


def test_long_answers_and_long_bodies(gateway: Gateway, key: str) -> None:
    assert len(gateway.request("GET", "/openai/v1/big", key=key).content) == 40 * 1024 * 1024
    assert gateway.request("POST", "/openai/v1/x", key=key, content=b"x" * (5 << 20)).status_code == 413
