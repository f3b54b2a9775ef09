"""The router: many deployments behind a few names, with retries, fallbacks, cooldown and limits."""

from __future__ import annotations

import functools
import importlib
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import litellm
from litellm import exceptions
from litellm.router_utils.base import Services
from litellm.router_utils.compatibility import CompatibilityMethods, warn_of
from litellm.router_utils.deployment_methods import DeploymentMethods
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import run_async
from litellm.router_utils.endpoint_methods import EndpointMethods
from litellm.router_utils.info_methods import InfoMethods
from litellm.router_utils.listing_methods import ListingMethods
from litellm.router_utils.pre_call_checks.deployment_affinity_check import parse_checks
from litellm.router_utils.requests import without_overridden_thinking
from litellm.router_utils.router_redis import router_redis
from litellm.router_utils.routing_group_methods import RoutingGroupMethods
from litellm.router_utils.search_methods import SearchMethods
from litellm.router_utils.settings import RouterSettings
from litellm.router_utils.strategy_methods import StrategyMethods
from litellm.router_utils.virtual_groups import parse_routing_groups
from litellm.scheduler import FlowItem, Scheduler
from litellm.types.router import (
    AllowedFailsPolicy as AllowedFailsPolicy,
    CustomRoutingStrategyBase as CustomRoutingStrategyBase,
    RetryPolicy as RetryPolicy,
    RouterGeneralSettings,
    UpdateRouterConfig,
)

logger = logging.getLogger("LiteLLM Router")


def _catalogue_entry(model: str) -> Mapping[str, Any]:
    """The catalogue's entry of a model, with or without its provider; empty when there is none."""
    costs: Mapping[str, Mapping[str, Any]] = _litellm("model_cost")
    return costs.get(model) or costs.get(model.split("/", 1)[-1]) or {}


def _count_tokens(model: str, messages: Any, text: Any) -> int:
    counter: Callable[..., int] = _litellm("token_counter")
    if messages is not None:
        return counter(model=model, messages=list(messages))
    return counter(model=model, text=text if isinstance(text, str) else [str(each) for each in text])


def _litellm(path: str) -> Any:
    """What `litellm.<path>` names; looked up at each call, so that a replaced function is used."""
    if "." not in path:
        return getattr(_module(""), path)
    module, _, name = path.rpartition(".")
    return getattr(_module(module), name)


@functools.cache
def _module(name: str) -> Any:
    return importlib.import_module(f"litellm.{name}" if name else "litellm")


class Router(
    EndpointMethods,
    DeploymentMethods,
    InfoMethods,
    RoutingGroupMethods,
    StrategyMethods,
    CompatibilityMethods,
    ListingMethods,
    SearchMethods,
):
    """LiteLLM's router. Times are in seconds.

    Raises ValueError for a setting or a deployment that is wrong, naming it.
    """

    def __init__(
        self,
        model_list: Sequence[Any] | None = None,
        assistants_config: Any = None,
        search_tools: list[Any] | None = None,
        guardrail_list: list[Any] | None = None,
        redis_url: str | None = None,
        redis_host: str | None = None,
        redis_port: int | None = None,
        redis_password: str | None = None,
        redis_db: int | None = None,
        cache_responses: bool | None = False,
        cache_kwargs: dict[str, Any] | None = None,
        caching_groups: list[tuple[str, ...]] | None = None,
        client_ttl: int = 3600,
        polling_interval: float | None = None,
        default_priority: int | None = None,
        num_retries: int | None = None,
        max_fallbacks: int | None = None,
        timeout: float | None = None,
        stream_timeout: float | None = None,
        default_litellm_params: dict[str, Any] | None = None,
        default_max_parallel_requests: int | None = None,
        set_verbose: bool = False,
        debug_level: str = "INFO",
        default_fallbacks: list[str] | None = None,
        fallbacks: list[Any] | None = None,
        context_window_fallbacks: list[Any] | None = None,
        content_policy_fallbacks: list[Any] | None = None,
        model_group_alias: Mapping[str, Any] | None = None,
        enable_pre_call_checks: bool = False,
        enable_tag_filtering: bool = False,
        tag_filtering_match_any: bool = True,
        tag_routing_prefix: str = "",
        plugins: list[Any] | None = None,
        retry_after: float = 0,
        retry_policy: Any = None,
        model_group_retry_policy: Mapping[str, Any] | None = None,
        allowed_fails: int | None = None,
        allowed_fails_policy: Any = None,
        cooldown_time: float | None = None,
        disable_cooldowns: bool | None = None,
        routing_strategy: Any = "simple-shuffle",
        optional_pre_call_checks: list[str] | None = None,
        routing_strategy_args: dict[str, Any] | None = None,
        routing_groups: list[Any] | None = None,
        provider_budget_config: Mapping[str, Any] | None = None,
        alerting_config: Any = None,
        router_general_settings: RouterGeneralSettings | None = None,
        deployment_affinity_ttl_seconds: int = 3600,
        model_group_affinity_config: Mapping[str, list[str]] | None = None,
        ignore_invalid_deployments: bool = False,
        enable_health_check_routing: bool = False,
        health_check_staleness_threshold: int | None = None,
        health_check_ignore_transient_errors: bool = False,
        background_health_check_model_groups: Sequence[str] | None = None,
        enable_weighted_failover: bool = False,
        fallback_access_check: Any = None,
        fallback_budget_check: Any = None,
        auto_router_capability_limit: Any = None,
    ) -> None:
        warn_of(
            {
                "assistants_config": assistants_config,
                "alerting_config": alerting_config,
                "auto_router_capability_limit": auto_router_capability_limit,
                "async_only_mode": router_general_settings and router_general_settings.async_only_mode,
                **dict.fromkeys(optional_pre_call_checks or (), True),
            }
        )
        every = list(fallbacks or _litellm("fallbacks") or ())
        if everybodys := default_fallbacks or _litellm("default_fallbacks"):
            every.append({"*": list(everybodys)})
        given = {
            "num_retries": _first(num_retries, _litellm("num_retries")),
            "max_fallbacks": max_fallbacks,
            "timeout": _first(timeout, _litellm("request_timeout")),
        }
        settings = RouterSettings(
            **{name: value for name, value in given.items() if value is not None},
            routing_strategy=routing_strategy,
            routing_strategy_args=routing_strategy_args or {},
            retry_after=retry_after,
            retry_policy=retry_policy,
            model_group_retry_policy=dict(model_group_retry_policy or {}),
            fallbacks=every or None,
            context_window_fallbacks=context_window_fallbacks or _litellm("context_window_fallbacks") or None,
            content_policy_fallbacks=content_policy_fallbacks or _litellm("content_policy_fallbacks") or None,
            allowed_fails=allowed_fails,
            allowed_fails_policy=allowed_fails_policy,
            cooldown_time=cooldown_time,
            disable_cooldowns=bool(disable_cooldowns),
            stream_timeout=stream_timeout,
            enable_pre_call_checks=enable_pre_call_checks,
            enable_tag_filtering=enable_tag_filtering,
            tag_filtering_match_any=tag_filtering_match_any,
            tag_routing_prefix=tag_routing_prefix,
            default_max_parallel_requests=default_max_parallel_requests,
            default_priority=default_priority,
            pass_through_all_models=bool(router_general_settings and router_general_settings.pass_through_all_models),
            optional_pre_call_checks=parse_checks(optional_pre_call_checks),
            enforce_model_rate_limits="enforce_model_rate_limits" in (optional_pre_call_checks or ()),
            provider_budget_config=provider_budget_config,
            deployment_affinity_ttl_s=deployment_affinity_ttl_seconds,
            model_group_affinity_config=dict(model_group_affinity_config or {}),
            enable_health_check_routing=enable_health_check_routing,
            health_check_staleness_s=health_check_staleness_threshold,
            health_check_ignore_transient_errors=health_check_ignore_transient_errors,
            background_health_check_model_groups=_set_of(background_health_check_model_groups),
            enable_weighted_failover=enable_weighted_failover,
            cache_responses=bool(cache_responses),
            caching_groups=caching_groups,
            default_litellm_params={"max_retries": 0, **(default_litellm_params or {})},
        )
        services = Services(
            _count_tokens,
            _catalogue_entry,
            _supported_parameters,
            callbacks=lambda: litellm.callbacks,
            provider_of=_provider_of,
            price=_price,
            tag_budgets=lambda: litellm.tag_budget_config,
            plugins=plugins or (),
            fallback_checks=[
                functools.partial(check, llm_router=self)
                for check in (fallback_access_check, fallback_budget_check)
                if check is not None
            ],
        )
        self._set_up(settings, services)
        self.assistants_config, self.search_tools, self.guardrail_list = assistants_config, search_tools, guardrail_list
        self.ignore_invalid_deployments = ignore_invalid_deployments
        self.provider_budget_config, self.alerting_config = provider_budget_config, alerting_config
        self.model_group_alias = model_group_alias
        if set_verbose:
            logger.setLevel(getattr(logging, debug_level))
        given_cache = _cache_arguments(redis_url, redis_host, redis_port, redis_password, redis_db, cache_kwargs)
        redis_cache = router_redis(given_cache) if given_cache["type"] == "redis" else None
        self.cache.redis_cache = redis_cache
        if redis_cache is not None:
            self._share(redis_cache, redis_cache.namespace)
        self.scheduler = Scheduler(polling_interval, redis_cache)
        if cache_responses and _litellm("cache") is None:
            importlib.import_module("litellm").cache = _litellm("Cache")(**given_cache)  # type: ignore[attr-defined]
        self.set_model_list(model_list or [])
        if routing_groups:
            self._set_routing_groups(parse_routing_groups(routing_groups))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # the endpoints of `endpoint_table`

    def _sdk(self, name: str) -> Callable[..., Any]:
        """As there. Raises NotImplementedError for an endpoint that this SDK does not have."""
        try:
            function: Callable[..., Any] = _litellm(name)
        except AttributeError as error:
            raise NotImplementedError(f"litellm.{name}: this SDK has no such endpoint") from error
        return function

    async def arag_query(
        self, model: str, messages: list[Any], retrieval_config: Mapping[str, Any],
        rerank: Mapping[str, Any] | None = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """`litellm.rag.aquery`, with this router's models for the answer and the ranking."""
        answered = importlib.import_module("litellm.rag.main").answered
        return await answered(model, messages, retrieval_config, rerank, kwargs, (self.arerank, self.acompletion))

    async def schedule_acompletion(
        self, model: str, messages: list[Any], priority: int, stream: bool = False, **kwargs: Any
    ) -> Any:
        """`acompletion`, in the order of priority (0 is most urgent) when the model has no free deployment.

        Raises Timeout when none becomes free in time.
        """
        return await self._scheduled(model, {"messages": messages, "stream": stream, "priority": priority, **kwargs})

    async def _scheduled(self, model: str, kwargs: dict[str, Any]) -> Any:
        priority = kwargs.pop("priority", None)
        item = FlowItem(self.default_priority if priority is None else priority, uuid.uuid4().hex, model)
        timeout = float(_first(kwargs.get("timeout"), self.timeout))
        if not await self.scheduler.wait_for_turn(item, timeout, lambda: self._free(model, kwargs)):
            raise exceptions.Timeout(
                message=f"The request waited {timeout} seconds in the queue of {model}.",
                model=model,
                llm_provider="openai",
            )
        given = {name: value for name, value in kwargs.items() if value is not None}
        leave = functools.partial(self.scheduler.leave, item)
        try:
            return await self._arun("acompletion", model, given, begun=leave)
        finally:
            await leave()

    async def _free(self, model: str, kwargs: dict[str, Any]) -> bool:
        try:
            row = self.get_available_deployment(model, messages=kwargs.get("messages"), request_kwargs=kwargs)
        except (exceptions.RateLimitError, ValueError):
            return False
        refused, _ = await run_async(self._gate.look(row))
        return refused is None

    _deployment_params_with_request_reasoning_override = staticmethod(without_overridden_thinking)

    def update_settings(self, **kwargs: Any) -> None:
        """Change settings at run time; unknown ones are ignored with a warning, as upstream does."""
        for name, value in kwargs.items():
            if name not in UpdateRouterConfig.model_fields or not hasattr(self, name):
                logger.warning("setting %r cannot be changed at run time", name)
                continue
            if name not in ("routing_strategy", "routing_strategy_args"):
                setattr(self, name, value)
        if "routing_strategy" in kwargs or "routing_strategy_args" in kwargs:
            self.routing_strategy_init(
                kwargs.get("routing_strategy") or self.routing_strategy,
                kwargs.get("routing_strategy_args") or self.routing_strategy_args,
            )

    def flush_cache(self) -> None:
        """Forget counters, failures and cooldowns, and what `cache` holds in memory."""
        self.reset()
        self.cache.in_memory_cache.flush_cache()

    def reset(self) -> None:
        """Forget counters and failures, and end every cooldown, for all processes that share them."""
        self._cooldown.clear()
        self._end_cooldowns()

    def discard(self) -> None:
        """Give everything up: no deployment is left."""
        self._store.replace_all([])
        self._cooldown.clear()
        self._stop_sharing()

    def print_deployment(self, deployment: Row) -> dict[str, Any]:
        """A copy of a row whose keys show only their beginning."""
        params = {
            name: f"{str(value)[:5]}****"
            if any(part in name for part in ("key", "secret", "token", "password"))
            else value
            for name, value in deployment["litellm_params"].items()
        }
        return {**deployment, "litellm_params": params}


def _provider_of(params: Mapping[str, Any]) -> str | None:
    """The provider of a deployment, or None when its model names none."""
    if params.get("custom_llm_provider"):
        return str(params["custom_llm_provider"])
    try:
        return str(_litellm("get_llm_provider")(model=params["model"])[1])
    except exceptions.BadRequestError:
        return None


def _price(row: Row, prompt_tokens: int, completion_tokens: int) -> float:
    """What an answer of this many tokens costs at a deployment, in USD; nothing where no price is known."""
    params, info = row["litellm_params"], row["model_info"]
    names = ("input_cost_per_token", "output_cost_per_token")
    own = {name: place[name] for place in (info, params) for name in names if place.get(name) is not None}
    try:
        costs = _litellm("cost_per_token")(
            model=info.get("base_model") or params["model"],
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            custom_cost_per_token=dict.fromkeys(names, 0.0) | own if own else None,
        )
    except (exceptions.ModelNotMappedError, exceptions.BadRequestError, exceptions.NotFoundError):
        return 0.0
    return float(sum(costs))


def _supported_parameters(params: Mapping[str, Any]) -> Sequence[str] | None:
    """The parameters that a deployment's model takes; None when dropping is on, or the provider is unknown."""
    if _litellm("drop_params"):
        return None
    try:
        model, provider, _, _ = _litellm("get_llm_provider")(
            model=params["model"], custom_llm_provider=params.get("custom_llm_provider")
        )
    except exceptions.BadRequestError:
        return None
    supported: Sequence[str] | None = _litellm("get_supported_openai_params")(model=model, custom_llm_provider=provider)
    return supported


def _set_of(names: Sequence[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _cache_arguments(url: Any, host: Any, port: Any, password: Any, db: Any, more: Any) -> dict[str, Any]:
    given = {"redis_url": url, "host": host, "port": port, "password": password, "db": db}
    arguments = {name: value for name, value in given.items() if value is not None} | (more or {})
    places = ("redis_url", "url", "host", "startup_nodes", "sentinel_nodes")
    return {"type": "redis" if any(arguments.get(place) for place in places) else "local", **arguments}
