"""Budgets of providers, deployments and tags: what has spent its budget gets no requests until the period is over.

A period begins with the first spend in it and lasts as long as its budget says. Amounts are pico-dollars inside. With
Redis the spend of all processes counts; while Redis fails, this process's own.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from litellm.caching.in_memory_cache import InMemoryCache
from litellm.caching.redis_clients import redis_failures
from litellm.litellm_core_utils import accelerator
from litellm.router_strategy.tag_based_routing import request_tags
from litellm.router_utils.ask import Ask, Pool
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Do, Plan
from litellm.types.router import RouterErrors, RoutingBudgetSpent
from litellm.types.utils import BudgetConfig

logger = logging.getLogger("LiteLLM Router")
PICO = 10**12
MAX_KEYS = 100_000
# How old the other processes' spend may be, in seconds.
REFRESH_S = 1.0
# A budget without a period lasts as long as the process.
FOREVER_S = 10 * 365 * 86_400.0
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
Budgets = dict[str, BudgetConfig]
ProviderOf = Callable[[Mapping[str, Any]], str | None]


def period_s(duration: str | None, now: float) -> float:
    """The length in seconds of a budget's period that begins `now`. Raises ValueError for what is no duration."""
    if duration is None:
        return FOREVER_S
    found = re.fullmatch(r"(\d+)([smhdw])", duration)
    if found is not None and int(found[1]) > 0:
        return float(int(found[1]) * _UNITS[found[2]])
    return float(accelerator.next_budget_reset(duration, now) - now)


def parse_budgets(given: Mapping[str, Any] | None, name: str) -> Budgets:
    """Budgets by name, from `{"budget_limit", "time_period"}` or `BudgetConfig`.

    Raises ValueError naming the setting `name` and the budget that is wrong.
    """
    if given is not None and not isinstance(given, Mapping):
        raise ValueError(f"{name} must be a dictionary, got {given!r}")
    budgets: Budgets = {}
    for key, value in (given or {}).items():
        try:
            budget = value if isinstance(value, BudgetConfig) else BudgetConfig(**value)
            period_s(budget.budget_duration, time.time())
        except (TypeError, ValueError, ValidationError) as error:
            raise ValueError(f"{name}: {key!r}: {error}") from error
        budgets[key] = budget
    return budgets


class RouterBudgetLimiting:
    """Keeps count of what was spent, and leaves out deployments whose budget is spent.

    `provider_of(litellm_params)` names a deployment's provider; `tag_budgets()` gives the budgets of tags.
    """

    def __init__(
        self,
        dual_cache: Any = None,
        provider_budget_config: Mapping[str, Any] | None = None,
        model_list: Iterable[Row] | None = None,
        *,
        provider_of: ProviderOf = lambda params: str(params["model"]).split("/", 1)[0],
        tag_budgets: Callable[[], Mapping[str, Any] | None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.provider_budget_config = parse_budgets(provider_budget_config, "provider_budget_config")
        self.deployment_budget_config: Budgets = {}
        self._provider_of, self._tag_budgets, self._clock = provider_of, tag_budgets, clock
        self._cache = InMemoryCache(max_size_in_memory=MAX_KEYS, clock=clock)
        self._dual = dual_cache
        self._unsent: dict[str, int] = {}
        self._asked_at: dict[str, float] = {}
        for row in model_list or ():
            self.register_deployment_budget(row)

    # The budgets

    def register_deployment_budget(self, deployment: Row) -> None:
        """Note a deployment's `max_budget` and `budget_duration`, if it has them. Raises ValueError for a wrong one."""
        params, model_id = deployment["litellm_params"], deployment["model_info"]["id"]
        if params.get("max_budget") is not None:
            given = {"max_budget": params["max_budget"], "budget_duration": params.get("budget_duration")}
            self.deployment_budget_config.update(parse_budgets({model_id: given}, "litellm_params.max_budget"))

    def unregister_deployment_budget(self, model_id: str) -> None:
        """Forget a removed deployment's budget."""
        self.deployment_budget_config.pop(model_id, None)

    @property
    def _tags(self) -> Budgets:
        return parse_budgets(self._tag_budgets(), "tag_budget_config")

    @property
    def is_active(self) -> bool:
        """Whether anything has a budget."""
        return bool(self.provider_budget_config or self.deployment_budget_config or self._tag_budgets())

    def _of(self, row: Row, tags: Sequence[str]) -> list[tuple[str, BudgetConfig, str]]:
        """(key of the spend, budget, what has it) for every budget that a request to the deployment counts against."""
        found = []
        if self.provider_budget_config:
            provider = self._provider_of(row["litellm_params"])
            if provider is not None and (budget := self.provider_budget_config.get(provider)) is not None:
                found.append((f"provider_spend:{provider}:{budget.budget_duration}", budget, f"provider {provider}"))
        model_id = row["model_info"]["id"]
        if (budget := self.deployment_budget_config.get(model_id)) is not None:
            what = f"deployment model_name: {row['model_name']}, model_id: {model_id}"
            found.append((f"deployment_spend:{model_id}:{budget.budget_duration}", budget, what))
        if tags and (budgets := self._tags):
            for tag in tags:
                if (budget := budgets.get(tag)) is not None:
                    found.append((f"tag_spend:{tag}:{budget.budget_duration}", budget, f"tag {tag!r}"))
        return found

    # The filter

    @property
    def is_on(self) -> bool:
        """Whether anything has a budget."""
        return self.is_active

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether anything has a budget."""
        return self.is_active

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows whose budgets are not spent. Raises ValueError, saying what is spent, when none is left."""
        tags, left = request_tags(ask.kwargs), []
        spent_by: dict[str, None] = {}
        for row in rows:
            over = next((over for over in map(self._over, self._of(row, tags)) if over is not None), None)
            if over is None:
                left.append(row)
            else:
                spent_by[over] = None
        if rows and not left:
            raise RoutingBudgetSpent(
                f"{RouterErrors.no_deployments_with_provider_budget_routing.value}: {'; '.join(spent_by)}"
            )
        return left

    def _over(self, entry: tuple[str, BudgetConfig, str]) -> str | None:
        key, budget, what = entry
        if not budget.max_budget:
            return None
        spent = self._spent(key)
        over = spent >= round(budget.max_budget * PICO)
        return f"Exceeded budget for {what}: {spent / PICO} >= {budget.max_budget}" if over else None

    # The spend

    def _spent(self, key: str) -> int:
        return int(self._cache.get_cache(key) or 0)

    def get_current_provider_spend(self, provider: str) -> float | None:
        """What was spent on a provider in its running period, in USD; None when it has no budget."""
        budget = self.provider_budget_config.get(provider)
        return None if budget is None else self._spent(f"provider_spend:{provider}:{budget.budget_duration}") / PICO

    async def _get_current_provider_spend(self, provider: str) -> float | None:
        return self.get_current_provider_spend(provider)

    def reset_at(self, provider: str) -> float | None:
        """When a provider's running period ends, in seconds since 1970; None while nothing is spent in it."""
        budget = self.provider_budget_config.get(provider)
        key = None if budget is None else f"provider_spend:{provider}:{budget.budget_duration}"
        return None if key is None or not self._spent(key) else self._cache.ttl_dict.get(key)

    def spend(self, row: Row, kwargs: Mapping[str, Any], cost: float) -> None:
        """Count `cost` USD for an answer of the deployment to the request of `kwargs`."""
        amount, now = round(cost * PICO), self._clock()
        if amount <= 0:
            return
        for key, budget, _ in self._of(row, request_tags(kwargs)):
            self._cache.increment_cache(key, amount, ttl=period_s(budget.budget_duration, now))
            if self._redis is not None:
                self._unsent[key] = self._unsent.get(key, 0) + amount

    @property
    def _redis(self) -> Any:
        return None if self._dual is None else self._dual.redis_cache

    def share(self, rows: Iterable[Row], kwargs: Mapping[str, Any], asynchronous: bool) -> Plan:
        """Tell Redis what was spent here, and learn what all spent on these rows. Does nothing while Redis fails."""
        redis = self._redis
        if redis is None:
            return None
        now, tags = self._clock(), request_tags(kwargs)
        wanted = {key: budget for row in rows for key, budget, _ in self._of(row, tags)}
        try:
            for key, budget in wanted.items():
                amount, ttl = self._unsent.pop(key, 0), period_s(budget.budget_duration, now)
                if amount or now - self._asked_at.get(key, 0.0) >= REFRESH_S:
                    total = yield from self._told(redis, key, amount, ttl, asynchronous)
                    self._asked_at[key] = now
                    self._cache.set_cache(key, max(int(total), self._unsent.get(key, 0)), ttl=ttl)
        except redis_failures() as error:
            logger.warning("budgets count this process alone: %s", error)
        return None

    def _told(self, redis: Any, key: str, amount: int, ttl: float, asynchronous: bool) -> Plan:
        name, sent = f"router_budget:{key}", False
        try:
            if amount:
                arguments = {"key": name, "value": amount, "ttl": ttl}
                total = yield Do(redis.async_increment if asynchronous else redis.increment_cache, arguments)
            else:
                total = yield Do(redis.async_get_cache if asynchronous else redis.get_cache, {"key": name})
            sent = True
            return total or 0
        finally:
            if not sent and amount:
                self._unsent[key] = self._unsent.get(key, 0) + amount
