"""Everything that upstream's Router takes and has is there: effective, or named as without effect with a reason."""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_utils.compatibility import (
    ARGUMENTS_WITHOUT_EFFECT,
    METHODS_WITHOUT_EFFECT,
    SETTINGS_WITHOUT_EFFECT,
)
from litellm.router_utils.requests import request_timeout
from litellm.types.router import RouterGeneralSettings

from tests.litellm.router.rows import chosen, row
from tests.litellm.router.support import MESSAGES

ROWS = [row("chat", "a"), row("chat", "b")]
AFFINITY = {"chat": ["session_affinity"]}
GROUPS = [{"group_name": "both", "models": ["chat"], "routing_strategy": "least-busy"}]


async def allow(**_: Any) -> bool:
    return True


class Plugin:
    async def run(self, context: Any) -> Any:
        return context


# Each argument with a value, and what shows that it arrived.
ARGUMENTS: dict[str, tuple[Any, Callable[[Router], bool]]] = {
    "model_list": (ROWS, lambda r: r.model_names == {"chat"}),
    "guardrail_list": ([{"guardrail_name": "x"}], lambda r: bool(r.get_available_guardrail("x"))),
    "search_tools": ([{"search_tool_name": "x", "litellm_params": {}}], lambda r: len(r.search_tools) == 1),
    "cache_responses": (False, lambda r: r.cache_responses is False),
    "caching_groups": ([("chat", "b")], lambda r: r.caching_groups == [("chat", "b")]),
    "polling_interval": (0.5, lambda r: r.scheduler.polling_interval == 0.5),
    "default_priority": (3, lambda r: r.default_priority == 3),
    "num_retries": (7, lambda r: r.num_retries == 7),
    "max_fallbacks": (2, lambda r: r.max_fallbacks == 2),
    "timeout": (9, lambda r: r.timeout == 9),
    "stream_timeout": (3, lambda r: request_timeout({"stream": True}, {}, r.settings) == 3),
    "default_litellm_params": ({"temperature": 0.1}, lambda r: r.default_litellm_params["temperature"] == 0.1),
    "default_max_parallel_requests": (5, lambda r: r._core._parallel == {"a": 5, "b": 5}),
    "set_verbose": (True, lambda r: logging.getLogger("LiteLLM Router").level == logging.INFO),
    "debug_level": ("DEBUG", lambda r: logging.getLogger("LiteLLM Router").level == logging.DEBUG),
    "default_fallbacks": (["b"], lambda r: r.fallbacks == [{"*": ["b"]}]),
    "fallbacks": ([{"chat": ["b"]}], lambda r: r.fallbacks == [{"chat": ["b"]}]),
    "context_window_fallbacks": ([{"chat": ["b"]}], lambda r: bool(r.context_window_fallbacks)),
    "content_policy_fallbacks": ([{"chat": ["b"]}], lambda r: bool(r.content_policy_fallbacks)),
    "model_group_alias": ({"nick": "chat"}, lambda r: "nick" in r.get_model_names()),
    "enable_pre_call_checks": (True, lambda r: r.enable_pre_call_checks),
    "enable_tag_filtering": (True, lambda r: r.enable_tag_filtering),
    "tag_filtering_match_any": (False, lambda r: r.tag_filtering_match_any is False),
    "tag_routing_prefix": ("p:", lambda r: r.tag_routing_prefix == "p:"),
    "plugins": ([Plugin()], lambda r: len(r._chooser.plugins) == 1),
    "retry_after": (2, lambda r: r.retry_after == 2),
    "retry_policy": ({"TimeoutErrorRetries": 4}, lambda r: r.get_num_retries_from_retry_policy(LATE) == 4),
    "model_group_retry_policy": (
        {"chat": {"TimeoutErrorRetries": 5}}, lambda r: r.get_num_retries_from_retry_policy(LATE, "chat") == 5),
    "allowed_fails": (8, lambda r: r.allowed_fails == 8),
    "allowed_fails_policy": ({"TimeoutErrorAllowedFails": 2}, lambda r: r.get_allowed_fails_from_policy(LATE) == 2),
    "cooldown_time": (11, lambda r: r.cooldown_time == 11),
    "disable_cooldowns": (True, lambda r: r.disable_cooldowns),
    "routing_strategy": ("least-busy", lambda r: r.routing_strategy == "least-busy"),
    "optional_pre_call_checks": (["session_affinity"], lambda r: r.optional_callbacks is not None),
    "routing_strategy_args": ({"ttl": 5}, lambda r: r.routing_strategy_args == {"ttl": 5}),
    "routing_groups": (GROUPS, lambda r: r.get_routing_group("both") is not None),
    "provider_budget_config": (
        {"openai": {"budget_limit": 1, "time_period": "1d"}},
        lambda r: r.get_router_deployment_budget_limiter() is not None),
    "router_general_settings": (
        RouterGeneralSettings(pass_through_all_models=True), lambda r: r.settings.pass_through_all_models),
    "deployment_affinity_ttl_seconds": (60, lambda r: r._chooser.affinity.ttl_s == 60),
    "model_group_affinity_config": (AFFINITY, lambda r: r._chooser.affinity.active),
    "ignore_invalid_deployments": (True, lambda r: r.ignore_invalid_deployments),
    "enable_health_check_routing": (True, lambda r: r.settings.enable_health_check_routing),
    "health_check_staleness_threshold": (60, lambda r: r.health_state_cache.staleness_threshold == 60),
    "health_check_ignore_transient_errors": (True, lambda r: not ill_after(r, LIMITED)),
    "background_health_check_model_groups": (
        ["chat"], lambda r: r.settings.background_health_check_model_groups == {"chat"}),
    "enable_weighted_failover": (True, lambda r: r.settings.enable_weighted_failover),
    "fallback_access_check": (allow, lambda r: len(r._services.fallback_checks) == 1),
    "fallback_budget_check": (allow, lambda r: len(r._services.fallback_checks) == 1),
}  # fmt: skip
REDIS = {"redis_url", "redis_host", "redis_port", "redis_password", "redis_db", "cache_kwargs"}
LATE = litellm.Timeout("late", "gpt", "openai")
LIMITED = litellm.RateLimitError("slowly", "openai", "gpt")


def ill_after(router: Router, error: Exception) -> bool:
    router.record_health_check("a", error)
    return router.health_state_cache.get_unhealthy_deployment_ids() == {"a"}


METHODS = [
    "aadapter_completion", "abatch_completion", "abatch_completion_fastest_response",
    "abatch_completion_one_model_multiple_requests", "acancel_batch", "acompletion", "acreate_batch",
    "acreate_file", "add_deployment", "add_optional_pre_call_checks", "aembedding", "aguardrail",
    "aimage_generation", "alist_batches", "apply_default_settings", "are_all_deployments_blocked",
    "arefresh_model_info", "arerank", "aretrieve_batch", "arm_routing_read_prefetch", "aspeech",
    "async_callback_filter_deployments", "async_deployment_callback_on_failure", "async_function_with_fallbacks",
    "async_function_with_fallbacks_common_utils", "async_function_with_retries", "async_get_available_deployment",
    "async_get_available_deployment_for_pass_through", "async_get_fully_unhealthy_model_names",
    "async_get_healthy_deployments", "async_pre_routing_hook", "async_routing_strategy_pre_call_checks",
    "atext_completion", "atranscription", "auto_router_capability_violation", "avector_store_create",
    "cache_responses", "cached_model_group_info", "completion", "config_deployments", "default_cache_time_seconds",
    "delete_deployment", "deployment_callback_on_failure", "deployment_callback_on_success",
    "deployment_is_active_for_environment", "deployment_usable_by_team", "deployments_for_request", "discard",
    "embedding", "factory_function", "flush_cache", "function_with_fallbacks", "generate_model_id",
    "get_all_deployments", "get_allowed_fails_from_policy", "get_available_deployment",
    "get_available_deployment_for_pass_through", "get_available_guardrail", "get_candidate_model_ids_for_route",
    "get_configured_display_name", "get_configured_mode", "get_configured_service_tiers",
    "get_configured_token_limits", "get_credential_deployment", "get_deployment",
    "get_deployment_by_model_group_name", "get_deployment_credentials", "get_deployment_credentials_with_provider",
    "get_deployment_model_info", "get_discovered_model_info", "get_fully_blocked_model_names",
    "get_model_access_groups", "get_model_from_alias", "get_model_group", "get_model_group_info",
    "get_model_group_io_token_usage", "get_model_group_usage", "get_model_ids", "get_model_info", "get_model_list",
    "get_model_list_from_model_alias", "get_model_list_from_routing_groups", "get_model_list_of_routed_group",
    "get_model_listing_info", "get_model_names", "get_num_retries_from_retry_policy",
    "get_remaining_model_group_usage", "get_routable_upstream_model", "get_router_deployment_budget_limiter",
    "get_router_model_info", "get_routing_group", "get_settings", "get_valid_args", "has_model_id",
    "image_generation", "increment_deployment_usage_for_response", "init_adaptive_router_deployment",
    "init_auto_router_deployment", "init_complexity_router_deployment", "init_quality_router_deployment",
    "initialize_assistants_endpoint", "initialize_router_endpoints", "is_deployment_blocked",
    "is_model_access_group_for_wildcard_route", "is_recognized_model", "leastbusy_logger", "log_retry",
    "lowesttpm_logger", "make_call", "map_team_model", "model_names", "optional_callbacks", "print_deployment",
    "replay_model_cost_registrations", "reset", "resolve_model_name_from_model_id", "resolved_litellm_models",
    "routable_model_group", "routing_group_has_alternatives", "routing_strategy_init",
    "routing_strategy_pre_call_checks", "schedule_acompletion", "set_custom_routing_strategy", "set_model_list",
    "set_optional_pre_call_checks", "set_response_headers", "should_include_deployment", "should_retry_this_error",
    "sync_deployment_callback_on_success", "team_model_has_alternatives", "tenacity", "text_completion",
    "update_redis_cache", "update_settings", "upsert_deployment", "validate_fallbacks", "TIER_PARAMS_NEVER_DROPPED",
]  # fmt: skip
PATHS = {
    "litellm.router": "Router",
    "litellm.router_strategy.simple_shuffle": "simple_shuffle",
    "litellm.router_strategy.least_busy": "LeastBusyLoggingHandler",
    "litellm.router_strategy.lowest_cost": "LowestCostLoggingHandler",
    "litellm.router_strategy.lowest_latency": "LowestLatencyLoggingHandler",
    "litellm.router_strategy.lowest_tpm_rpm": "LowestTPMLoggingHandler",
    "litellm.router_strategy.lowest_tpm_rpm_v2": "LowestTPMLoggingHandler_v2",
    "litellm.router_strategy.lar1_routing": "LAR1RoutingStrategy",
    "litellm.router_strategy.base_routing_strategy": "BaseRoutingStrategy",
    "litellm.router_strategy.budget_limiter": "RouterBudgetLimiting",
    "litellm.router_strategy.tag_based_routing": "get_tags_from_request_kwargs",
    "litellm.router_strategy.auto_router.auto_router": "AutoRouter",
    "litellm.router_strategy.complexity_router.complexity_router": "ComplexityRouter",
    "litellm.router_strategy.quality_router.quality_router": "QualityRouter",
    "litellm.router_utils.pattern_match_deployments": "PatternMatchRouter",
    "litellm.router_utils.health_state_cache": "DeploymentHealthCache",
    "litellm.router_utils.prompt_caching_cache": "PromptCachingCache",
    "litellm.types.router": "CustomRoutingStrategyBase",
    "litellm.types.utils": "BudgetConfig",
}


def test_every_argument_is_known() -> None:
    known = {*ARGUMENTS, *REDIS, *ARGUMENTS_WITHOUT_EFFECT}
    assert set(Router.get_valid_args()) == known
    assert len(known) == len(ARGUMENTS) + len(REDIS) + len(ARGUMENTS_WITHOUT_EFFECT)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_argument_arrives(name: str) -> None:
    value, arrived = ARGUMENTS[name]
    logger = logging.getLogger("LiteLLM Router")
    before = logger.level
    try:
        verbose = {"set_verbose": True} if name == "debug_level" else {}
        assert arrived(Router(**{"model_list": ROWS, name: value, **verbose}))
    finally:
        logger.setLevel(before)


def test_the_sdks_own_settings_hold_where_the_router_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("fallbacks", [{"a": ["b"]}]), ("default_fallbacks", ["c"]), ("context_window_fallbacks", [{"a": ["d"]}]),
        ("content_policy_fallbacks", [{"a": ["e"]}]), ("num_retries", 5), ("request_timeout", 33),
    ):  # fmt: skip
        monkeypatch.setattr(litellm, name, value)
    router = litellm.Router(model_list=[])
    assert router.fallbacks == [{"a": ["b"]}, {"*": ["c"]}]
    assert router.context_window_fallbacks == [{"a": ["d"]}]
    assert router.content_policy_fallbacks == [{"a": ["e"]}]
    assert (router.num_retries, router.timeout) == (5, 33)
    own = litellm.Router(model_list=[], fallbacks=[{"x": ["y"]}], default_fallbacks=["z"], timeout=3, num_retries=0)
    assert own.fallbacks == [{"x": ["y"]}, {"*": ["z"]}]
    assert (own.num_retries, own.timeout) == (0, 3)
    assert litellm.fallbacks == [{"a": ["b"]}]


def test_a_failed_health_check_counts_unless_it_passes_by_itself() -> None:
    assert ill_after(Router(model_list=ROWS), LIMITED)
    router = Router(model_list=ROWS, health_check_ignore_transient_errors=True)
    assert not ill_after(router, LIMITED)
    assert ill_after(router, litellm.AuthenticationError("no", "openai", "gpt"))
    router.record_health_check("a")
    assert not router.health_state_cache.get_unhealthy_deployment_ids()
    policy = {"AuthenticationErrorAllowedFails": 1}
    router = Router(model_list=ROWS, enable_health_check_routing=True, allowed_fails_policy=policy)
    for _ in range(2):
        router.record_health_check("a", litellm.AuthenticationError("no", "openai", "gpt"))
    assert chosen(router, "chat") == {"b"}, "it cools down"


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_there_and_documented(name: str) -> None:
    found = inspect.getattr_static(Router, name)
    if callable(getattr(Router, name)):
        assert inspect.getdoc(found), f"{name} says nothing about itself"


def test_what_has_no_effect_is_listed_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "router" / "compatibility.md").read_text()
    for table in (ARGUMENTS_WITHOUT_EFFECT, SETTINGS_WITHOUT_EFFECT, METHODS_WITHOUT_EFFECT):
        for name, reason in table.items():
            assert f"| `{name}` | {reason} |" in page
    assert set(METHODS_WITHOUT_EFFECT) <= set(METHODS)


@pytest.mark.parametrize(("module", "name"), PATHS.items())
def test_upstreams_import_paths_exist(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


def test_an_argument_without_effect_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    settings = RouterGeneralSettings(async_only_mode=True)
    checks = ["forward_client_headers_by_model_group"]
    Router(alerting_config={"webhook_url": "x"}, router_general_settings=settings, optional_pre_call_checks=checks)
    assert all(name in caplog.text for name in ("alerting_config", "async_only_mode", *checks))


@pytest.mark.parametrize(
    ("path", "expected"),
    [("least_busy.LeastBusyLoggingHandler", "b"), ("lowest_latency.LowestLatencyLoggingHandler", "b"),
     ("lowest_cost.LowestCostLoggingHandler", "a"), ("lowest_tpm_rpm_v2.LowestTPMLoggingHandler_v2", "b")],
)  # fmt: skip
def test_upstreams_strategy_classes_choose(path: str, expected: str) -> None:
    module, name = path.split(".")
    strategy = getattr(importlib.import_module(f"litellm.router_strategy.{module}"), name)(None)
    rows = [row("chat", "a", input_cost_per_token=1.0, output_cost_per_token=1.0),
            row("chat", "b", input_cost_per_token=2.0, output_cost_per_token=2.0)]  # fmt: skip
    assert strategy.get_available_deployments("chat", rows) is not None
    for model_id, seconds in (("a", 9.0), ("b", 1.0)):
        record = {"litellm_params": {"model_info": {"id": model_id}}}
        strategy.log_pre_api_call("m", [], record)
        if not (model_id == "a" and "Busy" in name):
            answer = litellm.ModelResponse(usage={"total_tokens": int(seconds * 100), "completion_tokens": 1})
            strategy.log_success_event(record, answer, 0.0, seconds)
    assert strategy.get_available_deployments("chat", rows)["model_info"]["id"] == expected
    assert strategy.get_available_deployments("chat", rows[:1])["model_info"]["id"] == "a"


async def test_guardrails_are_balanced_by_weight() -> None:
    rail = {"guardrail_name": "pii", "litellm_params": {"guardrail": "x", "mode": "pre_call"}}
    rails = [{**rail, "id": "on", "litellm_params": {**rail["litellm_params"], "weight": 1}},  # type: ignore[dict-item]
             {**rail, "id": "off", "litellm_params": {**rail["litellm_params"], "weight": 0}}]  # type: ignore[dict-item]  # fmt: skip

    async def guard(selected_guardrail: Any, text: str) -> tuple[str, str]:
        return selected_guardrail["id"], text

    router = Router(guardrail_list=rails)
    assert {await router.aguardrail("pii", guard, text="hi") for _ in range(20)} == {("on", "hi")}
    with pytest.raises(ValueError, match="no guardrail 'x'"):
        router.get_available_guardrail("x")


async def test_functions_of_the_application_are_retried_and_fall_back() -> None:
    seen: list[str] = []

    async def flaky(model: str, number: int) -> str:
        seen.append(model)
        if model == "chat":
            raise litellm.InternalServerError("no", "openai", model)
        return f"{model} {number}"

    router = Router(model_list=[*ROWS, row("spare", "c")], fallbacks=[{"chat": ["spare"]}], num_retries=1)
    assert await router.async_function_with_fallbacks(model="chat", original_function=flaky, number=3) == "spare 3"
    assert seen == ["chat", "chat", "spare"]
    routed = router.factory_function(litellm.acompletion)
    assert (await routed(model="chat", messages=MESSAGES))._hidden_params["model_id"] in ("a", "b")


def test_a_strategy_may_be_changed_at_run_time() -> None:
    rows = [row("chat", "dear", input_cost_per_token=1.0, output_cost_per_token=1.0),
            row("chat", "cheap", input_cost_per_token=0.1, output_cost_per_token=0.1)]  # fmt: skip
    router = Router(model_list=rows)
    router._core.cool_down("cheap", 100)
    router.update_settings(routing_strategy="cost-based-routing", routing_strategy_args={"ttl": 5})
    assert chosen(router, "chat", 5) == {"dear"}, "cooldowns go on"
    router.routing_strategy_init("latency-based-routing", {"lowest_latency_buffer": 0.5})
    assert router.get_settings()["routing_strategy_args"] == {"lowest_latency_buffer": 0.5}
    with pytest.raises(ValueError, match="nope"):
        router.routing_strategy_init("nope", {})


def test_checks_may_be_turned_on_and_off() -> None:
    router = Router(model_list=ROWS)
    assert router.optional_callbacks is None
    router.add_optional_pre_call_checks(["session_affinity", "prompt_caching"])
    session = {"metadata": {"session_id": "s"}}
    assert len({router.completion("chat", MESSAGES, **session)._hidden_params["model_id"] for _ in range(20)}) == 1
    router.set_optional_pre_call_checks(["enforce_model_rate_limits"])
    assert router.settings.optional_pre_call_checks == {"session_affinity", "enforce_model_rate_limits"}


def test_latencies_within_the_buffer_count_as_equal() -> None:
    for buffer, expected in ((0, {"a"}), (0.6, {"a", "b"})):
        router = Router(
            model_list=ROWS,
            routing_strategy="latency-based-routing",
            routing_strategy_args={"lowest_latency_buffer": buffer, "ttl": 100, "ttft_percentile": 0.5},
        )
        for model_id, latency in (("a", 1.0), ("b", 1.5)):
            router._core.begin(model_id)
            router._core.report(model_id, ok=True, latency_s=latency, first_token_s=2.0 - latency)
        assert chosen(router, "chat") == expected
        assert chosen(router, "chat", stream=True) == {"b"}, "streams go by the time to the first token"


def test_listings_and_credentials() -> None:
    info = {"display_name": "Chat", "mode": "chat", "max_input_tokens": 10, "service_tiers": ["flex"]}
    rows = [
        row("chat", "a", api_key="sk-a", use_in_pass_through=True, model_info=info),
        row("chat", "b", model_info={"max_input_tokens": 20, "blocked": True, "db_model": True}),
    ]
    router = Router(model_list=rows)
    assert (router.get_configured_display_name("chat"), router.get_configured_mode("chat")) == ("Chat", "chat")
    assert router.get_configured_token_limits("chat") == (10, None)
    assert router.get_configured_service_tiers("chat") == (["flex"], None)
    listing = router.get_model_listing_info("chat")
    assert listing is not None
    assert (listing.cost_map_keys, listing.max_input_tokens) == (("openai/gpt-4o",), 20)
    assert router.get_model_listing_info("nope") is None
    assert router.resolved_litellm_models("chat") == ("openai/gpt-4o", "openai/gpt-4o")
    assert router.get_deployment_credentials_with_provider("a") == {"api_key": "sk-a", "custom_llm_provider": "openai"}
    assert router.get_deployment_credentials_with_provider("b") is None, "a paused one gives nothing away"
    assert router.get_fully_blocked_model_names() == set()
    assert [each["model_info"]["id"] for each in router.config_deployments()] == ["a"]
    assert router.get_available_deployment_for_pass_through("chat")["model_info"]["id"] == "a"
    assert router.get_router_model_info(None, "chat", id="a")["max_input_tokens"] == 10
    assert router.get_candidate_model_ids_for_route("chat") == {"a", "b"}
    assert router.get_routable_upstream_model("chat") == "openai/gpt-4o"


async def test_names_whose_deployments_are_all_ill() -> None:
    router = Router(model_list=[*ROWS, row("other", "c")], health_check_ignore_transient_errors=True)
    router.health_state_cache.note("c", healthy=False)
    assert await router.async_get_fully_unhealthy_model_names() == {"other"}


def test_policies_are_asked() -> None:
    router = Router(
        model_list=ROWS,
        retry_policy={"TimeoutErrorRetries": 4},
        model_group_retry_policy={"chat": {"TimeoutErrorRetries": 7}},
        allowed_fails_policy={"TimeoutErrorAllowedFails": 2},
    )
    error = litellm.Timeout("late", "gpt", "openai")
    assert router.get_num_retries_from_retry_policy(error) == 4
    assert router.get_num_retries_from_retry_policy(error, "chat") == 7
    assert router.get_allowed_fails_from_policy(error) == 2
    assert router.should_retry_this_error(error, healthy_deployments=ROWS, all_deployments=ROWS)
    with pytest.raises(litellm.NotFoundError):
        router.should_retry_this_error(litellm.NotFoundError("no", "gpt", "openai"), [ROWS[0]], [ROWS[0]])
