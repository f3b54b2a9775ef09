"""Whose deployments are whose, and which can take a request."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.integrations.custom_logger import CustomLogger
from litellm.types.router import RoutingContext

from tests.litellm.router.rows import chosen, row
from tests.litellm.router.support import MESSAGES, asked, deployment

pytestmark = pytest.mark.usefixtures("routing_core")


def team(model_id: str, name: str, team_id: str = "t1", public: str = "chat") -> dict[str, Any]:
    return row(name, model_id, model_info={"team_id": team_id, "team_public_model_name": public})


def test_a_teams_deployments_share_its_public_name() -> None:
    rows = [team("a", "internal-a"), team("b", "internal-b"), row("chat", "everybody's")]
    router = Router(model_list=rows)
    mine = {"metadata": {"user_api_key_team_id": "t1"}}
    assert chosen(router, "chat", **mine) == {"a", "b"}
    assert chosen(router, "chat") == {"everybody's"}
    assert router.team_model_has_alternatives("a")
    router.delete_deployment("a")
    assert chosen(router, "chat", **mine) == {"b"}
    assert not router.team_model_has_alternatives("b")


def test_a_teams_public_name_may_be_a_pattern() -> None:
    info = {"team_id": "t1", "team_public_model_name": "gpt/*"}
    router = Router(model_list=[row("internal", "a", model="openai/*", model_info=info), team("b", "other")])
    mine = {"metadata": {"user_api_key_team_id": "t1"}}
    found = router.get_available_deployment("gpt/gpt-4o", MESSAGES, request_kwargs=mine)
    assert (found["model_info"]["id"], found["litellm_params"]["model"]) == ("a", "openai/gpt-4o")
    assert chosen(router, "chat", **mine) == {"b"}
    with pytest.raises(litellm.BadRequestError):
        chosen(router, "gpt/gpt-4o")
    router.delete_deployment("a")
    with pytest.raises(litellm.BadRequestError):
        chosen(router, "gpt/gpt-4o", **mine)


@pytest.mark.parametrize("name", ["internal-a", "a"])
def test_a_teams_deployment_is_nobody_elses(name: str) -> None:
    router = Router(model_list=[team("a", "internal-a")])
    assert chosen(router, name, metadata={"user_api_key_team_id": "t1"}) == {"a"}
    with pytest.raises(litellm.BadRequestError):
        chosen(router, name, metadata={"user_api_key_team_id": "t2"})
    assert router.map_team_model("chat", "t1") == "chat"
    assert router.map_team_model("chat", "t2") is None


def test_an_id_is_enough_for_whoever_asks_for_no_team() -> None:
    assert chosen(Router(model_list=[team("a", "internal-a")]), "a") == {"a"}


def test_a_paused_deployment_gets_nothing() -> None:
    router = Router(model_list=[row("chat", "a", model_info={"blocked": True}), row("chat", "b")])
    assert chosen(router, "chat") == {"b"}
    with pytest.raises(litellm.BadRequestError):
        chosen(router, "a")


def test_access_groups_narrow_for_who_was_granted_only_them() -> None:
    rows = [
        row("chat", "gold", model_info={"access_groups": ["gold"]}),
        row("chat", "iron", model_info={"access_groups": ["iron"]}),
    ]
    router = Router(model_list=rows)

    def granted(*models: str) -> dict[str, Any]:
        return {"metadata": {"user_api_key_auth": SimpleNamespace(models=list(models), team_models=[])}}

    assert chosen(router, "chat", **granted("gold")) == {"gold"}
    assert chosen(router, "chat", **granted("gold", "chat")) == {"gold", "iron"}
    assert chosen(router, "chat", **granted("*")) == {"gold", "iron"}
    assert chosen(router, "chat") == {"gold", "iron"}
    assert router.get_model_access_groups() == {"gold": ["chat"], "iron": ["chat"]}


@pytest.mark.parametrize(
    ("params", "region"),
    [
        ({"region_name": "eu"}, "eu"),
        ({"aws_region_name": "eu-central-1"}, "eu"),
        ({"vertex_location": "europe-west4"}, "eu"),
        ({"region_name": "swedencentral"}, "eu"),
        ({"aws_region_name": "us-east-1"}, "us"),
        ({"region_name": "japaneast"}, "japaneast"),
    ],
)
def test_a_region_leaves_out_all_that_is_not_known_to_be_there(params: dict[str, str], region: str) -> None:
    rows = [row("chat", "there", **params), row("chat", "unknown"), row("chat", "far", region_name="brazilsouth")]
    router = Router(model_list=rows, enable_pre_call_checks=True)
    assert chosen(router, "chat", allowed_model_region=region) == {"there"}
    with pytest.raises(litellm.BadRequestError):
        chosen(router, "chat", allowed_model_region="mars")


def test_a_model_that_cannot_take_response_format_is_left_out() -> None:
    rows = [row("chat", "old", model="openai/gpt-4"), row("chat", "new", model="openai/gpt-4o")]
    wanted = {"response_format": {"type": "json_object"}}
    assert chosen(Router(model_list=rows, enable_pre_call_checks=True), "chat", **wanted) == {"new"}
    assert chosen(Router(model_list=rows), "chat", **wanted) == {"old", "new"}


def test_health_checks_keep_traffic_away_until_they_are_stale() -> None:
    rows = [row("chat", "a"), row("chat", "b"), row("other", "c")]
    router = Router(model_list=rows, enable_health_check_routing=True, health_check_staleness_threshold=60)
    router.health_state_cache.set_deployment_health_states({"a": {"is_healthy": False, "timestamp": time.time()}})
    assert chosen(router, "chat") == {"b"}
    router.health_state_cache.note("b", healthy=False)
    assert chosen(router, "chat") == {"a", "b"}, "when all are ill, all are tried"
    router.health_state_cache.note("b", healthy=True)
    router.health_state_cache.set_deployment_health_states({"a": {"is_healthy": False, "timestamp": time.time() - 61}})
    assert chosen(router, "chat") == {"a", "b"}


def test_health_checks_count_for_the_groups_they_are_meant_for() -> None:
    rows = [row(group, f"{group}-{name}") for group in ("chat", "other") for name in "ab"]
    router = Router(
        model_list=rows, enable_health_check_routing=True, background_health_check_model_groups=["chat"],
        allowed_fails_policy={"TimeoutErrorAllowedFails": 1},
    )  # fmt: skip
    for model_id in ("chat-a", "other-a"):
        router.health_state_cache.note(model_id, healthy=False)
    assert chosen(router, "chat") == {"chat-b"}
    assert chosen(router, "other") == {"other-a", "other-b"}


async def test_plugins_and_callbacks_narrow_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cheap:
        async def run(self, context: RoutingContext) -> RoutingContext:
            context.candidate_models = [name for name in context.candidate_models if "mini" in name]
            context.signals["cheap"] = True
            return context

    class NotA(CustomLogger):
        async def async_filter_deployments(
            self, model: str, healthy_deployments: list[Any], *args: Any, **kwargs: Any
        ) -> list[Any]:
            return [row for row in healthy_deployments if row["model_info"]["id"] != "a"]

    rows = [row("chat", name, model="openai/gpt-4o-mini") for name in "ab"] + [row("chat", "c")]
    router = Router(model_list=rows, plugins=[Cheap()])
    monkeypatch.setattr(litellm, "callbacks", [NotA()])
    metadata: dict[str, Any] = {}
    for _ in range(10):
        answer = await router.acompletion("chat", MESSAGES, metadata=metadata)
        assert answer._hidden_params["model_id"] == "b"
    assert metadata["routing_plugin_signals"] == {"cheap": True}


def test_weighted_failover_tries_every_other_deployment_before_the_fallbacks(base: str) -> None:
    rows = [deployment(base, "chat", name, "status=500") for name in "abc"] + [deployment(base, "spare", "d")]
    settings: dict[str, Any] = {"num_retries": 0, "fallbacks": [{"chat": ["spare"]}], "disable_cooldowns": True}
    Router(model_list=rows, enable_weighted_failover=True, **settings).completion("chat", MESSAGES)
    assert (sorted(asked(base)[:3]), asked(base)[3:]) == (["a", "b", "c"], ["d"])


async def test_a_fallback_that_the_caller_may_not_use_is_skipped(base: str) -> None:
    seen: list[Any] = []

    async def allowed(*, model: str, request_kwargs: Any, llm_router: Router) -> bool:
        seen.append((model, llm_router is router))
        return model != "dear"

    rows = [deployment(base, "chat", "a", "status=500")] + [deployment(base, name, name) for name in ("dear", "cheap")]
    router = Router(
        model_list=rows, fallbacks=[{"chat": ["dear", "cheap"]}], num_retries=0, fallback_access_check=allowed
    )
    await router.acompletion("chat", MESSAGES)
    assert asked(base) == ["a", "cheap"]
    assert seen == [("dear", True), ("cheap", True)]
