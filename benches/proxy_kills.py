"""Kills the gateway, PostgreSQL or Redis in the middle of load, again and again, and counts the money afterwards.

    python -m benches.proxy_kills [--rounds 20] [--kill gateway|postgres|redis] [--clients 16] [--native]

Calls are counted against a budget and, in Redis, against a limit of requests. With `--native` they go to a provider on
loopback, limits are counted in memory, and nearly all of them are answered by the native front.

Every answered call must be in the log once; the log must add up to the key's spend, and to the days' sums. Prints one
line a round, and exits with 1 when something was lost or counted twice.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.support import gateway as gateway_process, provider
from tests.support.gateway import Gateway
from tests.support.postgres import Postgres
from tests.support.redis import RedisServer

CONFIG: dict[str, Any] = {
    "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}]
}
BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
PICO = 10**12
ANSWERS_A_ROUND = 40
ROUND_TIMEOUT_S = 30.0
gateway_process.START_TIMEOUT_S = 600.0  # also on a machine that does much else


class Load:
    """Clients that call until they are told to stop, and count the answers."""

    def __init__(self, gateway: Gateway, key: str, clients: int) -> None:
        self._url, self._key = f"{gateway.base}/v1/chat/completions", key
        self.statuses: collections.Counter[int] = collections.Counter()
        """Answers by status; 0 is none."""
        self.native = 0
        """Answers by Rust."""
        self._lock, self._over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def _call(self) -> None:
        with httpx.Client(headers={"authorization": f"Bearer {self._key}"}, timeout=30) as client:
            while not self._over.is_set():
                status, native = 0, False
                try:
                    answer = client.post(self._url, json=BODY)
                    status, native = answer.status_code, "x-litellm-served-by" in answer.headers
                except httpx.TransportError:
                    time.sleep(0.02)
                with self._lock:
                    self.statuses[status] += 1
                    self.native += native

    def wait_for(self, answers: int) -> None:
        """Wait until so many calls were answered, or for `ROUND_TIMEOUT_S`."""
        deadline = time.monotonic() + ROUND_TIMEOUT_S
        while self.statuses[200] < answers and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> dict[int, int]:
        """How many answers there were, by status."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return dict(self.statuses)


def pico(usd: float | None) -> int:
    return round((usd or 0.0) * PICO)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds; 0 when the money is all there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kill", choices=("gateway", "postgres", "redis"), default="gateway")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--native", action="store_true")
    options = parser.parse_args(arguments)
    with (
        provider.running() as base,
        tempfile.TemporaryDirectory() as folder,
        Postgres() as postgres,
        RedisServer() as redis,
    ):
        url = postgres.database()
        config = CONFIG | {"general_settings": {"coordination_redis": {"url": redis.url}}}
        if options.native:
            deployment = {"model": "openai/gpt-4o", "api_base": f"{base}/v1", "api_key": "sk-1"}
            config = {"model_list": [{"model_name": "m", "litellm_params": deployment}]}
        gateway = Gateway(Path(folder), config, env={"DATABASE_URL": url}).start()
        limits = {"max_budget": 1000, "rpm_limit": 1_000_000}
        key = gateway.request("POST", "/key/generate", json=limits).json()["key"]
        answer = gateway.request("POST", "/v1/chat/completions", json=BODY, key=key)
        call_pico = pico(float(answer.headers["x-litellm-response-cost"]))
        answered, native = 1, 0
        for number in range(options.rounds):
            load = Load(gateway, key, options.clients)
            load.wait_for(ANSWERS_A_ROUND)
            victim: Gateway | Postgres | RedisServer = {"gateway": gateway, "postgres": postgres, "redis": redis}[
                options.kill
            ]
            victim.stop() if isinstance(victim, RedisServer) else victim.kill()
            time.sleep(0.2)
            statuses = load.stop()
            answered += statuses.get(200, 0)
            native += load.native
            victim.start()
            print(
                f"round {number + 1}: {answered} answered in all ({native} by Rust), this time {statuses}", flush=True
            )
        gateway.stop()
        return _count(postgres, url, answered, call_pico)


def _count(postgres: Postgres, url: str, answered: int, call_pico: int) -> int:
    """Compare the log with what was answered, with the key's spend and with the days'; 0 when all is there."""
    logs = postgres.execute(
        "SELECT count(*) FILTER (WHERE status = 'success') AS calls, sum(spend) AS usd FROM \"LiteLLM_SpendLogs\"", url
    )[0]
    spent = postgres.execute('SELECT max(spend) AS usd FROM "LiteLLM_VerificationToken"', url)[0]["usd"]
    days = postgres.execute('SELECT sum(spend) AS usd FROM "LiteLLM_DailyUserSpend"', url)[0]["usd"]
    print(f"answered {answered}, logged {logs['calls']}, log {logs['usd']}, key {spent}, days {days}")
    same = pico(logs["usd"]) == pico(spent) == pico(days)
    return 0 if same and logs["calls"] >= answered and pico(logs["usd"]) >= answered * call_pico else 1


if __name__ == "__main__":
    sys.exit(main())
