"""What a crash, a restart and a client that leaves do to the spend."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.support.gateway import MASTER_KEY, Gateway

PRICE_OUT = 10.0 / 1e6  # USD per output token of gpt-4o


def new_key(gateway: Gateway, **fields: Any) -> str:
    answer = gateway.request("POST", "/key/generate", json=fields)
    assert answer.status_code == 200, answer.text
    key: str = answer.json()["key"]
    return key


def key_spend(gateway: Gateway, key: str) -> float:
    answer = gateway.request("GET", "/key/info", params={"key": key})
    assert answer.status_code == 200, answer.text
    return float(answer.json()["info"]["spend"])


def wait_for_spend(gateway: Gateway, key: str, above: float = 0.0) -> float:
    """The key's spend once it is above `above`; fails after 10 s."""
    deadline = time.monotonic() + 10
    while (spend := key_spend(gateway, key)) <= above:
        assert time.monotonic() < deadline, f"spend stays at {spend}"
        time.sleep(0.1)
    return spend


def spend_rows(gateway: Gateway, key: str) -> list[dict[str, Any]]:
    answer = gateway.request("GET", "/spend/logs", params={"api_key": key})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def read_some(gateway: Gateway, key: str, model: str, pieces: int, *, then_kill: bool = False) -> None:
    """Start a stream and, after some pieces, leave it, or kill the gateway and read on."""
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "tell me a long story"}]}
    headers = {"authorization": f"Bearer {key}"}
    with httpx.stream("POST", f"{gateway.base}/v1/chat/completions", json=body, headers=headers, timeout=30) as answer:
        assert answer.status_code == 200
        for seen, _line in enumerate(line for line in answer.iter_lines() if line.startswith("data:")):
            if seen == pieces:
                if not then_kill:
                    return
                gateway.kill()


def test_a_call_is_logged_and_counted_once(own_gateway: Gateway) -> None:
    key = new_key(own_gateway, models=["gpt"], max_budget=1.0)
    body = {"model": "gpt", "messages": [{"role": "user", "content": "hello there"}]}
    answer = own_gateway.request("POST", "/v1/chat/completions", key=key, json=body)
    assert answer.status_code == 200, answer.text
    expected = 2 * 2.5e-6 + 3 * 10e-6
    assert wait_for_spend(own_gateway, key) == pytest.approx(expected, abs=1e-12)
    rows = spend_rows(own_gateway, key)
    assert [row["spend"] for row in rows] == [pytest.approx(expected, abs=1e-12)]
    assert own_gateway.stop() == 0
    own_gateway.start()
    assert key_spend(own_gateway, key) == pytest.approx(expected, abs=1e-12)
    assert len(spend_rows(own_gateway, key)) == 1


@pytest.mark.parametrize("model", ["long", "long-claude"])
def test_a_client_that_leaves_is_billed_for_what_was_produced(own_gateway: Gateway, model: str) -> None:
    key = new_key(own_gateway)
    read_some(own_gateway, key, model, pieces=8)
    spend = wait_for_spend(own_gateway, key)
    time.sleep(1)
    assert key_spend(own_gateway, key) == spend  # and nothing later
    assert 0 < spend < 40 * 2 * 15e-6
    assert len(spend_rows(own_gateway, key)) == 1


def test_a_killed_gateway_shows_the_spend_after_its_restart(own_gateway: Gateway) -> None:
    key = new_key(own_gateway)
    with pytest.raises(httpx.TransportError):
        read_some(own_gateway, key, "long", pieces=10, then_kill=True)
    own_gateway.start()
    spend = wait_for_spend(own_gateway, key)
    rows = spend_rows(own_gateway, key)
    assert [row["spend"] for row in rows] == [pytest.approx(spend, abs=1e-12)]
    assert spend >= 5 * PRICE_OUT  # ten pieces had arrived; a checkpoint may be older than the last of them
    own_gateway.kill()
    own_gateway.start()
    assert key_spend(own_gateway, key) == pytest.approx(spend, abs=1e-12)
    assert len(spend_rows(own_gateway, key)) == 1


def test_a_budget_ends_a_key(own_gateway: Gateway) -> None:
    key = new_key(own_gateway, max_budget=0.00001)
    body = {"model": "gpt", "messages": [{"role": "user", "content": "hello there my friend"}], "max_tokens": 5}
    statuses = [own_gateway.request("POST", "/v1/chat/completions", key=key, json=body).status_code for _ in range(3)]
    assert statuses[-1] == 422
    info = own_gateway.request("GET", "/key/info", params={"key": key}, key=MASTER_KEY).json()["info"]
    assert info["max_budget"] == 0.00001
