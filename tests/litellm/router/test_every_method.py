"""Every public method of upstream's Router, called once: sync, async and streaming, over a provider on loopback."""

from __future__ import annotations

import importlib
import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.router_strategy.least_busy import LeastBusyLoggingHandler
from litellm.router_utils.endpoint_table import ENDPOINTS, SDK_NAMES
from litellm.types.router import CustomRoutingStrategyBase, Deployment, LiteLLM_Params

from tests.litellm.router.support import MESSAGES, asked, deployment
from tests.litellm.router.test_surface import METHODS

Check = Callable[[Any], bool]
ERROR = litellm.Timeout("late", "gpt", "openai")
GUARD = {"guardrail_name": "pii", "litellm_params": {"guardrail": "x", "mode": "pre_call"}}
GROUPS = [{"group_name": "both", "models": ["chat"], "routing_strategy": "least-busy"}]


async def echo(model: str, **_: Any) -> str:
    return model


def echo_now(model: str, **_: Any) -> str:
    return model


async def guard(selected_guardrail: Any, **_: Any) -> str:
    return str(selected_guardrail["guardrail_name"])


class First(CustomRoutingStrategyBase):
    """Always the first."""

    async def async_get_available_deployment(self, model: str, *_: Any, **__: Any) -> Any:
        return None

    def get_available_deployment(self, model: str, *_: Any, **__: Any) -> Any:
        return None


def file(name: str) -> Any:
    held = io.BytesIO(b"RIFF....WAVE")
    held.name = name
    return held


def added(name: str) -> Deployment:
    return Deployment(model_name="new", litellm_params=LiteLLM_Params(model="openai/x"), model_info={"id": name})


def said(answer: Any) -> bool:
    return bool(answer.choices[0].message.content)


def same(expected: Any) -> Check:
    return lambda answer: bool(answer == expected)


def is_row(answer: Any) -> bool:
    return bool(answer["model_info"]["id"] == "a")


def is_type(name: str) -> Check:
    return lambda answer: type(answer).__name__ == name


def nothing(answer: Any) -> bool:
    return answer is None


def anything(_: Any) -> bool:
    return True


CHAT: dict[str, Any] = {"model": "chat", "messages": MESSAGES}
# What each is called with, and what shows that it did its work. Those without arguments here are attributes.
SENDING: dict[str, tuple[dict[str, Any], Check]] = {
    "completion": (CHAT, said),
    "acompletion": (CHAT, said),
    "schedule_acompletion": ({**CHAT, "priority": 0}, said),
    "abatch_completion": ({"models": ["chat"], "messages": MESSAGES}, lambda them: said(them[0])),
    "abatch_completion_one_model_multiple_requests": (
        {"model": "chat", "messages": [MESSAGES]}, lambda them: said(them[0])),
    "abatch_completion_fastest_response": (CHAT, said),
    "text_completion": ({"model": "chat", "prompt": "hi"}, lambda answer: bool(answer.choices[0].text)),
    "atext_completion": ({"model": "chat", "prompt": "hi"}, lambda answer: bool(answer.choices[0].text)),
    "embedding": ({"model": "chat", "input": "hi"}, lambda answer: bool(answer.data)),
    "aembedding": ({"model": "chat", "input": ["hi"]}, lambda answer: bool(answer.data)),
    "image_generation": ({"model": "chat", "prompt": "cat"}, lambda answer: bool(answer.data)),
    "aimage_generation": ({"model": "chat", "prompt": "cat"}, lambda answer: bool(answer.data)),
    "atranscription": ({"model": "chat", "file": file("a.wav")}, lambda answer: bool(answer.text)),
    "aspeech": ({"model": "chat", "input": "hi", "voice": "alloy"}, lambda answer: bool(answer.content)),
    "arerank": ({"model": "ranked", "query": "q", "documents": ["d"]}, lambda answer: bool(answer.results)),
    "acreate_file": ({"model": "chat", "file": file("a.jsonl"), "purpose": "batch"}, lambda answer: bool(answer.id)),
    "acreate_batch": (
        {"model": "chat", "input_file_id": "f", "endpoint": "/v1/chat/completions", "completion_window": "24h"},
        lambda answer: bool(answer.id)),
    "aretrieve_batch": ({"model": "chat", "batch_id": "b"}, lambda answer: bool(answer.id)),
    "acancel_batch": ({"model": "chat", "batch_id": "b"}, lambda answer: bool(answer.id)),
    "alist_batches": ({"model": "chat"}, anything),
    "avector_store_create": ({"model": "chat", "name": "n"}, lambda answer: bool(answer["id"])),
    "make_call": ({"original_function": echo, "model": "chat"}, same("chat")),
    "async_function_with_retries": ({"original_function": echo, "model": "chat"}, same("chat")),
    "async_function_with_fallbacks": ({"original_function": echo, "model": "chat"}, same("chat")),
    "function_with_fallbacks": ({"original_function": echo_now, "model": "chat"}, same("chat")),
    "aguardrail": ({"guardrail_name": "pii", "original_function": guard}, same("pii")),
}  # fmt: skip
STREAMING = {"completion": CHAT, "acompletion": CHAT, "schedule_acompletion": {**CHAT, "priority": 0},
             "abatch_completion_fastest_response": CHAT, "text_completion": {"model": "chat", "prompt": "hi"},
             "atext_completion": {"model": "chat", "prompt": "hi"}}  # fmt: skip
# Of other endpoints, what comes piece by piece as well.
OTHER_STREAMS: dict[str, dict[str, Any]] = {
    "responses": {"model": "chat", "input": "hi"},
    "aresponses": {"model": "chat", "input": "hi"},
    "anthropic_messages": {"model": "claude", "messages": MESSAGES, "max_tokens": 9},
    "aanthropic_messages": {"model": "claude", "messages": MESSAGES, "max_tokens": 9},
}
ASKING: dict[str, tuple[dict[str, Any], Check]] = {
    "add_deployment": ({"deployment": added("n1")}, lambda it: it.model_name == "new"),
    "upsert_deployment": ({"deployment": added("n2")}, lambda it: it.model_name == "new"),
    "delete_deployment": ({"id": "b"}, lambda it: it.model_name == "ranked"),
    "add_optional_pre_call_checks": ({"optional_pre_call_checks": ["session_affinity"]}, nothing),
    "set_optional_pre_call_checks": ({"optional_pre_call_checks": ["session_affinity"]}, nothing),
    "apply_default_settings": ({}, nothing),
    "are_all_deployments_blocked": ({"deployments": []}, same(False)),
    "is_deployment_blocked": ({"deployment": {"model_info": {"blocked": True}}}, same(True)),
    "arefresh_model_info": ({}, nothing),
    "arm_routing_read_prefetch": ({"model": "chat", "request_kwargs": {}}, nothing),
    "async_callback_filter_deployments": (
        {"model": "chat", "healthy_deployments": [], "messages": MESSAGES, "parent_otel_span": None}, same([])),
    "async_deployment_callback_on_failure": (
        {"kwargs": {}, "completion_response": None, "start_time": 0, "end_time": 0}, nothing),
    "deployment_callback_on_failure": (
        {"kwargs": {}, "completion_response": None, "start_time": 0, "end_time": 0}, same(False)),
    "deployment_callback_on_success": (
        {"kwargs": {}, "completion_response": None, "start_time": 0, "end_time": 0}, nothing),
    "sync_deployment_callback_on_success": (
        {"kwargs": {}, "completion_response": None, "start_time": 0, "end_time": 0}, nothing),
    "async_get_available_deployment": ({"model": "chat", "request_kwargs": {}, "messages": MESSAGES}, is_row),
    "get_available_deployment": ({"model": "chat", "messages": MESSAGES}, is_row),
    "get_available_deployment_for_pass_through": ({"model": "chat"}, is_row),
    "async_get_available_deployment_for_pass_through": ({"model": "chat", "request_kwargs": {}}, is_row),
    "async_get_fully_unhealthy_model_names": ({}, same(set())),
    "async_get_healthy_deployments": ({"model": "chat", "request_kwargs": {}}, anything),
    "async_pre_routing_hook": ({"model": "chat", "request_kwargs": {}, "messages": MESSAGES}, nothing),
    "async_routing_strategy_pre_call_checks": ({"deployment": {}, "parent_otel_span": None}, anything),
    "routing_strategy_pre_call_checks": ({"deployment": {}}, anything),
    "auto_router_capability_violation": ({"capability": "adaptive_routing"}, nothing),
    "cached_model_group_info": ({"model_group": "chat"}, is_type("ModelGroupInfo")),
    "config_deployments": ({}, lambda them: [each["model_info"]["id"] for each in them] == ["a", "b", "c"]),
    "deployment_is_active_for_environment": ({"deployment": added("x")}, same(True)),
    "deployment_usable_by_team": ({"model": {"model_info": {}}, "team_id": None}, same(True)),
    "deployments_for_request": ({"model": "chat", "request_kwargs": {}}, lambda them: is_row(them[0])),
    "discard": ({}, nothing),
    "factory_function": ({"original_function": litellm.acompletion}, callable),
    "flush_cache": ({}, nothing),
    "generate_model_id": ({"model_group": "g", "litellm_params": {"model": "x"}}, lambda it: len(it) == 64),
    "get_all_deployments": ({"model_name": "chat"}, lambda them: is_row(them[0])),
    "get_allowed_fails_from_policy": ({"exception": ERROR}, nothing),
    "get_num_retries_from_retry_policy": ({"exception": ERROR}, nothing),
    "get_available_guardrail": ({"guardrail_name": "pii"}, lambda it: it["guardrail_name"] == "pii"),
    "get_candidate_model_ids_for_route": ({"model": "chat"}, same({"a"})),
    "get_configured_display_name": ({"model_name": "chat"}, same("Chat")),
    "get_configured_mode": ({"model_name": "chat"}, same("chat")),
    "get_configured_service_tiers": ({"model_name": "chat"}, same((None,))),
    "get_configured_token_limits": ({"model_name": "chat"}, same((7, None))),
    "get_credential_deployment": ({"model_id": "a"}, is_type("Deployment")),
    "get_deployment": ({"model_id": "a"}, is_type("Deployment")),
    "get_deployment_by_model_group_name": ({"model_group_name": "chat"}, is_type("Deployment")),
    "get_deployment_credentials": ({"model_id": "a"}, lambda it: it["api_key"] == "sk-test"),
    "get_deployment_credentials_with_provider": ({"model_id": "a"}, lambda it: it["custom_llm_provider"] == "openai"),
    "get_deployment_model_info": ({"model_id": "a", "model_name": "gpt-4o"}, lambda it: it["max_input_tokens"] > 0),
    "get_discovered_model_info": ({"model_id": "a"}, same({})),
    "get_fully_blocked_model_names": ({}, same(set())),
    "get_model_access_groups": ({}, same({"beta": ["chat"]})),
    "get_model_from_alias": ({"model": "nick"}, same("chat")),
    "get_model_group": ({"id": "a"}, lambda them: is_row(them[0])),
    "get_model_group_info": ({"model_group": "chat"}, is_type("ModelGroupInfo")),
    "get_model_group_io_token_usage": ({"model_group": "chat"}, lambda it: len(it) == 2),
    "get_model_group_usage": ({"model_group": "chat"}, lambda it: len(it) == 2),
    "get_remaining_model_group_usage": ({"model_group": "chat"}, lambda it: it["x-ratelimit-limit-requests"] == 100),
    "get_model_ids": ({"model_name": "chat"}, same(["a"])),
    "get_model_info": ({"id": "a"}, is_row),
    "get_model_list": ({"model_name": "chat"}, lambda them: is_row(them[0])),
    "get_model_list_from_model_alias": ({"model_name": "nick"}, lambda them: them[0]["model_name"] == "nick"),
    "get_model_list_from_routing_groups": ({"model_name": "both"}, lambda them: len(them) > 0),
    "get_model_list_of_routed_group": ({"model_group": "both"}, lambda them: len(them) > 0),
    "get_model_listing_info": ({"model_name": "chat"}, lambda it: it.cost_map_keys == ("openai/gpt-4o",)),
    "get_model_names": ({}, lambda them: {"chat", "nick"} <= set(them)),
    "get_routable_upstream_model": ({"model_name": "chat"}, same("openai/gpt-4o")),
    "get_router_deployment_budget_limiter": ({}, anything),
    "get_router_model_info": ({"deployment": None, "received_model_name": "chat", "id": "a"},
                              lambda it: it["max_input_tokens"] > 0),
    "get_routing_group": ({"model_name": "both"}, is_type("RoutingGroup")),
    "get_settings": ({}, lambda it: it["num_retries"] == 0),
    "get_valid_args": ({}, lambda it: "model_list" in it),
    "has_model_id": ({"candidate_id": "a"}, same(True)),
    "increment_deployment_usage_for_response": ({"response": {}, "request_kwargs": {}}, nothing),
    "initialize_assistants_endpoint": ({}, nothing),
    "initialize_router_endpoints": ({}, nothing),
    "is_model_access_group_for_wildcard_route": ({"model_access_group": "beta"}, same(False)),
    "is_recognized_model": ({"model": "chat"}, same(True)),
    "log_retry": ({"kwargs": {}, "e": ERROR}, lambda it: isinstance(it, dict)),
    "map_team_model": ({"team_model_name": "chat", "team_id": "t"}, nothing),
    "print_deployment": ({"deployment": {"litellm_params": {"api_key": "sk-secret"}}},
                         lambda it: "secret" not in str(it)),
    "replay_model_cost_registrations": ({}, nothing),
    "reset": ({}, nothing),
    "resolve_model_name_from_model_id": ({"model_id": "a"}, anything),
    "resolved_litellm_models": ({"model_name": "chat"}, same(("openai/gpt-4o",))),
    "routable_model_group": ({"model_name": "chat"}, same("chat")),
    "routing_group_has_alternatives": ({"model_group": "both"}, anything),
    "routing_strategy_init": ({"routing_strategy": "least-busy", "routing_strategy_args": {}}, nothing),
    "set_custom_routing_strategy": ({"CustomRoutingStrategy": First()}, nothing),
    "set_model_list": ({"model_list": []}, nothing),
    "set_response_headers": ({"response": None, "model_group": "chat"}, nothing),
    "should_include_deployment": (
        {"model_name": "chat", "model": {"model_name": "chat", "model_info": {}}}, same(True)),
    "should_retry_this_error": ({"error": ERROR, "healthy_deployments": [1], "all_deployments": [1]}, same(True)),
    "team_model_has_alternatives": ({"deployment_id": "a"}, same(False)),
    "update_redis_cache": ({"cache": None}, nothing),
    "update_settings": ({"num_retries": 4}, nothing),
    **{f"init_{kind}_router_deployment": ({"deployment": added("x")}, nothing)
       for kind in ("adaptive", "auto", "complexity", "quality")},
    "validate_fallbacks": ({"fallback_param": [{"chat": ["spare"]}]}, nothing),
}  # fmt: skip
REFUSED = {
    "aadapter_completion": {"adapter_id": "x", "model": "chat", "messages": MESSAGES},
    "async_function_with_fallbacks_common_utils": {
        "e": ERROR, "disable_fallbacks": True, "fallbacks": None, "context_window_fallbacks": None,
        "content_policy_fallbacks": None, "model_group": "chat", "args": (), "kwargs": {"model": "chat"}},
}  # fmt: skip
ATTRIBUTES = {"TIER_PARAMS_NEVER_DROPPED", "cache_responses", "default_cache_time_seconds", "leastbusy_logger",
              "lowesttpm_logger", "model_names", "optional_callbacks", "tenacity"}  # fmt: skip


@pytest.fixture
def router(base: str) -> Iterator[Router]:
    info = {"display_name": "Chat", "mode": "chat", "max_input_tokens": 7, "access_groups": ["beta"]}
    rows = [
        deployment(base, "chat", "a", rpm=100, use_in_pass_through=True, model_info=info),
        deployment(base, "ranked", "b", model="cohere/rerank-v3.5"),
        deployment(base, "claude", "c", model="anthropic/claude-sonnet-4-5"),
    ]
    made = Router(model_list=rows, num_retries=0, guardrail_list=[GUARD], model_group_alias={"nick": "chat"},
                  routing_groups=GROUPS)  # fmt: skip
    yield made
    made.discard()


async def called(router: Router, name: str, arguments: dict[str, Any]) -> Any:
    answer = getattr(router, name)(**arguments)
    return await answer if inspect.isawaitable(answer) else answer


def test_every_method_is_in_the_table() -> None:
    assert {*SENDING, *ASKING, *REFUSED, *ATTRIBUTES} == set(METHODS)
    assert isinstance(Router(model_list=[]).leastbusy_logger, LeastBusyLoggingHandler | None)


@pytest.mark.parametrize("name", [*SENDING, *ASKING])
async def test_every_method_does_its_work(router: Router, base: str, name: str) -> None:
    arguments, check = SENDING.get(name) or ASKING[name]
    answer = await called(router, name, arguments)
    assert check(answer), answer
    own = {"make_call", "async_function_with_retries", "async_function_with_fallbacks", "function_with_fallbacks",
           "aguardrail"}  # fmt: skip
    assert len(asked(base)) == (1 if name in SENDING and name not in own else 0)


@pytest.mark.parametrize("name", [*STREAMING, *OTHER_STREAMS])
async def test_every_stream_comes_piece_by_piece(router: Router, base: str, name: str) -> None:
    arguments = STREAMING.get(name) or OTHER_STREAMS[name]
    stream = await called(router, name, {**arguments, "stream": True})
    blocking = name in ("completion", "text_completion", "responses")
    pieces = list(stream) if blocking else [piece async for piece in stream]
    assert len(pieces) > (0 if "messages" in name else 2), "Anthropic's come as the provider's bytes"
    (model_id,) = asked(base)
    assert (router.success_calls[model_id], router.fail_calls[model_id]) == (1, 0)
    assert router._core.table.stats(model_id)["in_flight"] == 0


def test_every_endpoint_is_the_sdks() -> None:
    assert [name for name in ENDPOINTS if name not in SDK_NAMES and not hasattr(litellm, name)] == []
    for name, path in SDK_NAMES.items():
        module, _, function = path.rpartition(".")
        found = getattr(importlib.import_module(f"litellm.{module}"), function)
        assert inspect.iscoroutinefunction(found) == inspect.iscoroutinefunction(getattr(Router, name)), name


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_done_says_why(router: Router, name: str) -> None:
    with pytest.raises((ValueError, NotImplementedError, litellm.Timeout, litellm.BadRequestError)) as caught:
        await called(router, name, REFUSED[name])
    assert str(caught.value)
