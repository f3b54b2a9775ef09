"""Several model groups under one name, each with a strategy of its own."""

from __future__ import annotations

from typing import Any

import pytest
from litellm import Router

from tests.litellm.router.rows import chosen, row
from tests.litellm.router.support import MESSAGES, asked, deployment

pytestmark = pytest.mark.usefixtures("routing_core")
ROWS = [
    row("small", "s1", input_cost_per_token=0.001, output_cost_per_token=0.001),
    row("small", "s2", input_cost_per_token=0.1, output_cost_per_token=0.1),
    row("large", "l1", input_cost_per_token=0.5, output_cost_per_token=0.5),
    row("alone", "a1"), row("alone", "a2"),
]  # fmt: skip
GROUP = {"group_name": "cheap", "models": ["small", "large"], "routing_strategy": "cost-based-routing"}
PRIORITY = {**GROUP, "routing_strategy": "priority", "model_priorities": {"small": 1, "large": 2}}


def test_a_group_routes_over_its_members_and_lends_them_its_strategy() -> None:
    router = Router(model_list=ROWS, routing_groups=[GROUP])
    assert chosen(router, "cheap") == {"s1"}
    assert chosen(router, "small") == {"s1"}
    assert chosen(router, "large") == {"l1"}
    assert chosen(router, "alone") == {"a1", "a2"}
    assert router.get_routing_group("cheap").models == ["small", "large"]
    assert router.routing_group_has_alternatives("cheap")
    assert router.is_recognized_model("cheap")
    assert "cheap" in router.get_model_names()
    assert {each["model_info"]["id"] for each in router.get_model_list("cheap")} == {"s1", "s2", "l1"}
    assert {each["model_name"] for each in router.get_model_list_from_routing_groups("cheap")} == {"cheap"}


def test_a_group_follows_its_deployments() -> None:
    router = Router(model_list=ROWS, routing_groups=[GROUP])
    router.delete_deployment("s1")
    assert chosen(router, "cheap") == {"s2"}
    router.add_deployment(row("large", "l0", input_cost_per_token=0.0, output_cost_per_token=0.0))
    assert chosen(router, "cheap") == {"l0"}


def test_priorities_order_the_members_and_failures_move_on(base: str) -> None:
    rows = [deployment(base, "first", "f", "status=500"), deployment(base, "second", "s")]
    priority = {
        "group_name": "ladder", "models": ["first", "second"], "routing_strategy": "priority",
        "model_priorities": {"first": 1, "second": 2},
    }  # fmt: skip
    router = Router(model_list=rows, routing_groups=[priority], num_retries=0)
    assert chosen(router, "ladder") == {"f"}
    router.completion("ladder", MESSAGES)
    assert asked(base) == ["f", "s"]


def test_both_tables_know_how_busy_a_deployment_is() -> None:
    busy = [row("small", "s1"), row("large", "l1")]
    group = {**GROUP, "routing_strategy": "least-busy"}
    router = Router(model_list=busy, routing_groups=[group])
    for _ in range(4):
        router._core.begin(router.get_available_deployment("cheap")["model_info"]["id"])
    usage = router._core.usage(["s1", "l1"])
    assert {used["current_rpm"] for used in usage.values()} == {2}


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ([{**GROUP, "group_name": "default"}], "'default'"),
        ([GROUP, GROUP], "'cheap' is there twice"),
        ([GROUP, {**GROUP, "group_name": "other"}], "'small' is in 'cheap' and 'other'"),
        ([{**GROUP, "routing_strategy": "nope"}], "nope"),
        ([{**PRIORITY, "group_name": "small"}], "name of a model"),
        ([{**GROUP, "routing_strategy": "priority"}], "model_priorities is missing"),
        ([{"models": []}], "group_name"),
    ],
)  # fmt: skip
def test_a_wrong_group_is_refused_by_name(groups: list[Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Router(model_list=ROWS, routing_groups=groups)
