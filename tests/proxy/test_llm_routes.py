"""The LLM routes over real HTTP: spellings, headers, what passes through, what is refused, who is told of the end."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.gateway import MASTER_KEY, Gateway
from tests.support.waiting import eventually

HELLO: list[Any] = [{"role": "user", "content": "hello there"}]
CHAT = "/v1/chat/completions"


def chat(proxy: Gateway, model: str | None = "gpt", text: str = "hello there", path: str = CHAT, **more: Any) -> Any:
    """One chat request."""
    body = {"messages": [{"role": "user", "content": text}], **more} | ({"model": model} if model else {})
    return proxy.request("POST", path, json=body)


def asked_last(provider_url: str) -> dict[str, Any]:
    """The newest request that the provider has seen."""
    last: dict[str, Any] = httpx.get(f"{provider_url}/_requests").json()[-1]
    return last


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/chat/completions", "gpt"),
        ("/chat/completions", "gpt"),
        ("/engines/gpt/chat/completions", None),
        ("/openai/deployments/gpt/chat/completions?api-version=2024-10-21", None),
        ("/openai/deployments/any/gpt-4o/chat/completions", None),
        ("/v1/chat/completions", "alias"),
        ("/v1/chat/completions", "secret"),
        ("/v1/chat/completions", "any/gpt-4o"),
        ("/v1/chat/completions", None),
    ],
)
def test_every_spelling_reaches_the_model(proxy: Gateway, path: str, model: str | None) -> None:
    answer = chat(proxy, model, path=path)
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "Echo: hello there"


@pytest.mark.parametrize("prefix", ["/v1", "", "/engines/embed", "/openai/deployments/embed"])
def test_embeddings_spellings(proxy: Gateway, prefix: str) -> None:
    answer = proxy.request("POST", prefix + "/embeddings", json={"input": "one"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"][0]["embedding"][2] == 3.0


@pytest.mark.parametrize("prefix", ["/v1", "", "/engines/gpt", "/openai/deployments/gpt"])
def test_text_completions(proxy: Gateway, prefix: str) -> None:
    answer = proxy.request("POST", prefix + "/completions", json={"prompt": "one"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["text"] == "Echo: one"


def test_keys_are_read_from_every_header_that_clients_use(proxy: Gateway) -> None:
    for headers in ({"x-api-key": MASTER_KEY}, {"api-key": MASTER_KEY}, {"authorization": f"Bearer {MASTER_KEY}"}):
        answer = proxy.request("GET", "/v1/models", key=None, headers=headers)
        assert answer.status_code == 200, answer.text


def test_the_answer_tells_what_happened(proxy: Gateway) -> None:
    answer = chat(proxy)
    assert answer.json()["model"] == "gpt"
    headers = answer.headers
    assert float(headers["x-litellm-response-cost"]) == pytest.approx(2 * 2.5e-6 + 3 * 10e-6)
    for name in ("call-id", "version", "model-id", "model-api-base", "response-duration-ms"):
        assert headers[f"x-litellm-{name}"]
    assert headers["x-litellm-model-group"] == "gpt"
    assert headers["x-by-hook"] == "yes"


@pytest.mark.parametrize(("path", "read", "written"), [(CHAT, 2, 3), ("/v1/messages", 5, 6)])
def test_a_deployments_own_price_counts(proxy: Gateway, path: str, read: int, written: int) -> None:
    """Anthropic messages to an OpenAI model go over its responses, which the test's provider counts otherwise."""
    answer = chat(proxy, "dear", path=path, max_tokens=9)
    assert float(answer.headers["x-litellm-response-cost"]) == pytest.approx(read * 0.5 + written * 0.25)
    assert answer.headers["x-litellm-model-name"] == "openai/gpt-4o"


def test_unknown_parameters_pass_through_and_known_ones_are_kept(proxy: Gateway, provider_url: str) -> None:
    extra = {"top_k_of_my_provider": 7, "nested": {"a": [1, None]}, "temperature": 0.25, "seed": 5}
    assert chat(proxy, **extra).status_code == 200
    sent = asked_last(provider_url)["body"]
    assert {name: sent[name] for name in extra} == extra
    assert sent["model"] == "gpt-4o"
    assert not {"metadata", "litellm_call_id", "litellm_metadata", "proxy_server_request"} & set(sent)


def test_the_clients_key_does_not_reach_the_provider(proxy: Gateway, provider_url: str) -> None:
    chat(proxy)
    assert MASTER_KEY not in json.dumps(asked_last(provider_url))


@pytest.mark.parametrize(
    "field", ["api_base", "base_url", "api_key", "model_list", "input_cost_per_token", "callbacks"]
)
def test_a_field_that_only_the_config_may_set_is_refused(proxy: Gateway, field: str) -> None:
    answer = chat(proxy, **{field: "http://127.0.0.1:9"})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("max_tokens", -5), ("max_tokens", "9"), ("n", 0), ("n", True), ("stream", "yes"), ("stream_options", []),
     ("messages", ["x"]), ("metadata", "x"), ("fallbacks", ["nobody"]), ("model", ""), ("model", ["gpt"])],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_name(proxy: Gateway, field: str, value: Any) -> None:
    answer = proxy.request("POST", CHAT, json={"model": "gpt", "messages": HELLO, field: value})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"] == field


def test_headers_that_the_operator_lets_through_reach_the_provider(proxy: Gateway, provider_url: str) -> None:
    headers = {"x-my-trace": "t-1", "x-litellm-tags": "a", "x-stainless-os": "Mine", "x-api-key": MASTER_KEY}
    for model, kept in (("forwards", "t-1"), ("gpt", None)):
        body = {"model": model, "messages": HELLO, "max_tokens": 9}
        for path in (CHAT, "/v1/messages"):
            assert proxy.request("POST", path, json=body, headers=headers).status_code == 200
            sent = asked_last(provider_url)["headers"]
            assert sent.get("x-my-trace") == kept
            assert "x-litellm-tags" not in sent
            assert sent.get("x-stainless-os") != "Mine"
            assert MASTER_KEY not in json.dumps(sent)


def test_errors_on_the_messages_route_have_anthropics_shape(proxy: Gateway) -> None:
    for body in ({"model": "gpt", "max_tokens": 5}, {"model": "gpt", "messages": HELLO}, {"model": "nobody"}):
        answer = proxy.request("POST", "/v1/messages", json=body)
        assert answer.status_code == 400
        assert answer.json()["type"] == "error"
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_anthropics_beta_header_reaches_the_provider(proxy: Gateway, provider_url: str) -> None:
    body = {"model": "claude", "max_tokens": 9, "messages": HELLO}
    headers = {"anthropic-beta": "some-feature-2025-01-01"}
    assert proxy.request("POST", "/v1/messages", json=body, headers=headers).status_code == 200
    assert "some-feature-2025-01-01" in asked_last(provider_url)["headers"]["anthropic-beta"]


def test_usage_is_streamed_only_to_those_who_ask(proxy: Gateway) -> None:
    events = chat(proxy, stream=True).text.strip().split("\n\n")
    assert events[-1] == "data: [DONE]"
    chunks = [json.loads(event[6:]) for event in events[:-1]]
    assert all("usage" not in chunk for chunk in chunks)
    assert {chunk["model"] for chunk in chunks} == {"gpt"}
    events = chat(proxy, stream=True, stream_options={"include_usage": True}).text.strip().split("\n\n")
    assert json.loads(events[-2][6:])["usage"]["completion_tokens"] == 3


def test_an_error_before_the_first_chunk_keeps_its_status(proxy: Gateway) -> None:
    answer = chat(proxy, "limited", stream=True)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("path", "model"),
    [(CHAT, "long"), (CHAT, "long-claude"), ("/v1/messages", "long"), ("/v1/messages", "long-claude")],
)
def test_a_client_that_leaves_ends_the_providers_stream(
    proxy: Gateway, provider_url: str, path: str, model: str
) -> None:
    body = {"model": model, "stream": True, "max_tokens": 99, "messages": HELLO}
    headers = {"authorization": f"Bearer {MASTER_KEY}"}
    with httpx.stream("POST", proxy.base + path, json=body, headers=headers, timeout=30) as answer:
        for seen, _ in enumerate(line for line in answer.iter_lines() if line.startswith("data:")):
            if seen == 4:
                break
    eventually(lambda: bool(asked_last(provider_url)["aborted"]), "the provider's stream goes on")


def test_hooks_refuse_change_moderate_and_answer(proxy: Gateway) -> None:
    refused = chat(proxy, text="HOOK-REFUSE").json()["choices"][0]
    assert (refused["message"]["content"], refused["finish_reason"]) == ("the hook says no", "stop")
    changed = chat(proxy, text="HOOK-CHANGE").json()
    assert changed["choices"][0]["message"]["content"] == "Echo: changed acompletion"
    moderated = chat(proxy, text="HOOK-MODERATE")
    assert (moderated.status_code, moderated.json()["error"]["message"]) == (400, "immoderate")
    assert chat(proxy, text="HOOK-ANSWER").json()["choices"][0]["message"]["content"] == "answered by the hook"
    streamed = chat(proxy, text="HOOK-STREAM x", stream=True).text
    assert "ECHO:" in streamed


def test_a_provider_that_is_slow_by_header(proxy: Gateway) -> None:
    body = {"model": "slow", "messages": HELLO}
    answer = proxy.request("POST", CHAT, json=body, headers={"x-litellm-timeout": "0.3"})
    assert answer.status_code == 408


def test_tokens_are_counted_without_a_call(proxy: Gateway, provider_url: str) -> None:
    before = len(httpx.get(f"{provider_url}/_requests").json())
    short = proxy.request("POST", "/v1/messages/count_tokens", json={"model": "claude", "messages": HELLO})
    assert short.status_code == 200, short.text
    longer = {"model": "claude", "messages": HELLO, "system": "Be brief.", "tools": [{"name": "f", "input_schema": {}}]}
    more = proxy.request("POST", "/v1/messages/count_tokens", json=longer).json()["input_tokens"]
    assert 0 < short.json()["input_tokens"] < more
    counted = proxy.request("POST", "/utils/token_counter", json={"model": "gpt", "prompt": "hello there"}).json()
    assert counted == {"total_tokens": 2, "request_model": "gpt", "model_used": "gpt-4o"}
    ids = proxy.request("POST", "/utils/token_counter", json={"model": "gpt", "prompt": [[1, 2], [3]]}).json()
    assert ids["total_tokens"] == 3
    assert len(httpx.get(f"{provider_url}/_requests").json()) == before


def test_a_client_notes_things_in_its_spend_log(proxy: Gateway) -> None:
    key = proxy.request("POST", "/key/generate", json={}).json()["key"]
    messages = [{"role": "user", "content": "hi"}]
    body = {"model": "gpt", "messages": messages, "metadata": {"spend_logs_metadata": {"job": "1", "step": "a"}}}
    headers = {
        "x-litellm-spend-logs-metadata": '{"step": "b"}',
        "x-litellm-trace-id": "trace-1",
        "x-litellm-timeout": "9",
    }
    answer = proxy.request("POST", CHAT, key=key, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert float(answer.headers["x-litellm-overhead-duration-ms"]) >= 0
    assert answer.headers["x-litellm-timeout"] == "9.0"
    [row] = proxy.request("GET", "/spend/logs", params={"api_key": key}).json()
    assert row["metadata"]["spend_logs_metadata"] == {"job": "1", "step": "b"}
    assert row["session_id"] == "trace-1"
    for wrong in ("[1]", "nonsense", '{"a": "%s"}' % ("x" * 20_000)):
        refused = proxy.request("POST", CHAT, key=key, json=body, headers={"x-litellm-spend-logs-metadata": wrong})
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "x-litellm-spend-logs-metadata")
