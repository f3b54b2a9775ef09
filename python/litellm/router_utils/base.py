"""What every part of `Router` stands on: its settings and the objects that share them."""

from __future__ import annotations

import functools
import os
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litellm.caching.dual_cache import DualCache
from litellm.caching.in_memory_cache import InMemoryCache
from litellm.exceptions import APIConnectionError
from litellm.router_strategy.budget_limiter import RouterBudgetLimiting
from litellm.router_strategy.lar1_routing import LAR1RoutingStrategy
from litellm.router_strategy.sub_router import Surroundings
from litellm.router_strategy.tag_based_routing import TagFilter
from litellm.router_utils import shared_latencies, shared_learning
from litellm.router_utils.access import AccessFilter
from litellm.router_utils.ask import DeploymentFilter
from litellm.router_utils.attempts import Attempt, AttemptLog
from litellm.router_utils.call import Endpoint, RoutedCall, facts_of, headers_of, num_retries
from litellm.router_utils.choosing import Chooser
from litellm.router_utils.cooldown_handlers import CooldownPolicy
from litellm.router_utils.deployments import DeploymentStore, Row, normalise
from litellm.router_utils.get_retry_from_policy import status_of
from litellm.router_utils.health_state_cache import (
    DEFAULT_STALENESS_S,
    TRANSIENT,
    DeploymentHealthCache,
    HealthFilter,
    SharedHealth,
)
from litellm.router_utils.limit_gate import LimitGate
from litellm.router_utils.pins import MAX_PINS, Pins
from litellm.router_utils.pre_call_checks.deployment_affinity_check import DeploymentAffinity
from litellm.router_utils.pre_call_checks.request_fit import PreCallChecks
from litellm.router_utils.prompt_caching_cache import PromptCachingCache
from litellm.router_utils.requests import RequestBuilder
from litellm.router_utils.response_headers import add_headers
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.selection import Selector
from litellm.router_utils.settings import COUNTING, DEFAULT_ALLOWED_FAILS, RouterSettings
from litellm.router_utils.shared_latencies import SharedLatencies
from litellm.router_utils.shared_learning import SharedLearning
from litellm.router_utils.shared_state import SharedState
from litellm.router_utils.shortcut import Shortcut
from litellm.router_utils.sub_routers import SubRouters
from litellm.router_utils.virtual_groups import VirtualGroups

_routers: weakref.WeakSet[RouterBase] = weakref.WeakSet()


def _after_fork() -> None:
    for router in list(_routers):
        router._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@dataclass(frozen=True, slots=True)
class Services:
    """What the router needs of the rest of the SDK.

    `count_tokens(model, messages, text)` counts a prompt; `model_info(model)` is the catalogue's entry;
    `supported_parameters(litellm_params)` lists the parameters a deployment knows, or None when that is unknown.
    `provider_of(litellm_params)` names a deployment's provider; `price(row, prompt tokens, completion tokens)` is in
    USD; `tag_budgets()` are those of `litellm.tag_budget_config`.
    `plugins`, `callbacks()` and `fallback_checks` are the application's.
    """

    count_tokens: Callable[[str, Any, Any], int]
    model_info: Callable[[str], Mapping[str, Any]]
    supported_parameters: Callable[[Mapping[str, Any]], Sequence[str] | None]
    callbacks: Callable[[], Sequence[Any]] = tuple
    provider_of: Callable[[Mapping[str, Any]], str | None] = lambda _params: None
    price: Callable[[Row, int, int], float] = lambda _row, _prompt, _completion: 0.0
    tag_budgets: Callable[[], Mapping[str, Any] | None] = lambda: None
    plugins: Sequence[Any] = ()
    fallback_checks: Sequence[Callable[..., Any]] = ()


class Setting:
    """A setting that is read and changed as an attribute of the router."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, router: RouterBase | None, owner: type | None = None) -> Any:
        return self if router is None else getattr(router.settings, self.name)

    def __set__(self, router: RouterBase, value: Any) -> None:
        setattr(router.settings, self.name, value)


class RouterBase:
    """Settings, deployments, selection, cooldown and counters of one router."""

    settings: RouterSettings
    clock: Callable[[], float] | None = None
    """What tells the time in seconds, for simulations; the monotonic clock when None."""
    seed: int | None = None
    """Makes what is drawn the same each time, for simulations."""

    num_retries = Setting()
    retry_after = Setting()
    retry_policy = Setting()
    model_group_retry_policy = Setting()
    max_fallbacks = Setting()
    fallbacks = Setting()
    context_window_fallbacks = Setting()
    content_policy_fallbacks = Setting()
    allowed_fails_policy = Setting()
    disable_cooldowns = Setting()
    timeout = Setting()
    stream_timeout = Setting()
    enable_pre_call_checks = Setting()
    enable_tag_filtering = Setting()
    tag_filtering_match_any = Setting()
    tag_routing_prefix = Setting()
    routing_strategy = Setting()
    routing_strategy_args = Setting()
    default_max_parallel_requests = Setting()
    default_priority = Setting()
    default_litellm_params = Setting()
    cache_responses = Setting()
    caching_groups = Setting()

    def _set_up(self, settings: RouterSettings, services: Services) -> None:
        self.settings, self._services = settings, services
        self._model_info = services.model_info
        self._core = self._new_core(settings)
        self._cooldown = CooldownPolicy(settings, self.clock or time.monotonic)
        self._store = DeploymentStore(on_add=self._added, on_remove=self._removed)
        self._virtual = VirtualGroups(self._store, self._core, settings, self._new_core)
        self._gate = LimitGate(self._core, settings, self._virtual.strategy_of)
        self._latencies: SharedLatencies | None = None
        clock = self.clock or time.monotonic
        self._log = AttemptLog(self._store, self._core, self._cooldown, self._gate, clock, virtual=self._virtual)
        self.health_state_cache = DeploymentHealthCache(settings.health_check_staleness_s or DEFAULT_STALENESS_S)
        self._access, self._tags = AccessFilter(), TagFilter(settings)
        self.cache = DualCache(in_memory_cache=InMemoryCache(max_size_in_memory=MAX_PINS))
        self.router_budget_logger = RouterBudgetLimiting(
            self.cache,
            settings.provider_budget_config,
            provider_of=services.provider_of,
            tag_budgets=services.tag_budgets,
            clock=self.clock or time.time,
        )
        self._log.on_cost = self._spent
        pins = Pins(self.cache)
        self._sub_routers = SubRouters(Surroundings(lambda name, _: getattr(self, name), self._store.as_list, pins))
        filters: list[DeploymentFilter] = [
            self._sub_routers,
            HealthFilter(self.health_state_cache, settings),
            PreCallChecks(services.count_tokens, services.model_info, settings, services.supported_parameters),
            self._tags,
            self.router_budget_logger,
            LAR1RoutingStrategy(settings),
        ]
        self._selector = Selector(
            self._store,
            self._core,
            settings,
            self._virtual,
            self._access,
            filters,
            changing=self.router_budget_logger,
        )
        affinity = DeploymentAffinity(
            pins,
            PromptCachingCache(services.count_tokens),
            settings.optional_pre_call_checks,
            settings.deployment_affinity_ttl_s,
            settings.model_group_affinity_config,
        )
        self._chooser = Chooser(
            self._selector,
            affinity,
            self.router_budget_logger,
            self._sub_routers,
            services.plugins,
            services.callbacks,
        )
        self._requests = RequestBuilder(settings)
        self._shortcut = Shortcut(self._chooser, self._log, self._requests, settings)
        self._custom_pick: Any = None
        _routers.add(self)

    def _share(self, clients: Any, namespace: str | None) -> None:
        """Share cooldowns, usage and limits through Redis; `clients` is a `RedisCache`."""
        settings, virtual = self.settings, self._virtual
        shared = SharedState(clients, self._core, lambda: not COUNTING.isdisjoint(virtual.strategies), namespace)
        if settings.enable_health_check_routing:
            self.health_state_cache.shared = SharedHealth(clients, f"{shared.prefix}health")
            shared.follow(self.health_state_cache.synchronise)
        self._latencies = SharedLatencies(
            clients,
            self._core,
            settings,
            f"{shared.prefix}latencies",
            lambda: "latency-based-routing" in virtual.strategies,
        )
        self._core.on_measured = self._latencies.note
        shared.follow(self._latencies.synchronise, shared_latencies.TELL_S)
        learning = SharedLearning(clients, self._sub_routers.learned, shared.prefix)
        shared.follow(learning.synchronise, shared_learning.TELL_S)
        self._gate.shared = shared

    def _after_fork(self) -> None:
        """In the child: no call of the parent is under way here, and it speaks to Redis as a process of its own."""
        self._log.slots.after_fork()
        self._cooldown.after_fork()
        self.health_state_cache.after_fork()
        self._sub_routers.after_fork()
        if self._gate.shared is not None:
            self._gate.shared.after_fork()
        if self._latencies is not None:
            self._latencies.after_fork()

    def _stop_sharing(self) -> None:
        if self._gate.shared is not None:
            self._gate.shared.stop()
            self._gate.shared = self._latencies = self._core.on_measured = None
        if self.cache.redis_cache is not None:
            self.cache.redis_cache.close()

    def _end_cooldowns(self) -> None:
        if self._gate.shared is not None:
            self._gate.shared.forget_cooldowns()
        for model_id in self._core.cooling():
            self._core.cool_down(model_id, 0)

    def _new_core(self, settings: RouterSettings) -> RoutingCore:
        return RoutingCore(functools.partial(self._costs, settings), settings, self.clock, self.seed)

    def _spent(self, attempt: Attempt, cost: float | None, tokens: int, completion_tokens: int) -> None:
        """Count what an answer cost against the budgets of its deployment, its provider and the request's tags."""
        if not self.router_budget_logger.is_active:
            return
        if cost is None:
            prompt_tokens, messages = tokens - completion_tokens, attempt.kwargs.get("messages")
            if prompt_tokens == 0 and messages:
                prompt_tokens = self._services.count_tokens(attempt.group, messages, None)
            cost = self._services.price(attempt.row, prompt_tokens, completion_tokens)
        self.router_budget_logger.spend(attempt.row, attempt.kwargs, cost)

    def record_health_check(self, model_id: str, error: Exception | None = None) -> None:
        """Note the result of a health check: that it went well, or the error it ended with.

        With `health_check_ignore_transient_errors` a 408 or 429 says nothing. With an `allowed_fails_policy` an error
        counts as a failure of the deployment, which may cool down.
        """
        settings, row = self.settings, self._store.by_id.get(model_id)
        if row is None or (
            error is not None and settings.health_check_ignore_transient_errors and status_of(error) in TRANSIENT
        ):
            return
        self.health_state_cache.note(model_id, error is None)
        if self._gate.shared is not None:
            self._gate.shared.start()
        if error is not None and settings.enable_health_check_routing and settings.allowed_fails_policy is not None:
            peers = self._store.groups.get(row["model_name"], {})
            seconds = self._cooldown.failed(model_id, error, len(peers), row["litellm_params"].get("cooldown_time"))
            if seconds is not None:
                self._core.cool_down(model_id, seconds)

    def _checked(self, raw: Any) -> Row:
        """A row of `model_list` as the router keeps it. Raises ValueError naming the field that is missing or wrong."""
        row = normalise(raw)
        self._sub_routers.make(row)
        RouterBudgetLimiting(model_list=[row])
        return row

    def _added(self, row: Row) -> None:
        self._core.add(row)
        self._virtual.added(row)
        self._sub_routers.added(row)
        self._access.added(row)
        self._tags.added(row)
        self.router_budget_logger.register_deployment_budget(row)

    def _removed(self, row: Row) -> None:
        model_id = row["model_info"]["id"]
        self._virtual.removed(row)
        self._core.remove(row)
        self._sub_routers.removed(row)
        self._access.removed(row)
        self._tags.removed(row)
        self.router_budget_logger.unregister_deployment_budget(model_id)
        self._cooldown.forget(model_id)
        self._requests.forget(model_id)
        self.health_state_cache.forget(model_id)

    def _costs(self, settings: RouterSettings, row: Row) -> tuple[float | None, float | None]:
        """(input, output) price of a token in USD, None where unknown; looked up only when the strategy goes by it."""
        if settings.routing_strategy != "cost-based-routing":
            return None, None
        params, info = row["litellm_params"], row["model_info"]
        known = self._model_info(info.get("base_model") or params["model"])

        def price(name: str) -> float | None:
            return next((float(place[name]) for place in (params, info, known) if place.get(name) is not None), None)

        return price("input_cost_per_token"), price("output_cost_per_token")

    def _begin(self, endpoint: Endpoint, model: str, kwargs: dict[str, Any]) -> tuple[Attempt, dict[str, Any]] | None:
        """A first attempt and its arguments, where nothing but the routing core has a say in it."""
        return None if self._custom_pick is not None else self._shortcut.begin(endpoint, model, kwargs)

    def _call(self, endpoint: Endpoint, kwargs: dict[str, Any], attempt: Attempt | None = None) -> RoutedCall:
        """The state of a call, which goes on from `attempt` where its first one is over already."""
        custom = self._custom_pick
        if custom is not None:
            custom = custom.async_get_available_deployment if endpoint.asynchronous else custom.get_available_deployment
        return RoutedCall(
            self._chooser,
            self._log,
            self._requests,
            self.settings,
            endpoint,
            kwargs,
            custom_pick=custom,
            fallback_checks=self._services.fallback_checks,
            attempt=attempt,
        )

    @property
    def plain_version(self) -> int:
        """Another number after each change of what `plain_pool` goes by."""
        return self._selector.version

    def routing_table(self) -> Any:
        """The table that deployments are picked from; another one after a change of the strategy."""
        return self._core.table

    def plain_pool(self, model: str) -> tuple[str, dict[str, tuple[Row, dict[str, Any]]]] | None:
        """(the strategy that the table picks by, each deployment's row and what it is called with, by id) of a group.

        None where a pick from `routing_table` is not all there is to a choice.
        """
        settings = self.settings
        plain = (
            self._custom_pick is None
            and settings.default_priority is None
            and self._chooser.is_idle
            and self._gate.is_open
            and not self._chooser.has_hooks
        )
        rows = self._selector.plain_rows(model) if plain else None
        if rows is None:
            return None
        calls = {model_id: (row, self._requests.build(row, {}, {}, "metadata")) for model_id, row in rows.items()}
        return self._core.table_strategy(settings.routing_strategy), calls

    def plain_call(self, row: Row, model: str, kwargs: dict[str, Any]) -> tuple[dict[str, Any], Callable[[Any], None]]:
        """The arguments of a chat of `plain_pool` at the deployment `row`, and what notes in a response who gave it."""
        size = self._selector.group_size(model, kwargs)
        facts = facts_of(model, model, size, self.settings, max_retries=num_retries(kwargs, self.settings))
        headers = headers_of(model)
        if not kwargs.get("stream"):
            headers |= self._limits_of(row["model_name"])

        def opened(response: Any) -> None:
            add_headers(response, row["model_info"]["id"], headers)

        return self._requests.build(row, kwargs, facts, "metadata"), opened

    def note_answered(self, model_id: str, group: str, status: str, error: str | None) -> None:
        """Count an attempt that was made by `plain_pool` and ended in `status`: `success`, `failure` or `client_gone`.

        Only a failure is not in the table already.
        """
        row = self._store.by_id.get(model_id)
        if row is None:
            return
        attempt = self._log.begin(row, group, {})
        if status == "success":
            self._log.success_calls[model_id] += 1
        elif status == "failure":
            message = f"the provider's stream broke off: {error}"
            self._log.failed(attempt, APIConnectionError(message=message, llm_provider="", model=group))

    def note_abandoned(self, model_id: str) -> None:
        """Free a deployment that was reserved by `plain_pool` and not used."""
        self._core.release(model_id)

    def _limits_of(self, group: str) -> dict[str, int]:
        return self._core.limit_headers(group)

    @property
    def allowed_fails(self) -> int:
        """How many failures a deployment may have; upstream's default where none is set."""
        return DEFAULT_ALLOWED_FAILS if self.settings.allowed_fails is None else self.settings.allowed_fails

    @allowed_fails.setter
    def allowed_fails(self, value: int | None) -> None:
        self.settings.allowed_fails = value

    @property
    def cooldown_time(self) -> float:
        """How long a deployment cools down, in seconds."""
        return self.settings.cooldown_s

    @cooldown_time.setter
    def cooldown_time(self, value: float | None) -> None:
        self.settings.cooldown_time = value

    @property
    def total_calls(self) -> Mapping[str, int]:
        """Attempts by deployment id."""
        return self._log.total_calls

    @property
    def success_calls(self) -> Mapping[str, int]:
        """Attempts that were answered, by deployment id."""
        return self._log.success_calls

    @property
    def fail_calls(self) -> Mapping[str, int]:
        """Attempts that failed, by deployment id."""
        return self._log.fail_calls
