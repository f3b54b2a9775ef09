"""`Router`'s methods that say what stands behind a name: for listings, credentials and prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from litellm.router_utils.access import is_blocked, usable_by_team
from litellm.router_utils.base import RouterBase
from litellm.router_utils.deployments import Row
from litellm.types.router import Deployment, DeploymentModelListingInfo


def _widest(values: list[Any]) -> int | None:
    known = [int(value) for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    return max(known) if known else None


class ListingMethods(RouterBase):
    """What the deployments behind a name are, say and cost."""

    @staticmethod
    def deployment_usable_by_team(model: Mapping[str, Any] | Deployment, team_id: str | None) -> bool:
        """Whether a deployment is everybody's or this team's."""
        return usable_by_team(_as_row(model), team_id)

    @staticmethod
    def is_deployment_blocked(deployment: Deployment | Mapping[str, Any]) -> bool:
        """Whether an administrator paused the deployment."""
        return is_blocked(_as_row(deployment))

    @staticmethod
    def are_all_deployments_blocked(deployments: list[Any]) -> bool:
        """Whether there are deployments, and all are paused."""
        return bool(deployments) and all(is_blocked(_as_row(each)) for each in deployments)

    def get_fully_blocked_model_names(self) -> set[str]:
        """The groups whose deployments are all paused."""
        groups = self._store.groups.items()
        return {name for name, rows in groups if self.are_all_deployments_blocked(list(rows.values()))}

    async def async_get_fully_unhealthy_model_names(self) -> set[str]:
        """The names, teams' public ones too, whose deployments all failed their last health check.

        Empty when health checks do not decide, because an `allowed_fails_policy` does.
        """
        ill = self.health_state_cache.get_unhealthy_deployment_ids()
        if not ill or self.settings.allowed_fails_policy is not None:
            return set()
        by_name: dict[str, list[str]] = {}
        for row in self._store.as_list():
            info = row["model_info"]
            for name in (row["model_name"], info.get("team_public_model_name")):
                if name:
                    by_name.setdefault(name, []).append(info["id"])
        return {name for name, ids in by_name.items() if ill.issuperset(ids)}

    def config_deployments(self) -> Iterator[Row]:
        """The rows that do not come from the database."""
        return (row for row in self._store.as_list() if not row["model_info"].get("db_model"))

    def _first_of(self, model_name: str) -> Row | None:
        return next(iter(self._store.groups.get(model_name, {}).values()), None)

    def _stated(self, model_name: str, name: str) -> str | None:
        row = self._first_of(model_name)
        value = None if row is None else row["model_info"].get(name)
        return value if isinstance(value, str) and value.strip() else None

    def get_configured_display_name(self, model_name: str) -> str | None:
        """`model_info.display_name` of the group's first deployment, or None."""
        return self._stated(model_name, "display_name")

    def get_configured_mode(self, model_name: str) -> str | None:
        """`model_info.mode` of the group's first deployment, or None."""
        return self._stated(model_name, "mode")

    def get_configured_token_limits(self, model_name: str) -> tuple[int | None, int | None]:
        """(`max_input_tokens`, `max_output_tokens`) of the group's first deployment; None where it does not say."""
        row = self._first_of(model_name)
        info = {} if row is None else row["model_info"]
        return _widest([info.get("max_input_tokens")]), _widest([info.get("max_output_tokens")])

    def get_model_listing_info(self, model_name: str) -> DeploymentModelListingInfo | None:
        """The catalogue's keys and the widest limits of a group's deployments; None for an unknown or pattern name."""
        rows = list(self._store.groups.get(model_name, {}).values())
        if not rows:
            return None
        infos = [row["model_info"] for row in rows]
        keys = [info.get("base_model") or row["litellm_params"]["model"] for row, info in zip(rows, infos, strict=True)]
        return DeploymentModelListingInfo(
            tuple(dict.fromkeys(keys)),
            _widest([info.get("max_input_tokens") for info in infos]),
            _widest([info.get("max_output_tokens") for info in infos]),
        )

    def _routable(self, model_name: str, team_id: str | None) -> list[Row]:
        return [row for row in self.get_model_list(model_name, team_id) if usable_by_team(row, team_id)]

    def get_model_list(self, model_name: str | None = None, team_id: str | None = None) -> list[Row]:
        """See `DeploymentMethods`."""
        raise NotImplementedError

    def get_configured_service_tiers(self, model_name: str, team_id: str | None = None) -> tuple[Any, ...]:
        """`model_info.service_tiers` of each deployment that the name can be routed to."""
        return tuple(row["model_info"].get("service_tiers") for row in self._routable(model_name, team_id))

    def get_routable_upstream_model(self, model_name: str, team_id: str | None = None) -> str | None:
        """The provider's model of the first deployment that the name can be routed to, or None."""
        row = next(iter(self._routable(model_name, team_id)), None)
        return None if row is None else str(row["litellm_params"]["model"])

    def resolved_litellm_models(self, model_name: str, team_id: str | None = None) -> tuple[str, ...]:
        """The provider's models behind a name; empty for an unknown one."""
        return tuple(row["litellm_params"]["model"] for row in self.get_model_list(model_name, team_id))

    def get_candidate_model_ids_for_route(self, model: str, team_id: str | None = None) -> frozenset[str]:
        """The ids of the deployments that could serve `model` for a team."""
        request = {"metadata": {"user_api_key_team_id": team_id}}
        return frozenset(row["model_info"]["id"] for row in self._selector.candidates(model, request))

    def deployments_for_request(self, model: str, request_kwargs: Mapping[str, Any]) -> list[Row]:
        """The rows that `model` names for the caller of a request, before any filter."""
        return self._selector.candidates(model, request_kwargs)

    def get_credential_deployment(self, model_id: str, team_id: str | None = None) -> Deployment | None:
        """The deployment of this id, else of this name, else of a pattern; None when it is paused or another team's."""
        row = self._store.by_id.get(model_id)
        if row is None:
            row = next(iter(self._routable(model_id, team_id)), None)
        return None if row is None or is_blocked(row) else Deployment(**row)

    def get_deployment_credentials_with_provider(
        self, model_id: str, team_id: str | None = None
    ) -> dict[str, Any] | None:
        """The credentials of a deployment, by id or name, with `custom_llm_provider`; None when it may not be used."""
        found = self.get_credential_deployment(model_id, team_id)
        if found is None:
            return None
        credentials = self.get_deployment_credentials(found.model_info.id) or {}
        provider = self._services.provider_of(self._store.by_id[found.model_info.id]["litellm_params"])
        return {**credentials, "custom_llm_provider": provider}

    def get_deployment_credentials(self, model_id: str) -> dict[str, Any] | None:
        """See `DeploymentMethods`."""
        raise NotImplementedError

    def is_model_access_group_for_wildcard_route(self, model_access_group: str) -> bool:
        """Whether a group of this access group is a pattern."""
        return any(
            "*" in row["model_name"]
            for row in self._store.as_list()
            if model_access_group in (row["model_info"].get("access_groups") or ())
        )

    def should_include_deployment(self, model_name: str, model: Mapping[str, Any], team_id: str | None = None) -> bool:
        """Whether a row answers for this name: a team's by its public name, anybody's by its group."""
        info = model.get("model_info") or {}
        if team_id is not None and info.get("team_id") == team_id and info.get("team_public_model_name") == model_name:
            return True
        return model.get("model_name") == model_name and (info.get("team_id") in (None, team_id))

    def get_discovered_model_info(self, model_id: str | None) -> Mapping[str, int]:
        """What a provider told of a deployment; empty, as providers are not asked."""
        return {}

    def get_router_model_info(
        self, deployment: Mapping[str, Any] | Deployment | None, received_model_name: str, id: str | None = None
    ) -> dict[str, Any]:
        """What the catalogue and the deployment itself say of it. Raises ValueError for an unknown `id`."""
        row = self._store.by_id.get(id or "") if deployment is None else _as_row(deployment)
        if row is None:
            raise ValueError(f"no deployment {id!r}")
        info = row["model_info"]
        known = dict(self._model_info(info.get("base_model") or row["litellm_params"]["model"]))
        return {**known, **{name: value for name, value in info.items() if value is not None}}

    def get_deployment_model_info(self, model_id: str, model_name: str) -> dict[str, Any] | None:
        """What is known of a deployment, or of the provider's model; None when nothing is."""
        row = self._store.by_id.get(model_id)
        known = self.get_router_model_info(row, model_name) if row is not None else dict(self._model_info(model_name))
        return known or None


def _as_row(deployment: Mapping[str, Any] | Deployment) -> Row:
    if isinstance(deployment, Mapping):
        return {**deployment, "model_info": dict(deployment.get("model_info") or {})}
    return deployment.to_json()
