"""What a rule refuses was answered, and is paid for: each attempt, whether the client gets another answer or none."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import Gateway
from tests.support.scripted import Answer, Scripted, running

RULES = "def clean(text):\n    return 'bad' not in text\n"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
PRICE = 1000 * 2.5e-6 + 1000 * 10e-6


def whole(text: str) -> Answer:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return Answer(json.dumps({"id": "c", "model": "gpt-4o", "choices": [choice], "usage": USAGE}).encode())


def streamed(text: str) -> Answer:
    common = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    said = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    events = [{**common, "choices": [said]}, {**common, "choices": [], "usage": USAGE}]
    pieces = [b"data: %s\n\n" % json.dumps(event).encode() for event in events]
    return Answer([*pieces, b"data: [DONE]\n\n"], content_type="text/event-stream")


def test_refused_answers_are_paid_for(tmp_path: Path) -> None:
    (tmp_path / "my_rules.py").write_text(RULES)
    with running() as script:
        params = {"model": "openai/gpt-4o", "api_base": f"{script.base}/v1", "api_key": "k"}
        config: dict[str, Any] = {
            "model_list": [{"model_name": "m", "litellm_params": params}],
            "litellm_settings": {"post_call_rules": ["my_rules.clean"]},
            "router_settings": {"num_retries": 1, "retry_after": 0, "disable_cooldowns": True},
        }
        with Gateway(tmp_path, config) as gateway:
            assert _row(gateway, script, [whole("bad"), whole("bad")], 500)["spend"] == pytest.approx(2 * PRICE)
            row = _row(gateway, script, [whole("bad"), whole("good")], 200)
            assert (row["spend"], row["total_tokens"]) == (pytest.approx(2 * PRICE), 4000)
            # What came of a refused stream is counted, where the refusal comes before the provider's own figures.
            assert _row(gateway, script, [streamed("bad"), streamed("bad")], 500, stream=True)["spend"] > 0
            assert _row(gateway, script, [streamed("bad"), streamed("good")], 200, stream=True)["spend"] > PRICE


def _row(
    gateway: Gateway, script: Scripted, answers: list[Answer], status: int, *, stream: bool = False
) -> dict[str, Any]:
    """The log of a request that the provider answers so; what it cost is the spend of its key."""
    key = gateway.request("POST", "/key/generate", json={}).json()["key"]
    script.will(*answers)
    body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": "hi"}]}
    answer = gateway.request("POST", "/v1/chat/completions", key=key, json=body)
    assert (answer.status_code, len(script.asked)) == (status, 2), answer.text
    deadline = time.monotonic() + 20
    while not (rows := gateway.request("GET", "/spend/logs", params={"api_key": key}).json()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    spend = gateway.request("GET", "/key/info", params={"key": key}).json()["info"]["spend"]
    assert [spend] == [row["spend"] for row in rows]
    return dict(rows[0])
