"""Choosing one deployment for one attempt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litellm import exceptions
from litellm.llms.responses.ids import decode_id
from litellm.router_utils.deployments import DEFAULT_GROUP, DeploymentStore, Row
from litellm.router_utils.pattern_match_deployments import fill_pattern, with_model
from litellm.router_utils.pre_call_checks import PreCallChecks
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.settings import RouterSettings
from litellm.router_utils.tags import filter_by_tags, request_tags
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


@dataclass(slots=True)
class Ask:
    """What one attempt asks for. `avoid` holds deployments that this request does not want again."""

    model: str
    kwargs: dict[str, Any]
    messages: Sequence[Any] | None = None
    input: Any = None
    asynchronous: bool = False
    specific_deployment: bool = False
    avoid: Collection[str] = field(default=())


def metadata_of(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a request, whichever of its two names it goes by."""
    return kwargs.get("metadata") or kwargs.get("litellm_metadata") or {}


def team_of(kwargs: dict[str, Any]) -> str | None:
    """The team a request is made for, or None."""
    team: str | None = metadata_of(kwargs).get("user_api_key_team_id")
    return team


class Selector:
    """Finds the group that answers for a model, applies the request's filters, and lets the routing core pick."""

    def __init__(
        self, store: DeploymentStore, core: RoutingCore, settings: RouterSettings, checks: PreCallChecks
    ) -> None:
        self._store, self._core, self._settings, self._checks = store, core, settings, checks

    def pick(self, ask: Ask, *, reserve: bool) -> Row:
        """The row of the deployment to use. With `reserve` it counts as in flight until it is reported back.

        Raises BadRequestError when nothing answers for the model, RouterRateLimitError while everything that does is
        cooling down, RateLimitError when every limit is used up, ValueError when the tags allow nothing.
        """
        if (row := self._by_name(ask)) is not None:
            if reserve:
                self._core.begin(row["model_info"]["id"])
            return row
        group = self._store.group_of(ask.model, team_of(ask.kwargs))
        if group is None:
            raise self.unknown(ask)
        excluded = self._excluded(group, ask)
        chosen = self._core.pick(
            group, self._settings.routing_strategy, excluded, stream=bool(ask.kwargs.get("stream")), reserve=reserve
        )
        if chosen is None:
            raise self._nothing_left(group, ask, excluded)
        return self._filled(self._store.by_id[chosen], group, ask.model)

    def knows(self, model_id: str) -> bool:
        """Whether a deployment has this id."""
        return model_id in self._store.by_id

    def candidates(self, model: str, kwargs: dict[str, Any]) -> list[Row]:
        """Every row that answers for `model`, cooling down or not."""
        row = self._store.by_id.get(model)
        return [row] if row is not None else self._store.rows_of(model, team_of(kwargs))

    def healthy(self, model: str, kwargs: dict[str, Any]) -> list[Row]:
        """The rows of `candidates` that are not cooling down."""
        cooling = self._core.cooling()
        return [row for row in self.candidates(model, kwargs) if row["model_info"]["id"] not in cooling]

    def _by_name(self, ask: Ask) -> Row | None:
        """The one deployment that is asked for by id, or by its provider's model name with `specific_deployment`."""
        if ask.specific_deployment:
            wanted = ask.model
            matches: Callable[[Row], bool] = lambda row: row["litellm_params"]["model"] == wanted  # noqa: E731
            row = next(filter(matches, self._store.as_list()), None)
            if row is None:
                raise self.unknown(ask)
            return row
        return self._store.by_id.get(ask.model)

    def _excluded(self, group: str, ask: Ask) -> set[str] | None:
        """The ids of the group's deployments that this request may not use, or None when it may use all."""
        settings = self._settings
        rows = self._store.groups[group]
        excluded = {model_id for model_id in ask.avoid if model_id in rows}
        allowed: Sequence[Row] | None = None
        if settings.enable_tag_filtering:
            tags = request_tags(ask.kwargs, settings.tag_routing_prefix)
            allowed = filter_by_tags(list(rows.values()), tags, settings.tag_filtering_match_any)
        if settings.enable_pre_call_checks:
            allowed = self._checks.usable(list(rows.values()) if allowed is None else allowed, ask)
        if allowed is not None and len(allowed) < len(rows):
            excluded |= rows.keys() - {row["model_info"]["id"] for row in allowed}
        if settings.responses_affinity and (keeper := self._keeper(rows, excluded, ask)) is not None:
            excluded |= rows.keys() - {keeper}
        return excluded or None

    def _keeper(self, rows: Mapping[str, Row], excluded: Collection[str], ask: Ask) -> str | None:
        """The deployment that made the response which the request follows, if it can take the request now."""
        previous = ask.kwargs.get("previous_response_id")
        model_id = decode_id(previous).model_id if isinstance(previous, str) else None
        usable = model_id in rows and model_id not in excluded and model_id not in self._core.cooling()
        return model_id if usable else None

    def _filled(self, row: Row, group: str, model: str) -> Row:
        if "*" not in row["litellm_params"]["model"]:
            return row
        model = self._store.alias_of(model) or model
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

    def group_size(self, model: str, kwargs: dict[str, Any]) -> int:
        """How many deployments answer for `model`."""
        if model in self._store.by_id:
            return 1
        group = self._store.group_of(model, team_of(kwargs))
        return 0 if group is None else len(self._store.groups[group])

    def unknown(self, ask: Ask) -> Exception:
        """The error for a model that nothing answers for."""
        return exceptions.BadRequestError(
            message=f"You passed in model={ask.model}. {RouterErrors.no_healthy_deployments.value}.",
            model=ask.model,
            llm_provider="",
        )

    def _nothing_left(self, group: str, ask: Ask, excluded: set[str] | None) -> Exception:
        rows = self._store.groups.get(group, {})
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
        return self._limits_used_up(group, ask, sorted(usable))

    def _limits_used_up(self, group: str, ask: Ask, usable: list[str]) -> Exception:
        if self._core.waiting_helps(usable):
            return NoSlotError(group, ask.model)
        text = f"{NONE_FREE}. Passed model={ask.model}. Deployments={self._core.usage(usable)}"
        if not ask.asynchronous and self._settings.routing_strategy in USAGE_STRATEGIES:
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
