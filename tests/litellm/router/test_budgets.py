"""Providers, deployments and tags whose budget is spent get nothing until their period is over."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_strategy.budget_limiter import RouterBudgetLimiting, period_s
from litellm.types.utils import BudgetConfig

from tests.litellm.router.rows import chosen, row
from tests.litellm.router.support import MESSAGES
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("routing_core")
PRICED = {"input_cost_per_token": 0.01, "output_cost_per_token": 0.01}
OPENAI = row("chat", "openai", **PRICED)
AZURE = row("chat", "azure", model="azure/gpt-4o", **PRICED)


class Clocked(Router):
    """A router whose time the test moves."""

    now = 1_700_000_000.0

    def clock(self) -> float:
        return self.now


def budget(limit: float, period: str = "1d") -> dict[str, Any]:
    return {"budget_limit": limit, "time_period": period}


def spend(router: Router, model: str, **request: Any) -> float:
    answer = router.completion(model, MESSAGES, **request)
    return float(answer._hidden_params["response_cost"])


def test_a_providers_budget_sends_requests_elsewhere_and_comes_back() -> None:
    router = Clocked(model_list=[OPENAI, AZURE], provider_budget_config={"openai": budget(0.2), "azure": budget(1000)})
    assert chosen(router, "chat") == {"openai", "azure"}
    cost = spend(router, "openai")
    assert cost > 0.2
    assert router.router_budget_logger.get_current_provider_spend("openai") == pytest.approx(cost, abs=1e-12)
    assert chosen(router, "chat") == {"azure"}
    router.now += 86_399
    assert chosen(router, "chat") == {"azure"}
    router.now += 2
    assert chosen(router, "chat") == {"openai", "azure"}


def test_an_answer_without_a_price_costs_nothing() -> None:
    router = Router(
        model_list=[row("chat", "a", model="groq/unheard-of")], provider_budget_config={"groq": budget(1e-12)}
    )
    for _ in range(2):
        router.completion("chat", MESSAGES)


def test_when_every_budget_is_spent_the_error_says_so() -> None:
    router = Router(model_list=[OPENAI], provider_budget_config={"openai": budget(1e-12)}, num_retries=0)
    spend(router, "chat")
    with pytest.raises(ValueError, match=r"crossed budget: Exceeded budget for provider openai: .* >= 1e-12"):
        router.completion("chat", MESSAGES)


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": True}}])
async def test_a_deployments_budget_counts_its_streams(options: dict[str, Any]) -> None:
    rows = [row("chat", "a", max_budget=0.1, budget_duration="1h", **PRICED), row("chat", "b", **PRICED)]
    router = Router(model_list=rows)
    async for _ in await router.acompletion("a", MESSAGES, stream=True, **options):
        pass
    assert chosen(router, "chat") == {"b"}
    router.upsert_deployment(row("chat", "a", max_budget=1000, budget_duration="1h", **PRICED))
    assert chosen(router, "chat") == {"a", "b"}


async def test_processes_share_what_they_spent_and_go_on_alone_without_redis() -> None:
    with RedisServer() as server:
        settings: dict[str, Any] = {"provider_budget_config": {"openai": budget(0.5), "azure": budget(1000)}}
        address = {"redis_host": "127.0.0.1", "redis_port": server.port}
        first, second = (Router(model_list=[OPENAI, AZURE], num_retries=0, **settings, **address) for _ in range(2))
        while first.router_budget_logger.get_current_provider_spend("openai") <= 0.25:  # type: ignore[operator]
            spend(first, "openai")
        await second.acompletion("openai", MESSAGES)
        assert second.router_budget_logger.get_current_provider_spend("openai") > 0.25  # type: ignore[operator]
        while second.router_budget_logger.get_current_provider_spend("openai") < 0.5:  # type: ignore[operator]
            await second.acompletion("openai", MESSAGES)
        assert {(await second.acompletion("chat", MESSAGES))._hidden_params["model_id"] for _ in range(9)} == {"azure"}
        server.stop()
        assert second.completion("chat", MESSAGES)._hidden_params["model_id"] == "azure"
        for router in (first, second):
            await router.cache.redis_cache.disconnect()  # type: ignore[union-attr]
            router.discard()


def test_a_tags_budget_refuses_the_tag_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litellm, "tag_budget_config", {"bot": {"max_budget": 0.2, "budget_duration": "1d"}})
    router = Router(model_list=[OPENAI])
    bot = {"metadata": {"tags": ["bot"]}}
    spend(router, "chat", **bot)
    with pytest.raises(ValueError, match="tag 'bot'"):
        chosen(router, "chat", **bot)
    assert chosen(router, "chat", metadata={"tags": ["person"]}) == {"openai"}


def test_spend_adds_up_to_the_pico_dollar() -> None:
    limiter = RouterBudgetLimiting(None, {"openai": BudgetConfig(max_budget=1.0, budget_duration="1d")})
    for _ in range(1000):
        limiter.spend(OPENAI, {}, 1e-12)
    assert limiter.get_current_provider_spend("openai") == 1e-9


@pytest.mark.parametrize(
    ("duration", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("1w", 604_800)]
)
def test_periods(duration: str, seconds: int) -> None:
    assert period_s(duration, 0) == seconds


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"provider_budget_config": {"openai": budget(1, "soon")}}, "provider_budget_config: 'openai'"),
        ({"provider_budget_config": {"openai": budget("much")}}, "provider_budget_config: 'openai'"),  # type: ignore[arg-type]
        ({"provider_budget_config": {"openai": None}}, "provider_budget_config: 'openai'"),
        ({"provider_budget_config": ["openai"]}, "provider_budget_config must be a dictionary"),
        ({"model_list": [row("chat", "a", max_budget=1, budget_duration="soon")]}, "max_budget: 'a'"),
    ],
)
def test_a_wrong_budget_is_refused_by_name(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Router(**arguments)


def test_an_answer_of_lar1_goes_by_confidence() -> None:
    rows = [row("chat", kind, model_info={"type": kind}) for kind in ("cloud-smart", "cloud-fast", "local", "deep")]
    router = Router(model_list=rows, routing_strategy="lar1", routing_strategy_args={"confidence_threshold_high": 0.8})
    said = {0.1: "cloud-smart", 0.4: "cloud-fast", 0.75: "local", 0.9: "deep"}
    for confidence, kind in said.items():
        assert chosen(router, "chat", 5, metadata={"lar1": {"confidence": confidence}}) == {kind}
    unsure = {"confidence": 0.9, "evidence": ["UNVERIFIED"]}
    assert chosen(router, "chat", 5, metadata={"lar1": unsure}) == {"cloud-smart"}
    assert chosen(router, "chat", 5, metadata={"lar1": {"confidence": 0.9, "time": "MEM"}}) == {"cloud-fast"}
    with pytest.raises(ValueError, match="low < medium < high"):
        Router(routing_strategy="lar1", routing_strategy_args={"confidence_threshold_high": 0.2})
