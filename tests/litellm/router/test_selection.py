"""Which deployment answers for a model."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_utils.pattern_match_deployments import PatternMatchRouter, fill_pattern
from litellm.types.router import CustomRoutingStrategyBase

from tests.litellm.router.rows import picked, row
from tests.litellm.router.support import MESSAGES

pytestmark = pytest.mark.usefixtures("routing_core")


@pytest.mark.parametrize("name", ["weight", "rpm", "tpm"])
def test_shares_follow_weight_rpm_or_tpm(name: str) -> None:
    router = Router(
        model_list=[row("chat", "a", **{name: 30}), row("chat", "b", **{name: 10}), row("chat", "c", **{name: 0})]
    )
    shares = picked(router, "chat", 4000)
    assert 0.70 < shares["a"] / 4000 < 0.80
    assert shares["c"] == 0


def test_the_lowest_order_goes_first_and_none_goes_last() -> None:
    router = Router(model_list=[row("chat", "none"), row("chat", "two", order=2), row("chat", "one", order=1)])
    assert picked(router, "chat", 20) == {"one": 20}


def test_aliases_resolve_and_may_be_hidden() -> None:
    aliases = {"nick": "chat", "secret": {"model": "chat", "hidden": True}}
    router = Router(model_list=[row("chat", "a")], model_group_alias=aliases)
    assert picked(router, "nick") == picked(router, "secret") == {"a": 1}
    assert router.get_model_names() == ["nick", "chat"]
    assert [entry["model_name"] for entry in router.get_model_list("nick")] == ["nick"]


def test_an_id_names_its_deployment() -> None:
    router = Router(model_list=[row("chat", "a"), row("chat", "b")])
    assert picked(router, "b", 10) == {"b": 10}


def test_specific_deployment_goes_by_the_providers_model() -> None:
    router = Router(model_list=[row("chat", "a"), row("other", "b", model="openai/gpt-4")])
    assert router.get_available_deployment("openai/gpt-4", specific_deployment=True)["model_info"]["id"] == "b"


@pytest.mark.parametrize(
    ("asked", "model_id", "sent"),
    [
        ("openai/gpt-x", "any-openai", "openai/gpt-x"),
        ("openai/gpt-4o", "exact", "openai/gpt-4o"),
        ("claude-x", "claude", "anthropic/claude-x"),
        ("whatever", "default", "openai/whatever"),
    ],
)
def test_patterns_the_most_specific_first(asked: str, model_id: str, sent: str) -> None:
    router = Router(
        model_list=[
            row("*", "default", model="openai/*"),
            row("openai/*", "any-openai", model="openai/*"),
            row("openai/gpt-4o", "exact"),
            row("claude-*", "claude", model="anthropic/claude-*"),
        ]
    )
    chosen = router.get_available_deployment(asked)
    assert (chosen["model_info"]["id"], chosen["litellm_params"]["model"]) == (model_id, sent)


def test_a_pattern_is_literal_but_for_its_stars() -> None:
    patterns = PatternMatchRouter()
    patterns.add_pattern("a.b/*")
    assert patterns.match("a.b/c") == "a.b/*"
    assert patterns.match("axb/c") is None
    assert fill_pattern("*/x-*", "p/*/y-*", "one/x-two") == "p/one/y-two"


def test_an_unknown_model_is_refused_by_name() -> None:
    with pytest.raises(litellm.BadRequestError, match="nope"):
        Router(model_list=[row("chat", "a")]).get_available_deployment("nope")


def test_tags_choose_and_default_takes_the_rest() -> None:
    rows = [
        row("chat", "free", tags=["free", "eu"]),
        row("chat", "paid", tags=["paid"]),
        row("chat", "rest", tags=["default"]),
    ]
    router = Router(model_list=rows, enable_tag_filtering=True)
    assert picked(router, "chat", 20, metadata={"tags": ["paid"]}) == {"paid": 20}
    assert picked(router, "chat", 20, metadata={"tags": ["other"]}) == {"rest": 20}
    assert picked(router, "chat", 20) == {"rest": 20}
    every = Router(model_list=rows[:2], enable_tag_filtering=True, tag_filtering_match_any=False)
    assert picked(every, "chat", 20, metadata={"tags": ["free", "eu"]}) == {"free": 20}
    with pytest.raises(ValueError, match="tags"):
        picked(every, "chat", metadata={"tags": ["free", "paid"]})


def test_pre_call_checks_leave_out_small_windows() -> None:
    rows = [
        row("chat", "small", order=1, model_info={"max_input_tokens": 5}),
        row("chat", "large", order=2, model_info={"max_input_tokens": 5000}),
    ]
    router = Router(model_list=rows, enable_pre_call_checks=True)
    long = [{"role": "user", "content": "word " * 60}]
    assert router.get_available_deployment("chat", long)["model_info"]["id"] == "large"
    with pytest.raises(litellm.ContextWindowExceededError, match="5000"):
        router.get_available_deployment("chat", [{"role": "user", "content": "word " * 6000}])


def test_a_team_gets_its_own_deployments() -> None:
    info = {"team_id": "t1", "team_public_model_name": "chat"}
    router = Router(model_list=[row("chat", "public"), row("internal-name", "team", model_info=info)])
    assert picked(router, "chat", metadata={"user_api_key_team_id": "t1"}) == {"team": 1}
    assert picked(router, "chat", metadata={"user_api_key_team_id": "t2"}) == {"public": 1}
    assert "internal-name" not in router.get_model_names()


async def test_a_custom_strategy_chooses() -> None:
    class Last(CustomRoutingStrategyBase):
        def get_available_deployment(self, model: str, *args: Any, **kwargs: Any) -> Any:
            return router.model_list[-1]

    router = Router(model_list=[row("chat", "a"), row("chat", "b")])
    router.set_custom_routing_strategy(Last())
    for _ in range(5):
        response = await router.acompletion("chat", MESSAGES)
        assert response._hidden_params["model_id"] == "b"
    assert router.completion("chat", MESSAGES)._hidden_params["model_id"] == "b"


def test_least_busy_spreads_calls_under_way() -> None:
    router = Router(model_list=[row("chat", name) for name in "abc"], routing_strategy="least-busy")
    for _ in range(6):
        router._core.begin(router.get_available_deployment("chat")["model_info"]["id"])
    assert {router._core.usage([name])[name]["current_rpm"] for name in "abc"} == {2}


def test_the_cheapest_is_chosen() -> None:
    rows = [row("chat", "dear", input_cost_per_token=0.01, output_cost_per_token=0.01),
            row("chat", "cheap", input_cost_per_token=0.0001, output_cost_per_token=0.0001)]  # fmt: skip
    assert picked(Router(model_list=rows, routing_strategy="cost-based-routing"), "chat", 10) == {"cheap": 10}


async def test_a_usage_limit_is_enforced_and_named() -> None:
    router = Router(model_list=[row("chat", "a", rpm=2)], routing_strategy="usage-based-routing-v2", num_retries=0)
    for _ in range(2):
        await router.acompletion("chat", MESSAGES)
    with pytest.raises(litellm.RateLimitError, match="'rpm_limit': 2"):
        await router.acompletion("chat", MESSAGES)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"routing_strategy": "nope"}, "nope"),
        ({"fallbacks": ["bad"]}, "'bad' is not a dictionary"),
        ({"fallbacks": [{"a": ["x"], "b": ["x"]}]}, "exactly one key"),
        ({"fallbacks": [{"a": "b"}]}, "'a' must be a list"),
        ({"retry_policy": {"Foo": 1}}, "Foo"),
        ({"num_retries": -1}, "num_retries"),
        ({"timeout": "soon"}, "timeout"),
        ({"model_list": "x"}, "model_list must be a list"),
        ({"model_list": ["x"]}, "must be a dictionary"),
        ({"model_list": [{"model_name": "g"}]}, "'g': 'litellm_params' is missing"),
        ({"model_list": [{"litellm_params": {"model": "m"}}]}, "'model_name' is missing"),
        ({"model_list": [{"model_name": "g", "litellm_params": {"model": "m", "rpm": "many"}}]}, "litellm_params.rpm"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Router(**arguments)
