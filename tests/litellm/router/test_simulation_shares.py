"""One caller on a virtual clock: shares by each kind of weight, who takes over, and when a provider is asked again."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Any

import httpx
import litellm
import pytest
from litellm import Router
from litellm.router_utils import effects

from tests.litellm.router.simulated import NAMES, rows
from tests.litellm.router.support import MESSAGES

pytestmark = pytest.mark.usefixtures("routing_core")


class World:
    """Deployments with troubles and latencies of their own, and providers that count; for one blocking caller."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 1_000_000.0
        self.trouble: dict[str, type[Exception]] = {}
        self.sent: list[tuple[float, str]] = []
        self.router: Router | None = None
        self.latency = dict.fromkeys(NAMES, 0.1)
        self.quota: dict[str, int] = {}

    def make(self, **arguments: Any) -> Router:
        """A router in this world."""
        world = self

        class Simulated(Router):
            clock = staticmethod(lambda: world.now)

        self.router = Simulated(**arguments)
        self.router._sdk = lambda name: self.answer  # type: ignore[method-assign]
        return self.router

    def answer(self, **kwargs: Any) -> dict[str, Any]:
        """What a deployment answers."""
        model_id = kwargs["model_info"]["id"]
        self.sent.append((self.now, model_id))
        self.now += self.latency[model_id]
        if model_id in self.trouble:
            raise self.trouble[model_id](message="simulated", model="m", llm_provider="openai")
        if model_id in self.quota:
            self.quota[model_id] -= 1
            if self.quota[model_id] < 0:
                raise litellm.RateLimitError(
                    message="simulated",
                    model="m",
                    llm_provider="openai",
                    response=httpx.Response(
                        429, headers={"retry-after": "7"}, request=httpx.Request("POST", "http://p")
                    ),
                )
        return {"usage": {"total_tokens": self.random.randint(50, 150), "completion_tokens": 10}}

    def calls(self, count: int, gap_s: float = 0.1) -> Counter[str]:
        """Make calls that must all be answered; who was asked how often."""
        assert self.router is not None
        before = len(self.sent)
        for _ in range(count):
            self.router.completion("chat", MESSAGES)
            self.now += gap_s
        return Counter(name for _, name in self.sent[before:])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which sleeping passes at once."""
    made = World(seed=11)

    def sleep(seconds: float) -> None:
        made.now += seconds

    monkeypatch.setattr(effects.time, "sleep", sleep)
    return made


def varied(name: str, values: list[Any]) -> list[dict[str, Any]]:
    """The deployments, each with its own value of a parameter."""
    made = rows()
    for row, value in zip(made, values, strict=True):
        row["litellm_params"] = {**row["litellm_params"], name: value}
    return made


@pytest.mark.parametrize("name", ["weight", "rpm", "tpm"])
def test_shuffled_shares_are_the_weights(world: World, name: str) -> None:
    world.make(model_list=varied(name, [1000, 2000, 3000, 4000]), num_retries=0)
    shares = world.calls(4000, gap_s=0)
    for model_id, share in zip(NAMES, (0.1, 0.2, 0.3, 0.4), strict=True):
        assert shares[model_id] / 4000 == pytest.approx(share, abs=0.03)


def test_the_cheapest_gets_everything_and_the_next_takes_over(world: World) -> None:
    made = varied("input_cost_per_token", [3e-6, 1e-6, 2e-6, 4e-6])
    world.make(model_list=made, routing_strategy="cost-based-routing", num_retries=2, allowed_fails=0)
    assert world.calls(100) == {"b": 100}
    world.trouble["b"] = litellm.RateLimitError
    shares = world.calls(100)
    assert set(shares) == {"b", "c"}
    assert shares["c"] == 100
    assert shares["b"] < 10


def test_the_fastest_gets_nearly_everything_until_it_slows_down(world: World) -> None:
    world.latency |= {"c": 0.02}
    world.make(
        model_list=rows(), routing_strategy="latency-based-routing", num_retries=0, routing_strategy_args={"ttl": 3600}
    )
    assert world.calls(200)["c"] > 190
    world.latency["c"] = 5.0
    assert world.calls(200)["c"] < 10


def test_a_provider_that_limits_is_asked_again_when_it_says(world: World) -> None:
    world.make(model_list=rows(), num_retries=2)
    world.quota["a"] = 20
    world.calls(600)
    asked_a = [when for when, name in world.sent if name == "a"]
    assert len(asked_a) > 21
    refused = asked_a[20:]
    assert all(later - earlier >= 7 for earlier, later in itertools.pairwise(refused))
