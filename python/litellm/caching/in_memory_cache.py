"""A bounded cache in this process's memory."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from typing import Any

from litellm.caching.base_cache import BaseCache

DEFAULT_MAX_ITEMS = 200
DEFAULT_TTL_S = 600.0


class InMemoryCache(BaseCache):
    """Keeps at most `max_size_in_memory` values; when it is full, those that expire first go. Safe between threads."""

    def __init__(
        self,
        max_size_in_memory: int | None = None,
        default_ttl: float | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(DEFAULT_TTL_S if default_ttl is None else default_ttl)
        self.max_size_in_memory = max_size_in_memory or DEFAULT_MAX_ITEMS
        self._clock = clock or time.time
        self._lock = threading.Lock()
        self.cache_dict: dict[str, Any] = {}
        self.ttl_dict: dict[str, float] = {}
        self._expiries: list[tuple[float, str]] = []

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep `value` under `key` for `ttl` seconds."""
        with self._lock:
            self._set(key, value, self._clock() + (self.get_ttl(**kwargs) or DEFAULT_TTL_S))

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value under `key`, or None when there is none or it has expired."""
        with self._lock:
            expires = self.ttl_dict.get(key)
            if expires is None:
                return None
            if expires <= self._clock():
                self._drop(key)
                return None
            return self.cache_dict[key]

    def increment_cache(self, key: str, value: float, **kwargs: Any) -> float:
        """Add to a number; the time to live runs from the first value."""
        with self._lock:
            now = self._clock()
            expires = self.ttl_dict.get(key)
            if expires is None or expires <= now:
                self._set(key, value, now + (self.get_ttl(**kwargs) or DEFAULT_TTL_S))
                return value
            self.cache_dict[key] += value
            total: float = self.cache_dict[key]
            return total

    def delete_cache(self, key: str) -> None:
        """Forget `key`."""
        with self._lock:
            self._drop(key)

    def flush_cache(self) -> None:
        """Forget everything."""
        with self._lock:
            self.cache_dict.clear()
            self.ttl_dict.clear()
            self._expiries.clear()

    async def async_get_ttl(self, key: str) -> int | None:
        """The seconds that `key` has left, or None."""
        expires = self.ttl_dict.get(key)
        return None if expires is None else max(int(expires - self._clock()), 0)

    def _set(self, key: str, value: Any, expires: float) -> None:
        if key not in self.cache_dict and len(self.cache_dict) >= self.max_size_in_memory:
            self._make_room()
        self.cache_dict[key], self.ttl_dict[key] = value, expires
        heapq.heappush(self._expiries, (expires, key))
        if len(self._expiries) > 4 * self.max_size_in_memory:  # keys that were set again leave stale entries
            self._expiries = [(expires, key) for key, expires in self.ttl_dict.items()]
            heapq.heapify(self._expiries)

    def _make_room(self) -> None:
        while self._expiries and len(self.cache_dict) >= self.max_size_in_memory:
            expires, key = heapq.heappop(self._expiries)
            if self.ttl_dict.get(key) == expires:
                self._drop(key)

    def _drop(self, key: str) -> None:
        self.cache_dict.pop(key, None)
        self.ttl_dict.pop(key, None)
