"""When a failing deployment is taken out of rotation, and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from litellm.router_utils.get_retry_from_policy import LONGEST_RETRY_AFTER_S, from_policy, retry_after_s, status_of
from litellm.router_utils.settings import RouterSettings

# Upstream's constants: what counts as failing when no number of allowed failures is set.
FAILURE_RATE = 0.5
FAILURE_RATE_MIN_REQUESTS = 5
SINGLE_DEPLOYMENT_MIN_REQUESTS = 1000
WINDOW_S = 60.0


def counts_against_deployment(error: Exception) -> bool:
    """Whether an error says something about the deployment: 401, 404, 408, 429, 5xx and lost connections do."""
    status = status_of(error)
    return status is None or status in (401, 404, 408, 429) or status >= 500


@dataclass(slots=True)
class Tally:
    """Outcomes of one deployment in the running minute, and its failures since the last cooldown window began."""

    minute: int = 0
    successes: int = 0
    failures: int = 0
    allowed_used: int = 0
    allowed_until: float = 0.0

    def roll(self, now: float) -> None:
        """Begin at zero when a new minute has begun."""
        minute = int(now // WINDOW_S)
        if minute != self.minute:
            self.minute, self.successes, self.failures = minute, 0, 0


class CooldownPolicy:
    """Decides from each outcome whether the deployment cools down."""

    def __init__(self, settings: RouterSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._tallies: dict[str, Tally] = {}

    def after_fork(self) -> None:
        """In the child of a fork: another thread of the parent may have held the lock."""
        self._lock = threading.Lock()

    def forget(self, model_id: str) -> None:
        """Drop what is known of a removed deployment."""
        with self._lock:
            self._tallies.pop(model_id, None)

    def clear(self) -> None:
        """Drop everything known."""
        with self._lock:
            self._tallies.clear()

    def succeeded(self, model_id: str) -> None:
        """Count a success."""
        now = self._clock()
        with self._lock:
            tally = self._tallies.setdefault(model_id, Tally())
            tally.roll(now)
            tally.successes += 1

    def failures(self, model_id: str) -> int:
        """Failures of a deployment in the running minute."""
        with self._lock:
            tally = self._tallies.get(model_id)
            if tally is None:
                return 0
            tally.roll(self._clock())
            return tally.failures

    def failed(self, model_id: str, error: Exception, group_size: int, own_cooldown_s: float | None) -> float | None:
        """Count a failure. Returns for how many seconds the deployment now cools down, or None when it stays.

        `group_size` is the number of deployments that could take its place, itself included;
        `own_cooldown_s` is the deployment's own `cooldown_time`.
        """
        settings = self.settings
        if settings.disable_cooldowns or not counts_against_deployment(error):
            return None
        duration = self._duration_s(error, own_cooldown_s)
        now = self._clock()
        with self._lock:
            tally = self._tallies.setdefault(model_id, Tally())
            tally.roll(now)
            tally.failures += 1
            allowed = from_policy(settings.allowed_fails_policy, error, "AllowedFails")
            if allowed is None:
                allowed = settings.allowed_fails
            cool = self._over_rate(tally, error, group_size) if allowed is None else self._used_up(tally, allowed, now)
            if cool:
                tally.allowed_used = 0
        return duration if cool and duration > 0 else None

    def _duration_s(self, error: Exception, own_cooldown_s: float | None) -> float:
        if own_cooldown_s is not None:
            return own_cooldown_s
        asked = retry_after_s(error)
        if asked is not None and 0 < asked <= LONGEST_RETRY_AFTER_S:
            return asked
        return self.settings.cooldown_s

    def _used_up(self, tally: Tally, allowed: int, now: float) -> bool:
        if now >= tally.allowed_until:
            tally.allowed_used, tally.allowed_until = 0, now + max(self.settings.cooldown_s, WINDOW_S)
        tally.allowed_used += 1
        return tally.allowed_used > allowed

    def _over_rate(self, tally: Tally, error: Exception, group_size: int) -> bool:
        status = status_of(error)
        if status in (401, 404) or (status == 429 and group_size > 1):
            return True
        total = tally.successes + tally.failures
        if group_size == 1:
            return tally.successes == 0 and total >= SINGLE_DEPLOYMENT_MIN_REQUESTS
        return total >= FAILURE_RATE_MIN_REQUESTS and tally.failures / total > FAILURE_RATE
