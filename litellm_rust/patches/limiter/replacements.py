"""What takes the place of the counters' cache and of the windows of `parallel_request_limiter_v3`."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.limiter.memory import Memory
from litellm_rust.patches.patch import Function, Mismatch

FEATURE: Final = "rate_limiting"
_UTILS: Final = "litellm.proxy.utils"
_metrics: Final = feature_metrics(FEATURE)
# Two windows of two counters each: a first request, one in the same window, one in the next.
_KEYS: Final = ("{k:a}:window", "{k:a}:requests", "{k:a}:window", "{k:a}:tokens", "{k:b}:window", "{k:b}:requests")
_PROBE_WINDOW_S: Final = 60
_TIMES_S: Final = (1000, 1001, 1001 + _PROBE_WINDOW_S)


@functools.cache
def _memory() -> Memory:
    return Memory()


def get_cache(original: Function, owner: Any) -> Function:
    async def async_get_cache(
        self: Any, key: Any, litellm_parent_otel_span: Any, local_only: bool = False, **kwargs: Any
    ) -> Any:
        memory = None if kwargs or type(key) is not str else _memory().of(self, local_only=local_only)
        if memory is None:
            return await original(self, key, litellm_parent_otel_span, local_only, **kwargs)
        return Memory.read(memory, key)

    return async_get_cache


def set_cache(original: Function, owner: Any) -> Function:
    async def async_set_cache(
        self: Any, key: Any, value: Any, litellm_parent_otel_span: Any, local_only: bool = False, **kwargs: Any
    ) -> Any:
        plain = type(key) is str and kwargs.keys() == {"ttl"}
        memory = _memory().of(self, local_only=local_only) if plain else None
        if memory is None:
            return await original(self, key, value, litellm_parent_otel_span, local_only, **kwargs)
        return memory.set_cache(key, value, ttl=kwargs["ttl"])

    return async_set_cache


def batch_get_cache(original: Function, owner: Any) -> Function:
    async def async_batch_get_cache(
        self: Any, keys: Any, parent_otel_span: Any = None, local_only: bool = False
    ) -> Any:
        memory = _memory().of(self, local_only=local_only)
        if memory is None:
            return await original(self, keys, parent_otel_span, local_only)
        return [Memory.read(memory, key) for key in keys]

    return async_batch_get_cache


def sliding_window(original: Function, owner: Any) -> Function:
    """`in_memory_cache_sliding_window`. Raises Mismatch when upstream counts in another way."""
    module = sys.modules[owner.__module__]
    siblings: Callable[[str], Sequence[str]] = getattr(module, "_sibling_counter_keys", _no_siblings)

    async def in_memory_cache_sliding_window(self: Any, keys: Any, now_int: Any, window_size: Any) -> Any:
        lock = getattr(self, "_check_and_increment_lock", None)
        memory = (
            None if lock is not None and lock.locked() else _memory().of(self.internal_usage_cache, local_only=True)
        )
        if memory is None:
            _metrics.fallback("not in memory only, or in use")
            return await original(self, keys, now_int, window_size)
        _metrics.native.add()
        return _count(memory, keys, now_int, window_size, siblings)

    _compare(original, owner, siblings)
    return in_memory_cache_sliding_window


def _no_siblings(window_key: str) -> Sequence[str]:
    return ()


def _count(
    memory: Any, keys: Sequence[str], now_s: int, window_s: int, siblings: Callable[[str], Sequence[str]]
) -> list[Any]:
    """Count one request in each counter; `keys` are pairs of a window's and a counter's. Starts and counts, in pairs.

    A window that is over starts again, with all its counters.
    """
    counted: list[Any] = []
    for place in range(0, len(keys), 2):
        window, counter = keys[place], keys[place + 1]
        start, count = Memory.read(memory, window), 1
        if start is None or now_s - int(start) >= window_s:
            for sibling in siblings(window):
                memory.set_cache(sibling, 0, ttl=window_s)
            start = str(now_s)
            memory.set_cache(window, start, ttl=window_s)
        else:
            found = Memory.read(memory, counter)
            count += 0 if found is None else int(found)
        memory.set_cache(counter, count, ttl=window_s)
        counted += (start, count)
    return counted


def _compare(original: Function, owner: Any, siblings: Callable[[str], Sequence[str]]) -> None:
    usage_class: Any = sys.modules[_UTILS].InternalUsageCache
    dual_class: Any = sys.modules["litellm.caching.dual_cache"].DualCache
    limiter = object.__new__(owner)
    limiter.internal_usage_cache, limiter._check_and_increment_lock = usage_class(dual_class()), asyncio.Lock()
    theirs, mine = limiter.internal_usage_cache.dual_cache.in_memory_cache, dual_class().in_memory_cache
    for now_s in _TIMES_S:
        counted = _result(original(limiter, list(_KEYS), now_s, _PROBE_WINDOW_S))
        if counted != _count(mine, _KEYS, now_s, _PROBE_WINDOW_S, siblings) or theirs.cache_dict != mine.cache_dict:
            raise Mismatch("in_memory_cache_sliding_window counts in another way")


def _result(coroutine: Any) -> Any:
    """What a coroutine returns that waits for nothing. Raises Mismatch for one that waits."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    coroutine.close()
    raise Mismatch("in_memory_cache_sliding_window waits")
