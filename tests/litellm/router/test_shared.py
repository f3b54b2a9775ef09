"""Routers in several processes over one Redis: what they share, exactly, and what holds while Redis is away."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_utils import shared_state

from tests.litellm.router.support import MESSAGES
from tests.litellm.router.test_selection import row
from tests.support.redis import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


@pytest.fixture
def make(server: RedisServer) -> Iterator[Any]:
    """Makes routers over the server; each stands for a process of its own."""
    made: list[Router] = []

    def router(rows: list[dict[str, Any]], **settings: Any) -> Router:
        settings.setdefault("num_retries", 0)
        made.append(Router(model_list=rows, redis_host="127.0.0.1", redis_port=server.port, **settings))
        return made[-1]

    yield router
    for each in made:
        each.discard()


def wait_until(condition: Any, timeout_s: float = 5.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def this_minute_has(seconds: float) -> None:
    """Wait for the next minute when this one has too few seconds left."""
    left = 60 - time.time() % 60
    if left < seconds:
        time.sleep(left + 0.05)


def granted(router: Router, calls: int) -> int:
    count = 0
    for _ in range(calls):
        try:
            router.completion("chat", MESSAGES)
        except (litellm.RateLimitError, ValueError):
            continue
        count += 1
    return count


def test_a_cooldown_reaches_the_other_router(make: Any) -> None:
    rows = [row("chat", "bad", mock_response="litellm.RateLimitError"), row("chat", "good")]
    first, second = make(rows, cooldown_time=1.0), make(rows, cooldown_time=1.0)
    second.completion("good", MESSAGES)
    while "bad" not in first._core.cooling():
        try:
            first.completion("chat", MESSAGES)
        except litellm.RateLimitError:
            continue
    wait_until(lambda: "bad" in second._core.cooling())
    assert {second.completion("chat", MESSAGES)._hidden_params["model_id"] for _ in range(10)} == {"good"}
    wait_until(lambda: "bad" not in second._core.cooling())


@pytest.mark.parametrize("strategy", ["usage-based-routing-v2", "rate-limit-aware", "simple-shuffle"])
def test_requests_per_minute_hold_for_all_routers_together(make: Any, strategy: str) -> None:
    this_minute_has(5)
    rows = [row("chat", "a", rpm=10), row("chat", "b", rpm=7)]
    checks = ["enforce_model_rate_limits"] if strategy == "simple-shuffle" else None
    name = "lar1" if strategy == "rate-limit-aware" else strategy
    routers = [make(rows, routing_strategy=name, optional_pre_call_checks=checks) for _ in range(3)]
    assert sum(granted(router, 5) for router in routers for _ in range(3)) == 17


def test_shares_are_even_over_processes(make: Any) -> None:
    this_minute_has(5)
    rows = [row("chat", name, rpm=1000) for name in ("a", "b")]
    first, second = (make(rows, routing_strategy="usage-based-routing-v2") for _ in range(2))
    second.completion("b", MESSAGES)
    for _ in range(20):
        first.completion("a", MESSAGES)
    wait_until(lambda: second._core.usage(["a"])["a"]["current_rpm"] == 20)
    assert {second.completion("chat", MESSAGES)._hidden_params["model_id"] for _ in range(5)} == {"b"}


def test_tokens_per_minute_are_seen_by_the_others(make: Any) -> None:
    this_minute_has(5)
    rows = [row("chat", "a", tpm=80)]
    first, second = (make(rows, routing_strategy="usage-based-routing-v2") for _ in range(2))
    second.completion("chat", MESSAGES)
    first.completion("chat", MESSAGES)
    first.completion("chat", MESSAGES)
    wait_until(lambda: second._core.usage(["a"])["a"]["current_tpm"] > 80)
    with pytest.raises((litellm.RateLimitError, ValueError)):
        second.completion("chat", MESSAGES)


async def test_parallel_requests_hold_for_all_routers_together(make: Any) -> None:
    running, most = 0, 0

    async def answer(**kwargs: Any) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return {"usage": {}}

    routers = [make([row("chat", "a", max_parallel_requests=3)]) for _ in range(2)]
    for router in routers:
        router._sdk = lambda name: answer
    await asyncio.gather(*(router.acompletion("chat", MESSAGES) for router in routers for _ in range(10)))
    assert most == 3
    for router in routers:
        await router.cache.disconnect()


def test_what_a_dead_process_had_in_flight_is_forgotten(make: Any, server: RedisServer) -> None:
    rows = [row("chat", "a", max_parallel_requests=1)]
    alive = make(rows, timeout=0.2)
    with server.client() as client:
        now = int(time.time() * 1000)
        client.hset("{litellm_router}:d:a", "gone", f"{now // 60000} 0 0 1 {now} 1")
        with pytest.raises(litellm.RateLimitError):
            alive.completion("chat", MESSAGES)
        client.hset("{litellm_router}:d:a", "gone", f"{now // 60000} 0 0 1 {now - 11_000} 2")
        alive.completion("chat", MESSAGES)


@pytest.mark.parametrize("lost", [True, False], ids=["killed", "flushed"])
def test_limits_hold_when_redis_goes_and_comes_back(
    make: Any, server: RedisServer, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    monkeypatch.setattr(shared_state, "CAUTION_S", 1.0)
    this_minute_has(8)
    rows = [row("chat", "a", rpm=40)]
    routers = [make(rows, routing_strategy="usage-based-routing-v2") for _ in range(2)]
    before = sum(granted(router, 1) for _ in range(5) for router in routers)
    wait_until(lambda: all(router._gate.shared._processes == 2 for router in routers))
    assert before == 10
    if lost:
        server.stop()
        away = sum(granted(router, 1) for _ in range(10) for router in routers)
        assert 0 < away <= 20
        server.start()
    else:
        away = 0
        with server.client() as client:
            client.flushdb()
    total = before + away
    end = time.monotonic() + 6
    while total < 40 and time.monotonic() < end:
        total += sum(granted(router, 1) for router in routers)
        time.sleep(0.02)
    assert total + sum(granted(router, 5) for router in routers) == 40


def test_redis_that_was_never_there_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router(model_list=[row("chat", "a", rpm=5)], redis_host="127.0.0.1", redis_port=1, num_retries=0,
                    routing_strategy="usage-based-routing-v2")  # fmt: skip
    this_minute_has(2)
    assert granted(router, 8) == 5
    router.discard()


def test_a_discarded_router_leaves_no_thread(make: Any) -> None:
    router = make([row("chat", "a")])
    router.completion("chat", MESSAGES)
    thread = router._gate.shared._thread
    router.discard()
    assert not thread.is_alive()
    assert router._gate.shared is None


def test_the_child_of_a_fork_is_a_process_of_its_own(make: Any) -> None:
    this_minute_has(5)
    router = make([row("chat", "a", rpm=10)], routing_strategy="usage-based-routing-v2")
    assert granted(router, 4) == 4
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, bytes([granted(router, 20)]))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 1)[0]
    os.close(reader)
    os.close(writer)
    assert theirs == 6
    assert granted(router, 3) == 0


def test_each_event_loop_has_its_own_client(make: Any) -> None:
    router = make([row("chat", "a", max_parallel_requests=2)])

    async def call() -> str:
        response = await router.acompletion("chat", MESSAGES)
        await router.cache.disconnect()
        return str(response._hidden_params["model_id"])

    assert [asyncio.run(call()) for _ in range(3)] == ["a"] * 3


async def test_the_queue_is_one_for_all_processes(make: Any) -> None:
    order: list[int] = []

    async def answer(**kwargs: Any) -> dict[str, Any]:
        order.append(kwargs["metadata"]["tag"])
        await asyncio.sleep(0.1)
        return {"usage": {}}

    routers = [make([row("chat", "a", max_parallel_requests=1)]) for _ in range(2)]
    for router in routers:
        router._sdk = lambda name: answer

    async def call(router: Router, priority: int) -> None:
        await router.schedule_acompletion("chat", MESSAGES, priority=priority, metadata={"tag": priority})

    first = asyncio.ensure_future(call(routers[0], 0))
    await asyncio.sleep(0.05)
    await asyncio.gather(first, call(routers[0], 9), call(routers[1], 3), call(routers[0], 5), call(routers[1], 7))
    assert order == [0, 3, 5, 7, 9]
    late = (
        routers[0].schedule_acompletion("chat", MESSAGES, priority=1, timeout=0.1, metadata={"tag": 1})
        for _ in range(5)
    )
    answers = await asyncio.gather(*late, return_exceptions=True)
    assert any(isinstance(answer, litellm.Timeout) for answer in answers)
    for router in routers:
        await router.cache.disconnect()


def test_a_reset_ends_cooldowns_everywhere(make: Any) -> None:
    rows = [row("chat", "a"), row("chat", "b")]
    first, second = make(rows), make(rows)
    for router in (first, second):
        router.completion("b", MESSAGES)
    first._core.cool_down("a", 30)
    first._gate.shared.cooled("a", 30)
    wait_until(lambda: "a" in second._core.cooling())
    second.reset()
    first.reset()
    assert first._core.cooling() == second._core.cooling() == {}
    time.sleep(0.5)
    assert first._core.cooling() == second._core.cooling() == {}
