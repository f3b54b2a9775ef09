"""Two processes over one real Redis, which is killed and comes back empty in between."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.litellm.router.worker import COOLDOWN_S, PARALLEL, RPM, TROUBLE
from tests.support.redis import RedisServer

Event = tuple[str, str, float]
KILLED, BACK, END = 4.5, 5.5, 8.0
# How long news takes from one process to another on a busy machine.
LAG_S = 0.7


@pytest.fixture(scope="module")
def runs() -> tuple[float, list[list[Event]]]:
    """(start, the events of each process): one run that every test looks at."""
    with RedisServer() as server:
        command = [sys.executable, "-m", "tests.litellm.router.worker", str(server.port)]
        workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        start = time.time() + 0.2
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write(f"{start} {start + END}\n")
            worker.stdin.flush()
        time.sleep(start + KILLED - time.time())
        server.stop()
        time.sleep(max(start + BACK - time.time(), 0))
        server.start()
        outputs = [worker.communicate(timeout=30)[0] for worker in workers]
    return start, [json.loads(output) for output in outputs]


def both(runs: tuple[float, list[list[Event]]], event: str, model_id: str) -> list[float]:
    """When it happened, in seconds since the start, in either process."""
    start, logs = runs
    return sorted(when - start for log in logs for kind, name, when in log if (kind, name) == (event, model_id))


def test_requests_per_minute_hold_over_both(runs: tuple[float, list[list[Event]]]) -> None:
    begun = both(runs, "begin", "limited")
    minutes = Counter(int((runs[0] + when) // 60) for when in begun)
    # While Redis is away a process knows of the other's requests up to its own last one.
    assert max(minutes.values()) <= RPM + 4
    assert len(begun) >= RPM * 0.9
    before = Counter(int((runs[0] + when - 0.05) // 60) for when in begun if when < KILLED)
    assert max(before.values()) <= RPM


def test_parallel_requests_hold_over_both(runs: tuple[float, list[list[Event]]]) -> None:
    changes = [(when, 1) for when in both(runs, "begin", "narrow")] + [
        (when, -1) for when in both(runs, "end", "narrow")
    ]
    running = 0
    for when, change in sorted(changes):
        running += change
        assert running <= PARALLEL + (KILLED - 0.1 < when < BACK + LAG_S)
    served = Counter(int(when) for when in both(runs, "end", "narrow"))
    assert len(served) > END / 2


def test_one_process_spares_what_the_other_found_failing(runs: tuple[float, list[list[Event]]]) -> None:
    first = both(runs, "fail", "bad")[0]
    assert TROUBLE[0] < first < TROUBLE[1]
    begun = both(runs, "begin", "bad")
    assert [when for when in begun if first + LAG_S < when < first + COOLDOWN_S - 0.05] == []
    start, logs = runs
    for log in logs:
        again = [when - start for kind, name, when in log if (kind, name) == ("begin", "bad")]
        assert any(first + COOLDOWN_S < when < first + COOLDOWN_S + LAG_S for when in again)


def test_no_call_is_lost_while_redis_is_away(runs: tuple[float, list[list[Event]]]) -> None:
    _, logs = runs
    for log in logs:
        begun = [when - runs[0] for kind, name, when in log if (kind, name) == ("end", "bad")]
        assert any(KILLED + 0.3 < when < BACK for when in begun)
