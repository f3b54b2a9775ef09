"""The simulated world again: who gets which share, and how soon a deployment is left or taken up again."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import httpx
import litellm
import pytest
from litellm.router_utils import effects

from tests.litellm.router.support import MESSAGES
from tests.litellm.router.test_simulation import COOLDOWN_S, NAMES, World, rows

pytestmark = pytest.mark.usefixtures("routing_core")


class Varied(World):
    """Deployments with latencies of their own, and providers that count."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.latency = dict.fromkeys(NAMES, 0.1)
        self.quota: dict[str, int] = {}

    def answer(self, **kwargs: Any) -> dict[str, Any]:
        model_id = kwargs["model_info"]["id"]
        assert self.router is not None
        assert model_id not in self.router._core.cooling()
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
def world(monkeypatch: pytest.MonkeyPatch) -> Varied:
    """A world in which sleeping passes at once."""
    made = Varied(seed=11)

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
def test_shuffled_shares_are_the_weights(world: Varied, name: str) -> None:
    world.make(model_list=varied(name, [1000, 2000, 3000, 4000]), num_retries=0)
    shares = world.calls(4000, gap_s=0)
    for model_id, share in zip(NAMES, (0.1, 0.2, 0.3, 0.4), strict=True):
        assert shares[model_id] / 4000 == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("strategy", ["usage-based-routing", "usage-based-routing-v2"])
def test_usage_is_spread_evenly(world: Varied, strategy: str) -> None:
    world.make(model_list=rows(), routing_strategy=strategy, num_retries=0)
    shares = world.calls(1000)
    assert min(shares.values()) > 0.9 * 250


def test_the_cheapest_gets_everything_and_the_next_takes_over(world: Varied) -> None:
    made = varied("input_cost_per_token", [3e-6, 1e-6, 2e-6, 4e-6])
    world.make(model_list=made, routing_strategy="cost-based-routing", num_retries=2, allowed_fails=0)
    assert world.calls(100) == {"b": 100}
    world.trouble["b"] = litellm.RateLimitError
    shares = world.calls(100)
    assert set(shares) == {"b", "c"}
    assert shares["c"] == 100
    assert shares["b"] < 10


def test_the_fastest_gets_nearly_everything_until_it_slows_down(world: Varied) -> None:
    world.latency |= {"c": 0.02}
    world.make(
        model_list=rows(), routing_strategy="latency-based-routing", num_retries=0, routing_strategy_args={"ttl": 3600}
    )
    assert world.calls(200)["c"] > 190
    world.latency["c"] = 5.0
    assert world.calls(200)["c"] < 10


@pytest.mark.parametrize("strategy", ["simple-shuffle", "usage-based-routing-v2", "latency-based-routing"])
def test_a_failing_deployment_is_left_at_once_and_taken_up_again_in_time(world: Varied, strategy: str) -> None:
    world.make(
        model_list=rows(), routing_strategy=strategy, num_retries=2, cooldown_time=COOLDOWN_S, allowed_fails=0,
        routing_strategy_args={"lowest_latency_buffer": 0.5},
    )  # fmt: skip
    world.calls(100)
    world.trouble["a"] = litellm.InternalServerError
    first = world.now
    shares = world.calls(300)
    asked_for = world.now - first
    assert shares["a"] <= asked_for / COOLDOWN_S + 1
    assert sum(shares.values()) == 300 + shares["a"]  # each failure cost one attempt more
    del world.trouble["a"]
    recovered = world.now
    world.calls(400)
    again = next(when for when, name in world.sent if name == "a" and when >= recovered)
    assert again - recovered <= COOLDOWN_S + 15


def test_a_provider_that_limits_is_asked_again_when_it_says(world: Varied) -> None:
    world.make(model_list=rows(), num_retries=2)
    world.quota["a"] = 20
    world.calls(600)
    asked_a = [when for when, name in world.sent if name == "a"]
    assert len(asked_a) > 21
    refused = asked_a[20:]
    assert all(later - earlier >= 7 for earlier, later in itertools.pairwise(refused))


@pytest.mark.parametrize("strategy", ["simple-shuffle", "usage-based-routing-v2", "least-busy"])
def test_attempts_are_bounded_when_all_fail(world: Varied, strategy: str) -> None:
    spare = [{**row, "model_name": "spare", "model_info": {"id": f"s{index}"}} for index, row in enumerate(rows())]
    world.latency |= {f"s{index}": 0.1 for index in range(4)}
    router = world.make(
        model_list=[*rows(), *spare], routing_strategy=strategy, num_retries=2, fallbacks=[{"chat": ["spare"]}],
        disable_cooldowns=True,
    )  # fmt: skip
    world.trouble = dict.fromkeys(world.latency, litellm.InternalServerError)
    for _ in range(50):
        before = len(world.sent)
        with pytest.raises(litellm.InternalServerError):
            router.completion("chat", MESSAGES)
        assert len(world.sent) - before == 2 * 3
