"""Providers that count nonsense: the answer is passed on, and neither its settlement nor the next is lost."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import Gateway
from tests.support.scripted import Answer, Scripted, running

ODD: tuple[Any, ...] = (
    {"prompt_tokens": 10**30, "completion_tokens": 10**30, "total_tokens": 10**30},
    {"prompt_tokens": 2**31, "completion_tokens": 2**40, "total_tokens": 2**63},
    {"prompt_tokens": -5, "completion_tokens": -7, "total_tokens": -12},
    {"prompt_tokens": 1.5, "completion_tokens": 2.5, "total_tokens": 4.0},
    {"prompt_tokens": "3", "completion_tokens": "four", "total_tokens": None},
    {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "prompt_tokens_details": {"cached_tokens": 10**30}},
    {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "prompt_tokens_details": "none"},
    {"prompt_tokens": [1], "completion_tokens": {}},
    "free",
    [],
)


def test_odd_usage_is_neither_fatal_nor_lost(tmp_path: Path, database_env: dict[str, str]) -> None:
    with running() as script:
        deployment = {"model": "openai/gpt-4o", "api_base": f"{script.base}/v1", "api_key": "k", "num_retries": 0}
        config = {"model_list": [{"model_name": "m", "litellm_params": deployment}]}
        with Gateway(tmp_path, config, env=database_env) as gateway:
            for stream in (False, True):
                _ask_for_all(gateway, script, stream=stream)


def _ask_for_all(gateway: Gateway, script: Scripted, *, stream: bool) -> None:
    key = gateway.request("POST", "/key/generate", json={"max_budget": 1e9}).json()["key"]
    sane = {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": stream}
    for usage in (sane, *ODD, sane):
        script.will(_streamed(usage) if stream else _whole(usage))
        answer = gateway.request("POST", "/v1/chat/completions", json=body, key=key)
        assert answer.status_code == 200, (usage, answer.text)
    rows = _rows(gateway, key, len(ODD) + 2)
    assert [row["total_tokens"] for row in rows].count(2000) == 2
    assert all(row["spend"] >= 0 and row["total_tokens"] >= 0 for row in rows)
    spent = gateway.request("GET", "/key/info", params={"key": key}).json()["info"]["spend"]
    assert spent == pytest.approx(sum(row["spend"] for row in rows))


def _rows(gateway: Gateway, key: str, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 20
    while len(rows := gateway.request("GET", "/spend/logs", params={"api_key": key}).json()) < count:
        assert time.monotonic() < deadline, rows
        time.sleep(0.05)
    return list(rows)


def _whole(usage: Any) -> Answer:
    choice = {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
    return Answer(json.dumps({"id": "c", "model": "gpt-4o", "choices": [choice], "usage": usage}).encode())


def _streamed(usage: Any) -> Answer:
    delta = {"index": 0, "delta": {"role": "assistant", "content": "hello"}, "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    common = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    events = [{**common, "choices": [delta]}, {**common, "choices": [last]}, {**common, "choices": [], "usage": usage}]
    pieces = [b"data: %s\n\n" % json.dumps(event).encode() for event in events]
    return Answer([*pieces, b"data: [DONE]\n\n"], content_type="text/event-stream")
