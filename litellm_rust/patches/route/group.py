"""The deployments of one model group of one router, as upstream's own checks leave them."""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from litellm_rust.patches.route.methods import Methods

# How long a group is used before upstream is asked again, for changes that leave no other trace.
_MAX_AGE_S: Final = 1.0
# So many choices that fall on a cooling deployment, and upstream chooses.
_TRIES: Final = 16
_REPLACED: Final = "a method of the router was replaced"
_METRICS: Final = ("weight", "rpm", "tpm")
_STRATEGIES: Final = frozenset(
    {
        "simple-shuffle",
        "least-busy",
        "latency-based-routing",
        "cost-based-routing",
        "usage-based-routing",
        "usage-based-routing-v2",
    }
)
# Features of a router that upstream's own selection serves; each is off while the attribute is falsy or absent.
_ROUTER_FEATURES: Final = (
    "enable_tag_filtering",
    "enable_pre_call_checks",
    "enable_health_check_routing",
    "enable_weighted_failover",
    "routing_plugins",
    "routing_groups",
    "_routing_groups",
    "_routing_group_rows",
    "_model_to_group",
    "optional_callbacks",
    "router_budget_logger",
    "provider_budget_config",
    "model_group_alias",
    "model_group_affinity_config",
    "default_max_parallel_requests",
    "default_priority",
    "guardrail_list",
    "auto_routers",
    "complexity_routers",
    "adaptive_routers",
    "quality_routers",
    "team_pattern_routers",
)
_PARAMS: Final = frozenset(
    {
        "order",
        "tags",
        "silent_model",
        "max_parallel_requests",
        "timeout",
        "stream_timeout",
        "num_retries",
        "max_retries",
    }
)
_INFO: Final = frozenset(
    {
        "blocked",
        "team_id",
        "team_public_model_name",
        "access_groups",
        "access_windows",
        "access_via_team_ids",
        "supports_web_search",
        "supported_environments",
        "reservations",
        "base_model",
    }
)


class Group:
    """Deployments to choose from; `deployments` are upstream's own dictionaries."""

    def __init__(self, router: Any, deployments: list[dict[str, Any]]) -> None:
        self.deployments = deployments
        self.expires = time.monotonic() + _MAX_AGE_S
        self._attributes = len(vars(router))
        self._list: Any = router.model_list
        self._size = len(self._list)
        cooldowns = router.cooldown_cache
        stores = (getattr(cooldowns, "in_memory_cache", None), getattr(cooldowns.cache, "in_memory_cache", None))
        self._cooling: list[Mapping[str, float]] = [store.ttl_dict for store in stores if store is not None]
        self._keys = {id(each): cooldowns.get_cooldown_cache_key(each["model_info"]["id"]) for each in deployments}
        self.shuffled = router.routing_strategy == "simple-shuffle"
        """Whether `pick` chooses as upstream does: another strategy has its own say."""
        self._cumulative = self._weights() if self.shuffled else None
        # By the parameters of the deployment, those that a call of it passes on.
        self.limited = any(each["litellm_params"].get(name) for each in deployments for name in ("tpm", "rpm"))

    def _weights(self) -> list[float] | None:
        """Cumulative weights by the metric that upstream goes by; None: all are alike."""
        for metric in _METRICS:
            weights = [each["litellm_params"].get(metric) for each in self.deployments]
            if all(weight is None for weight in weights):
                continue
            numbers = [float(weight) for weight in weights if type(weight) in (int, float)]
            if len(numbers) != len(weights) or min(numbers) < 0:
                raise Unsuitable(f"{metric} of some deployments only")
            if (total := sum(numbers)) > 0:
                return list(itertools.accumulate(number / total for number in numbers))
        return None

    def is_current(self, router: Any) -> bool:
        """Whether the router is the same as when this was made."""
        models = router.model_list
        return (
            models is self._list
            and len(models) == self._size
            and len(vars(router)) == self._attributes
            and time.monotonic() < self.expires
        )

    def pick(self) -> dict[str, Any] | None:
        """A deployment that is not cooling down; None when upstream has to choose."""
        if not self.shuffled:
            return None
        now, found = time.time(), self.deployments
        for _ in range(_TRIES):
            if self._cumulative is None:
                chosen = random.choice(found)
            else:
                chosen = random.choices(found, cum_weights=self._cumulative)[0]
            key = self._keys[id(chosen)]
            if not any(key in expiries and expiries[key] > now for expiries in self._cooling):
                return chosen
        return None

    def healthy(self) -> list[dict[str, Any]]:
        """The deployments that are not cooling down."""
        now, keys = time.time(), self._keys
        cooling = {key for expiries in self._cooling for key, expires in list(expiries.items()) if expires > now}
        if cooling.isdisjoint(keys.values()):
            return self.deployments.copy()
        return [each for each in self.deployments if keys[id(each)] not in cooling]


class Unsuitable(Exception):  # a verdict, not an error of the caller
    """The group is for upstream to choose from; the message says why."""


class Groups:
    """The groups of all routers."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods
        self._known: WeakKeyDictionary[Any, dict[str, Group | str]] = WeakKeyDictionary()
        self._checked: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def get(self, router: Any, model: str, *, for_call: bool = False) -> Group | str:
        """The group `model`; a text says why upstream has to choose, or `for_call`, to make the whole call."""
        methods = self._methods.call if for_call else self._methods.choice
        if methods.are_replaced():
            return _REPLACED
        known = self._known.get(router)
        if known is None:
            known = self._known[router] = {}
            self._checked[router] = time.monotonic()
        group = known.get(model)
        if isinstance(group, Group) and group.is_current(router):
            return group
        if isinstance(group, str):
            if time.monotonic() - self._checked[router] < _MAX_AGE_S:
                return group
            known.clear()
            self._checked[router] = time.monotonic()
        try:
            made: Group | str = self._make(router, model)
        except Unsuitable as reason:
            made = str(reason)
        known[model] = made
        return made

    def _make(self, router: Any, model: str) -> Group:
        if type(router) is not sys.modules["litellm.router"].Router:
            raise Unsuitable("a router of the application's own")
        if self._methods.are_shadowed(router):
            raise Unsuitable(_REPLACED)
        for name in _ROUTER_FEATURES:
            if getattr(router, name, None):
                raise Unsuitable(name)
        if router.cache.redis_cache is not None or router.routing_strategy not in _STRATEGIES:
            raise Unsuitable("another strategy, or Redis")
        if model not in router.model_name_to_deployment_indices:
            raise Unsuitable("an unknown model")
        _, found = router._common_checks_available_deployment(
            model=model, messages=None, input=None, specific_deployment=False, request_kwargs={}
        )
        if type(found) is not list or not found:
            raise Unsuitable("no list of deployments")
        for each in found:
            params, info = each["litellm_params"], each["model_info"]
            if any(params.get(name) is not None for name in _PARAMS) or any(info.get(name) for name in _INFO):
                raise Unsuitable("a deployment with settings of its own")
        return Group(router, list(found))
