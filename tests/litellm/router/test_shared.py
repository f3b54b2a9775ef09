"""Routers in several processes over one Redis: what they share, exactly, and what holds while Redis is away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_strategy.adaptive_router.signs import RequestType
from litellm.router_utils import shared_latencies, shared_learning, shared_queue, shared_state

from tests.litellm.router.support import MESSAGES, until
from tests.litellm.router.test_selection import row
from tests.support.redis import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


class Routers:
    """Makes routers over a server; each stands for a process of its own."""

    def __init__(self, server: RedisServer) -> None:
        self.server = server
        self._made: list[Router] = []

    def __call__(self, rows: list[dict[str, Any]], **settings: Any) -> Router:
        settings.setdefault("num_retries", 0)
        made = Router(model_list=rows, redis_host="127.0.0.1", redis_port=self.server.port, **settings)
        self._made.append(made)
        return made

    def discard(self) -> None:
        """Give up what was made."""
        for each in self._made:
            each.discard()
        self._made.clear()

    def in_one_minute(self, check: Callable[[], None]) -> None:
        """Run a check that holds within a minute; once more, from nothing, when another one began under way."""
        minute = time.time() // 60
        try:
            check()
        except (AssertionError, pytest.fail.Exception):
            if time.time() // 60 == minute:
                raise
            self.discard()
            with self.server.client() as client:
                client.flushdb()
            check()


@pytest.fixture
def make(server: RedisServer) -> Iterator[Routers]:
    made = Routers(server)
    yield made
    made.discard()


def wait_until(condition: Any, timeout_s: float = 30.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def granted(router: Router, calls: int) -> int:
    count = 0
    for _ in range(calls):
        try:
            router.completion("chat", MESSAGES)
        except (litellm.RateLimitError, ValueError):
            continue
        count += 1
    return count


def test_a_cooldown_reaches_the_other_router(make: Routers) -> None:
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
def test_requests_per_minute_hold_for_all_routers_together(make: Routers, strategy: str) -> None:
    rows = [row("chat", "a", rpm=10), row("chat", "b", rpm=7)]
    checks = ["enforce_model_rate_limits"] if strategy == "simple-shuffle" else None

    def check() -> None:
        routers = [make(rows, routing_strategy=strategy, optional_pre_call_checks=checks) for _ in range(3)]
        assert sum(granted(router, 5) for router in routers for _ in range(3)) == 17

    make.in_one_minute(check)


def test_shares_are_even_over_processes(make: Routers) -> None:
    def check() -> None:
        rows = [row("chat", name, rpm=1000) for name in ("a", "b")]
        first, second = (make(rows, routing_strategy="usage-based-routing-v2") for _ in range(2))
        second.completion("b", MESSAGES)
        for _ in range(20):
            first.completion("a", MESSAGES)
        wait_until(lambda: second._core.usage(["a"])["a"]["current_rpm"] == 20)
        assert {second.completion("chat", MESSAGES)._hidden_params["model_id"] for _ in range(5)} == {"b"}

    make.in_one_minute(check)


def test_limits_of_a_routing_group_hold_for_all_routers_together(make: Routers) -> None:
    rows = [row("chat", "a", rpm=10), row("chat", "b", rpm=7)]
    group = {"group_name": "g", "models": ["chat"], "routing_strategy": "usage-based-routing-v2"}

    def check() -> None:
        routers = [make(rows, routing_groups=[group]) for _ in range(2)]
        assert sum(granted(router, 5) for router in routers for _ in range(3)) == 17

    make.in_one_minute(check)


def spend(router: Router, clock: list[float], name: str, seconds: float) -> None:
    """Call a deployment that takes so long to answer."""

    def answer(**kwargs: Any) -> dict[str, Any]:
        clock[0] += seconds
        return {"usage": {"total_tokens": 3, "completion_tokens": 2}}

    router._sdk = lambda _: answer  # type: ignore[method-assign]
    router.completion(name, MESSAGES)


@pytest.mark.parametrize("grouped", [False, True])
def test_latencies_measured_by_one_router_are_known_to_all(
    make: Routers, server: RedisServer, monkeypatch: pytest.MonkeyPatch, grouped: bool
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr(Router, "clock", staticmethod(lambda: clock[0]))
    monkeypatch.setattr(shared_latencies, "TELL_S", 0.05)
    by = {"routing_strategy": "latency-based-routing"}
    group = {"group_name": "g", "models": ["chat"], **by}
    given: dict[str, Any] = {"routing_groups": [group]} if grouped else by
    rows = [row("chat", name) for name in ("fast", "slow")]
    first, second = (make(rows, **given) for _ in range(2))
    stats = [router._core.table.stats for router in (first, second)]
    for _ in range(15):
        spend(first, clock, "slow", 8.0)
        spend(first, clock, "fast", 2.0)
    second._gate.shared.start()
    wait_until(lambda: stats[1]("slow")["latency_s"] == 4.0 and stats[1]("fast")["latency_s"] == 1.0)
    assert {second.get_available_deployment("chat")["model_info"]["id"] for _ in range(5)} == {"fast"}
    assert stats[1]("fast")["requests"] == 0, "what others were asked is no request here"
    late = make(rows, **given)
    late._gate.shared.start()
    wait_until(lambda: late._core.table.stats("slow")["latency_s"] == 4.0)
    with server.client() as client:
        client.xadd("{litellm_router}:latencies", {"from": "stranger", "took": "{broken"})
        wrong = '{"gone": [[1], []], "fast": [[-1], []]}'
        client.xadd("{litellm_router}:latencies", {"from": "stranger", "took": wrong})
        client.xadd("{litellm_router}:latencies", {"took": '{"fast": 7}', "more": "1"})
    server.stop()
    spend(second, clock, "fast", 20.0)
    wait_until(lambda: second._gate.shared._lost)
    server.start()
    wait_until(lambda: stats[0]("fast")["latency_s"] == pytest.approx(1.9))
    assert stats[0]("slow")["latency_s"] == 4.0


def test_what_an_adaptive_router_learned_is_known_to_all_and_outlives_its_process(
    make: Routers, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_learning, "TELL_S", 0.05)
    info = {"adaptive_router_preferences": {"quality_tier": 2}}
    params = {"model": "auto_router/adaptive_router", "adaptive_router_config": {"available_models": ["a"]}}
    auto = {"model_name": "auto", "litellm_params": params, "model_info": {"id": "auto"}}
    rows = [row("a", "a", model_info=info), auto]
    cell = (RequestType.WRITING, "a")

    def learned(router: Router) -> tuple[float, float]:
        router._gate.shared.start()
        return router._sub_routers.learned()[0][1].of(*cell)

    def learn(router: Router, praise: float, blame: float) -> None:
        router._sub_routers.learned()[0][1].add(*cell, praise, blame)

    first, second = make(rows), make(rows)
    learn(first, 3.0, 0.5)
    learn(second, 1.0, 0.0)
    wait_until(lambda: learned(first) == learned(second) == (4.0, 0.5))
    with server.client() as client:
        client.hset("{litellm_router}:learned:auto", "praise/writing/b", "much")
        wait_until(lambda: client.hget("{litellm_router}:learned:auto", "blame/writing/a") == b"0.5")
    first.discard()
    third = make(rows)
    wait_until(lambda: learned(third) == (4.0, 0.5))
    server.stop()
    learn(second, 0.0, 2.0)
    wait_until(lambda: second._gate.shared._lost)
    server.start()  # empty
    wait_until(lambda: learned(second) == learned(third) == (4.0, 2.5))
    with server.client() as client:
        wait_until(lambda: client.hget("{litellm_router}:learned:auto", "praise/writing/a") == b"4")


def test_tokens_per_minute_are_seen_by_the_others(make: Routers) -> None:
    def check() -> None:
        rows = [row("chat", "a", tpm=80)]
        first, second = (make(rows, routing_strategy="usage-based-routing-v2") for _ in range(2))
        second.completion("chat", MESSAGES)
        first.completion("chat", MESSAGES)
        first.completion("chat", MESSAGES)
        wait_until(lambda: second._core.usage(["a"])["a"]["current_tpm"] > 80)
        with pytest.raises((litellm.RateLimitError, ValueError)):
            second.completion("chat", MESSAGES)

    make.in_one_minute(check)


async def test_parallel_requests_hold_for_all_routers_together(make: Routers) -> None:
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


def test_what_a_dead_process_had_in_flight_is_forgotten(make: Routers, server: RedisServer) -> None:
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
    make: Routers, server: RedisServer, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    monkeypatch.setattr(shared_state, "CAUTION_S", 1.0)
    rows = [row("chat", "a", rpm=40)]

    def check() -> None:
        routers = [make(rows, routing_strategy="usage-based-routing-v2") for _ in range(2)]
        before = sum(granted(router, 1) for _ in range(5) for router in routers)
        wait_until(lambda: all(router._gate.shared._processes == 2 for router in routers))
        assert before == 10
        away = 0
        if lost:
            server.stop()
            away = sum(granted(router, 1) for _ in range(10) for router in routers)
            server.start()
            assert 0 < away <= 20
        else:
            with server.client() as client:
                client.flushdb()
        total = before + away
        end = time.monotonic() + 20
        while total < 40 and time.monotonic() < end:
            total += sum(granted(router, 1) for router in routers)
            time.sleep(0.02)
        assert total + sum(granted(router, 5) for router in routers) == 40

    make.in_one_minute(check)


def test_redis_that_was_never_there_is_no_error() -> None:
    router = Router(model_list=[row("chat", "a", rpm=5)], redis_host="127.0.0.1", redis_port=1, num_retries=0,
                    routing_strategy="usage-based-routing-v2")  # fmt: skip
    minute = time.time() // 60
    count = granted(router, 8)
    assert count == 5 or (count > 5 and time.time() // 60 > minute)
    router.discard()


CALLER = {"session_id": "s", "user_api_key_hash": "k"}
LONG = [{"type": "text", "text": "word " * 1500, "cache_control": {"type": "ephemeral"}}]


@pytest.mark.parametrize(
    ("check", "request_of"),
    [
        ("session_affinity", {"metadata": CALLER}),
        ("deployment_affinity", {"metadata": CALLER}),
        ("prompt_caching", {"messages": [{"role": "user", "content": LONG}]}),
    ],
)
async def test_what_belongs_together_goes_to_one_deployment_from_either_process(
    make: Routers, check: str, request_of: dict[str, Any]
) -> None:
    rows = [row("chat", f"d{number}") for number in range(12)]
    request = {"model": "chat", "messages": MESSAGES, **request_of}
    first, second = (make(rows, optional_pre_call_checks=[check]) for _ in range(2))
    kept = first.completion(**request)._hidden_params["model_id"]
    assert {second.completion(**request)._hidden_params["model_id"] for _ in range(6)} == {kept}
    third = make(rows, optional_pre_call_checks=[check])
    assert {(await third.acompletion(**request))._hidden_params["model_id"] for _ in range(6)} == {kept}
    await third.cache.disconnect()


def test_a_health_check_reaches_the_other_process(make: Routers, server: RedisServer) -> None:
    rows = [row("chat", "ill"), row("chat", "well")]
    first, second = (make(rows, enable_health_check_routing=True) for _ in range(2))
    second.completion("well", MESSAGES)
    second._gate.shared.start()
    first.record_health_check("ill", litellm.InternalServerError("no", "openai", "gpt"))
    wait_until(lambda: second.health_state_cache.get_unhealthy_deployment_ids() == {"ill"})
    assert {second.completion("chat", MESSAGES)._hidden_params["model_id"] for _ in range(10)} == {"well"}
    second.record_health_check("ill")
    wait_until(lambda: first.health_state_cache.get_unhealthy_deployment_ids() == set())
    server.stop()
    first.record_health_check("well", litellm.InternalServerError("no", "openai", "gpt"))
    first.health_state_cache.synchronise()
    assert first.health_state_cache.get_unhealthy_deployment_ids() == {"well"}
    server.start()
    wait_until(lambda: second.health_state_cache.get_unhealthy_deployment_ids() == {"well"})


def test_a_discarded_router_leaves_no_thread(make: Routers) -> None:
    router = make([row("chat", "a")])
    router.completion("chat", MESSAGES)
    thread = router._gate.shared._thread
    router.discard()
    assert not thread.is_alive()
    assert router._gate.shared is None


async def test_discarding_alone_closes_every_connection(make: Routers, server: RedisServer) -> None:
    budget = {"openai": {"budget_limit": 1, "time_period": "1d"}}
    router = make([row("chat", "a", rpm=1000)], routing_strategy="usage-based-routing-v2", default_priority=1,
                  optional_pre_call_checks=["session_affinity"], provider_budget_config=budget,
                  enable_health_check_routing=True)  # fmt: skip
    await router.acompletion("chat", MESSAGES, metadata={"session_id": "s"})
    await asyncio.to_thread(router.completion, "chat", MESSAGES)
    stream = await router.acompletion("chat", MESSAGES, stream=True)
    await anext(stream)
    await stream.aclose()
    with server.client() as client:
        assert len(client.client_list()) > 2
        router.discard()
        await until(lambda: len(client.client_list()) == 1)
    assert [thread.name for thread in threading.enumerate() if "_keep_in_step" in thread.name] == []
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})


def test_the_child_of_a_fork_is_a_process_of_its_own(make: Routers) -> None:
    def check() -> None:
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

    make.in_one_minute(check)


def test_each_event_loop_has_its_own_client(make: Routers) -> None:
    router = make([row("chat", "a", max_parallel_requests=2)])

    async def call() -> str:
        response = await router.acompletion("chat", MESSAGES)
        await router.cache.disconnect()
        return str(response._hidden_params["model_id"])

    async def call_from_another_as_well() -> list[str]:
        response = await router.acompletion("chat", MESSAGES)
        return [str(response._hidden_params["model_id"]), await asyncio.to_thread(asyncio.run, call()), await call()]

    assert asyncio.run(call_from_another_as_well()) == ["a"] * 3
    assert asyncio.run(call()) == "a"


async def asked_at_once(router: Router, calls: int) -> int:
    """How many of the calls are answered, all begun at once on the running loop."""
    given = await asyncio.gather(*(router.acompletion("chat", MESSAGES) for _ in range(calls)), return_exceptions=True)
    refused = [each for each in given if isinstance(each, BaseException)]
    assert all(isinstance(each, (litellm.RateLimitError, ValueError)) for each in refused), refused
    return calls - len(refused)


def test_loops_threads_and_forks_share_one_limit_and_leave_nothing_open(make: Routers, server: RedisServer) -> None:
    def check() -> None:
        router = make([row("chat", "a", rpm=50)], routing_strategy="usage-based-routing-v2")
        with server.client() as client, ThreadPoolExecutor(4) as threads:
            assert [asyncio.run(asked_at_once(router, 2)) for _ in range(3)] == [2, 2, 2]
            at_once = threads.map(lambda _: asyncio.run(asked_at_once(router, 5)), range(4))
            assert list(at_once) == [5] * 4
            assert not router._gate.shared._lost
            wait_until(lambda: len(client.client_list()) <= 3)  # this one, and the router's blocking ones
            child = os.fork()
            if child == 0:
                with contextlib.suppress(BaseException):
                    os._exit(asyncio.run(asked_at_once(router, 4)) + granted(router, 3))
                os._exit(99)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
            assert asyncio.run(asked_at_once(router, 17)) == 17, "33 of 50 were used"
            assert asyncio.run(asked_at_once(router, 3)) == 0
            router.discard()
            wait_until(lambda: len(client.client_list()) == 1)

    make.in_one_minute(check)


async def test_the_queue_is_one_for_all_processes(make: Routers, server: RedisServer) -> None:
    order: list[int] = []
    release = asyncio.Event()
    client = server.client()

    def next_in_queue() -> float:
        first = client.zrange(f"{shared_queue.PREFIX}chat", 0, 0, withscores=True)
        return first[0][1] // 2**40 if first else -1

    async def answer(**kwargs: Any) -> dict[str, Any]:
        order.append(kwargs["metadata"]["tag"])
        if len(order) > 5:
            await release.wait()
        elif len(order) < 5:
            await until(lambda: next_in_queue() == (0, 3, 5, 7, 9)[len(order)])
        return {"usage": {}}

    routers = [make([row("chat", "a", max_parallel_requests=1)]) for _ in range(2)]
    for router in routers:
        router._sdk = lambda name: answer

    async def call(router: Router, priority: int) -> None:
        await router.schedule_acompletion("chat", MESSAGES, priority=priority, metadata={"tag": priority})

    first = asyncio.ensure_future(call(routers[0], 0))
    await until(lambda: order == [0])
    await asyncio.gather(first, call(routers[0], 9), call(routers[1], 3), call(routers[0], 5), call(routers[1], 7))
    assert order == [0, 3, 5, 7, 9]
    one = asyncio.ensure_future(call(routers[0], 0))
    await until(lambda: len(order) == 6)
    late = routers[1].schedule_acompletion("chat", MESSAGES, priority=1, timeout=0.1)
    with pytest.raises(litellm.Timeout):
        await asyncio.wait_for(late, 15)
    release.set()
    await one
    client.close()
    for router in routers:
        await router.cache.disconnect()


def test_a_reset_ends_cooldowns_everywhere(make: Routers) -> None:
    rows = [row("chat", "a"), row("chat", "b")]
    first, second = make(rows), make(rows)
    for router in (first, second):
        router.completion("b", MESSAGES)
    first._core.cool_down("a", 30)
    first._gate.shared.cooled("a", 30)
    wait_until(lambda: "a" in second._core.cooling())
    second.reset()
    assert second._core.cooling() == {}
    wait_until(lambda: first._core.cooling() == {}, 10)
    for router in (first, second):
        router._gate.shared.synchronise()
    assert first._core.cooling() == second._core.cooling() == {}
