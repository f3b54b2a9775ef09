"""The sub-routers of a router: found by the deployments that stand for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litellm.router_strategy.adaptive_router.adaptive_router import AdaptiveRouter
from litellm.router_strategy.adaptive_router.learned import Learned
from litellm.router_strategy.auto_router.auto_router import AutoRouter
from litellm.router_strategy.complexity_router.complexity_router import ComplexityRouter
from litellm.router_strategy.quality_router.quality_router import QualityRouter
from litellm.router_strategy.sub_router import PREFIX, SubRouter, Surroundings
from litellm.router_strategy.tag_based_routing import request_tags, tags_of
from litellm.router_utils.ask import Ask, Pool
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Plan

Make = Callable[[str, Mapping[str, Any], Surroundings], SubRouter]
KINDS: dict[str, Make] = {
    "complexity_router": ComplexityRouter,
    "quality_router": QualityRouter,
    "adaptive_router": AdaptiveRouter,
}


def kind_of(model: str) -> str | None:
    """One of `KINDS`, or `semantic`; None for a model that is no sub-router."""
    if not model.startswith(PREFIX):
        return None
    name = model[len(PREFIX) :]
    return next((kind for kind in KINDS if name.startswith(kind)), "semantic")


class SubRouters:
    """Knows which deployments are sub-routers, asks them, and keeps them from being called themselves."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._routers: dict[str, SubRouter] = {}
        self._groups: dict[str, int] = {}

    @property
    def is_on(self) -> bool:
        """Whether there are sub-routers at all."""
        return bool(self._routers)

    def make(self, row: Row) -> SubRouter | None:
        """The sub-router that a deployment stands for, or None. Raises ValueError when its parameters are wrong."""
        params = row["litellm_params"]
        kind = kind_of(params["model"])
        return None if kind is None else KINDS.get(kind, AutoRouter)(row["model_name"], params, self._around)

    def added(self, row: Row) -> None:
        """Note a deployment."""
        made = self.make(row)
        if made is not None:
            self._routers[row["model_info"]["id"]] = made
            self._groups[row["model_name"]] = self._groups.get(row["model_name"], 0) + 1

    def removed(self, row: Row) -> None:
        """Forget a deployment."""
        if self._routers.pop(row["model_info"]["id"], None) is not None:
            self._groups[row["model_name"]] -= 1

    def learned(self) -> list[tuple[str, Learned]]:
        """(name, what it learned) of each router that learns."""
        routers = list(self._routers.values())
        return [(each.model_name, each.learned) for each in routers if isinstance(each, AdaptiveRouter)]

    def after_fork(self) -> None:
        """In the child of a fork, where no thread holds a lock."""
        for each in self._routers.values():
            if isinstance(each, AdaptiveRouter):
                each.after_fork()

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether a deployment of the pool is a sub-router."""
        return bool(self._groups) and any(self._groups.get(name) for name in pool.names)

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows that are models."""
        return [row for row in rows if row["model_info"]["id"] not in self._routers]

    def route(self, pool: Pool | None, ask: Ask) -> Plan:
        """What the sub-router of a pool decides: a `PreRoutingHookResponse`, or None when there is none.

        Of several the one whose tags the request has, else the first one.
        """
        if pool is None or not self.applies(pool, ask):
            return None
        found = [row for model_id, row in pool.rows.items() if model_id in self._routers]
        tags = set(request_tags(ask.kwargs))
        tagged = [row for row in found if tags.intersection(tags_of(row))]
        plain = len(pool.rows) > len(found)
        if not tagged and plain and all(tags_of(row) and "default" not in tags_of(row) for row in found):
            return None
        chosen = (tagged or found)[0]
        return (yield from self._routers[chosen["model_info"]["id"]].route(ask))
