"""The outcome of attempts: told to the routing core, to cooldown, and to whoever asks what was tried."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.router_utils.cooldown_handlers import CooldownPolicy, counts_against_deployment
from litellm.router_utils.deployments import DeploymentStore, Row
from litellm.router_utils.get_retry_from_policy import status_of
from litellm.router_utils.limit_gate import LimitGate
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.slots import SlotQueue
from litellm.router_utils.virtual_groups import VirtualGroups


@dataclass(slots=True)
class Attempt:
    """One request to one deployment, from its reservation to its report. Reported exactly once."""

    row: Row
    model_id: str
    """The id of the deployment."""
    group: str
    started: float
    kwargs: Mapping[str, Any]
    first_token: float | None = None
    reported: bool = False


@dataclass(slots=True)
class Failure:
    """What went wrong in one attempt, for the error that reaches the caller."""

    group: str
    model_id: str
    model: str
    error: Exception
    retry: int

    def __str__(self) -> str:
        where = f"{self.group} ({self.model_id})" if self.model_id else self.group
        return f"{where}: {type(self.error).__name__}"

    def record(self) -> dict[str, Any]:
        """The entry of `metadata.previous_models`."""
        return {
            "model_group": self.group,
            "deployment_id": self.model_id,
            "model": self.model,
            "base_model": None,
            "exception_type": type(self.error).__name__,
            "exception_string": str(self.error),
            "attempted_retries": self.retry,
        }


OnCost = Callable[[Attempt, "float | None", int, int], None]
"""Told of each answer: its attempt, its cost in USD where that is known, its tokens and its completion tokens."""


@dataclass
class AttemptLog:
    """Reports outcomes and keeps the counters that the router shows."""

    store: DeploymentStore
    core: RoutingCore
    cooldown: CooldownPolicy
    gate: LimitGate
    clock: Callable[[], float] = time.monotonic
    slots: SlotQueue = field(default_factory=SlotQueue)
    virtual: VirtualGroups | None = None
    on_cost: OnCost | None = None
    total_calls: Counter[str] = field(default_factory=Counter)
    success_calls: Counter[str] = field(default_factory=Counter)
    fail_calls: Counter[str] = field(default_factory=Counter)

    def begin(self, row: Row, group: str, kwargs: Mapping[str, Any]) -> Attempt:
        """An attempt on a deployment that was just reserved, for the request of `kwargs`."""
        model_id: str = row["model_info"]["id"]
        self.total_calls[model_id] += 1
        return Attempt(row, model_id, group, self.clock(), kwargs)

    def _freed(self, attempt: Attempt) -> None:
        """Wake a call that waits for a deployment of one of the attempt's groups."""
        group = attempt.row["model_name"]
        self.slots.freed(group)
        if self.virtual is not None:
            for name in self.virtual.names_of(attempt.model_id, group):
                self.slots.freed(name)

    def succeeded(self, attempt: Attempt, tokens: int, completion_tokens: int = 0, cost: float | None = None) -> None:
        """The whole answer arrived; it used `tokens` in all, and cost `cost` USD, where that is known."""
        if attempt.reported:
            return
        attempt.reported = True
        model_id, now = attempt.model_id, self.clock()
        first_token_s = None if attempt.first_token is None else attempt.first_token - attempt.started
        self.core.report(
            model_id,
            ok=True,
            latency_s=now - attempt.started,
            first_token_s=first_token_s,
            tokens=tokens,
            completion_tokens=completion_tokens,
        )
        self._ended(attempt, tokens)
        if self.on_cost is not None:
            self.on_cost(attempt, cost, tokens, completion_tokens)
        self.success_calls[model_id] += 1

    def failed(self, attempt: Attempt, error: Exception) -> None:
        """The attempt ended in `error`: the deployment may cool down."""
        if attempt.reported:
            return
        attempt.reported = True
        model_id, now = attempt.model_id, self.clock()
        minute: tuple[int, int] | None = None
        if counts_against_deployment(error):
            timed_out = status_of(error) == 408
            minute = self.core.report(model_id, ok=False, latency_s=now - attempt.started, timed_out=timed_out)
        else:
            self.core.release(model_id)
        self._ended(attempt, 0)
        self.fail_calls[model_id] += 1
        if minute is None:  # no fault of the deployment's, or it is gone
            return
        peers = self.store.groups.get(attempt.row["model_name"], {})
        own = attempt.row["litellm_params"].get("cooldown_time")
        seconds = self.cooldown.failed(model_id, error, len(peers), own, minute)
        if seconds is not None:
            self.core.cool_down(model_id, seconds)
            if self.gate.shared is not None:
                self.gate.shared.cooled(model_id, seconds)

    def abandoned(self, attempt: Attempt) -> None:
        """The caller went away: the deployment is free again, and nothing is said about its health."""
        if not attempt.reported:
            attempt.reported = True
            self.core.release(attempt.model_id)
            self._ended(attempt, 0)

    def _ended(self, attempt: Attempt, tokens: int) -> None:
        if self.gate.shared is not None:
            self.gate.ended(attempt.row, tokens)
        if not self.slots.is_empty:
            self._freed(attempt)
