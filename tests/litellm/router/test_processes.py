"""Two processes over one real Redis, which is killed and comes back empty in between; every strategy at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.litellm.router.worker import COOLDOWN_S, MANY_RPM, PARALLEL, RETRIES, RPM
from tests.support.redis import RedisServer

# Their shares depend on how long calls take on this machine; `test_simulation` asserts them on a virtual clock.
BY_TIME = ("latency-based-routing", "least-busy")


class Event(NamedTuple):
    """What a worker sent. `alone`: it could not go by what Redis says."""

    outcome: str
    name: str
    call: int
    began: float
    ended: float
    alone: bool


Logs = dict[str, list[list[Event]]]
"""By strategy, the events of each process."""


class Worker:
    """A process that routes."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "tests.litellm.router.worker", str(port)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, **command: Any) -> None:
        """Send a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """The answer to the oldest command that has none yet."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


class Pair:
    """Two workers and their Redis."""

    def __init__(self) -> None:
        self.server = RedisServer()
        self.server.start()
        self.workers = [Worker(self.server.port) for _ in range(2)]

    def both(self, **command: Any) -> list[Any]:
        """What both answer to a command that they carry out at the same time."""
        for worker in self.workers:
            worker.tell(**command)
        return [worker.hear() for worker in self.workers]

    def call(self, groups: dict[str, int | None], tasks: int = 3, **more: Any) -> Logs:
        """The events while both call."""
        return events(self.both(call=groups, tasks=tasks, **more))

    def close(self) -> None:
        """End everything."""
        try:
            for worker in self.workers:
                worker.process.communicate(timeout=60)
        finally:
            for worker in self.workers:
                worker.process.kill()
            self.server.stop()


def events(heard: list[Any]) -> Logs:
    return {name: [[Event(*each) for each in log[name]] for log in heard] for name in heard[0]}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    made = Pair()
    try:
        made.both(until="together")
        yield made
    finally:
        made.close()


def sent(log: list[Event], name: str) -> list[Event]:
    return [event for event in log if event.outcome != "refused" and event.name == name]


def most_attempts(logs: Logs) -> int:
    """How often a call was sent at most."""
    return max(
        max(Counter(event.call for event in log if event.outcome != "refused").values())
        for each in logs.values()
        for log in each
    )


def most_at_once(logs: list[list[Event]], name: str) -> tuple[int, int]:
    """(the most attempts at once that all began by what Redis said, the most of any kind)."""
    together = most = 0
    attempts = [event for log in logs for event in sent(log, name)]
    for each in attempts:
        running = [event for event in attempts if event.began <= each.began < event.ended]
        most = max(most, len(running))
        together = max(together, 0 if any(event.alone for event in running) else len(running))
    return together, most


def unheard(logs: list[list[Event]]) -> int:
    """How many attempts one process began by what Redis said after the other had last asked Redis."""
    asked = [[event.began for event in log if not event.alone] for log in logs]
    last = [max(each, default=0.0) for each in asked]
    return max(sum(when > last[1 - side] for when in asked[side]) for side in range(2))


def test_requests_per_minute_hold_over_both(pair: Pair) -> None:
    for number in range(3):
        minute = time.time() // 60
        logs = pair.call({f"minute{number}": 10})
        if time.time() // 60 == minute:
            break
    for strategy, each in logs.items():
        assert sum(len(sent(log, f"limited{number}")) for log in each) == RPM, strategy
        assert all(sent(log, f"limited{number}") for log in each), strategy


def test_parallel_requests_hold_over_both(pair: Pair) -> None:
    logs = pair.call({"few": 3})
    for strategy, each in logs.items():
        assert most_at_once(each, "narrow") == (PARALLEL, PARALLEL), strategy
        assert [len(sent(log, "narrow")) for log in each] == [9, 9], strategy


def test_shares_over_both(pair: Pair) -> None:
    logs = pair.call({"shares": 15})
    assert most_attempts(logs) == 1
    for strategy, each in logs.items():
        counts = Counter(event.name for log in each for event in log)
        assert counts.total() == 2 * 3 * 15, strategy
        if strategy == "cost-based-routing":
            assert counts == {"fast": 90}
        elif strategy.startswith("usage-based"):
            assert min(counts[name] for name in ("fast", "slow0", "slow1")) >= 15, counts
        elif strategy not in BY_TIME:
            assert counts["fast"] > 45, (strategy, counts)


def test_one_process_spares_what_the_other_found_failing(pair: Pair) -> None:
    first, second = pair.workers
    first.tell(call={"bad": 2, "chat": 4}, tasks=1, failing=["bad"])
    found = events([first.hear()])
    failed = {
        strategy: min(event.began for event in log if event.outcome == "fail") for strategy, (log,) in found.items()
    }
    assert most_attempts(found) <= RETRIES + 1
    second.tell(until="cooling", of="bad")
    second.hear()
    logs = pair.call({"chat": 3})
    for strategy, each in logs.items():
        early = [event for log in each for event in sent(log, "bad") if event.began < failed[strategy] + COOLDOWN_S]
        assert early == [], strategy
    for calm in pair.both(until="calm", of="bad"):
        assert all(when >= failed[strategy] + COOLDOWN_S for strategy, when in calm.items())
    for strategy, each in pair.call({"chat": 12}).items():
        assert strategy in BY_TIME or all(sent(log, "bad") for log in each), strategy


def test_limits_hold_while_redis_is_killed_and_comes_back_empty(pair: Pair) -> None:
    left = 60 - time.time() % 60
    if left < 12:
        time.sleep(left)
    minute = time.time() // 60
    for worker in pair.workers:
        worker.tell(call={"minute": None, "few": None, "chat": None}, tasks=2)
    time.sleep(0.3)
    pair.server.stop()
    assert pair.both(answer="when alone") == ["alone", "alone"]
    pair.server.start()
    time.sleep(0.3)
    logs = events(pair.both(answer="at the end"))
    pair.both(until="together")
    assert most_attempts(logs) <= RETRIES + 1
    for strategy, each in logs.items():
        together, most = most_at_once(each, "narrow")
        assert together <= PARALLEL, strategy
        # A process by itself always has its share: one of two.
        assert most <= PARALLEL + 1, strategy
        limited = [[event for event in sent(log, "limited") if event.began // 60 == minute] for log in each]
        assert sum(map(len, limited)) <= MANY_RPM + unheard(limited), strategy


def test_a_cooldown_is_shared_by_the_redis_that_came_back(pair: Pair) -> None:
    test_one_process_spares_what_the_other_found_failing(pair)
