"""What one attempt asks of selection, and the deployments that may answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from litellm.router_utils.deployments import Row

if TYPE_CHECKING:
    from litellm.router_utils.routing_core import RoutingCore

METADATA_NAMES = ("metadata", "litellm_metadata")


@dataclass(slots=True)
class Ask:
    """What one attempt asks for.

    `avoid` holds deployments that this request does not want again; `only`, where given, those that plugins and
    callbacks left over; `pins` those that it was served by before, the most binding first.
    """

    model: str
    kwargs: Mapping[str, Any]
    messages: Sequence[Any] | None = None
    input: Any = None
    asynchronous: bool = False
    specific_deployment: bool = False
    avoid: Collection[str] = field(default=())
    only: Collection[str] | None = None
    pins: Sequence[str] = ()
    pool: Pool | None = None
    """Where the deployment was picked from, once it was."""


@dataclass(slots=True)
class Pool:
    """The deployments that answer for a name, and the table that chooses among them.

    `names` are the model groups they come from; `others` are in the table's `group` as well, but not in this pool.
    """

    group: str
    rows: Mapping[str, Row]
    core: RoutingCore
    strategy: str
    names: tuple[str, ...]
    others: frozenset[str] = frozenset()


class DeploymentFilter(Protocol):
    """Leaves out deployments that a request may not or should not use."""

    @property
    def is_on(self) -> bool:
        """Whether it may leave anything out, as settings and deployments are; what a request asks for comes on top."""

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether there is anything to leave out for this request; it must be cheap."""

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows that are left. Raises when the request is to be refused for it."""


def metadata_of(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metadata of a request, whichever of its two names it goes by."""
    return kwargs.get("metadata") or kwargs.get("litellm_metadata") or {}


def metadata_value(kwargs: Mapping[str, Any], name: str) -> Any:
    """A value of either metadata of a request, or None."""
    for place in METADATA_NAMES:
        metadata = kwargs.get(place)
        if metadata is not None and isinstance(metadata, Mapping) and metadata.get(name) is not None:
            return metadata[name]
    return None


def team_of(kwargs: Mapping[str, Any]) -> str | None:
    """The team a request is made for, or None."""
    team: str | None = metadata_value(kwargs, "user_api_key_team_id")
    return team


def ids_of(rows: Sequence[Row]) -> set[str]:
    """The ids of rows."""
    return {row["model_info"]["id"] for row in rows}
