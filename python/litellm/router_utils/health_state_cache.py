"""What background health checks found, for routing: a result counts until it is stale."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from litellm.caching.redis_clients import redis_failures
from litellm.router_utils.ask import Ask, Pool
from litellm.router_utils.deployments import Row
from litellm.router_utils.settings import RouterSettings

logger = logging.getLogger("LiteLLM Router")
# Upstream's: twice the default interval of the proxy's background health checks.
DEFAULT_STALENESS_S = 600.0
# Failures that pass by themselves; left to cooldown with `health_check_ignore_transient_errors`.
TRANSIENT = (408, 429)


class DeploymentHealthCache:
    """The last health check of each deployment. `staleness_threshold` is in seconds; an older result says nothing."""

    def __init__(
        self, staleness_threshold: float = DEFAULT_STALENESS_S, clock: Callable[[], float] = time.time
    ) -> None:
        self.staleness_threshold, self._clock = staleness_threshold, clock
        self._unhealthy: dict[str, float] = {}
        self._untold: dict[str, float | None] = {}
        self.shared: SharedHealth | None = None
        self._lock = threading.Lock()

    def after_fork(self) -> None:
        """In the child of a fork, where no thread holds the lock."""
        self._lock = threading.Lock()

    def set_deployment_health_states(self, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Note results: deployment id → `{"is_healthy", "timestamp" (seconds since 1970)}`."""
        now = self._clock()
        with self._lock:
            for model_id, state in states.items():
                since = None if state.get("is_healthy", True) else float(state.get("timestamp") or now)
                self._take(model_id, since)
                if self.shared is not None:
                    self._untold[model_id] = since

    def note(self, model_id: str, healthy: bool) -> None:
        """Note one result of now."""
        self.set_deployment_health_states({model_id: {"is_healthy": healthy}})

    def _take(self, model_id: str, since: float | None) -> None:
        if since is None:
            self._unhealthy.pop(model_id, None)
        else:
            self._unhealthy[model_id] = since

    def synchronise(self) -> None:
        """Tell the other processes what was noted here, and learn what they noted; later while Redis fails."""
        if self.shared is None:
            return
        with self._lock:
            told, self._untold = self._untold, {}
        known = self.shared.exchange(told, self.staleness_threshold)
        with self._lock:
            if known is None:
                self._untold = {**told, **self._untold}
            else:
                self._unhealthy = {**known, **{k: v for k, v in self._untold.items() if v is not None}}

    def forget(self, model_id: str) -> None:
        """Forget a removed deployment."""
        with self._lock:
            self._unhealthy.pop(model_id, None)

    def get_unhealthy_deployment_ids(self, **_: Any) -> set[str]:
        """The deployments that failed their last check, unless that is too long ago."""
        if not self._unhealthy:
            return set()
        oldest = self._clock() - self.staleness_threshold
        with self._lock:
            return {model_id for model_id, when in self._unhealthy.items() if when > oldest}

    async def async_get_unhealthy_deployment_ids(self, **_: Any) -> set[str]:
        """As `get_unhealthy_deployment_ids`."""
        return self.get_unhealthy_deployment_ids()


class SharedHealth:
    """The deployments that failed their last check in any process, in one hash of Redis: id → when (since 1970).

    `clients` has `redis_client`, as `RedisCache` has; `key` is the hash's.
    """

    def __init__(self, clients: Any, key: str) -> None:
        self._clients, self._key = clients, key

    def exchange(self, told: Mapping[str, float | None], kept_s: float) -> dict[str, float] | None:
        """Tell news (None: healthy again), in one round trip, and return what all know; None while Redis fails."""
        failures: tuple[type[Exception], ...] = (*redis_failures(), ValueError)
        try:
            pipe = self._clients.redis_client.pipeline(transaction=False)
            for model_id, since in told.items():
                if since is None:
                    pipe.hdel(self._key, model_id)
                else:
                    pipe.hset(self._key, model_id, str(since))
                    pipe.pexpire(self._key, max(int(kept_s * 1000), 1))
            pipe.hgetall(self._key)
            return {model_id.decode(): float(since) for model_id, since in pipe.execute()[-1].items()}
        except failures as error:
            logger.warning("health checks are not shared: %s", error)
            return None


class HealthFilter:
    """Leaves out deployments that failed their health check, unless that would leave none.

    With an `allowed_fails_policy` health checks count as failures instead and cooldown decides, except for the
    groups that `background_health_check_model_groups` names.
    """

    def __init__(self, cache: DeploymentHealthCache, settings: RouterSettings) -> None:
        self._cache, self._settings = cache, settings

    @property
    def is_on(self) -> bool:
        """Whether health checks decide."""
        return self._settings.enable_health_check_routing

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether health checks decide for this pool."""
        settings = self._settings
        if not settings.enable_health_check_routing:
            return False
        groups: Collection[str] | None = settings.background_health_check_model_groups
        if groups is None:
            return settings.allowed_fails_policy is None
        return any(name in groups for name in pool.names)

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The healthy rows, or all."""
        unhealthy = self._cache.get_unhealthy_deployment_ids()
        groups = self._settings.background_health_check_model_groups
        healthy = [
            row
            for row in rows
            if row["model_info"]["id"] not in unhealthy or (groups is not None and row["model_name"] not in groups)
        ]
        return healthy or rows
