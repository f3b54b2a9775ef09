"""Choosing one deployment for one attempt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litellm import exceptions
from litellm.router_utils.access import AccessFilter, is_blocked, owner_of, usable_by_team
from litellm.router_utils.ask import Ask, DeploymentFilter, Pool, ids_of, team_of
from litellm.router_utils.deployments import DEFAULT_GROUP, DeploymentStore, Row
from litellm.router_utils.pattern_match_deployments import fill_pattern, with_model
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.settings import RouterSettings
from litellm.router_utils.virtual_groups import VirtualGroup, VirtualGroups
from litellm.types.router import RouterErrors, RouterRateLimitError

USAGE_STRATEGIES = ("usage-based-routing", "usage-based-routing-v2")
RATE_LIMIT_WINDOW_S = 60
NONE_FREE = RouterErrors.no_deployments_available.value


class NoSlotError(exceptions.RateLimitError):
    """Every deployment that may be used has all its parallel requests in use; one will be free before long."""

    def __init__(self, group: str, model: str) -> None:
        self.group = group
        super().__init__(
            message=f"{RouterErrors.max_parallel_requests_exceeded.value} Passed model={model}.",
            model=model,
            llm_provider="",
            response=rate_limit_response(1),
        )


class Selector:
    """Finds the deployments that answer for a model, applies the filters, and lets the routing core pick.

    `access` and then `filters` leave deployments out, in this order. `changing` is the one of them that more than
    settings and deployments switches on and off.
    """

    def __init__(
        self,
        store: DeploymentStore,
        core: RoutingCore,
        settings: RouterSettings,
        virtual: VirtualGroups,
        access: AccessFilter,
        filters: Sequence[DeploymentFilter] = (),
        *,
        changing: DeploymentFilter,
    ) -> None:
        self._store, self._core, self._settings, self._virtual = store, core, settings, virtual
        self.filters: list[DeploymentFilter] = [access, *filters]
        self._changing = changing
        self._version, self._quiet = -1, False
        self._pools: dict[str, Pool] = {}

    def pick(self, ask: Ask, *, reserve: bool) -> Row:
        """The row of the deployment to use. With `reserve` it counts as in flight until it is reported back.

        Raises BadRequestError when nothing answers for the model, RouterRateLimitError while everything that does is
        cooling down, RateLimitError when every limit is used up, ValueError when the tags or the budgets allow nothing.
        """
        if (row := self._by_name(ask)) is not None:
            if reserve:
                self._core.begin(row["model_info"]["id"])
            return row
        quiet = self._is_quiet(ask)
        pool = self._quiet_pool(ask) if quiet else self.pool(ask.model, ask.kwargs)
        if pool is None:
            raise self.unknown(ask)
        ask.pool = pool
        excluded = None if quiet else self._excluded(pool, ask)
        mirrored = pool.core is not self._core
        chosen = pool.core.pick(
            pool.group,
            pool.strategy,
            excluded,
            stream=bool(ask.kwargs.get("stream")),
            reserve=reserve and not mirrored,
        )
        if chosen is None:
            raise self._nothing_left(pool, ask, excluded)
        if reserve and mirrored:
            self._core.begin(chosen)
        return self._filled(pool.rows[chosen], ask.model)

    def pick_quickly(self, model: str, kwargs: Mapping[str, Any]) -> tuple[Row, int] | None:
        """As `pick`, reserving, for a request for a model group by its own name, where nothing has a budget.

        Gives the size of the group as well. None where anything else than the routing core has a say, or it has nothing
        to pick.
        """
        version = self._settings.version + self._store.version
        if version != self._version or not self._quiet:
            return None
        pool = self._pools.get(model)
        if pool is None or pool.core is not self._core or model in self._store.by_id:
            return None
        chosen = pool.core.pick(pool.group, pool.strategy, None, stream=bool(kwargs.get("stream")), reserve=True)
        return None if chosen is None else (self._filled(pool.rows[chosen], model), len(pool.rows))

    def plain_rows(self, model: str) -> dict[str, Row] | None:
        """The deployments of a group that is asked for by its own name, where only the routing core has a say."""
        ask = Ask(model, {})
        pool = self._quiet_pool(ask) if self._is_quiet(ask) and model not in self._store.by_id else None
        if pool is None or pool.group != model or pool.core is not self._core:
            return None
        patterns = any("*" in row["litellm_params"]["model"] for row in pool.rows.values())
        return None if patterns else dict(pool.rows)

    @property
    def version(self) -> int:
        """Another number after each change of settings or deployments."""
        return self._settings.version + self._store.version

    def _is_quiet(self, ask: Ask) -> bool:
        """Whether nothing but the routing core has a say in what `ask` gets."""
        version = self.version
        if version != self._version:
            self._version, self._pools = version, {}
            self._quiet = not (self._virtual.any or any(each.is_on for each in self.filters))
        return self._quiet and not (
            ask.avoid
            or ask.pins
            or ask.only is not None
            or "enable_tag_filtering" in ask.kwargs
            or self._changing.is_on
        )

    def _quiet_pool(self, ask: Ask) -> Pool | None:
        """As `pool`; those of groups asked for by their own name are kept until something changes."""
        pool = self._pools.get(ask.model)
        if pool is None:
            pool = self.pool(ask.model, ask.kwargs)
            if pool is not None and pool.group == ask.model:
                self._pools[ask.model] = pool
        return pool

    def pool(self, model: str, kwargs: Mapping[str, Any]) -> Pool | None:
        """The deployments that answer for `model`, or None when there are none."""
        strategy = self._settings.routing_strategy
        virtual = self._virtual
        if virtual.any:
            named = virtual.of_team(team_of(kwargs), model) or virtual.called(self._store.alias_of(model) or model)
            if named is not None and named.rows:
                return self._virtual_pool(named)
        group = self._store.group_of(model)
        if group is None:
            return None
        rows = self._store.groups[group]
        owner = virtual.owner(group)
        if owner is None:
            return Pool(group, rows, self._core, strategy, (group,))
        return Pool(
            owner.name,
            rows,
            owner.core,
            owner.strategy or strategy,
            (group,),
            frozenset(owner.rows.keys() - rows.keys()),
        )

    def _virtual_pool(self, virtual: VirtualGroup) -> Pool:
        strategy = virtual.strategy or self._settings.routing_strategy
        return Pool(virtual.name, virtual.rows, virtual.core, strategy, virtual.members)

    def knows(self, model_id: str) -> bool:
        """Whether a deployment has this id."""
        return model_id in self._store.by_id

    def candidates(self, model: str, kwargs: Mapping[str, Any]) -> list[Row]:
        """Every row that answers for `model`, cooling down or not."""
        row = self._store.by_id.get(model)
        if row is not None:
            return [row]
        pool = self.pool(model, kwargs)
        return [] if pool is None else list(pool.rows.values())

    def healthy(self, model: str, kwargs: Mapping[str, Any]) -> list[Row]:
        """The rows of `candidates` that are not cooling down."""
        cooling = self._core.cooling()
        return [row for row in self.candidates(model, kwargs) if row["model_info"]["id"] not in cooling]

    def usable(self, ask: Ask) -> list[Row]:
        """The rows that the request may be sent to now. Raises as the filters do."""
        if (row := self._by_name(ask)) is not None:
            return [row]
        pool = self.pool(ask.model, ask.kwargs)
        if pool is None:
            raise self.unknown(ask)
        left_out = (self._excluded(pool, ask) or set()) | self._core.cooling().keys()
        return [row for model_id, row in pool.rows.items() if model_id not in left_out]

    def _by_name(self, ask: Ask) -> Row | None:
        """The one deployment that is asked for by id, or by its provider's model name with `specific_deployment`."""
        if ask.specific_deployment:
            wanted = ask.model
            matches: Callable[[Row], bool] = lambda row: row["litellm_params"]["model"] == wanted  # noqa: E731
            row = next(filter(matches, self._store.as_list()), None)
        else:
            row = self._store.by_id.get(ask.model)
            if row is None:
                return None
        if row is None or is_blocked(row) or not usable_by_team(row, team_of(ask.kwargs) or owner_of(row)):
            raise self.unknown(ask)
        return row

    def _excluded(self, pool: Pool, ask: Ask) -> set[str] | None:
        """The ids of the group's deployments that this request may not use, or None when it may use all."""
        rows = pool.rows
        excluded = {model_id for model_id in ask.avoid if model_id in rows}
        if pool.others:
            excluded |= pool.others
        allowed: Sequence[Row] | None = None
        if ask.only is not None:
            allowed = [row for model_id, row in rows.items() if model_id in ask.only]
        for each in self.filters:
            if each.applies(pool, ask):
                allowed = each.narrow(list(rows.values()) if allowed is None else allowed, pool, ask)
        if allowed is not None and len(allowed) < len(rows):
            excluded |= rows.keys() - ids_of(allowed)
        for pinned in ask.pins:
            if pinned in rows and pinned not in excluded and pinned not in self._core.cooling():
                return excluded | (rows.keys() - {pinned})
        return excluded or None

    def _filled(self, row: Row, model: str) -> Row:
        if "*" not in row["litellm_params"]["model"]:
            return row
        model, group = self._store.alias_of(model) or model, row["model_name"]
        if "*" not in group:
            group = row["model_info"].get("team_public_model_name") or group
        if group == DEFAULT_GROUP:
            target = (
                model
                if row["litellm_params"]["model"] == "*"
                else fill_pattern("*", row["litellm_params"]["model"], model)
            )
            return with_model(row, target)
        return with_model(row, fill_pattern(group, row["litellm_params"]["model"], model))

    def is_alias(self, model: str) -> bool:
        """Whether `model` is another name for a group."""
        return self._store.alias_of(model) is not None

    def group_size(self, model: str, kwargs: Mapping[str, Any]) -> int:
        """How many deployments answer for `model`."""
        if model in self._store.by_id:
            return 1
        pool = self.pool(model, kwargs)
        return 0 if pool is None else len(pool.rows)

    def unknown(self, ask: Ask) -> Exception:
        """The error for a model that nothing answers for."""
        return exceptions.BadRequestError(
            message=f"You passed in model={ask.model}. {RouterErrors.no_healthy_deployments.value}.",
            model=ask.model,
            llm_provider="",
        )

    def _nothing_left(self, pool: Pool, ask: Ask, excluded: set[str] | None) -> Exception:
        rows = pool.rows
        cooling = {model_id: left for model_id, left in self._core.cooling().items() if model_id in rows}
        usable = rows.keys() - cooling.keys() - (excluded or set())
        if not usable and (cooling or not excluded):
            wait = round(min(cooling.values(), default=self._settings.cooldown_s), 2)
            return RouterRateLimitError(
                model=ask.model,
                cooldown_time=wait,
                enable_pre_call_checks=self._settings.enable_pre_call_checks,
                cooldown_list=list(cooling),
                model_ids=list(rows),
            )
        if not usable:
            return exceptions.BadRequestError(
                message=f"{NONE_FREE}: none can take this request. Passed model={ask.model}.",
                model=ask.model,
                llm_provider="",
            )
        return self._limits_used_up(pool, ask, sorted(usable))

    def _limits_used_up(self, pool: Pool, ask: Ask, usable: list[str]) -> Exception:
        if pool.core.waiting_helps(usable):
            return NoSlotError(pool.group, ask.model)
        text = f"{NONE_FREE}. Passed model={ask.model}. Deployments={pool.core.usage(usable)}"
        if not ask.asynchronous and pool.strategy in USAGE_STRATEGIES:
            return ValueError(text)  # upstream's error for a synchronous call
        return exceptions.RateLimitError(
            message=text,
            model=ask.model,
            llm_provider="",
            response=rate_limit_response(RATE_LIMIT_WINDOW_S),
        )


def rate_limit_response(retry_after_s: int) -> Any:
    """An HTTP answer that says when to come back; the router's own limits are reported like a provider's."""
    import httpx

    return httpx.Response(
        429, headers={"retry-after": str(retry_after_s)}, request=httpx.Request("POST", "https://router.local")
    )
