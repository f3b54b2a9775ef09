"""What every cache backend offers: get, set and increment of JSON-like values by key, blocking or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


class BaseCache:
    """A backend. `ttl` is in seconds; None keeps `default_ttl`. One that never waits overrides the blocking half."""

    def __init__(self, default_ttl: float | None = 60) -> None:
        self.default_ttl = default_ttl

    def get_ttl(self, **kwargs: Any) -> float | None:
        """The time to live that a call asks for, or the default."""
        ttl = kwargs.get("ttl")
        return self.default_ttl if ttl is None else float(ttl)

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep `value` under `key` for `ttl` seconds."""
        raise NotImplementedError

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value under `key`, or None."""
        raise NotImplementedError

    def increment_cache(self, key: str, value: float, **kwargs: Any) -> float:
        """Add `value` to the number under `key` and return the sum; a missing key counts from 0."""
        raise NotImplementedError

    def delete_cache(self, key: str) -> None:
        """Forget `key`."""
        raise NotImplementedError

    def flush_cache(self) -> None:
        """Forget everything."""
        raise NotImplementedError

    def batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """The values under `keys`, None for each that is missing."""
        return [self.get_cache(key, **kwargs) for key in keys]

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        self.set_cache(key, value, **kwargs)

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return self.get_cache(key, **kwargs)

    async def async_increment(self, key: str, value: float, **kwargs: Any) -> float:
        """As `increment_cache`."""
        return self.increment_cache(key, value, **kwargs)

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        self.delete_cache(key)

    async def async_batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """As `batch_get_cache`."""
        return self.batch_get_cache(keys, **kwargs)

    async def async_set_cache_pipeline(self, cache_list: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        """Keep several values."""
        for key, value in cache_list:
            await self.async_set_cache(key, value, **kwargs)

    async def disconnect(self) -> None:
        """Close what is open."""
