"""`Router`'s methods about routing groups: names that stand for several model groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litellm.router_utils.base import RouterBase
from litellm.router_utils.deployments import Row
from litellm.router_utils.virtual_groups import VirtualGroup, parse_routing_groups
from litellm.types.router import RoutingGroup


class RoutingGroupMethods(RouterBase):
    """Routing groups by name, and the deployments behind them."""

    @property
    def routing_groups(self) -> dict[str, RoutingGroup]:
        """The routing groups by name."""
        return self._virtual.routing_groups

    @routing_groups.setter
    def routing_groups(self, groups: Any) -> None:
        given = list(groups.values()) if isinstance(groups, dict) else groups
        self._set_routing_groups(parse_routing_groups(given))

    def _set_routing_groups(self, groups: Sequence[RoutingGroup]) -> None:
        self._virtual.set_routing_groups(groups, self._store.aliases)

    def _called(self, name: str | None) -> VirtualGroup | None:
        return None if name is None else self._virtual.called(self._store.alias_of(name) or name)

    def get_routing_group(self, model_name: str) -> RoutingGroup | None:
        """The routing group that can be called by this name; None when a model or an alias has the name."""
        virtual = self._virtual.called(model_name)
        return None if virtual is None else virtual.group

    def routing_group_has_alternatives(self, model_group: str | None) -> bool:
        """Whether the name is a routing group's with more than one deployment."""
        virtual = self._called(model_group)
        return virtual is not None and len(virtual.rows) > 1

    def team_model_has_alternatives(self, deployment_id: str) -> bool:
        """Whether the deployment's team has another one of the same public name."""
        row = self._store.by_id.get(deployment_id)
        if row is None:
            return False
        info = row["model_info"]
        team = self._virtual.of_team(info.get("team_id"), info.get("team_public_model_name") or "")
        return team is not None and len(team.rows) > 1

    def is_recognized_model(self, model: str) -> bool:
        """Whether the name is a model group's, a deployment's id, an alias's or a routing group's."""
        known = model in self._store.groups or model in self._store.by_id or model in self._store.aliases
        return known or self._virtual.called(model) is not None

    def get_model_list_from_routing_groups(self, model_name: str | None = None) -> Sequence[Row]:
        """The rows behind one routing group, or all of them, under the group's name and without access groups."""
        names = list(self._virtual.routing_groups) if model_name is None else [model_name]
        found = (self._virtual.called(name) for name in names)
        return [_as_group_row(row, virtual.name) for virtual in found if virtual for row in virtual.rows.values()]

    def get_model_list_of_routed_group(self, model_group: str) -> list[Row]:
        """The rows of a name that is no alias: a model group's, a routing group's, or a pattern's that matches."""
        named = list(self._store.groups.get(model_group, {}).values())
        named += self.get_model_list_from_routing_groups(model_group)
        if named:
            return named
        pattern = self._store.patterns.match(model_group)
        return list(self._store.groups[pattern].values()) if pattern is not None else []

    def routable_model_group(self, model_name: str) -> str:
        """The name that a request for `model_name` is routed by: an alias's target, or itself."""
        return self._store.alias_of(model_name) or model_name


def _as_group_row(row: Row, name: str) -> Row:
    info = {key: value for key, value in row["model_info"].items() if key != "access_groups"}
    return {**row, "model_name": name, "model_info": info}
