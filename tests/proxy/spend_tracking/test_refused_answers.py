"""What a rule refuses was answered, and is paid for: each attempt, whether the client gets another answer or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import Gateway
from tests.support.scripted import Answer, Scripted, running

RULES = "def clean(text):\n    return 'bad' not in text\n"
PRICE = 1000 * 2.5e-6 + 1000 * 10e-6


def says(text: str) -> Answer:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
    return Answer(json.dumps({"id": "c", "model": "gpt-4o", "choices": [choice], "usage": usage}).encode())


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
            for answers, status in ((["bad", "bad"], 500), (["bad", "good"], 200)):
                for path, asked in (("/v1/chat/completions", {"messages": [{"role": "user", "content": "hi"}]}),):
                    _ask(gateway, script, answers, status, path, asked)


def _ask(gateway: Gateway, script: Scripted, answers: list[str], status: int, path: str, asked: dict[str, Any]) -> None:
    key = gateway.request("POST", "/key/generate", json={}).json()["key"]
    script.will(*map(says, answers))
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    answer = gateway.request("POST", "/v1/chat/completions", key=key, json=body)
    assert (answer.status_code, len(script.asked)) == (status, 2), answer.text
    spend = gateway.request("GET", "/key/info", params={"key": key}).json()["info"]["spend"]
    (row,) = gateway.request("GET", "/spend/logs", params={"api_key": key}).json()
    assert spend == row["spend"] == pytest.approx(2 * PRICE)
    assert row["total_tokens"] == 4000
