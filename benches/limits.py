"""Limits and budgets: the native tables beside their twins and other libraries, in one run.

    python benches/limits.py [--rounds 15]

Five limits of a request are checked together (requests and tokens of a key and of a team, and parallel requests); the
other libraries check one limit a call, so five calls stand for it. `pip install limits pyrate-limiter` for these rows,
`redis` and a redis-server for those over Redis. Microseconds a check, medians of the rounds, taken in turn: processor
time of this thread, so that other work on the machine counts little, but over Redis the time that passes.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# In place of this folder, where a `limits` would hide the library of that name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from litellm_rust import _native
from litellm_rust._twins import limits as twin

ROWS = [
    ("key:requests", 10**12, 60.0, 1),
    ("key:tokens", 10**12, 60.0, 250),
    ("team:requests", 10**12, 60.0, 1),
    ("team:tokens", 10**12, 60.0, 250),
    ("key:parallel", 10**12, 60.0, 1),
]
KEYS = ["key", "team", "user", "organisation", "model"]
# Calls between two looks at the clock, which costs about as much as a check.
BATCH = 100
KEYS_IN_MEMORY = """
import os, resource
from litellm_rust._native import LimitTable
table = LimitTable()
table.check([("warm", 1, 60.0, 1)])
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
before = resident()
for number in range(1_000_000):
    table.check([(f"key-{number}", 100, 60.0, 1)])
print(len(table), (resident() - before) / 1e6)
"""


def local_calls() -> Iterator[tuple[str, Callable[[], Any]]]:
    """What to measure in this process, by name."""
    native, reference = _native.LimitTable(), twin.LimitTable()
    yield "native, five limits", lambda: native.check(ROWS)
    yield "an empty function, for comparison", lambda: None
    yield "Python twin, five limits", lambda: reference.check(ROWS)
    if importlib.util.find_spec("limits"):
        from limits import RateLimitItemPerMinute, storage, strategies

        strategy = strategies.SlidingWindowCounterRateLimiter(storage.MemoryStorage())
        item = RateLimitItemPerMinute(10**9)
        yield "limits, five calls", lambda: [strategy.hit(item, key, cost=1) for key in KEYS]
    if importlib.util.find_spec("pyrate_limiter"):
        from pyrate_limiter import Duration, InMemoryBucket, Limiter, Rate

        limiters = [Limiter(InMemoryBucket([Rate(10**9, Duration.MINUTE)])) for _ in KEYS]
        yield "pyrate-limiter, five calls", lambda: [limiter.try_acquire("key") for limiter in limiters]
    for name, table in (("native", _native.BudgetTable()), ("Python twin", twin.BudgetTable())):
        for key in KEYS:
            table.set(key, 10**18)
        yield (
            f"{name}, reserve and settle on five budgets",
            lambda table=table: (  # type: ignore[misc]
                table.reserve("request", KEYS, 1000),
                table.settle("request", 900),
            ),
        )


@contextlib.contextmanager
def redis_calls() -> Iterator[list[tuple[str, Callable[[], Any]]]]:
    """What to measure against a redis-server of its own."""
    if importlib.util.find_spec("redis") is None:
        yield []
        return
    from litellm_rust.redis_limits import RedisBudgets, RedisLimits
    from tests.support.redis import RedisServer

    with RedisServer() as server, server.client() as client:
        shared, budgets = RedisLimits(client), RedisBudgets(client)
        for key in KEYS:
            budgets.set(key, 10**18)
        calls: list[tuple[str, Callable[[], Any]]] = [
            ("Redis PING, for comparison", client.ping),
            ("native over Redis, five limits", lambda: shared.check([(key, 2**50, w, c) for key, _, w, c in ROWS])),
            (
                "native over Redis, reserve and settle on five budgets",
                lambda: (budgets.reserve("request", KEYS, 1000), budgets.settle("request", 900)),
            ),
        ]
        if importlib.util.find_spec("limits"):
            from limits import RateLimitItemPerMinute, storage, strategies

            strategy = strategies.SlidingWindowCounterRateLimiter(storage.storage_from_string(server.url))
            item = RateLimitItemPerMinute(10**9)
            calls.append(("limits over Redis, five calls", lambda: [strategy.hit(item, key) for key in KEYS]))
        yield calls


def measure(calls: list[tuple[str, Callable[[], Any]]], rounds: int, clock: Callable[[], float]) -> None:
    """Print a row for each call: the median over the rounds, the best round, and the ratio to the first row."""
    times: dict[str, list[float]] = {name: [] for name, _ in calls}
    for _, call in calls:
        call()
    for _ in range(rounds):
        for name, call in calls:
            number, started = 0, clock()
            while (elapsed := clock() - started) < 0.03:
                for _ in range(BATCH):
                    call()
                number += BATCH
            times[name].append(elapsed / number * 1e6)
    base = statistics.median(next(iter(times.values()))) if times else 1.0
    for name, samples in times.items():
        median = statistics.median(samples)
        print(f"{name:56}{median:10.2f}{min(samples):10.2f}{median / base:10.1f}x", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print(f"{'µs':56}{'median':>10}{'best':>10}{'ratio':>11}")
    measure(list(local_calls()), options.rounds, time.thread_time)
    with redis_calls() as calls:
        measure(calls, options.rounds, time.perf_counter)
    if os.path.exists("/proc/self/statm"):
        printed = subprocess.run([sys.executable, "-c", KEYS_IN_MEMORY], capture_output=True, text=True, check=True)
        keys, megabytes = printed.stdout.split()
        print(f"\n{keys} keys: {float(megabytes):.0f} MB")


if __name__ == "__main__":
    main()
