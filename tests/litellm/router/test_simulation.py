"""Thousands of calls on a virtual clock, over deployments that fail and recover: what holds for every strategy."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_utils import effects
from litellm.router_utils.settings import STRATEGIES

from tests.litellm.router.support import MESSAGES

pytestmark = pytest.mark.usefixtures("routing_core")
# Those for which `rpm` is a share, not a limit.
SHARES = ("simple-shuffle", "least-busy", "provider-budget-routing", "lar1")
COOLDOWN_S = 20.0
RETRIES = 2
NAMES = ["a", "b", "c", "d"]
ERRORS = [
    litellm.RateLimitError,
    litellm.InternalServerError,
    litellm.Timeout,
    litellm.AuthenticationError,
    litellm.ServiceUnavailableError,
]


class World:
    """Deployments with seeded troubles, the clock, and what was asked when."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 1_000_000.0
        self.trouble: dict[str, type[Exception]] = {}
        self.sent: list[tuple[float, str]] = []
        self.router: Router | None = None

    def make(self, **arguments: Any) -> Router:
        """A router in this world."""
        world = self

        class Simulated(Router):
            clock = staticmethod(lambda: world.now)

        self.router = Simulated(**arguments)
        self.router._sdk = lambda name: self.answer  # type: ignore[method-assign]
        return self.router

    def answer(self, **kwargs: Any) -> dict[str, Any]:
        """What a deployment answers; a pick that is cooling down is a failure of the router."""
        assert self.router is not None
        model_id = kwargs["model_info"]["id"]
        assert model_id not in self.router._core.cooling()
        self.sent.append((self.now, model_id))
        self.now += self.random.uniform(0.05, 0.4)
        error = self.trouble.get(model_id)
        if error is not None:
            raise error(message="simulated", model="m", llm_provider="openai")
        return {"usage": {"total_tokens": self.random.randint(1, 50), "completion_tokens": 1}}

    def stir(self) -> None:
        """Now and then a deployment breaks or recovers; one of them never breaks."""
        if self.random.random() < 0.02:
            self.trouble[self.random.choice(NAMES[1:])] = self.random.choice(ERRORS)
        if self.random.random() < 0.03 and self.trouble:
            del self.trouble[self.random.choice(sorted(self.trouble))]


@pytest.fixture
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which sleeping passes at once."""
    made = World(seed=7)

    def sleep(seconds: float) -> None:
        made.now += seconds

    monkeypatch.setattr(effects.time, "sleep", sleep)
    return made


def rows(**params: Any) -> list[dict[str, Any]]:
    return [
        {"model_name": "chat", "litellm_params": {"model": "openai/gpt-4o", **params}, "model_info": {"id": name}}
        for name in NAMES
    ]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_cooled_pick_bounded_attempts_and_recovery(world: World, strategy: str) -> None:
    router = world.make(
        model_list=rows(), routing_strategy=strategy, num_retries=RETRIES, cooldown_time=COOLDOWN_S, allowed_fails=2
    )
    failed = 0
    for _ in range(1500):
        world.stir()
        before = len(world.sent)
        try:
            router.completion("chat", MESSAGES)
        except Exception:  # noqa: BLE001 - counted: what a simulated provider raises
            failed += 1
        assert 1 <= len(world.sent) - before <= RETRIES + 1
        world.now += world.random.uniform(0, 0.5)
    assert failed < 75  # a deployment that never breaks is there all the time
    world.trouble.clear()
    world.now += COOLDOWN_S + 61
    assert router._core.cooling() == {}
    world.sent.clear()
    for _ in range(200):
        router.completion("chat", MESSAGES)
    shares = Counter(name for _, name in world.sent)
    assert len(world.sent) == 200
    if strategy in ("simple-shuffle", "usage-based-routing", "usage-based-routing-v2"):
        assert set(shares) == set(NAMES)


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name not in SHARES])
def test_requests_per_minute_are_never_passed(world: World, strategy: str) -> None:
    router = world.make(model_list=rows(rpm=10), routing_strategy=strategy, num_retries=0)
    refused = 0
    for _ in range(600):
        try:
            router.completion("chat", MESSAGES)
        except (litellm.RateLimitError, ValueError):
            refused += 1
            world.now += 1
    minutes = Counter((name, int(when // 60)) for when, name in world.sent)
    assert max(minutes.values()) <= 10
    assert refused > 0
    assert len(world.sent) > 100


def test_the_same_seed_gives_the_same_attempts_per_call(world: World) -> None:
    router = world.make(model_list=rows(), num_retries=RETRIES, fallbacks=[{"chat": ["chat"]}])
    world.trouble = dict.fromkeys(NAMES, litellm.InternalServerError)
    with pytest.raises(litellm.InternalServerError) as caught:
        router.completion("chat", MESSAGES)
    assert len(world.sent) == RETRIES + 1
    assert f"Tried {RETRIES + 1} times" in str(caught.value)
