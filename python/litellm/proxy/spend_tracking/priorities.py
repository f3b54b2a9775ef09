"""Shares of a model's capacity by priority, and limits that hold only while providers refuse.

`litellm_settings.priority_reservation` gives each priority (a key's `metadata.priority`) a share of what a model's
deployments allow a minute (their `rpm` and `tpm`). Below `saturation_threshold` anybody may use what is free; above it
each priority keeps to its share. Keys without a priority share `default_priority` together.

A key whose `rpm_limit_type` or `tpm_limit_type` is `dynamic` is held to that limit only for a minute after a deployment
of the model refused or failed.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.spend_tracking.rate_limits import RateLimit

DEFAULT_PRIORITY, SATURATION_THRESHOLD = 0.25, 0.5
"""As upstream: the share of keys without a priority, and the use from which shares are kept."""
DYNAMIC_S = 60.0
MAX_MODELS = 10_000
_LIMITED = (("rpm", "requests"), ("tpm", "tokens"))
_TYPES = {"requests": "rpm_limit_type", "tokens": "tpm_limit_type"}
_MODEL, _PRIORITY = "model_saturation_check", "priority_model"

Deployments = Callable[[str], Sequence[Mapping[str, Any]]]


class Priorities:
    """What requests are held to besides their own limits. `settings` is `litellm_settings`."""

    def __init__(self, settings: Mapping[str, Any], deployments: Deployments) -> None:
        shares = settings.get("priority_reservation")
        self._shares = {name: float(share) for name, share in shares.items()} if isinstance(shares, dict) else {}
        detailed = settings.get("priority_reservation_settings")
        detailed = detailed if isinstance(detailed, dict) else {}
        self._default = float(detailed.get("default_priority", DEFAULT_PRIORITY))
        self._threshold = float(detailed.get("saturation_threshold", SATURATION_THRESHOLD))
        self._deployments = deployments
        self._capacities: dict[str, tuple[RateLimit, ...]] = {}
        self._used: dict[str, float] = {}
        self._failed: dict[str, float] = {}

    @property
    def is_on(self) -> bool:
        """Whether a request's limits are more than its own."""
        return bool(self._shares)

    def forget(self) -> None:
        """The deployments have changed."""
        self._capacities.clear()

    def limits_of(self, auth: UserAPIKeyAuth, model: str, limits: Sequence[RateLimit]) -> Sequence[RateLimit]:
        """A request's limits, completed: those of `dynamic` keys only watched while all is well."""
        metadata = auth.metadata
        if metadata.get("rpm_limit_type") == "dynamic" or metadata.get("tpm_limit_type") == "dynamic":
            limits = [self._dynamic(limit, metadata, model) for limit in limits]
        return [*limits, *self._shared(auth, model)] if self._shares else limits

    def _dynamic(self, limit: RateLimit, metadata: Mapping[str, Any], model: str) -> RateLimit:
        of_key = limit.descriptor in ("api_key", "model_per_key")
        if not of_key or metadata.get(_TYPES.get(limit.kind, "")) != "dynamic":
            return limit
        calm = time.monotonic() - self._failed.get(model, -DYNAMIC_S) >= DYNAMIC_S
        return dataclasses.replace(limit, watched_only=True) if calm else limit

    def _shared(self, auth: UserAPIKeyAuth, model: str) -> Iterable[RateLimit]:
        name = auth.metadata.get("priority") or auth.team_metadata.get("priority")
        share = self._shares.get(str(name), self._default) / max(sum(self._shares.values()), 1.0)
        who = str(name) if name in self._shares else "default_pool"
        for capacity in self._capacity(model):
            yield capacity
            free = self._used.get(capacity.key, 0.0) < self._threshold
            most = max(int(capacity.limit * share), 1)
            yield RateLimit(_PRIORITY, f"{model}:{who}", capacity.kind, most, watched_only=free)

    def _capacity(self, model: str) -> tuple[RateLimit, ...]:
        found = self._capacities.get(model)
        if found is None:
            rows = [entry["litellm_params"] for entry in self._deployments(model)]
            sums = [(kind, sum(int(row.get(name) or 0) for row in rows)) for name, kind in _LIMITED]
            found = tuple(RateLimit(_MODEL, model, kind, total) for kind, total in sums if total)
            if len(self._capacities) < MAX_MODELS:
                self._capacities[model] = found
        return found

    def admitted(self, limits: Sequence[RateLimit], remaining: Sequence[int]) -> None:
        """What is left of the models' capacities, as just seen."""
        if self._shares:
            for limit, left in zip(limits, remaining, strict=True):
                if limit.descriptor == _MODEL:
                    self._used[limit.key] = 1.0 - left / limit.limit

    def failed(self, model: str) -> None:
        """A deployment of `model` refused or failed."""
        if len(self._failed) >= MAX_MODELS:
            self._failed.clear()
        self._failed[model] = time.monotonic()
