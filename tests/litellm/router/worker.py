"""One of several processes that route to the same deployments: `test_processes` says what to do and asks what was sent.

    python -m tests.litellm.router.worker REDIS_PORT

Reads a JSON command a line and answers each with a JSON line: `{"call": {group: times}, "tasks": n}` gives what
happened as (outcome, deployment, begin, end, whether this process went by itself), `{"until": state, "of": id}` answers
when that is so. Times are in seconds since 1970; calls with `null` for `times` go on until the next line.
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

from tests.litellm.router.support import MESSAGES, until

COOLDOWN_S = 2.0
RPM = 60
MANY_RPM = 500
PARALLEL = 2


def row(group: str, model_id: str, **params: Any) -> dict[str, Any]:
    """A deployment; its answers come from `World.answer`."""
    return {
        "model_name": group,
        "litellm_params": {"model": "openai/gpt-4o", **params},
        "model_info": {"id": model_id},
    }


ROWS = [
    *(row(f"minute{number}", f"limited{number}", rpm=RPM) for number in range(3)),
    row("minute", "limited", rpm=MANY_RPM),
    row("few", "narrow", max_parallel_requests=PARALLEL),
    row("chat", "bad"),
    row("chat", "good"),
]


class World:
    """The deployments as this process sees them."""

    def __init__(self, port: int) -> None:
        self.events: list[tuple[str, str, float, float, bool]] = []
        self.failing: list[str] = []
        self.stopping = False
        self.router = Router(
            model_list=ROWS,
            redis_host="127.0.0.1",
            redis_port=port,
            routing_strategy="usage-based-routing-v2",
            num_retries=2,
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
            await asyncio.sleep(random.uniform(0.002, 0.01))
            if outcome == "fail":
                raise litellm.RateLimitError(message="simulated", model="m", llm_provider="openai")
            return {"usage": {"total_tokens": 10, "completion_tokens": 1}}
        finally:
            self.events.append((outcome, model_id, began, time.time(), alone))

    async def call(self, group: str, times: int | None) -> None:
        """Call a group, so often or until it is to stop."""
        while not self.stopping and times != 0:
            try:
                await self.router.acompletion(group, MESSAGES)
            except (litellm.RateLimitError, ValueError):
                self.events.append(("refused", group, time.time(), time.time(), False))
            times = None if times is None else times - 1
            await asyncio.sleep(random.uniform(0, 0.005))

    async def calls(self, wanted: dict[str, Any]) -> list[Any]:
        """Carry out a `call` command."""
        self.events, self.stopping, self.failing = [], False, wanted.get("failing", [])
        running = [self.call(group, times) for group, times in wanted["call"].items() for _ in range(wanted["tasks"])]
        tasks = asyncio.gather(*running)
        if None in wanted["call"].values():
            await asyncio.to_thread(sys.stdin.readline)
            self.stopping = True
        await tasks
        return self.events

    async def until(self, state: str, model_id: str) -> float:
        """Wait for a state."""
        states: dict[str, Callable[[], bool]] = {
            "cooling": lambda: model_id in self.router._core.cooling(),
            "calm": lambda: model_id not in self.router._core.cooling(),
            "together": lambda: not self.shared._is_careful() and self.shared._processes == 2,
            "alone": self.shared._is_careful,
        }
        await until(states[state])
        return time.time()

    async def run(self) -> None:
        """Do what is said until there is nothing more."""
        while line := await asyncio.to_thread(sys.stdin.readline):
            wanted = json.loads(line)
            answer = await (self.calls(wanted) if "call" in wanted else self.until(wanted["until"], wanted.get("of")))
            print(json.dumps(answer), flush=True)
        await self.router.cache.disconnect()
        self.router.discard()


if __name__ == "__main__":
    world = World(int(sys.argv[1]))
    world.router.get_available_deployment("chat")
    world.shared.start()
    asyncio.run(world.run())
