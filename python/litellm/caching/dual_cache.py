"""A small cache in memory in front of a shared one in Redis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from litellm.caching.base_cache import BaseCache
from litellm.caching.in_memory_cache import InMemoryCache
from litellm.caching.redis_cache import RedisCache


class DualCache(BaseCache):
    """Reads memory, then Redis; writes both. `local_only=True` leaves Redis out; without Redis it is memory alone."""

    def __init__(
        self,
        in_memory_cache: InMemoryCache | None = None,
        redis_cache: RedisCache | None = None,
        default_in_memory_ttl: float | None = None,
        default_redis_ttl: float | None = None,
        **_: Any,
    ) -> None:
        super().__init__(default_redis_ttl)
        self.in_memory_cache = in_memory_cache or InMemoryCache()
        self.redis_cache = redis_cache
        self.default_in_memory_ttl, self.default_redis_ttl = default_in_memory_ttl, default_redis_ttl

    def _memory_kwargs(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs if "ttl" in kwargs else {**kwargs, "ttl": self.default_in_memory_ttl}

    def _redis_kwargs(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs if "ttl" in kwargs else {**kwargs, "ttl": self.default_redis_ttl}

    def set_cache(self, key: str, value: Any, local_only: bool = False, **kwargs: Any) -> None:
        """Keep `value` in both."""
        self.in_memory_cache.set_cache(key, value, **self._memory_kwargs(kwargs))
        if self.redis_cache is not None and not local_only:
            self.redis_cache.set_cache(key, value, **self._redis_kwargs(kwargs))

    def get_cache(self, key: str, local_only: bool = False, **kwargs: Any) -> Any:
        """The value in memory, else in Redis, which is then kept in memory as well."""
        value = self.in_memory_cache.get_cache(key)
        if value is None and self.redis_cache is not None and not local_only:
            value = self.redis_cache.get_cache(key)
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._memory_kwargs(kwargs))
        return value

    def increment_cache(self, key: str, value: float, local_only: bool = False, **kwargs: Any) -> float:
        """Add to a number; Redis, where there is one, has the true sum."""
        total = self.in_memory_cache.increment_cache(key, value, **self._memory_kwargs(kwargs))
        if self.redis_cache is not None and not local_only:
            total = self.redis_cache.increment_cache(key, value, **self._redis_kwargs(kwargs))
            self.in_memory_cache.set_cache(key, total, **self._memory_kwargs(kwargs))
        return total

    def delete_cache(self, key: str) -> None:
        """Forget `key` in both."""
        self.in_memory_cache.delete_cache(key)
        if self.redis_cache is not None:
            self.redis_cache.delete_cache(key)

    def flush_cache(self) -> None:
        """Forget everything in both."""
        self.in_memory_cache.flush_cache()
        if self.redis_cache is not None:
            self.redis_cache.flush_cache()

    async def async_set_cache(self, key: str, value: Any, local_only: bool = False, **kwargs: Any) -> None:
        """As `set_cache`."""
        self.in_memory_cache.set_cache(key, value, **self._memory_kwargs(kwargs))
        if self.redis_cache is not None and not local_only:
            await self.redis_cache.async_set_cache(key, value, **self._redis_kwargs(kwargs))

    async def async_get_cache(self, key: str, local_only: bool = False, **kwargs: Any) -> Any:
        """As `get_cache`."""
        value = self.in_memory_cache.get_cache(key)
        if value is None and self.redis_cache is not None and not local_only:
            value = await self.redis_cache.async_get_cache(key)
            if value is not None:
                self.in_memory_cache.set_cache(key, value, **self._memory_kwargs(kwargs))
        return value

    async def async_increment_cache(self, key: str, value: float, local_only: bool = False, **kwargs: Any) -> float:
        """As `increment_cache`."""
        total = self.in_memory_cache.increment_cache(key, value, **self._memory_kwargs(kwargs))
        if self.redis_cache is not None and not local_only:
            total = await self.redis_cache.async_increment(key, value, **self._redis_kwargs(kwargs))
            self.in_memory_cache.set_cache(key, total, **self._memory_kwargs(kwargs))
        return total

    async_increment = async_increment_cache

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        self.in_memory_cache.delete_cache(key)
        if self.redis_cache is not None:
            await self.redis_cache.async_delete_cache(key)

    async def async_batch_get_cache(self, keys: Sequence[str], local_only: bool = False, **kwargs: Any) -> list[Any]:
        """The values under `keys`; Redis is asked once for those that memory lacks."""
        values = self.in_memory_cache.batch_get_cache(keys)
        missing = [index for index, value in enumerate(values) if value is None]
        if missing and self.redis_cache is not None and not local_only:
            found = await self.redis_cache.async_batch_get_cache([keys[index] for index in missing])
            for index, value in zip(missing, found, strict=True):
                if value is not None:
                    values[index] = value
                    self.in_memory_cache.set_cache(keys[index], value, **self._memory_kwargs(kwargs))
        return values

    async def async_set_cache_pipeline(
        self, cache_list: Iterable[tuple[str, Any]], local_only: bool = False, **kwargs: Any
    ) -> None:
        """Keep several values in both, in one round trip."""
        pairs = list(cache_list)
        for key, value in pairs:
            self.in_memory_cache.set_cache(key, value, **self._memory_kwargs(kwargs))
        if self.redis_cache is not None and not local_only:
            await self.redis_cache.async_set_cache_pipeline(pairs, **self._redis_kwargs(kwargs))

    async def disconnect(self) -> None:
        """Close the connection to Redis."""
        if self.redis_cache is not None:
            await self.redis_cache.disconnect()
