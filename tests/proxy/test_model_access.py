"""Which models a key may call by the access groups of deployments (`model_info.access_groups`)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from litellm import Router
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.catalog import Catalog
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.errors import details_of
from litellm.proxy.model_access import acting, may_call_served
from litellm.proxy.pass_through_endpoints.asked import allowed
from litellm.proxy.state import GatewayState


def deployment(name: str, *groups: str) -> dict[str, Any]:
    info = {"access_groups": list(groups)} if groups else {}
    return {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "api_key": "x"}, "model_info": info}


def served(*deployments: dict[str, Any]) -> GatewayState:
    catalog = Catalog(ProxyConfig(model_list=deployments), Router(model_list=list(deployments)))
    return cast(GatewayState, SimpleNamespace(catalog=catalog))


def caller(*allowed: set[str], **fields: Any) -> UserAPIKeyAuth:
    return UserAPIKeyAuth(allowed_models=tuple(map(frozenset, allowed)), **fields)


@pytest.mark.parametrize(
    ("allowed", "model", "may"),
    [
        ([{"beta"}], "new", True),
        ([{"beta"}], "old", False),
        ([{"beta"}], "any/thing", True),
        ([{"beta"}, {"old"}], "new", False),
        ([{"beta"}, {"new"}], "new", True),
        ([{"gamma"}], "new", False),
        ([], "new", True),
    ],
)
def test_an_access_group_stands_for_its_models(allowed: list[set[str]], model: str, may: bool) -> None:
    state = served(deployment("new", "beta"), deployment("old"), deployment("any/*", "beta"))
    assert may_call_served(state, caller(*allowed), model) is may


def test_an_access_group_is_that_of_the_deployments_served_now() -> None:
    state = served(deployment("new", "beta"))
    state.catalog.replace(ProxyConfig(model_list=(deployment("new"), deployment("newer", "beta"))))
    assert [may_call_served(state, caller({"beta"}), name) for name in ("new", "newer")] == [False, True]


def test_a_caller_acts_in_the_team_whose_access_group_has_the_model() -> None:
    state = served(deployment("new", "beta"), deployment("old"))
    second = caller({"beta"}, team_id="second")
    auth = caller({"old"}, team_id="first", alternatives=(second,))
    assert acting(state, auth, "new") is second
    assert acting(state, auth, "old") is acting(state, auth, "none") is auth


def test_a_forwarded_request_may_name_the_models_of_access_groups() -> None:
    state = served(deployment("new", "beta"), deployment("old"))
    auth = caller({"beta"})
    assert allowed(state, auth, "new") is allowed(state, auth, None) is auth
    with pytest.raises(ProxyException, match="old"):
        allowed(state, auth, "old")


def test_tags_that_no_deployment_takes_are_the_clients_mistake() -> None:
    row = {"model_name": "a", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "x", "tags": ["free"]}}
    router = Router(model_list=[row], enable_tag_filtering=True)
    with pytest.raises(ValueError, match="tags configuration") as refused:
        router.completion(model="a", messages=[], metadata={"tags": ["paid"]})
    told = details_of(refused.value)
    assert told is not None
    assert (told.status, told.param) == (401, "tags")


def test_a_budget_of_providers_that_is_spent_is_a_429() -> None:
    row = {"model_name": "a", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "x"}}
    budgets = {"openai": {"budget_limit": 1e-12, "time_period": "1d"}}
    router = Router(model_list=[row], provider_budget_config=budgets, num_retries=0)
    router.completion(model="a", messages=[])
    with pytest.raises(ValueError, match="crossed budget") as refused:
        router.completion(model="a", messages=[])
    told = details_of(refused.value)
    assert told is not None
    assert told.status == 429
