"""Every hook of `CustomLogger` that LiteLLM's proxy calls is called, with the arguments that LiteLLM gives it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import deployment
from tests.support.gateway import Gateway

RECORDER = '''
"""Overrides every hook and writes down what it is called with."""

import functools, inspect, json
from pathlib import Path

import litellm
from litellm import CustomLLM
from litellm.integrations.custom_logger import CustomLogger

OUT = Path(__file__).with_name("hooks.jsonl")


class Recorder(CustomLogger):
    pass


def recording(name, base):
    signature = inspect.signature(base)

    def note(self, args, kwargs):
        given = signature.bind(self, *args, **kwargs).arguments
        given.pop("self")
        if name == "async_pre_call_hook":
            OUT.with_name("request.json").write_text(json.dumps(given["data"]["proxy_server_request"]))
        kinds = {key: str(getattr(value, "value", "")) or type(value).__name__ for key, value in given.items()}
        with OUT.open("a") as out:
            out.write(json.dumps({"hook": name, "given": kinds}) + "\\n")

    async def stream(self, *args, **kwargs):
        note(self, args, kwargs)
        async for item in base(self, *args, **kwargs):
            yield item

    async def waited_for(self, *args, **kwargs):
        note(self, args, kwargs)
        if name == "async_logging_hook":
            kwargs["kwargs"]["by_hook"] = True
        if name == "async_pre_call_hook" and "say no" in str(kwargs["data"]):
            return "not today"
        if name == "async_filter_listed_models":
            return [item for item in args[1] if item != "hidden"]
        if name == "async_post_call_response_headers_hook":
            return {"x-by-hook": str(kwargs["request_headers"].get("x-asked"))}
        if name == "async_log_success_event":
            assert args[0]["by_hook"]
        return await base(self, *args, **kwargs)

    def plain(self, *args, **kwargs):
        note(self, args, kwargs)
        return base(self, *args, **kwargs)

    if inspect.isasyncgenfunction(base):
        return functools.wraps(base)(stream)
    return functools.wraps(base)(waited_for if inspect.iscoroutinefunction(base) else plain)


for name, base in list(vars(CustomLogger).items()):
    if inspect.isfunction(base) and not name.startswith("_"):
        setattr(Recorder, name, recording(name, base))
recorder = Recorder()


class Own(CustomLLM):
    async def acompletion(self, *args, **kwargs):
        return litellm.completion(model="gpt-4o", messages=[], mock_response="of my own")


own = Own()
'''
EVENT = {"kwargs": "dict", "start_time": "datetime", "end_time": "datetime"}
AUTH = {"user_api_key_dict": "UserAPIKeyAuth"}
BEFORE: dict[str, dict[str, str]] = {
    "async_pre_call_hook": {**AUTH, "cache": "DualCache", "data": "dict"},
    "async_filter_deployments": {"model": "str", "healthy_deployments": "list", "request_kwargs": "dict",
                                 "parent_otel_span": "NoneType"},
    "async_pre_call_check": {"deployment": "dict", "parent_otel_span": "NoneType"},
    "async_pre_call_deployment_hook": {"kwargs": "dict"},
    "log_pre_api_call": {"model": "str", "kwargs": "dict"},
}  # fmt: skip
LOGGED = {
    "log_post_api_call": {"kwargs": "dict", "start_time": "datetime", "end_time": "NoneType"},
    "async_logging_hook": {"kwargs": "dict"},
    "async_log_success_event": EVENT,
}
BESIDE = {"async_moderation_hook": {**AUTH, "data": "dict"}}  # a call that fails at once ends it before it starts
HEADERS = {
    "async_post_call_response_headers_hook": {**AUTH, "data": "dict", "request_headers": "dict",
                                              "litellm_call_info": "dict"},
}  # fmt: skip
ANSWERED: dict[str, dict[str, str]] = {
    **BEFORE, **LOGGED, **HEADERS, **BESIDE,
    "async_post_call_success_deployment_hook": {"request_data": "dict"},
    "async_post_call_success_hook": {**AUTH, "data": "dict"},
}  # fmt: skip
STREAMED: dict[str, dict[str, str]] = {
    **BEFORE, **LOGGED, **HEADERS, **BESIDE,
    "async_post_call_streaming_iterator_hook": {**AUTH, "request_data": "dict"},
}  # fmt: skip
REFUSED: dict[str, dict[str, str]] = {
    **BEFORE, **HEADERS,
    "async_post_call_failure_deployment_hook": {"request_data": "mappingproxy", "fallback_depth": "NoneType"},
    "log_model_group_rate_limit_error": {"original_model_group": "str", "kwargs": "dict"},
    "async_post_call_failure_hook": {**AUTH, "request_data": "dict", "traceback_str": "NoneType"},
    "async_log_failure_event": {**EVENT, "response_obj": "NoneType"},
}  # fmt: skip
FALLBACK = {"original_model_group": "str", "kwargs": "dict", "original_exception": "InternalServerError"}
SAY: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}], "user": "u"}


@pytest.fixture(scope="module")
def recorded(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("hooks")
    (folder / "recorder.py").write_text(RECORDER)
    config = {
        "model_list": [
            deployment("gpt", provider_url), deployment("hidden", provider_url),
            deployment("claude", provider_url, model="anthropic/claude-sonnet-4-5"),
            deployment("embed", provider_url, model="openai/text-embedding-3-small"),
            deployment("down", provider_url, "status=500"), deployment("refused", provider_url, "status=400"),
            {"model_name": "own", "litellm_params": {"model": "my-own/model"}},
        ],
        "litellm_settings": {
            "callbacks": ["recorder.recorder"], "audit_log_callbacks": ["recorder.recorder"],
            "custom_provider_map": [{"provider": "my-own", "custom_handler": "recorder.own"}],
        },
        "router_settings": {"num_retries": 0, "disable_cooldowns": True, "fallbacks": [{"down": ["gpt"]}]},
        "general_settings": {"enforce_user_param": True, "block_robots": True},
    }  # fmt: skip
    with Gateway(folder, config) as running:
        yield running


def seen(gateway: Gateway, until: set[str], path: str, body: dict[str, Any] | None, status: int) -> dict[str, Any]:
    """What hooks were called with by one request, once all of `until` were."""
    out = gateway.folder / "hooks.jsonl"
    start = out.stat().st_size if out.exists() else 0
    answer = gateway.request("GET" if body is None else "POST", path, json=body, headers={"x-asked": "this"})
    assert answer.status_code == status, answer.text
    if "async_post_call_response_headers_hook" in until:
        assert answer.headers["x-by-hook"] == "this"
    deadline = time.monotonic() + 30
    while True:
        found = _read(out, start)
        if until <= found.keys():
            return found
        assert time.monotonic() < deadline, until - found.keys()
        time.sleep(0.02)


def _read(out: Path, start: int) -> dict[str, Any]:
    lines = out.read_bytes()[start:].decode().splitlines() if out.exists() else []
    rows = [json.loads(line) for line in lines if line.endswith("}")]
    return {row["hook"]: row["given"] for row in rows}


@pytest.mark.parametrize(
    ("path", "body", "status", "expected", "more"),
    [
        ("/v1/chat/completions", {"model": "gpt", **SAY}, 200, ANSWERED, {
            "async_post_call_success_deployment_hook": {"response": "ModelResponse", "call_type": "acompletion"},
            "async_logging_hook": {"result": "ModelResponse"},
        }),
        ("/v1/chat/completions", {"model": "gpt", "stream": True, **SAY}, 200, STREAMED, {
            "async_post_call_streaming_hook": {**AUTH, "response": "str"},
            "async_post_call_streaming_deployment_hook": {
                "request_data": "dict", "response_chunk": "ModelResponseStream", "call_type": "acompletion",
            },
        }),
        ("/v1/embeddings", {"model": "embed", "input": "x", "user": "u"}, 200, ANSWERED, {
            "async_pre_call_deployment_hook": {"call_type": "aembedding"},
        }),
        ("/v1/messages", {"model": "claude", "max_tokens": 9, **SAY}, 200, ANSWERED, {
            "async_pre_request_hook": {"model": "str", "messages": "list", "kwargs": "dict"},
            "async_pre_call_deployment_hook": {"call_type": "anthropic_messages"},
        }),
        ("/v1/chat/completions", {"model": "refused", **SAY}, 400, REFUSED, {
            "async_post_call_failure_hook": {"original_exception": "BadRequestError"},
        }),
        ("/v1/chat/completions", {"model": "down", **SAY}, 200, ANSWERED, {"log_success_fallback_event": FALLBACK}),
        ("/v1/chat/completions", {"model": "down", "fallbacks": ["refused"], **SAY}, 500, REFUSED, {
            "log_failure_fallback_event": FALLBACK,
            "async_post_call_failure_deployment_hook": {"fallback_depth": "int"},
        }),
        ("/key/generate", {}, 200, {"async_log_audit_log_event": {"audit_log": "dict"}}, {}),
    ],
    ids=["chat", "stream", "embeddings", "messages", "refused", "fallback", "failed-fallback", "audit"],
)  # fmt: skip
def test_hooks_are_called_with_upstreams_arguments(
    recorded: Gateway, path: str, body: dict[str, Any], status: int, expected: dict[str, Any], more: dict[str, Any]
) -> None:
    wanted = {name: {**expected.get(name, {}), **more.get(name, {})} for name in {*expected, *more}}
    found = seen(recorded, set(wanted), path, body, status)
    assert {name: found[name] | given for name, given in wanted.items()} == {name: found[name] for name in wanted}
    assert "Traceback" not in recorded.log, recorded.log[-3000:]


def test_lists_of_models_are_filtered(recorded: Gateway) -> None:
    found = seen(recorded, {"async_filter_listed_models"}, "/v1/models", None, 200)
    assert found["async_filter_listed_models"] == {**AUTH, "model_names": "tuple"}
    for path, name in (("/v1/models", "id"), ("/v1/model/info", "model_name")):
        assert "hidden" not in {row[name] for row in recorded.request("GET", path).json()["data"]}


def test_requests_have_to_name_a_user_where_the_operator_wants_it(recorded: Gateway) -> None:
    body = {"model": "gpt", "messages": SAY["messages"]}
    for path in ("/v1/chat/completions", "/v1/responses", "/v1/embeddings"):
        refused = recorded.request("POST", path, json={**body, "input": "x"})
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "user")
    assert recorded.request("POST", "/key/generate", json={}).status_code == 200


def test_forwarded_requests_name_a_user_too_and_hooks_see_them_as_they_came(recorded: Gateway) -> None:
    body = {"model": "claude", "max_tokens": 9, "messages": SAY["messages"]}
    path = "/anthropic/v1/messages"
    refused = recorded.request("POST", path, json=body)
    assert (refused.status_code, "user: required" in refused.text) == (400, True)
    headers = {"x-litellm-customer-id": "c", "x-asked": "this"}
    answer = recorded.request("POST", path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    given = json.loads((recorded.folder / "request.json").read_text())
    assert (given["method"], given["headers"]["x-asked"]) == ("POST", "this")
    assert given["body"]["messages"] == SAY["messages"]
    assert given["url"].endswith(path)
    assert "authorization" not in given["headers"]


def test_crawlers_are_kept_out_where_the_operator_wants_it(recorded: Gateway) -> None:
    answer = recorded.request("GET", "/robots.txt", key=None)
    assert answer.text.split() == ["User-agent:", "*", "Disallow:", "/"]
    assert answer.headers["content-type"].startswith("text/plain")


def test_hooks_see_the_request_as_it_came_without_credentials(recorded: Gateway) -> None:
    body = {"model": "gpt", **SAY, "metadata": {"mine": 1}}
    for path in ("/v1/chat/completions", "/v1/messages", "/v1/responses"):
        asked = {**body, "input": "hi", "max_tokens": 9}
        answer = recorded.request("POST", f"{path}?a=b&key=s3cr3t", json=asked, headers={"x-mine": "1", "cookie": "c"})
        assert answer.status_code == 200, answer.text
        text = (recorded.folder / "request.json").read_text()
        seen = json.loads(text)
        assert (seen["url"], seen["method"]) == (f"{recorded.base}{path}?a=b", "POST")
        assert seen["body"] == asked
        assert seen["headers"]["x-mine"] == "1"
        assert not {"authorization", "cookie"} & seen["headers"].keys()
        assert "s3cr3t" not in text


def test_a_text_of_a_hook_is_answered_where_texts_are_and_refuses_elsewhere(recorded: Gateway) -> None:
    asked: dict[str, Any] = {"model": "gpt", "user": "u", "messages": [{"role": "user", "content": "say no"}]}
    answer = recorded.request("POST", "/v1/chat/completions", json=asked).json()
    assert answer["choices"][0]["message"]["content"] == "not today"
    assert answer["choices"][0]["finish_reason"] == "stop"
    streamed = recorded.request("POST", "/v1/chat/completions", json={**asked, "stream": True})
    assert "not today" in streamed.text
    assert streamed.text.endswith("data: [DONE]\n\n")
    written = recorded.request("POST", "/v1/completions", json={"model": "gpt", "user": "u", "prompt": "say no"})
    assert written.json()["choices"][0]["text"] == "not today"
    refused = recorded.request("POST", "/v1/embeddings", json={"model": "embed", "user": "u", "input": "say no"})
    assert (refused.status_code, "not today" in refused.text) == (400, True)


def test_a_provider_of_ones_own_is_named_in_the_config(recorded: Gateway) -> None:
    answer = recorded.request("POST", "/v1/chat/completions", json={"model": "own", **SAY})
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "of my own"
