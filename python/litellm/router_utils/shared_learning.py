"""What adaptive routers learned in all processes, in one hash of Redis for each router."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from litellm.caching.redis_clients import redis_failures
from litellm.router_strategy.adaptive_router.learned import Learned

logger = logging.getLogger("LiteLLM Router")
TELL_S = 2.0
"""How often it is told and read."""
KEPT_S = 90 * 86_400

# KEYS: the hash. ARGV: seconds it is kept; then (what is counted, what it was known to be, what is added) of each.
# What Redis lost is put back: of what the processes know of it the most is right.
_SCRIPT = """
for i = 2, #ARGV, 3 do
  local there = tonumber(redis.call('HGET', KEYS[1], ARGV[i])) or 0
  local sum = math.max(there, tonumber(ARGV[i + 1])) + tonumber(ARGV[i + 2])
  redis.call('HSET', KEYS[1], ARGV[i], string.format('%.17g', sum))
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('HGETALL', KEYS[1])
"""


class SharedLearning:
    """Exchanges what `learned()` gives, by the name of the router that learned it.

    `clients` has `redis_client`, as `RedisCache` has; the keys begin with `prefix`.
    """

    def __init__(self, clients: Any, learned: Callable[[], Iterable[tuple[str, Learned]]], prefix: str) -> None:
        self._clients, self._learned, self._prefix = clients, learned, prefix

    def synchronise(self) -> None:
        """Tell what was learned here and learn what was learned elsewhere; later while Redis fails."""
        try:
            for name, learned in self._learned():
                learned.exchange(functools.partial(self._tell, f"{self._prefix}learned:{name}"))
        except redis_failures() as error:
            logger.warning("what adaptive routers learn is not shared: %s", error)

    def _tell(self, key: str, told: Sequence[tuple[str, float, float]]) -> dict[str, float]:
        flat = self._clients.redis_client.eval(_SCRIPT, 1, key, KEPT_S, *(part for each in told for part in each))
        found = {}
        for name, count in zip(flat[::2], flat[1::2], strict=True):
            try:
                found[name.decode() if isinstance(name, bytes) else str(name)] = float(count)
            except ValueError:
                continue  # foreign
        return found
