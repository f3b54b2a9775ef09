"""Names that stand for the deployments of several model groups, each with a table and a strategy of its own.

Routing groups (`routing_groups`) are such names; so is a team's public model name that several groups share. The table
of a virtual group is told everything that the router's own table is told, so both know how busy a deployment is.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from litellm.router_utils.deployments import DeploymentStore, Row
from litellm.router_utils.pattern_match_deployments import PatternMatchRouter
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.settings import RouterSettings, check_strategy
from litellm.types.router import RoutingGroup

logger = logging.getLogger("LiteLLM Router")
RESERVED = "default"
PRIORITY = "priority"

MakeCore = Callable[[RouterSettings], RoutingCore]


def parse_routing_groups(groups: Sequence[Any] | None) -> list[RoutingGroup]:
    """Checked routing groups. Raises ValueError naming the group and what is wrong with it."""
    parsed: list[RoutingGroup] = []
    owners: dict[str, str] = {}
    for raw in groups or ():
        try:
            group = raw if isinstance(raw, RoutingGroup) else RoutingGroup(**raw)
        except (TypeError, ValidationError) as error:
            raise ValueError(f"routing_groups: {raw!r} is no routing group: {error}") from error
        name = group.group_name
        if not name or name == RESERVED:
            raise ValueError(f"routing_groups: group_name must not be empty or {RESERVED!r}")
        if any(other.group_name == name for other in parsed):
            raise ValueError(f"routing_groups: group_name {name!r} is there twice")
        if group.routing_strategy == PRIORITY:
            missing = set(group.models) - set(group.model_priorities or {})
            if missing:
                raise ValueError(f"routing_groups: {name!r}: model_priorities is missing {sorted(missing)}")
        else:
            check_strategy(group.routing_strategy)
            for model in group.models:
                if model in owners:
                    raise ValueError(
                        f"routing_groups: {model!r} is in {owners[model]!r} and {name!r}; a model may be in one only"
                    )
                owners[model] = name
        parsed.append(group)
    return parsed


class VirtualGroup:
    """Deployments of several model groups under one name. `group` is the routing group's definition, if it is one."""

    def __init__(self, name: str, core: RoutingCore, strategy: str | None, group: RoutingGroup | None = None) -> None:
        self.name, self.core, self.strategy, self.group = name, core, strategy, group
        self.rows: dict[str, Row] = {}

    @property
    def members(self) -> tuple[str, ...]:
        """The model groups that the deployments come from."""
        if self.group is not None:
            return tuple(self.group.models)
        return tuple(dict.fromkeys(row["model_name"] for row in self.rows.values()))

    def seen(self, row: Row) -> Row:
        """A row as this group sees it: with the `order` of its model's priority, without its access groups."""
        priorities = self.group.model_priorities if self.group is not None else None
        if not priorities or self.strategy != PRIORITY:
            return row
        return {**row, "litellm_params": {**row["litellm_params"], "order": priorities[row["model_name"]]}}

    def add(self, row: Row) -> None:
        """Take a deployment in."""
        row = self.seen(row)
        self.rows[row["model_info"]["id"]] = row
        self.core.add({**row, "model_name": self.name})

    def remove(self, row: Row) -> None:
        """Forget a deployment."""
        if self.rows.pop(row["model_info"]["id"], None) is not None:
            self.core.remove({**row, "model_name": self.name})


class VirtualGroups:
    """The virtual groups of a router, kept in step with its deployments."""

    def __init__(self, store: DeploymentStore, core: RoutingCore, settings: RouterSettings, make: MakeCore) -> None:
        self._store, self._core, self._settings, self._make = store, core, settings, make
        self.routing_groups: dict[str, RoutingGroup] = {}
        self._groups: dict[str, VirtualGroup] = {}
        self._owner: dict[str, VirtualGroup] = {}
        self._by_member: dict[str, list[VirtualGroup]] = {}
        self._teams: dict[tuple[str, str], VirtualGroup] = {}
        self._patterns: dict[str, PatternMatchRouter] = {}

    @property
    def any(self) -> bool:
        """Whether there are virtual groups at all."""
        return bool(self._groups or self._teams)

    def set_routing_groups(self, groups: Iterable[RoutingGroup], aliases: Mapping[str, Any]) -> None:
        """Replace the routing groups. Raises ValueError when a priority group's name is a model's or an alias's."""
        made = list(groups)
        self._store.version += 1
        for group in made:
            if group.group_name in self._store.groups or group.group_name in aliases:
                if group.routing_strategy == PRIORITY:
                    raise ValueError(f"routing_groups: {group.group_name!r} is the name of a model or an alias")
                logger.warning("routing group %r cannot be called: a model has its name", group.group_name)
        for virtual in self._groups.values():
            for row in list(virtual.rows.values()):
                self._detach(virtual, row)
        self.routing_groups = {group.group_name: group for group in made}
        self._groups, self._owner, self._by_member = {}, {}, {}
        for group in made:
            strategy = group.routing_strategy
            settings = dataclasses.replace(
                self._settings,
                routing_strategy="simple-shuffle" if strategy == PRIORITY else strategy,
                routing_strategy_args=group.routing_strategy_args or {},
            )
            virtual = VirtualGroup(group.group_name, self._make(settings), strategy, group)
            self._groups[group.group_name] = virtual
            for model in dict.fromkeys(group.models):
                self._by_member.setdefault(model, []).append(virtual)
                if strategy != PRIORITY:
                    self._owner[model] = virtual
                for row in self._store.groups.get(model, {}).values():
                    self._attach(virtual, row)

    def added(self, row: Row) -> None:
        """Follow a deployment that the router has now."""
        for virtual in self._by_member.get(row["model_name"], ()):
            self._attach(virtual, row)
        key = _team_key(row)
        if key is None:
            return
        virtual_team = self._teams.get(key)
        if virtual_team is None:
            virtual_team = self._teams[key] = VirtualGroup(" ".join(("team", *key)), self._make(self._settings), None)
            if "*" in key[1]:
                self._patterns.setdefault(key[0], PatternMatchRouter()).add_pattern(key[1])
        self._attach(virtual_team, row)

    def removed(self, row: Row) -> None:
        """Follow a deployment that the router has no more."""
        for virtual in self._by_member.get(row["model_name"], ()):
            self._detach(virtual, row)
        key = _team_key(row)
        if key is not None and (team := self._teams.get(key)) is not None:
            self._detach(team, row)
            if not team.rows:
                del self._teams[key]
                if key[0] in self._patterns:
                    self._patterns[key[0]].remove_pattern(key[1])

    def _attach(self, virtual: VirtualGroup, row: Row) -> None:
        virtual.add(row)
        self._core.mirrors.setdefault(row["model_info"]["id"], []).append(virtual.core)

    def _detach(self, virtual: VirtualGroup, row: Row) -> None:
        virtual.remove(row)
        model_id = row["model_info"]["id"]
        left = [core for core in self._core.mirrors.get(model_id, ()) if core is not virtual.core]
        if left:
            self._core.mirrors[model_id] = left
        else:
            self._core.mirrors.pop(model_id, None)

    def called(self, name: str) -> VirtualGroup | None:
        """The routing group that can be called by this name; a model or an alias of the same name comes first."""
        if name in self._store.groups or name in self._store.aliases:
            return None
        return self._groups.get(name)

    def of_team(self, team_id: str | None, model: str) -> VirtualGroup | None:
        """The deployments that a team calls by this public name, or by a pattern that matches it; None without any."""
        if team_id is None:
            return None
        named = self._teams.get((team_id, model))
        patterns = self._patterns.get(team_id)
        if named is None and patterns is not None and (pattern := patterns.match(model)) is not None:
            return self._teams[team_id, pattern]
        return named

    def owner(self, model_group: str) -> VirtualGroup | None:
        """The routing group whose strategy a model group uses, or None."""
        return self._owner.get(model_group)

    def strategy_of(self, model_group: str) -> str:
        """The strategy by which the deployments of a model group are chosen."""
        owner = self._owner.get(model_group)
        return self._settings.routing_strategy if owner is None or owner.strategy is None else owner.strategy

    @property
    def strategies(self) -> set[str]:
        """Every strategy in use."""
        groups = (group.routing_strategy for group in self.routing_groups.values())
        return {self._settings.routing_strategy, *groups}

    def names_of(self, model_id: str, model_group: str) -> list[str]:
        """The virtual groups that a deployment belongs to."""
        found = [virtual.name for virtual in self._by_member.get(model_group, ())]
        if self._teams:
            found += [team.name for team in self._teams.values() if model_id in team.rows]
        return found


def _team_key(row: Row) -> tuple[str, str] | None:
    info = row["model_info"]
    team, public = info.get("team_id"), info.get("team_public_model_name")
    return (team, public) if team and public else None
