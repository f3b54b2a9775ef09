"""One of several processes that route to the same deployments: `test_processes` says what to do and asks what was sent.

    python -m tests.litellm.router.worker REDIS_PORT

Has a router for each strategy, and reads a JSON command a line; each is carried out by all of them at the same time and
answered with a JSON line, by strategy. `{"call": {group: times}, "tasks": n}` gives what happened as (outcome,
deployment, call, begin, end, whether this process went by itself), `{"until": state, "of": id}` answers when that is
so. Times are in seconds since 1970; calls with `null` for `times` go on for two more lines: the first is
answered when each router went on without Redis, and the second ends them.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import litellm
from litellm import Router
from litellm.router_utils.settings import SHARING, STRATEGIES

from tests.litellm.router.support import MESSAGES, until

COOLDOWN_S = 2.0
RPM = 40
MANY_RPM = 150
PARALLEL = 2
RETRIES = 2
FAST_S, SLOW_S = 0.003, 0.05


def row(group: str, model_id: str, **params: Any) -> dict[str, Any]:
    """A deployment; its answers come from `World.answer`."""
    return {
        "model_name": group,
        "litellm_params": {"model": "openai/gpt-4o", **params},
        "model_info": {"id": model_id},
    }


def rows(strategy: str) -> list[dict[str, Any]]:
    """The deployments of a strategy. In "shares" and "chat" the first is the one that it prefers, if it prefers one."""
    first: dict[str, Any] = {"input_cost_per_token": 1e-6}
    other: dict[str, Any] = {"input_cost_per_token": 2e-6}
    if strategy in SHARING:
        first["weight"], other["weight"] = 8, 1
    elif strategy == "rate-limit-aware":
        first["rpm"], other["rpm"] = 80_000, 10_000
    return [
        *(row(f"minute{number}", f"limited{number}", rpm=RPM) for number in range(3)),
        row("minute", "limited", rpm=MANY_RPM),
        row("few", "narrow", max_parallel_requests=PARALLEL),
        row("shares", "fast", **first),
        *(row("shares", f"slow{number}", **other) for number in range(2)),
        row("chat", "bad", **first),
        row("chat", "good", **other),
    ]


class World:
    """The deployments as this process sees them, by one strategy."""

    def __init__(self, strategy: str, port: int) -> None:
        self.events: list[tuple[str, str, int, float, float, bool]] = []
        self.failing: list[str] = []
        self.stopping = False
        self.number = 0
        self.router = Router(
            model_list=rows(strategy),
            redis_host="127.0.0.1",
            redis_port=port,
            cache_kwargs={"namespace": strategy},
            routing_strategy=strategy,
            optional_pre_call_checks=["enforce_model_rate_limits"] if strategy in SHARING else None,
            num_retries=RETRIES,
            cooldown_time=COOLDOWN_S,
            timeout=10,
        )
        self.router._sdk = lambda name: self.answer  # type: ignore[method-assign]
        shared = self.router._gate.shared
        assert shared is not None
        self.shared = shared

    async def answer(self, **kwargs: Any) -> dict[str, Any]:
        """What a deployment answers."""
        model_id, began, alone = kwargs["model_info"]["id"], time.time(), self.shared._is_careful()
        outcome = "fail" if model_id in self.failing else "ok"
        try:
            await asyncio.sleep(SLOW_S if model_id.startswith("slow") or model_id == "good" else FAST_S)
            if outcome == "fail":
                raise litellm.RateLimitError(message="simulated", model="m", llm_provider="openai")
            return {"usage": {"total_tokens": 10, "completion_tokens": 1}}
        finally:
            self.events.append((outcome, model_id, kwargs["metadata"]["call"], began, time.time(), alone))

    async def call(self, group: str, times: int | None) -> None:
        """Call a group, so often or until it is to stop."""
        while not self.stopping and times != 0:
            self.number += 1
            number = self.number
            try:
                await self.router.acompletion(group, MESSAGES, metadata={"call": number})
            except (litellm.RateLimitError, ValueError):
                self.events.append(("refused", group, number, time.time(), time.time(), False))
            times = None if times is None else times - 1
            await asyncio.sleep(random.uniform(0.005, 0.015))

    def went_on_alone(self) -> bool:
        """Whether a call was answered while this process could not go by what Redis says."""
        return any(alone and name in ("bad", "good") for _, name, _, _, _, alone in self.events)

    def calls(self, wanted: dict[str, Any]) -> list[Any]:
        """What carries out a `call` command."""
        self.events, self.stopping, self.failing = [], False, wanted.get("failing", [])
        return [self.call(group, times) for group, times in wanted["call"].items() for _ in range(wanted["tasks"])]

    async def until(self, state: str, model_id: str) -> float:
        """Wait for a state."""
        states: dict[str, Callable[[], bool]] = {
            "cooling": lambda: model_id in self.router._core.cooling(),
            "calm": lambda: model_id not in self.router._core.cooling(),
            "together": lambda: not self.shared._is_careful() and self.shared._processes == 2,
        }
        await until(states[state])
        return time.time()


async def carried_out(worlds: dict[str, World], wanted: dict[str, Any]) -> dict[str, Any]:
    """The answer of each strategy's router to a command."""
    if "until" in wanted:
        times = await asyncio.gather(*(world.until(wanted["until"], wanted.get("of", "")) for world in worlds.values()))
        return dict(zip(worlds, times, strict=True))
    calling = asyncio.gather(*(call for world in worlds.values() for call in world.calls(wanted)))
    if None in wanted["call"].values():
        await asyncio.to_thread(sys.stdin.readline)
        await until(lambda: all(world.went_on_alone() for world in worlds.values()))
        print(json.dumps("alone"), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for world in worlds.values():
            world.stopping = True
    await calling
    return {name: world.events for name, world in worlds.items()}


async def run(worlds: dict[str, World]) -> None:
    """Do what is said until there is nothing more."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await carried_out(worlds, json.loads(line))), flush=True)
    for world in worlds.values():
        await world.router.cache.disconnect()
        world.router.discard()


if __name__ == "__main__":
    made = {strategy: World(strategy, int(sys.argv[1])) for strategy in STRATEGIES}
    for each in made.values():
        each.shared.start()
    asyncio.run(run(made))
