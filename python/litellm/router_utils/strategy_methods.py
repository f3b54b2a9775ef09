"""`Router`'s methods about how it chooses: strategies, checks, budgets, auto-routers."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from litellm import exceptions
from litellm.router_strategy.budget_limiter import RouterBudgetLimiting
from litellm.router_utils.ask import Ask, ids_of
from litellm.router_utils.base import RouterBase
from litellm.router_utils.deployments import Row, is_active
from litellm.router_utils.effects import run_async, run_sync
from litellm.router_utils.get_retry_from_policy import (
    from_policy,
    get_num_retries_from_retry_policy,
    should_retry,
)
from litellm.router_utils.pre_call_checks.deployment_affinity_check import parse_checks
from litellm.router_utils.settings import check_fallbacks, check_strategy
from litellm.types.router import Deployment, PreRoutingHookResponse, RoutingStrategy

# The checks that `set_optional_pre_call_checks` also takes away; upstream adds the others only.
REMOVABLE = frozenset({"prompt_caching", "enforce_model_rate_limits", "encrypted_content_affinity"})


class StrategyMethods(RouterBase):
    """Strategies, checks and auto-routers, at run time."""

    # Upstream's callback objects; the router counts by itself and has none.
    leastbusy_logger: Any = None
    lowesttpm_logger: Any = None
    tenacity: Any = None
    default_cache_time_seconds = 3600
    auto_router_capability_limit: Any = None

    @classmethod
    def get_valid_args(cls) -> list[str]:
        """The names of the constructor's arguments."""
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def validate_fallbacks(self, fallback_param: list[Any] | None) -> None:
        """Raises ValueError for an item that is not a dictionary of one model and a list of models."""
        check_fallbacks(fallback_param)

    def routing_strategy_init(
        self, routing_strategy: RoutingStrategy | str, routing_strategy_args: Mapping[str, Any] | None = None
    ) -> None:
        """Choose by another strategy from now on; latencies and usage are counted anew.

        Raises ValueError for an unknown strategy.
        """
        self.settings.routing_strategy = check_strategy(routing_strategy)
        self.settings.routing_strategy_args = dict(routing_strategy_args or {})
        self._core.restart(self._store.as_list())
        self._custom_pick = None

    @property
    def optional_callbacks(self) -> list[Any] | None:
        """What narrows the deployments of a request; None when no optional check is on."""
        checks = self.settings.optional_pre_call_checks
        return [self._chooser.affinity] if checks else None

    def add_optional_pre_call_checks(self, optional_pre_call_checks: Iterable[str] | None) -> None:
        """Turn checks on. Raises ValueError for an unknown one."""
        self._set_checks(self.settings.optional_pre_call_checks | parse_checks(optional_pre_call_checks))

    def set_optional_pre_call_checks(self, optional_pre_call_checks: Iterable[str] | None) -> None:
        """Turn checks on, and off those of `REMOVABLE` that are not named; None changes nothing."""
        if optional_pre_call_checks is None:
            return
        wanted = parse_checks(optional_pre_call_checks)
        self._set_checks((self.settings.optional_pre_call_checks - REMOVABLE) | wanted)

    def apply_default_settings(self) -> None:
        """Turn on the checks that are always on: there are none."""
        self.add_optional_pre_call_checks(None)

    def _set_checks(self, checks: frozenset[str]) -> None:
        self.settings.optional_pre_call_checks = self._chooser.affinity.checks = checks
        self.settings.enforce_model_rate_limits = "enforce_model_rate_limits" in checks

    def get_router_deployment_budget_limiter(self) -> RouterBudgetLimiting | None:
        """What keeps the budgets, or None when nothing has one."""
        return self.router_budget_logger if self.router_budget_logger.is_active else None

    def update_redis_cache(self, cache: Any) -> None:
        """Share cooldowns, limits, budgets and affinity through this `RedisCache` from now on."""
        self._stop_sharing()
        self.cache.redis_cache = cache
        if cache is not None:
            self._share(cache, cache.namespace)

    # Policies

    def get_num_retries_from_retry_policy(self, exception: Exception, model_group: str | None = None) -> int | None:
        """How often the retry policy says to try again after this error, or None when it says nothing."""
        return get_num_retries_from_retry_policy(
            exception, self.settings.retry_policy, model_group, self.settings.model_group_retry_policy
        )

    def get_allowed_fails_from_policy(self, exception: Exception) -> int | None:
        """How many such errors `allowed_fails_policy` allows, or None when it says nothing."""
        return from_policy(self.settings.allowed_fails_policy, exception, "AllowedFails")

    def should_retry_this_error(
        self,
        error: Exception,
        healthy_deployments: list[Any] | None = None,
        all_deployments: list[Any] | None = None,
        context_window_fallbacks: list[Any] | None = None,
        content_policy_fallbacks: list[Any] | None = None,
        regular_fallbacks: list[Any] | None = None,
    ) -> bool:
        """True when another attempt may succeed; raises `error` when not."""
        special = (
            (exceptions.ContextWindowExceededError, context_window_fallbacks),
            (exceptions.ContentPolicyViolationError, content_policy_fallbacks),
        )
        for kind, targets in special:
            if isinstance(error, kind) and targets:
                raise error
        size, healthy = len(all_deployments or ()), len(healthy_deployments or ())
        if not should_retry(error, lambda: healthy, size, bool(regular_fallbacks)):
            raise error
        return True

    # Auto-routers

    async def async_pre_routing_hook(
        self,
        model: str,
        request_kwargs: dict[str, Any],
        messages: list[dict[str, Any]] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
    ) -> PreRoutingHookResponse | None:
        """Where an auto-router would send the request; None when `model` is none."""
        ask = Ask(model, request_kwargs, messages, input, True, bool(specific_deployment))
        routed: PreRoutingHookResponse | None = (await run_async(self._chooser.route(ask)))[0]
        return routed

    def _init_router_deployment(self, deployment: Deployment) -> None:
        """Add the deployment of an auto-router. Raises ValueError when its parameters are wrong."""
        row = self._checked(deployment)
        if is_active(row):
            self._store.put(row)

    init_auto_router_deployment = _init_router_deployment
    init_complexity_router_deployment = _init_router_deployment
    init_quality_router_deployment = _init_router_deployment
    init_adaptive_router_deployment = _init_router_deployment

    def auto_router_capability_violation(self, capability: Any) -> str | None:
        """Why no more auto-routers may use a capability: they always may, so None."""
        return None

    # Passing through

    def _pass_through(self, ask: Ask) -> None:
        rows = self._selector.candidates(ask.model, ask.kwargs)
        ask.only = ids_of([row for row in rows if row["litellm_params"].get("use_in_pass_through")])
        if rows and not ask.only:
            raise self._selector.unknown(ask)

    def get_available_deployment_for_pass_through(
        self,
        model: str,
        messages: list[Any] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
        request_kwargs: dict[str, Any] | None = None,
    ) -> Row:
        """A deployment of `model` that says `use_in_pass_through`. Raises as `Selector.pick` does."""
        ask = Ask(model, request_kwargs or {}, messages, input, specific_deployment=bool(specific_deployment))
        run_sync(self._chooser.prepare(ask))
        self._pass_through(ask)
        return self._selector.pick(ask, reserve=False)

    async def async_get_available_deployment_for_pass_through(
        self,
        model: str,
        request_kwargs: dict[str, Any] | None = None,
        messages: list[Any] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
    ) -> Row:
        """As `get_available_deployment_for_pass_through`."""
        ask = Ask(model, request_kwargs or {}, messages, input, True, bool(specific_deployment))
        await run_async(self._chooser.prepare(ask))
        self._pass_through(ask)
        return self._selector.pick(ask, reserve=False)

    async def async_callback_filter_deployments(
        self,
        model: str,
        healthy_deployments: list[Row],
        messages: list[Any] | None = None,
        parent_otel_span: Any = None,
        request_kwargs: dict[str, Any] | None = None,
        logging_obj: Any = None,
    ) -> list[Row]:
        """What the application's callbacks leave of the deployments."""
        ask = Ask(model, request_kwargs or {}, messages, asynchronous=True, only=ids_of(healthy_deployments))
        await run_async(self._chooser.ask_callbacks(ask))
        return [row for row in healthy_deployments if row["model_info"]["id"] in (ask.only or ())]
