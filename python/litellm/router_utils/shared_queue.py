"""One queue by priority for the routers of several processes, in Redis."""

from __future__ import annotations

import logging
from typing import Any

from litellm.caching.redis_clients import redis_failures

logger = logging.getLogger("LiteLLM Router")
PREFIX = "{litellm_router}:queue:"
# A call that has not asked for this long is gone.
GONE_MS = 2_000
KEPT_MS = 60_000

# KEYS: the queue, when each call last asked, the counter. ARGV: operation, call, priority.
_SCRIPT = f"""
local queue, seen, counter = KEYS[1], KEYS[2], KEYS[3]
local call = ARGV[2]
if ARGV[1] == 'leave' then
  redis.call('ZREM', queue, call)
  redis.call('ZREM', seen, call)
  return 0
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if not redis.call('ZSCORE', queue, call) then
  local place = tonumber(ARGV[3]) * 2 ^ 40 + redis.call('INCR', counter) % 2 ^ 40
  redis.call('ZADD', queue, string.format('%.0f', place), call)
end
redis.call('ZADD', seen, now, call)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - {GONE_MS}, 'LIMIT', 0, 100)) do
  redis.call('ZREM', queue, gone)
  redis.call('ZREM', seen, gone)
end
for _, key in ipairs(KEYS) do
  redis.call('PEXPIRE', key, {KEPT_MS})
end
return redis.call('ZRANGE', queue, 0, 0)[1] == call and 1 or 0
"""


class SharedQueue:
    """Which call is next among those of all processes. `clients` has `init_async_client()`, as `RedisCache` has.

    While Redis fails each process has its own queue.
    """

    def __init__(self, clients: Any) -> None:
        self._clients = clients
        self._failed = False

    async def is_first(self, call: str, model: str, priority: int) -> bool:
        """Put the call in the model's queue if it is not there; whether it is the first."""
        return bool(await self._run(model, "ask", call, priority))

    async def leave(self, call: str, model: str) -> None:
        """Take the call out."""
        await self._run(model, "leave", call, 0)

    async def _run(self, model: str, *arguments: Any) -> int:
        keys = [f"{PREFIX}{model}{part}" for part in ("", ":seen", ":count")]
        try:
            answer = int(await self._clients.init_async_client().eval(_SCRIPT, len(keys), *keys, *arguments))
        except redis_failures() as error:
            if not self._failed:
                logger.warning("the queue goes on without Redis: %s", error)
            self._failed = True
            return 1
        self._failed = False
        return answer
