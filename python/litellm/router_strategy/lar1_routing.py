"""`lar1`: the caller's confidence (`metadata.lar1`) chooses the kind of deployment (`model_info.type`).

Below `confidence_threshold_low`, or with unverified evidence: `cloud-smart`; below `…_medium`, or about memory:
`cloud-fast`; below `…_high`: `local`; above: `deep`. Without a deployment of that kind any other answers.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from litellm.router_utils.ask import Ask, Pool, metadata_value
from litellm.router_utils.deployments import Row
from litellm.router_utils.settings import RouterSettings
from litellm.types.lar1 import LAR1Evidence, LAR1Metadata, LAR1Time

logger = logging.getLogger("LiteLLM Router")
DEFAULT_THRESHOLDS = {"low": 0.3, "medium": 0.5, "high": 0.7}


def thresholds_of(arguments: Mapping[str, Any]) -> tuple[float, float, float]:
    """The thresholds of `routing_strategy_args`. Raises ValueError unless 0 < low < medium < high < 1."""
    given = {name: arguments.get(f"confidence_threshold_{name}") for name in DEFAULT_THRESHOLDS}
    low, medium, high = (
        float(value) if isinstance(value, (int, float)) else DEFAULT_THRESHOLDS[name] for name, value in given.items()
    )
    if not 0 < low < medium < high < 1:
        raise ValueError(f"routing_strategy_args: 0 < low < medium < high < 1 is needed, got {low}, {medium}, {high}")
    return low, medium, high


def kind_for(said: LAR1Metadata, thresholds: tuple[float, float, float]) -> str:
    """The kind of deployment for what the caller said."""
    low, medium, high = thresholds
    if LAR1Evidence.UNVERIFIED in said.evidence:
        return "cloud-smart"
    if said.time is LAR1Time.MEM:
        return "cloud-fast"
    if said.confidence < low:
        return "cloud-smart"
    if said.confidence < medium:
        return "cloud-fast"
    return "local" if said.confidence < high else "deep"


class LAR1RoutingStrategy:
    """Leaves the deployments of the kind that the caller's confidence asks for, where there are any."""

    def __init__(self, settings: RouterSettings) -> None:
        self._settings = settings
        if settings.routing_strategy == "lar1":
            thresholds_of(settings.routing_strategy_args)

    @property
    def is_on(self) -> bool:
        """Whether `lar1` is the strategy of the router."""
        return self._settings.routing_strategy == "lar1"

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether `lar1` is the strategy."""
        return pool.strategy == "lar1"

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows of the kind wanted that are not cooling down, or all."""
        try:
            said = LAR1Metadata.model_validate(metadata_value(ask.kwargs, "lar1") or {})
        except ValidationError as error:
            logger.warning("metadata.lar1 is ignored: %s", error)
            said = LAR1Metadata()
        kind, cooling = kind_for(said, thresholds_of(self._settings.routing_strategy_args)), pool.core.cooling()
        wanted = [
            row for row in rows if row["model_info"].get("type") == kind and row["model_info"]["id"] not in cooling
        ]
        return wanted or rows
