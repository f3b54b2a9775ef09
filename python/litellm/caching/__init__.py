"""Response caches: `Cache` over memory, disk or Redis, and the two-level `DualCache`."""

from litellm.caching.backends import LiteLLMCacheType
from litellm.caching.caching import Cache, CacheMode
from litellm.caching.disk_cache import DiskCache
from litellm.caching.dual_cache import DualCache
from litellm.caching.in_memory_cache import InMemoryCache
from litellm.caching.redis_cache import RedisCache, RedisClusterCache

__all__ = [
    "Cache",
    "CacheMode",
    "DiskCache",
    "DualCache",
    "InMemoryCache",
    "LiteLLMCacheType",
    "RedisCache",
    "RedisClusterCache",
]
