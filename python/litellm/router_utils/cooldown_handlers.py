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
    """Failures of one deployment that were allowed, since the window in which they count began."""

    used: int = 0
    until: float = 0.0


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

    def failed(
        self,
        model_id: str,
        error: Exception,
        group_size: int,
        own_cooldown_s: float | None,
        minute: tuple[int, int] = (0, 1),
    ) -> float | None:
        """Take in a failure. Returns for how many seconds the deployment now cools down, or None when it stays.

        `group_size` is the number of deployments that could take its place, itself included; `own_cooldown_s` is the
        deployment's own `cooldown_time`; `minute` is (successes, failures) of the running minute, this one included.
        """
        settings = self.settings
        if settings.disable_cooldowns or not counts_against_deployment(error):
            return None
        allowed = from_policy(settings.allowed_fails_policy, error, "AllowedFails")
        if allowed is None:
            allowed = settings.allowed_fails
        cool = self._over_rate(minute, error, group_size) if allowed is None else self._used_up(model_id, allowed)
        duration = self._duration_s(error, own_cooldown_s) if cool else 0.0
        return duration if duration > 0 else None

    def _duration_s(self, error: Exception, own_cooldown_s: float | None) -> float:
        if own_cooldown_s is not None:
            return own_cooldown_s
        asked = retry_after_s(error)
        if asked is not None and 0 < asked <= LONGEST_RETRY_AFTER_S:
            return asked
        return self.settings.cooldown_s

    def _used_up(self, model_id: str, allowed: int) -> bool:
        now = self._clock()
        with self._lock:
            tally = self._tallies.setdefault(model_id, Tally())
            if now >= tally.until:
                tally.used, tally.until = 0, now + max(self.settings.cooldown_s, WINDOW_S)
            tally.used += 1
            cool = tally.used > allowed
            if cool:
                tally.used = 0
            return cool

    @staticmethod
    def _over_rate(minute: tuple[int, int], error: Exception, group_size: int) -> bool:
        status = status_of(error)
        if status in (401, 404) or (status == 429 and group_size > 1):
            return True
        successes, failures = minute
        total = successes + failures
        if group_size == 1:
            return successes == 0 and total >= SINGLE_DEPLOYMENT_MIN_REQUESTS
        return total >= FAILURE_RATE_MIN_REQUESTS and failures / total > FAILURE_RATE
