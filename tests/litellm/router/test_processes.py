"""Two processes over one real Redis, which is killed and comes back empty in between."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.litellm.router.worker import COOLDOWN_S, MANY_RPM, PARALLEL, RPM
from tests.support.redis import RedisServer


class Event(NamedTuple):
    """What a worker sent. `alone`: it could not go by what Redis says."""

    outcome: str
    name: str
    began: float
    ended: float
    alone: bool


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

    def call(self, groups: dict[str, int | None], **more: Any) -> list[list[Event]]:
        """The events of each process while both call."""
        return [[Event(*each) for each in log] for log in self.both(call=groups, tasks=4, **more)]

    def close(self) -> None:
        """End everything."""
        for worker in self.workers:
            worker.process.communicate(timeout=30)
        self.server.stop()


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    made = Pair()
    made.both(until="together")
    yield made
    made.close()


def sent(log: list[Event], name: str) -> list[Event]:
    return [event for event in log if event.outcome != "refused" and event.name == name]


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
        logs = pair.call({f"minute{number}": 15})
        if time.time() // 60 == minute:
            break
    assert sum(len(sent(log, f"limited{number}")) for log in logs) == RPM
    assert all(sent(log, f"limited{number}") for log in logs)


def test_parallel_requests_hold_over_both(pair: Pair) -> None:
    logs = pair.call({"few": 6})
    assert most_at_once(logs, "narrow") == (PARALLEL, PARALLEL)
    assert [len(sent(log, "narrow")) for log in logs] == [24, 24]


def test_one_process_spares_what_the_other_found_failing(pair: Pair) -> None:
    first, second = pair.workers
    first.tell(call={"chat": 6}, tasks=2, failing=["bad"])
    failed = min(event.began for event in (Event(*each) for each in first.hear()) if event.outcome == "fail")
    second.tell(until="cooling", of="bad")
    second.hear()
    logs = pair.call({"chat": 6})
    assert [event for log in logs for event in sent(log, "bad") if event.began < failed + COOLDOWN_S] == []
    assert min(pair.both(until="calm", of="bad")) >= failed + COOLDOWN_S
    assert all(sent(log, "bad") for log in pair.call({"chat": 12}))


def test_limits_hold_while_redis_is_killed_and_comes_back_empty(pair: Pair) -> None:
    left = 60 - time.time() % 60
    if left < 8:
        time.sleep(left)
    minute = time.time() // 60
    for worker in pair.workers:
        worker.tell(call={"minute": None, "few": None, "chat": None}, tasks=3)
    time.sleep(0.2)
    pair.server.stop()
    killed = time.time()
    time.sleep(0.4)
    pair.server.start()
    back = time.time()
    time.sleep(0.3)
    for worker in pair.workers:
        worker.tell(until="together")
    logs = [[Event(*each) for each in worker.hear()] for worker in pair.workers]
    for log in logs:
        assert any(event.name in ("bad", "good") and killed < event.began < back for event in log)
    together, most = most_at_once(logs, "narrow")
    assert together <= PARALLEL
    # A process by itself always has its share: one of two.
    assert most <= PARALLEL + 1
    limited = [[event for event in sent(log, "limited") if event.began // 60 == minute] for log in logs]
    assert sum(map(len, limited)) <= MANY_RPM + unheard(limited)
