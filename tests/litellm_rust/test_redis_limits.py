"""Limits and budgets in a real Redis: equal to the twins, never over, and what happens while Redis is away."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import redis
import redis.asyncio
from hypothesis import example, given, settings, strategies as st

from litellm_rust._twins import limits as twin
from litellm_rust.redis_limits import (
    AsyncRedisBudgets,
    AsyncRedisLimits,
    RedisBudgets,
    RedisLimits,
    RedisUnavailable,
)
from tests.litellm_rust.test_limits import Clock, budget_steps, durations, limit_steps
from tests.support.redis import RedisServer
from tests.support.waiting import eventually

FIELDS = ("allowed", "refused", "retry_after_s", "remaining", "reset_s")


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    with server.client() as client:
        client.flushall()
        yield client


def test_windows_agree_with_the_twin_step_by_step(server: RedisServer) -> None:
    with server.client() as client:

        @settings(max_examples=150, deadline=None)
        @given(limit_steps)
        @example([("record", "b", 1, 1), ("wait", 0.001), ("record", "b", 1, 0), ("check", [("b", 0, 1, 0)])])
        def agree(steps: list[tuple[Any, ...]]) -> None:
            client.flushall()
            clock = Clock()
            reference, shared = twin.LimitTable(clock=clock), RedisLimits(client, clock=clock)
            for name, *arguments in steps:
                if name == "wait":
                    clock.now += arguments[0]
                    continue
                expected, found = (getattr(table, name)(*arguments) for table in (reference, shared))
                if name == "check":
                    expected, found = ([getattr(one, field) for field in FIELDS] for one in (expected, found))
                assert found == expected, (name, arguments)

        agree()


def test_budgets_agree_with_the_twin_step_by_step(server: RedisServer) -> None:
    with server.client() as client:

        @settings(max_examples=150, deadline=None)
        @given(budget_steps)
        @example([("reserve", "1", [], 0), ("wait", 90), ("reserve", "1", [], 0), ("wait", 90), ("settle", "1", 0)])
        @example([("reserve", "2", [], 1), ("reserve", "2", [], 0), ("reserve", "2", [], 1)])
        @example([("reserve", "1", [], 0), ("wait", 90), ("add_spend", "a", 0), ("wait", 90), ("settle", "1", 0)])
        def agree(steps: list[tuple[Any, ...]]) -> None:
            client.flushall()
            clock = Clock()
            tables = [
                twin.BudgetTable(clock=clock, reservation_ttl_s=60),
                RedisBudgets(client, clock=clock, reservation_ttl_s=60),
            ]
            for table in tables:
                table.set("a", 8, duration="30s")
                table.set("b", 10**20)
            reserved: dict[str, tuple[Any, ...]] = {}
            for name, *arguments in steps:
                if name == "wait":
                    clock.now += arguments[0]
                    continue
                found: list[Any] = []
                for table in tables:
                    try:
                        found.append(getattr(table, name)(*arguments))
                    except (KeyError, ValueError) as error:
                        found.append(type(error))
                if name == "reserve":
                    again = (sorted(set(arguments[1])), arguments[2])
                    if found == [ValueError, None]:  # the same reservation again is no error in Redis
                        assert reserved[arguments[0]] == again
                        continue
                    if found == [None, None]:
                        reserved[arguments[0]] = again
                assert found[0] == found[1], (name, arguments)

        agree()


@settings(max_examples=300, deadline=None)
@given(duration=durations, now=st.integers(0, 4_000_000_000))
def test_periods_end_as_in_the_twin(server: RedisServer, duration: str, now: int) -> None:
    try:
        expected = twin.next_reset(duration, now)
    except ValueError:
        return
    with server.client() as client:
        budgets = RedisBudgets(client, clock=Clock(float(now)))
        budgets.set("k", 1, duration=duration)
        assert budgets.status("k")[3] == expected


@given(
    amounts=st.lists(st.integers(0, 9 * 10**24), min_size=1, max_size=6),
    most=st.integers(0, 3 * 10**25),
)
@settings(max_examples=100, deadline=None)
def test_amounts_beyond_a_lua_number_are_exact(server: RedisServer, amounts: list[int], most: int) -> None:
    with server.client() as client:
        client.flushall()
        tables: list[Any] = [twin.BudgetTable(), RedisBudgets(client)]
        for table in tables:
            table.set("k", most)
        for number, amount in enumerate(amounts):
            assert len({table.reserve(str(number), ["k"], amount) for table in tables}) == 1
            assert len({table.settle(str(number), amount // 3) for table in tables}) == 1
        assert tables[0].status("k") == tables[1].status("k")


def test_one_round_trip_for_all_limits_and_none_lost_by_a_script_flush(client: redis.Redis) -> None:
    limits = RedisLimits(client)
    rows = [(f"k{number}", 3, 60.0, 1) for number in range(5)]
    assert limits.check(rows).remaining == [2] * 5
    client.config_resetstat()
    assert limits.check(rows).remaining == [1] * 5
    assert client.info("commandstats")["cmdstat_evalsha"]["calls"] == 1
    client.script_flush()
    assert limits.check(rows).remaining == [0] * 5
    refused = limits.check(rows)
    assert (refused.allowed, refused.refused) == (False, 0)
    assert 0 < refused.retry_after_s <= 60
    assert client.info("commandstats")["cmdstat_eval"]["calls"] == 1


def test_idle_windows_expire(client: redis.Redis) -> None:
    limits = RedisLimits(client)
    limits.check([("k", 3, 1.0, 1), ("p", 3, 0, 1)])
    assert {61_000 >= client.pttl(key) > 59_000 for key in client.scan_iter("*:1000:k")} == {True}
    limits.refund("p", 0, 1)
    assert [key for key in client.scan_iter("*") if key.endswith(b":p")] == []


CHECKER = """
import sys, redis
from litellm_rust.redis_limits import RedisLimits
client = redis.Redis(port=int(sys.argv[1]), socket_timeout=10)
limits = RedisLimits(client)
print(sum(limits.check([("shared", 500, 60.0, 1), ("other", 10**6, 60.0, 3)]).allowed for _ in range(500)))
"""


def test_two_processes_are_never_over_together(server: RedisServer, client: redis.Redis) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", CHECKER, str(server.port)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    allowed = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(allowed) == 500
    assert RedisLimits(client).used("other", 60.0) == 1500


def in_threads(work: Callable[[int], None], number: int = 64) -> None:
    threads = [threading.Thread(target=work, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_64_threads_are_never_over(server: RedisServer) -> None:
    with server.client(10) as client:
        client.flushall()
        limits, budgets = RedisLimits(client), RedisBudgets(client)
        budgets.set("k", 100)
        allowed: list[int] = []
        reserved: list[str] = []

        def work(index: int) -> None:
            for number in range(5):
                if limits.check([("k", 101, 60.0, 1)]).allowed:
                    allowed.append(index)
                if budgets.reserve(f"{index}-{number}", ["k"], 3) is None:
                    reserved.append(f"{index}-{number}")

        in_threads(work)
        assert len(allowed) == 101
        assert len(reserved) == 33
        assert budgets.outstanding() == 33


def test_a_lost_reply_counts_once(client: redis.Redis) -> None:
    """A client that sends a command again, as redis-py does when a reply is lost, changes nothing a second time."""

    class Twice(redis.Redis):
        def evalsha(self, *arguments: Any) -> Any:
            super().evalsha(*arguments)
            return super().evalsha(*arguments)

    budgets = RedisBudgets(client)
    budgets.set("k", 100)
    assert budgets.status("k") == (100, 0, 0, None)
    with Twice(connection_pool=client.connection_pool) as twice:
        repeated = RedisBudgets(twice)
        assert repeated.reserve("r", ["k"], 40) is None
        assert budgets.status("k") == (100, 0, 40, None)
        assert repeated.settle("r", 30)
        assert repeated.add_spend("k", 5)
    assert budgets.status("k") == (100, 35, 0, None)
    assert not budgets.settle("r", 30)
    with pytest.raises(ValueError, match="another reservation"):
        [budgets.reserve("r2", ["k"], amount) for amount in (1, 2)]


async def test_the_async_clients_do_the_same(server: RedisServer, client: redis.Redis) -> None:
    async with redis.asyncio.Redis(port=server.port, socket_timeout=5) as shared:
        limits, budgets = AsyncRedisLimits(shared), AsyncRedisBudgets(shared)
        found = await asyncio.gather(*(limits.check([("k", 20, 60.0, 1)]) for _ in range(50)))
        assert sum(decision.allowed for decision in found) == 20
        assert await limits.used("k", 60) == 20
        await limits.refund("k", 60, 5)
        await limits.record("k", 60, 1)
        assert RedisLimits(client).used("k", 60) == 16
        await budgets.set("b", 10, duration="1d")
        assert await budgets.reserve("r", ["b"], 6) is None
        assert (await budgets.reserve("s", ["b"], 6) or ("",))[0] == "b"
        assert await budgets.settle("r", 2)
        assert not await budgets.release("r")
        assert await budgets.add_spend("b", 1)
        assert (await budgets.status("b"))[:3] == (10, 3, 0)
        assert await budgets.outstanding() == 0
        assert await budgets.remove("b")
        with pytest.raises(KeyError):
            await budgets.status("b")


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


ROWS = [("k", 10, 60.0, 1)]


class Counted:
    """How many connections a client asks its pool for: one a command."""

    def __init__(self, client: redis.Redis) -> None:
        self.times = 0
        self._get = client.connection_pool.get_connection
        client.connection_pool.get_connection = self._count  # type: ignore[method-assign]

    def _count(self, *args: Any, **kwargs: Any) -> Any:
        self.times += 1
        return self._get(*args, **kwargs)


@pytest.mark.parametrize("how", ["slow", "gone", "replica"])
def test_redis_fails_and_comes_back(own_server: RedisServer, how: str, caplog: pytest.LogCaptureFixture) -> None:
    with own_server.client(0.2) as client, own_server.client(5) as control:
        opened = RedisLimits(client, on_failure="fail_open", pause_s=0.3)
        closed = RedisLimits(client, on_failure="fail_closed", pause_s=0.3)
        shared = RedisLimits(client, on_failure="local_share", share=0.5, pause_s=0.3)
        assert [table.check(ROWS).remaining for table in (opened, closed, shared)] == [[9], [8], [7]]
        if how == "slow":
            own_server.hang()
        elif how == "gone":
            own_server.stop()
        else:
            control.replicaof("127.0.0.1", own_server.port + 1 if own_server.port < 65000 else 1)
        asked = Counted(client)
        started = time.monotonic()
        for _ in range(20):
            assert (opened.check(ROWS).allowed, closed.check(ROWS).allowed) == (True, False)
        local = [shared.check(ROWS) for _ in range(20)]
        # One of its five was used before: in its own memory, for its own share.
        assert sum(decision.allowed for decision in local) == 4
        assert all(decision.degraded for decision in local)
        assert opened.check(ROWS).degraded
        # A Redis that fails is asked again after a pause, not by every request: each of the three once in 0.3 s.
        pauses = (time.monotonic() - started) / 0.3
        assert asked.times <= 3 * (pauses + 1)
        if how == "slow":
            own_server.go_on()
        elif how == "gone":
            own_server.start()
        elif how == "replica":
            control.replicaof("NO", "ONE")
        again = [("again", 10**6, 60.0, 1)]
        tables = (opened, closed, shared)
        eventually(lambda: not any(table.check(again).degraded for table in tables), "Redis is not asked again")
    assert caplog.text.count("limits go on without Redis") == 3
    assert caplog.text.count("limits are in Redis again") == 3


@pytest.mark.parametrize(("first", "second"), [(6, 3), (10, 0), (0, 10), (2, 2)])
def test_processes_stay_within_a_limit_that_redis_dies_on(own_server: RedisServer, first: int, second: int) -> None:
    with own_server.client(0.2) as client, own_server.client(0.2) as other:
        tables = [RedisLimits(one, on_failure="local_share", share=0.5, pause_s=60) for one in (client, other)]
        for table, times in zip(tables, (first, second), strict=True):
            assert all(table.check(ROWS).allowed for _ in range(times))
        asked = [table.check([("k", 10, 60.0, 0)]) for table in tables]  # so that each knows of the other
        own_server.stop()
        more = [sum(table.check(ROWS).allowed for _ in range(20)) for table in tables]
    used = [first + more[0], second + more[1]]
    assert sum(used) <= 10
    assert all(one <= max(5, before) for one, before in zip(used, (first, second), strict=True))
    assert sum(used) == 10 or any(decision.remaining == [0] for decision in asked)


def test_requests_under_way_count_when_redis_dies(own_server: RedisServer) -> None:
    with own_server.client(30) as client, own_server.client(5) as control, ThreadPoolExecutor(8) as pool:
        table = RedisLimits(client, on_failure="local_share", share=1.0, pause_s=60)
        assert table.check(ROWS).allowed
        control.execute_command("CLIENT", "PAUSE", "20000", "ALL")
        asked = [pool.submit(table.check, ROWS) for _ in range(40)]
        time.sleep(0.05)
        own_server.stop()
        together = sum(one.result().allowed for one in asked)
        assert together <= 9
        assert together + sum(table.check(ROWS).allowed for _ in range(20)) == 9


def test_a_connection_that_closes_while_it_is_opened_is_a_failure_of_redis() -> None:
    class Closing:
        connection_pool = SimpleNamespace(connection_kwargs={"socket_timeout": 1.0})

        async def evalsha(self, *_: Any) -> Any:
            raise RuntimeError(said)

    said = "unable to perform operation on <TCPTransport closed=True>; the handler is closed"
    table = AsyncRedisLimits(Closing(), on_failure="local_share", pause_s=0.000001)
    assert asyncio.run(table.check(ROWS)).degraded
    said = "a mistake of our own"
    with pytest.raises(RuntimeError, match="mistake"):
        asyncio.run(table.check(ROWS))
    assert table._local is not None
    assert table._local.used("k", 60.0) == 1


def test_no_spend_is_lost_while_redis_is_away(own_server: RedisServer) -> None:
    with own_server.client(0.2) as client, own_server.client(5) as control:
        budgets = RedisBudgets(client, on_failure="local_share", share=0.5, pause_s=0.1)
        closed = RedisBudgets(client, on_failure="fail_closed", pause_s=0.1)
        budgets.set("k", 100)
        assert budgets.reserve("before", ["k"], 20) is None
        control.execute_command("CLIENT", "PAUSE", "600", "ALL")
        assert budgets.settle("before", 15)
        assert budgets.reserve("during", ["k"], 30) is None
        assert budgets.reserve("over", ["k"], 11) == ("k", (40, 0, 30, None))
        assert budgets.settle("during", 25)
        assert budgets.unsent == 2
        with pytest.raises(RedisUnavailable):
            closed.reserve("x", ["k"], 1)
        time.sleep(0.8)
        assert budgets.add_spend("k", 2)
        assert budgets.unsent == 0
        assert budgets.status("k") == (100, 42, 0, None)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda c: RedisLimits(redis.Redis(socket_timeout=None)), ValueError),
        (lambda c: RedisLimits(c, on_failure="maybe"), ValueError),
        (lambda c: RedisLimits(c, share=0), ValueError),
        (lambda c: RedisLimits(c, pause_s=float("nan")), ValueError),
        (lambda c: RedisLimits(c).check([("k", -1, 60, 1)]), ValueError),
        (lambda c: RedisLimits(c).check([("k", 1, float("nan"), 1)]), ValueError),
        (lambda c: RedisLimits(c).check([("k", 1, 60, -1)]), ValueError),
        (lambda c: RedisLimits(c).check([(b"k", 1, 60, 1)]), TypeError),
        (lambda c: RedisLimits(c).record("k", 60, 1.5), TypeError),
        (lambda c: RedisBudgets(c).set("k", -1), ValueError),
        (lambda c: RedisBudgets(c).set("k", 1.5), TypeError),
        (lambda c: RedisBudgets(c).set("k", 1 << 100), OverflowError),
        (lambda c: RedisBudgets(c).set("k", 1, duration="1y"), ValueError),
        (lambda c: RedisBudgets(c).set("k", 1, reset_at=float("inf")), ValueError),
        (lambda c: RedisBudgets(c).reserve("r", ["unknown"], 1), KeyError),
        (lambda c: RedisBudgets(c).reserve("r", "unknown", 1), TypeError),
        (lambda c: RedisBudgets(c).status("unknown"), KeyError),
        (lambda c: RedisBudgets(c, max_unsent=0), ValueError),
        (lambda c: RedisBudgets(c, reservation_ttl_s=0), ValueError),
    ],
)
def test_bad_input(client: redis.Redis, call: Callable[[redis.Redis], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call(client)
