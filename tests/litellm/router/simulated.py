"""A world on a virtual clock: deployments that fail, slow down, limit and recover, and callers at the same time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import selectors
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import litellm
from litellm import Router

from tests.litellm.router.support import MESSAGES

NAMES = ("a", "b", "c", "d")
CALLERS = 4
TIMEOUT_S = 3.0
# After these a deployment of several cools down at once.
COOLING = (litellm.RateLimitError, litellm.AuthenticationError)
TROUBLES = (*COOLING, litellm.InternalServerError, litellm.ServiceUnavailableError, 5.0, 50.0)
"""What a deployment may answer, or how many times slower it may be."""


class _Passing(selectors.SelectSelector):
    """Where a loop would wait for time to pass, it has passed."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(None if timeout is None else 0)
        if not found and timeout:
            self._clock.now += timeout
        return found


class Clock:
    """Virtual seconds, and an event loop that lives by them."""

    def __init__(self) -> None:
        self.now = 1_000_020.0
        """A minute begins twenty seconds later."""

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run to the end."""
        loop = asyncio.SelectorEventLoop(_Passing(self))
        loop.time = lambda: self.now  # type: ignore[method-assign]
        with contextlib.closing(loop):
            loop.run_until_complete(coroutine)


@dataclass
class Attempt:
    """One request to a deployment. Times are virtual."""

    call: int
    name: str
    began: float
    ended: float = 0.0
    error: Exception | None = None
    tokens: int = 0


class World:
    """Deployments with troubles, the clock, and what was sent."""

    def __init__(self, seed: int, latency_s: tuple[float, ...] = (0.2,) * 4) -> None:
        random.seed(seed)  # of which the router draws its back-off
        self.seed, self.random, self.clock = seed, random.Random(seed), Clock()
        self.latency_s = dict(zip(NAMES, latency_s, strict=True))
        self.trouble: dict[str, type[Exception] | float] = {}
        """By deployment: what it answers, or how many times slower it is."""
        self._next = itertools.cycle(self.random.sample(TROUBLES, len(TROUBLES)))
        self.troubles = 0
        """How many there were."""
        self.attempts: list[Attempt] = []
        self.running: Counter[str] = Counter()
        self.most_running: Counter[str] = Counter()
        self.calls = 0
        self.failed: list[tuple[int, Exception]] = []

    def router(self, rows: list[dict[str, Any]], **arguments: Any) -> Router:
        """A router in this world."""
        world = self

        class Simulated(Router):
            clock = staticmethod(lambda: world.clock.now)
            seed = world.seed

        made = Simulated(model_list=rows, **arguments)
        made._sdk = lambda name: self.answer  # type: ignore[method-assign]
        return made

    async def answer(self, **kwargs: Any) -> dict[str, Any]:
        """What a deployment answers."""
        attempt = Attempt(kwargs["metadata"]["call"], kwargs["model_info"]["id"], self.clock.now)
        name = attempt.name
        self.attempts.append(attempt)
        self.running[name] += 1
        self.most_running[name] = max(self.most_running[name], self.running[name])
        try:
            await self._answered(attempt, self.latency_s[name] * self.random.uniform(0.8, 1.2))
        except Exception as error:
            attempt.error = error
            raise
        finally:
            self.running[name] -= 1
            attempt.ended = self.clock.now
        attempt.tokens = self.random.randint(50, 150)
        return {"usage": {"total_tokens": attempt.tokens, "completion_tokens": 1}}

    async def _answered(self, attempt: Attempt, latency_s: float) -> None:
        trouble = self.trouble.get(attempt.name)
        factor = trouble if isinstance(trouble, float) else 1.0
        await asyncio.sleep(min(latency_s * factor, TIMEOUT_S))
        error = litellm.Timeout if latency_s * factor > TIMEOUT_S else trouble
        if isinstance(error, type):
            raise error(message="simulated", model="m", llm_provider="openai")

    def stir(self) -> None:
        """Now and then a deployment breaks, slows down or recovers; the last of them is always well."""
        if self.random.random() < 0.04:
            self.trouble[self.random.choice(NAMES[:-1])] = next(self._next)
            self.troubles += 1
        if self.random.random() < 0.04 and self.trouble:
            del self.trouble[self.random.choice(sorted(self.trouble))]

    def call(self, router: Router, seconds: float, *, stirred: bool = False, pause_s: float = 0.0) -> list[Attempt]:
        """What is sent while several callers call, one call after the other, for so long."""
        before, end = len(self.attempts), self.clock.now + seconds

        async def caller() -> None:
            await asyncio.sleep(self.random.uniform(0, 0.2))
            while self.clock.now < end:
                if stirred:
                    self.stir()
                self.calls += 1
                number = self.calls
                try:
                    await router.acompletion("chat", MESSAGES, metadata={"call": number})
                except Exception as error:  # noqa: BLE001 - kept: what a simulated provider raises
                    self.failed.append((number, error))
                    await asyncio.sleep(pause_s)

        async def callers() -> None:
            await asyncio.gather(*(caller() for _ in range(CALLERS)))

        self.clock.run(callers())
        return self.attempts[before:]


def rows(**params: Any) -> list[dict[str, Any]]:
    """The deployments; a tuple among the parameters has the value of each."""
    return [
        {
            "model_name": "chat",
            "litellm_params": {
                "model": "openai/gpt-4o",
                **{key: value[index] if isinstance(value, tuple) else value for key, value in params.items()},
            },
            "model_info": {"id": name},
        }
        for index, name in enumerate(NAMES)
    ]


def shares(attempts: list[Attempt]) -> list[float]:
    """What part of the attempts each deployment got."""
    counts = Counter(attempt.name for attempt in attempts)
    return [counts[name] / len(attempts) for name in NAMES]


def picked_while_cooling(attempts: list[Attempt], cooldown_s: float) -> list[tuple[Attempt, Attempt]]:
    """(an attempt, the failure after which it came too early)."""
    failures = [each for each in attempts if isinstance(each.error, COOLING)]
    return [
        (attempt, failure)
        for failure in failures
        for attempt in attempts
        if attempt.name == failure.name and failure.ended < attempt.began < failure.ended + cooldown_s
    ]
