"""One of several processes that route to the same deployments: run by `test_processes`, tells what it sent when.

    python -m tests.litellm.router.worker REDIS_PORT

Prints `ready`, reads when to start and to end (seconds since 1970), and prints one JSON list of (event, deployment,
time).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any

import litellm
from litellm import Router

MESSAGES = [{"role": "user", "content": "Say hello."}]
# Seconds after the start in which `bad` refuses, and how long it then cools down.
TROUBLE = (1.0, 2.0)
COOLDOWN_S = 2.0
RETRIES = 2
RPM = 120
PARALLEL = 2
TASKS = 4


def row(group: str, model_id: str, **params: Any) -> dict[str, Any]:
    """A deployment; its answers come from `World.answer`."""
    return {
        "model_name": group,
        "litellm_params": {"model": "openai/gpt-4o", **params},
        "model_info": {"id": model_id},
    }


ROWS = [row("chat", "limited", rpm=RPM), row("chat", "bad"), row("few", "narrow", max_parallel_requests=PARALLEL)]


class World:
    """The deployments as this process sees them."""

    def __init__(self, port: int) -> None:
        self.events: list[tuple[str, str, float]] = []
        self.start = self.end = 0.0
        self.router = Router(
            model_list=ROWS,
            redis_host="127.0.0.1",
            redis_port=port,
            routing_strategy="usage-based-routing-v2",
            num_retries=RETRIES,
            cooldown_time=COOLDOWN_S,
            timeout=0.5,
        )
        self.router._sdk = lambda name: self.answer  # type: ignore[method-assign]

    def note(self, event: str, model_id: str) -> None:
        """Remember what happened now."""
        self.events.append((event, model_id, time.time()))

    async def answer(self, **kwargs: Any) -> dict[str, Any]:
        """What a deployment answers."""
        model_id = kwargs["model_info"]["id"]
        self.note("begin", model_id)
        try:
            await asyncio.sleep(random.uniform(0.002, 0.02))
            if model_id == "bad" and TROUBLE[0] < time.time() - self.start < TROUBLE[1]:
                self.note("fail", model_id)
                raise litellm.RateLimitError(message="simulated", model="m", llm_provider="openai")
            return {"usage": {"total_tokens": 10, "completion_tokens": 1}}
        finally:
            self.note("end", model_id)

    async def call(self, group: str) -> None:
        """Call a group again and again until the end."""
        while time.time() < self.end:
            try:
                await self.router.acompletion(group, MESSAGES)
            except (litellm.RateLimitError, ValueError):
                self.note("refused", group)
            await asyncio.sleep(random.uniform(0, 0.02))

    async def run(self) -> None:
        """Call both groups from several tasks."""
        await asyncio.sleep(max(self.start - time.time(), 0))
        await asyncio.gather(*(self.call(group) for group in ("chat", "few") for _ in range(TASKS)))
        await self.router.cache.disconnect()
        self.router.discard()


if __name__ == "__main__":
    world = World(int(sys.argv[1]))
    world.router.get_available_deployment("chat")
    print("ready", flush=True)
    world.start, world.end = map(float, sys.stdin.readline().split())
    asyncio.run(world.run())
    print(json.dumps(world.events))
