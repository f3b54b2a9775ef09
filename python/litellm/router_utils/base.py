"""What every part of `Router` stands on: its settings and the objects that share them."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from litellm.router_utils.attempts import AttemptLog
from litellm.router_utils.call import Endpoint, RoutedCall
from litellm.router_utils.cooldown_handlers import CooldownPolicy
from litellm.router_utils.deployments import DeploymentStore, Row
from litellm.router_utils.limit_gate import LimitGate
from litellm.router_utils.pre_call_checks import PreCallChecks
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.selection import Selector
from litellm.router_utils.settings import DEFAULT_ALLOWED_FAILS, RouterSettings
from litellm.router_utils.shared_state import SharedState

_routers: weakref.WeakSet[RouterBase] = weakref.WeakSet()


def _after_fork() -> None:
    for router in list(_routers):
        router._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Setting:
    """A setting that is read and changed as an attribute of the router."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, router: RouterBase, owner: type | None = None) -> Any:
        return getattr(router.settings, self.name)

    def __set__(self, router: RouterBase, value: Any) -> None:
        setattr(router.settings, self.name, value)


class RouterBase:
    """Settings, deployments, selection, cooldown and counters of one router."""

    settings: RouterSettings
    clock: Callable[[], float] | None = None
    """What tells the time in seconds, for simulations; the monotonic clock when None."""

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

    def _set_up(
        self,
        settings: RouterSettings,
        count_tokens: Callable[[str, Any, Any], int],
        model_info: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self.settings = settings
        self._model_info = model_info
        self._core = RoutingCore(self._costs, settings, self.clock)
        self._cooldown = CooldownPolicy(settings, self.clock or time.monotonic)
        self._store = DeploymentStore(on_add=self._core.add, on_remove=self._removed)
        self._gate = LimitGate(self._core, settings)
        self._log = AttemptLog(self._store, self._core, self._cooldown, self._gate, self.clock or time.monotonic)
        self._selector = Selector(self._store, self._core, settings, PreCallChecks(count_tokens, model_info))
        self._custom_pick: Any = None
        _routers.add(self)

    def _share(self, clients: Any, namespace: str | None) -> None:
        """Share cooldowns, usage and limits through Redis; `clients` is a `RedisCache`."""
        settings = self.settings
        self._gate.shared = SharedState(clients, self._core, lambda: settings.counts_usage, namespace)

    def _after_fork(self) -> None:
        """In the child: no call of the parent is under way here, and it speaks to Redis as a process of its own."""
        self._log.slots.after_fork()
        self._cooldown.after_fork()
        if self._gate.shared is not None:
            self._gate.shared.after_fork()

    def _stop_sharing(self) -> None:
        if self._gate.shared is not None:
            self._gate.shared.stop()
            self._gate.shared = None

    def _removed(self, row: Row) -> None:
        self._core.remove(row)
        self._cooldown.forget(row["model_info"]["id"])

    def _costs(self, row: Row) -> tuple[float | None, float | None]:
        """(input, output) price of a token in USD, None where unknown; looked up only when the strategy goes by it."""
        if self.settings.routing_strategy != "cost-based-routing":
            return None, None
        params, info = row["litellm_params"], row["model_info"]
        known = self._model_info(info.get("base_model") or params["model"])

        def price(name: str) -> float | None:
            return next((float(place[name]) for place in (params, info, known) if place.get(name) is not None), None)

        return price("input_cost_per_token"), price("output_cost_per_token")

    def _call(self, endpoint: Endpoint, kwargs: dict[str, Any]) -> RoutedCall:
        custom = self._custom_pick
        if custom is not None:
            custom = custom.async_get_available_deployment if endpoint.asynchronous else custom.get_available_deployment
        return RoutedCall(
            self._selector,
            self._log,
            self.settings,
            endpoint,
            kwargs,
            custom_pick=custom,
            limit_headers=self._limits_of,
        )

    def _limits_of(self, group: str) -> dict[str, Any]:
        return dict(self._core.limit_headers(group))

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
