"""`Router`'s methods that list, find, add, change and remove deployments."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.router_utils.ask import Ask
from litellm.router_utils.base import RouterBase
from litellm.router_utils.deployments import Row, generate_model_id, is_active
from litellm.router_utils.effects import run_async, run_sync
from litellm.types.router import CustomRoutingStrategyBase, Deployment

logger = logging.getLogger("LiteLLM Router")


class DeploymentMethods(RouterBase):
    """Deployments by name, id, team, alias and pattern."""

    ignore_invalid_deployments: bool = False
    generate_model_id = staticmethod(generate_model_id)

    @property
    def model_list(self) -> list[Row]:
        """Every deployment, as `{"model_name", "litellm_params", "model_info"}`."""
        return self._store.as_list()

    @property
    def model_names(self) -> set[str]:
        """The groups that have deployments."""
        return set(self._store.groups)

    @property
    def deployment_names(self) -> list[str]:
        """The provider's model name of every deployment."""
        return [row["litellm_params"]["model"] for row in self._store.as_list()]

    @property
    def default_deployment(self) -> Row | None:
        """The deployment that answers for every model that nothing else answers for, if there is one."""
        return next(iter(self._store.groups.get("*", {}).values()), None)

    @property
    def model_group_alias(self) -> dict[str, Any]:
        """Other names of groups."""
        return self._store.aliases

    @model_group_alias.setter
    def model_group_alias(self, aliases: Mapping[str, Any] | None) -> None:
        self._store.aliases = dict(aliases or {})

    def set_model_list(self, model_list: Sequence[Any]) -> None:
        """Make `model_list` the whole list of deployments; those that did not change keep their state.

        Raises ValueError naming the field of an invalid entry; then nothing is changed. With
        `ignore_invalid_deployments` such an entry is logged and left out.
        """
        if isinstance(model_list, (str, bytes, Mapping)):
            raise ValueError(f"model_list must be a list of deployments, got {type(model_list).__name__}")
        rows = []
        for entry in model_list:
            try:
                row = self._checked(entry)
            except ValueError as error:
                if not self.ignore_invalid_deployments:
                    raise
                logger.error("deployment left out: %s", error)
                continue
            if is_active(row):
                rows.append(row)
        self._store.replace_all(rows)

    def deployment_is_active_for_environment(self, deployment: Deployment | Mapping[str, Any]) -> bool:
        """Whether a deployment is meant for this process's LITELLM_ENVIRONMENT. Raises ValueError for a wrong one."""
        return is_active(self._checked(deployment))

    def add_deployment(self, deployment: Deployment | Mapping[str, Any]) -> Deployment | None:
        """Add a deployment; None when one of the same id is there already."""
        row = self._checked(deployment)
        if row["model_info"]["id"] in self._store.by_id or not is_active(row):
            return None
        self._store.put(row)
        return Deployment(**row)

    def upsert_deployment(self, deployment: Deployment | Mapping[str, Any]) -> Deployment | None:
        """Add a deployment, or replace the one of the same id; None when nothing changed."""
        row = self._checked(deployment)
        return Deployment(**row) if is_active(row) and self._store.put(row) else None

    def delete_deployment(self, id: str) -> Deployment | None:
        """Remove the deployment of this id and return it, or None when there is none."""
        row = self._store.remove(str(id))
        return None if row is None else Deployment(**row)

    def has_model_id(self, candidate_id: str) -> bool:
        """Whether a deployment has this id."""
        return candidate_id in self._store.by_id

    def get_deployment(self, model_id: str) -> Deployment | None:
        """The deployment of this id, or None."""
        row = self._store.by_id.get(model_id)
        return None if row is None else Deployment(**row)

    def get_deployment_by_model_group_name(self, model_group_name: str) -> Deployment | None:
        """Some deployment of the group, or None."""
        row = next(iter(self._store.groups.get(model_group_name, {}).values()), None)
        return None if row is None else Deployment(**row)

    def get_deployment_credentials(self, model_id: str) -> dict[str, Any] | None:
        """The credentials of a deployment, without those that are not set."""
        row = self._store.by_id.get(model_id)
        if row is None:
            return None
        names = ("api_key", "api_base", "api_version", "organization", "region_name")
        prefixes = ("vertex_", "aws_", "azure_", "watsonx_", "client_", "tenant_")
        return {k: v for k, v in row["litellm_params"].items() if k in names or k.startswith(prefixes)}

    def get_model_info(self, id: str) -> Row | None:
        """The row of this id, or None."""
        return self._store.by_id.get(id)

    def get_model_group(self, id: str) -> list[Row] | None:
        """Every deployment of the group that this deployment belongs to, or None."""
        row = self._store.by_id.get(id)
        return None if row is None else list(self._store.groups[row["model_name"]].values())

    def get_model_ids(self, model_name: str | None = None, exclude_team_models: bool = False) -> list[str]:
        """The ids of all deployments, or of one group."""
        rows = self._store.as_list() if model_name is None else self._store.groups.get(model_name, {}).values()
        return [
            row["model_info"]["id"] for row in rows if not (exclude_team_models and row["model_info"].get("team_id"))
        ]

    def get_model_names(self, team_id: str | None = None) -> list[str]:
        """The names that a client may ask for: visible aliases, then groups; a team's own under their public names."""
        names = self._store.visible_aliases()
        for group, members in self._store.groups.items():
            info = next(iter(members.values()))["model_info"]
            if info.get("team_id") is None:
                names.append(group)
            elif info["team_id"] == team_id:
                names.append(info.get("team_public_model_name") or group)
        names += [name for name in self._virtual.routing_groups if self._virtual.called(name) is not None]
        return list(dict.fromkeys(names))

    def get_model_list(self, model_name: str | None = None, team_id: str | None = None) -> list[Row]:
        """The rows of one name, or of every alias and group. An alias's rows carry the alias as their name."""
        if model_name is not None:
            virtual = self._virtual.of_team(team_id, model_name) or self._virtual.called(model_name)
            if virtual is not None:
                return [{**row, "model_name": model_name} for row in virtual.rows.values()]
            rows = self._store.rows_of(model_name)
            return [{**row, "model_name": model_name} for row in rows] if model_name in self._store.aliases else rows
        aliased = [row for alias in self._store.visible_aliases() for row in self.get_model_list(alias)]
        return aliased + self._store.as_list()

    def get_model_list_from_model_alias(self, model_name: str | None = None) -> list[Row]:
        """The rows behind one alias, or behind all of them."""
        names = self._store.visible_aliases() if model_name is None else [model_name]
        return [row for name in names if name in self._store.aliases for row in self.get_model_list(name)]

    def get_all_deployments(
        self, model_name: str, model_alias: str | None = None, team_id: str | None = None
    ) -> list[Row]:
        """The rows of a name, under the alias's name if one is given."""
        team = self._virtual.of_team(team_id, model_name)
        rows = list(team.rows.values()) if team is not None else self._store.rows_of(model_name)
        return [{**row, "model_name": model_alias} for row in rows] if model_alias else rows

    def get_model_from_alias(self, model: str) -> str | None:
        """The group that the alias stands for, or None."""
        return self._store.alias_of(model)

    def resolve_model_name_from_model_id(self, model_id: str | None) -> str | None:
        """The group of the deployment of this id; else the first group that calls the provider's model of this name."""
        if model_id is None:
            return None
        if (row := self._store.by_id.get(model_id)) is not None:
            return str(row["model_name"])
        if model_id in self._store.groups:
            return model_id
        for row in self._store.as_list():
            if model_id in (row["litellm_params"]["model"], row["litellm_params"]["model"].split("/", 1)[-1]):
                return str(row["model_name"])
        return None

    def map_team_model(self, team_model_name: str | None, team_id: str) -> str | None:
        """The name that the team's request is routed by: its public name, if it has a model of that name, or None."""
        return team_model_name if self._virtual.of_team(team_id, team_model_name or "") is not None else None

    def get_model_access_groups(
        self, model_name: str | None = None, model_access_group: str | None = None, team_id: str | None = None
    ) -> dict[str, list[str]]:
        """The groups of each access group (`model_info.access_groups`), or of those that the arguments name."""
        found: dict[str, list[str]] = {}
        for row in self._store.as_list():
            if model_name is not None and row["model_name"] != model_name:
                continue
            for access_group in row["model_info"].get("access_groups") or ():
                if model_access_group in (None, access_group):
                    found.setdefault(access_group, []).append(row["model_name"])
        return {name: list(dict.fromkeys(groups)) for name, groups in found.items()}

    def get_available_deployment(
        self,
        model: str,
        messages: list[Any] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
        request_kwargs: dict[str, Any] | None = None,
    ) -> Row:
        """The deployment that a call to `model` would go to now. Raises as `Selector.pick` does."""
        if self._custom_pick is not None:
            row: Row = self._custom_pick.get_available_deployment(
                model, messages, input, specific_deployment, request_kwargs
            )
            return row
        ask = Ask(model, request_kwargs or {}, messages, input, specific_deployment=bool(specific_deployment))
        if not self._chooser.is_idle:
            routed, _ = run_sync(self._chooser.route(ask))
            if routed is not None:
                return self.get_available_deployment(routed.model, messages, input, request_kwargs=request_kwargs)
            run_sync(self._chooser.prepare(ask))
        return self._selector.pick(ask, reserve=False)

    async def async_get_available_deployment(
        self,
        model: str,
        request_kwargs: dict[str, Any] | None = None,
        messages: list[Any] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
    ) -> Row:
        """The deployment that an asynchronous call to `model` would go to now."""
        if self._custom_pick is not None:
            row: Row = await self._custom_pick.async_get_available_deployment(
                model, messages, input, specific_deployment, request_kwargs
            )
            return row
        ask = Ask(model, request_kwargs or {}, messages, input, True, bool(specific_deployment))
        routed, _ = await run_async(self._chooser.route(ask))
        if routed is not None:
            return await self.async_get_available_deployment(routed.model, request_kwargs, messages, input)
        await run_async(self._chooser.prepare(ask))
        return self._selector.pick(ask, reserve=False)

    def set_custom_routing_strategy(self, CustomRoutingStrategy: CustomRoutingStrategyBase) -> None:
        """Let the application's own strategy choose from now on."""
        self._custom_pick = CustomRoutingStrategy

    def _get_healthy_deployments(self, model: str, parent_otel_span: Any = None) -> tuple[list[Row], list[Row]]:
        """(the rows of `model` that are not cooling down, all of its rows)"""
        return self._selector.healthy(model, {}), self._selector.candidates(model, {})

    async def async_get_healthy_deployments(
        self, model: str, request_kwargs: dict[str, Any] | None = None, **_: Any
    ) -> list[Row]:
        """The rows of `model` that are not cooling down."""
        return self._selector.healthy(model, request_kwargs or {})
