"""The connection to the Redis that a router shares its state through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.caching.redis_cache import RedisCache

# A pick waits no longer than this for Redis, in seconds.
SOCKET_TIMEOUT_S = 1.0
NOT_REDIS = ("type", "mode", "ttl", "supported_call_types", "default_in_memory_ttl", "default_in_redis_ttl")


def router_redis(arguments: Mapping[str, Any]) -> RedisCache:
    """A Redis cache from a router's `redis_*` arguments and `cache_kwargs`. Raises ImportError without redis-py."""
    given = {name: value for name, value in arguments.items() if name not in NOT_REDIS}
    given.setdefault("socket_timeout", SOCKET_TIMEOUT_S)
    given.setdefault("socket_connect_timeout", SOCKET_TIMEOUT_S)
    return RedisCache(**given)
