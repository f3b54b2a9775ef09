"""Thousands of calls by every strategy, on a virtual clock: deployments fail, slow down, limit and recover."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_utils.settings import SHARING, STRATEGIES

from tests.litellm.router.simulated import (
    CALLERS,
    NAMES,
    TROUBLES,
    Attempt,
    World,
    picked_while_cooling,
    rows,
    shares,
)

pytestmark = pytest.mark.usefixtures("routing_core")
COOLDOWN_S = 5.0
RETRIES = 2
BY_WEIGHT, BY_LATENCY = {"weight": (4, 3, 2, 1)}, (0.1, 0.2, 0.4, 0.4)
EVENLY, IN_STEPS, FIRST = (0.25,) * 4, (0.4, 0.3, 0.2, 0.1), (1.0, 0.0, 0.0, 0.0)
# What sets the deployments apart, and the shares that follow from it.
WORLDS: dict[str, tuple[dict[str, Any], tuple[float, ...], tuple[float, ...]]] = {
    "simple-shuffle": (BY_WEIGHT, EVENLY, IN_STEPS),
    "lar1": (BY_WEIGHT, EVENLY, IN_STEPS),
    "provider-budget-routing": (BY_WEIGHT, EVENLY, IN_STEPS),
    "least-busy": ({}, BY_LATENCY, (0.5, 0.25, 0.125, 0.125)),
    "latency-based-routing": ({}, BY_LATENCY, FIRST),
    "cost-based-routing": ({"input_cost_per_token": (1e-6, 2e-6, 3e-6, 4e-6)}, EVENLY, FIRST),
    "usage-based-routing": ({}, EVENLY, EVENLY),
    "usage-based-routing-v2": ({}, EVENLY, EVENLY),
    "rate-limit-aware": ({"rpm": (8000, 6000, 4000, 2000)}, EVENLY, IN_STEPS),
}


def made(strategy: str, seed: int) -> tuple[World, Router]:
    """A world for a strategy, and its router."""
    params, latency_s, _ = WORLDS[strategy]
    world = World(seed, latency_s)
    router = world.router(rows(**params), routing_strategy=strategy, num_retries=RETRIES, cooldown_time=COOLDOWN_S)
    return world, router


def check_attempts(world: World, attempts: list[Attempt]) -> None:
    """No call was sent more often than it may be, and each that failed says how often it was tried."""
    tries = Counter(attempt.call for attempt in attempts)
    assert max(tries.values()) <= RETRIES + 1
    answered = Counter(attempt.call for attempt in attempts if attempt.error is None)
    assert set(answered.values()) == {1}, "an answered call is not sent again"
    for number, error in world.failed:
        said = re.search(r"Tried (\d+) times", str(error))
        assert int(said[1] if said else 1) == max(tries[number], 1)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_shares_an_outage_and_recovery(strategy: str) -> None:
    world, router = made(strategy, seed=7)
    calm = world.call(router, 20)
    assert len(calm) > 300
    assert shares(calm) == pytest.approx(WORLDS[strategy][2], abs=0.1)
    assert world.calls == len(calm)
    world.trouble["a"] = litellm.RateLimitError
    outage = world.call(router, 3 * COOLDOWN_S)
    probes = [attempt for attempt in outage if attempt.name == "a"]
    assert 2 <= len(probes) <= 4 * CALLERS, "left at once, and tried again after each cooldown only"
    assert world.failed == [], "the others answer"
    del world.trouble["a"]
    recovered = world.clock.now
    after = world.call(router, COOLDOWN_S + 10)
    assert min(attempt.began for attempt in after if attempt.name == "a") <= recovered + COOLDOWN_S + 2
    assert shares([each for each in after if each.began > recovered + COOLDOWN_S + 2])[0] > 0.05
    assert picked_while_cooling(world.attempts, COOLDOWN_S) == []
    check_attempts(world, world.attempts)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_storm_of_troubles(strategy: str) -> None:
    world, router = made(strategy, seed=11)
    storm = world.call(router, 50, stirred=True)
    assert world.troubles >= len(TROUBLES)
    assert any(attempt.error for attempt in storm)
    assert picked_while_cooling(storm, COOLDOWN_S) == []
    check_attempts(world, storm)
    assert len(world.failed) < world.calls / 20, "one deployment is well all the time"
    world.trouble.clear()
    world.failed.clear()
    world.clock.now += COOLDOWN_S + 61
    before = world.calls
    calm = world.call(router, 5)
    assert world.failed == []
    assert len(calm) == world.calls - before
    assert router._core.cooling() == {}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_limits_are_used_up_and_never_passed(strategy: str) -> None:
    world = World(seed=13)
    checks = ["enforce_model_rate_limits"] if strategy in SHARING else None
    limited = rows(rpm=20, tpm=1900, max_parallel_requests=1)
    router = world.router(
        limited, routing_strategy=strategy, num_retries=0, disable_cooldowns=True, optional_pre_call_checks=checks
    )
    world.trouble["b"] = litellm.InternalServerError
    attempts = world.call(router, 125, pause_s=3.0)
    assert dict(world.most_running) == dict.fromkeys(NAMES, 1)
    assert any(isinstance(error, (litellm.RateLimitError, ValueError)) for _, error in world.failed)
    by_minute: dict[tuple[str, int], list[Attempt]] = {}
    arrived: dict[tuple[str, int], list[tuple[float, int]]] = {}
    for each in attempts:
        by_minute.setdefault((each.name, int(each.began // 60)), []).append(each)
        arrived.setdefault((each.name, int(each.ended // 60)), []).append((each.ended, each.tokens))
    assert max(map(len, by_minute.values())) == 20
    for minute, sent in by_minute.items():
        last = max(each.began for each in sent)  # tokens count when the answer has arrived
        assert sum(tokens for ended, tokens in arrived[minute] if ended < last) < 1900
    full = [len(by_minute[name, 1_000_080 // 60]) for name in NAMES]
    assert full[1] == 20, "failures count as requests"
    assert min(full) >= 1900 // 150, "no minute is left unused"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_attempts_are_bounded_when_all_fail(strategy: str) -> None:
    world = World(seed=17)
    both = [{**row, "model_name": group, "model_info": {"id": row["model_info"]["id"]}} for group, row in zip(
        ("chat", "chat", "spare", "spare"), rows(), strict=True)]  # fmt: skip
    router = world.router(
        both, routing_strategy=strategy, num_retries=RETRIES, fallbacks=[{"chat": ["spare"]}], disable_cooldowns=True
    )
    world.trouble = dict.fromkeys(NAMES, litellm.InternalServerError)
    attempts = world.call(router, 20)
    tries = Counter(attempt.call for attempt in attempts)
    assert len(tries) == world.calls == len(world.failed) > 20
    assert set(tries.values()) == {2 * (RETRIES + 1)}
    assert all(f"Tried {2 * (RETRIES + 1)} times" in str(error) for _, error in world.failed)
