"""Budgets that several gateways give out together: never more than there is, nothing lost when one is killed."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.gateway import Gateway
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

CALL_PICO = 10 * 2_500_000 + 20 * 10_000_000
"""What a mock answer of gpt-4o costs: its usage is 10 + 20 tokens."""
CALL_USD = CALL_PICO / 1e12
CONFIG: dict[str, Any] = {
    "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
}
BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
"""Asks for as much output as the mock answer has, so that what is reserved covers what is spent, nearly."""
RESERVED_USD = 20 * 10e-6 + 11 * 2.5e-6


@pytest.fixture
def pair(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways on one PostgreSQL database."""
    env = {"DATABASE_URL": postgres.database()}
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with Gateway(folders[0], CONFIG, env=env) as one, Gateway(folders[1], CONFIG, env=env) as two:
        yield one, two


def new_key(gateway: Gateway, **fields: Any) -> str:
    answer = gateway.request("POST", "/key/generate", json=fields)
    assert answer.status_code == 200, answer.text
    key: str = answer.json()["key"]
    return key


def storm(gateways: list[Gateway], key: str, clients: int, calls: int) -> list[int]:
    """Statuses of `calls` calls by `clients` clients, spread over the gateways; 0 where there was no answer."""
    turns = itertools.cycle(gateways)
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    client = httpx.Client(headers={"authorization": f"Bearer {key}"}, timeout=60, limits=limits)

    def call(gateway: Gateway) -> int:
        try:
            return client.post(f"{gateway.base}/v1/chat/completions", json=BODY).status_code
        except httpx.TransportError:
            return 0

    with client, ThreadPoolExecutor(clients) as pool:
        return list(pool.map(call, itertools.islice(turns, calls)))


def spent(gateway: Gateway, key: str) -> float:
    answer = gateway.request("GET", "/key/info", params={"key": key})
    assert answer.status_code == 200, answer.text
    found: float = answer.json()["info"]["spend"]
    return found


def settle(gateways: list[Gateway], key: str) -> float:
    """The key's spend once every gateway has written what it had."""
    for gateway in gateways:
        spent(gateway, key)  # looking at a key writes what waits first
    return spent(gateways[0], key)


def test_two_gateways_do_not_pass_a_cent_together(pair: tuple[Gateway, Gateway], postgres: Postgres) -> None:
    one, two = pair
    key = new_key(one, max_budget=0.01)
    statuses = storm([one, two], key, clients=64, calls=192)
    assert set(statuses) <= {200, 422}
    total = settle([one, two], key)
    assert total == pytest.approx(statuses.count(200) * CALL_USD, abs=1e-12)
    assert total <= 0.01
    assert statuses.count(200) >= int((0.01 - 8 * RESERVED_USD) / CALL_USD), "most of the budget can be used"
    url = one.env["DATABASE_URL"]
    logs = postgres.execute('SELECT count(*) AS n, sum(spend) AS usd FROM "LiteLLM_SpendLogs"', url)[0]
    assert (logs["n"], logs["usd"]) == (statuses.count(200), pytest.approx(total, abs=1e-12))


def test_what_one_gateway_does_not_use_the_other_gets(pair: tuple[Gateway, Gateway]) -> None:
    one, two = pair
    key = new_key(one, max_budget=10 * RESERVED_USD)
    assert storm([one], key, clients=1, calls=1) == [200]  # holds more than it needs
    statuses = storm([two], key, clients=1, calls=12)
    assert statuses.count(200) >= 8


def test_a_change_reaches_the_other_gateway(pair: tuple[Gateway, Gateway]) -> None:
    one, two = pair
    key = new_key(one)
    assert storm([one, two], key, clients=1, calls=2) == [200, 200]
    assert one.request("POST", "/key/block", json={"key": key}).status_code == 200
    eventually(lambda: storm([two], key, 1, 1) != [200], "a blocked key goes on elsewhere")
    assert one.request("POST", "/key/unblock", json={"key": key}).status_code == 200
    one.request("POST", "/key/update", json={"key": key, "max_budget": 0.0})
    eventually(lambda: storm([two], key, 1, 1) == [422], "a budget of nothing is not known elsewhere")


def test_a_budget_starts_anew_for_every_gateway(pair: tuple[Gateway, Gateway]) -> None:
    one, two = pair
    key = new_key(one, max_budget=RESERVED_USD * 1.5, budget_duration="2s")
    assert 422 in storm([one, two], key, clients=1, calls=4)
    eventually(lambda: storm([two], key, 1, 1) == [200], "a budget does not start anew")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_gateway_loses_and_doubles_nothing(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    env = {}
    if kind == "postgresql":
        env = {"DATABASE_URL": request.getfixturevalue("postgres").database()}
    gateway = Gateway(tmp_path, CONFIG, env=env).start()
    key = new_key(gateway, max_budget=1.0)
    answered = 0
    for _ in range(3):
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(storm, [gateway], key, 8, 120)
            time.sleep(0.5)
            gateway.kill()
            answered += running.result().count(200)
        gateway.start()
    total = spent(gateway, key)
    rows = gateway.request("GET", "/spend/logs", params={"limit": 5000}).json()
    assert sum(row["spend"] for row in rows) == pytest.approx(total, abs=1e-12)
    assert total >= answered * CALL_USD - 1e-12, "an answered call was lost"
    assert len({row["request_id"] for row in rows}) == len(rows)
    finished = [row for row in rows if row["status"] == "success"]
    assert len(finished) >= answered
    assert gateway.stop() in (0, -15)


def test_a_killed_database_loses_and_doubles_nothing(postgres: Postgres, tmp_path: Path) -> None:
    with Postgres() as own, Gateway(tmp_path, CONFIG, env={"DATABASE_URL": own.database()}) as gateway:
        key = new_key(gateway)
        answered = storm([gateway], key, 1, 1).count(200)  # the key is known from here on
        for _ in range(2):
            with ThreadPoolExecutor(1) as pool:
                running = pool.submit(storm, [gateway], key, 8, 120)
                time.sleep(0.4)
                own.kill()
                answered += running.result().count(200)
            own.start()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            answer = gateway.request("GET", "/key/info", params={"key": key})
            if answer.status_code == 200 and answer.json()["info"]["spend"] >= answered * CALL_USD - 1e-12:
                break
            time.sleep(0.2)
        assert answer.json()["info"]["spend"] == pytest.approx(answered * CALL_USD, abs=1e-12)
        assert answered > 1, "a key that is known is served while the database is away"
