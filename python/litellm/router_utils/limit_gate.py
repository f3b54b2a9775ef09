"""Limits that are asked about after a pick: those of all processes, and `rpm` and `tpm` whatever the strategy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from litellm import exceptions
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Plan
from litellm.router_utils.routing_core import RoutingCore, limit_of
from litellm.router_utils.settings import COUNTING, SHARING, RouterSettings
from litellm.router_utils.shared_state import SharedState

if TYPE_CHECKING:
    from litellm.router_utils.ask import Ask

SLOT_POLL_S = 0.05
Limits = tuple[int | None, int | None, int | None]


@dataclass(slots=True)
class LimitGate:
    """Lets a picked deployment begin an attempt, or says which limit refuses it.

    `strategy_of(model group)` is the strategy that its deployments are chosen by.
    """

    core: RoutingCore
    settings: RouterSettings
    strategy_of: Callable[[str], str]
    shared: SharedState | None = None

    @property
    def is_open(self) -> bool:
        """Whether the routing core's own limits are all there are."""
        return self.shared is None and not self.settings.enforce_model_rate_limits

    @property
    def longest_wait_s(self) -> float:
        """How long to wait for a slot before asking again: other processes do not say when they free one."""
        return math.inf if self.shared is None else SLOT_POLL_S

    def limits_of(self, row: Row) -> Limits:
        """(requests, tokens, parallel requests) that are kept for a deployment; None where there is no limit."""
        parallel = limit_of(row, "max_parallel_requests")
        if parallel is None:
            parallel = self.settings.default_max_parallel_requests
        kept = self.settings.enforce_model_rate_limits or self.strategy_of(row["model_name"]) not in SHARING
        return limit_of(row, "rpm") if kept else None, limit_of(row, "tpm") if kept else None, parallel

    def is_shared(self, row: Row) -> bool:
        """Whether attempts on a deployment are counted for all processes."""
        return self.shared is not None and (self.strategy_of(row["model_name"]) in COUNTING or any(self.limits_of(row)))

    def pick(self, pick: Callable[[Ask], Row], ask: Ask, by_name: bool) -> Plan:
        """The row of a deployment that `pick` reserved and that its limits let begin.

        One that was asked for by name (`by_name`) is counted, and not refused. Raises what `pick` raises, and
        RateLimitError or NoSlotError when limits refuse all that it picks.
        """
        if self.shared is not None:
            self.shared.start()
        refusals: dict[str, str] = {}
        group = ask.model
        while True:
            try:
                row = pick(replace(ask, avoid={*ask.avoid, *refusals}) if refusals else ask)
            except (exceptions.BadRequestError, exceptions.RateLimitError, ValueError) as error:
                if refusals and not isinstance(error, exceptions.ContextWindowExceededError):
                    raise self._error(group, ask.model, refusals) from error
                raise
            model_id, group = row["model_info"]["id"], row["model_name"]
            if by_name:
                self.count(row)
                return row
            refused: str | None = "unknown"
            try:
                refused = yield from self._refusal(row, ask.asynchronous)
            finally:
                if refused is not None:
                    self.core.release(model_id)
            if refused is None:
                return row
            refusals[model_id] = refused

    def look(self, row: Row) -> Plan:
        """Which limit of all processes would refuse an attempt on a deployment now, or None; nothing is begun."""
        if self.shared is None or not self.is_shared(row):
            return None
        self.shared.start()
        model_id = row["model_info"]["id"]
        refused = yield from self.shared.acquire(model_id, self.limits_of(row), 0, True)
        if refused is None:
            self.shared.undo(model_id)
        return refused

    def count(self, row: Row) -> None:
        """Count an attempt on a deployment that was not chosen by limits."""
        if self.shared is not None and self.is_shared(row):
            self.shared.count(row["model_info"]["id"])

    def ended(self, row: Row, tokens: int) -> None:
        """Count the end of an attempt."""
        if self.shared is not None and self.is_shared(row):
            self.shared.ended(row["model_info"]["id"], tokens)

    def _refusal(self, row: Row, asynchronous: bool) -> Plan:
        model_id, limits = row["model_info"]["id"], self.limits_of(row)
        if self.settings.enforce_model_rate_limits and (over := self._over_here(model_id, limits)) is not None:
            return over
        if self.shared is None or not self.is_shared(row):
            return None
        return (yield from self.shared.acquire(model_id, limits, 0, asynchronous))

    def _over_here(self, model_id: str, limits: Limits) -> str | None:
        """The limit of requests or tokens that this process alone has passed, its new attempt included."""
        if limits[:2] == (None, None):
            return None
        used = self.core.usage([model_id]).get(model_id)
        if used is None:
            return None
        if limits[0] is not None and used["current_rpm"] > limits[0]:
            return "requests"
        return "tokens" if limits[1] is not None and used["current_tpm"] >= limits[1] else None

    def _error(self, group: str, model: str, refusals: dict[str, str]) -> Exception:
        from litellm.router_utils import selection

        if "parallel" in refusals.values():
            return selection.NoSlotError(group, model)
        usage = self.core.usage(refusals)
        return exceptions.RateLimitError(
            message=f"{selection.NONE_FREE}. Passed model={model}. Deployments={usage}",
            model=model,
            llm_provider="",
            response=selection.rate_limit_response(selection.RATE_LIMIT_WINDOW_S),
        )
