"""The part of upstream's cache that is in memory: when it can be used directly, and how."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from litellm_rust.patches.rate_limiting import CACHES

# What the layers are made of; one that an application replaced is to be called.
_LAYERS: Final = (
    ("DualCache", ("async_get_cache", "async_set_cache", "async_batch_get_cache")),
    ("InMemoryCache", ("get_cache", "set_cache", "async_get_cache", "async_set_cache", "async_batch_get_cache")),
)


class Memory:
    """Upstream's `InternalUsageCache` objects, as far as nothing but memory is behind them."""

    def __init__(self) -> None:
        self._litellm: Any = sys.modules["litellm"]
        kinds = [getattr(sys.modules[module], name) for module, (name, _) in zip(CACHES, _LAYERS, strict=True)]
        self._dual, self._plain = kinds
        self._functions = [
            (vars(kind), name, vars(kind)[name])
            for kind, (_, names) in zip(kinds, _LAYERS, strict=True)
            for name in names
        ]
        self._is_logged: Callable[[int], bool] = self._litellm.verbose_logger.isEnabledFor

    def of(self, usage: Any, *, local_only: bool) -> Any:
        """The `InMemoryCache` that all of a call goes to; None when there is more to it."""
        dual = usage.dual_cache
        if type(dual) is not self._dual or (dual.redis_cache is not None and not local_only):
            return None
        if type(dual.in_memory_cache) is not self._plain or self._litellm.set_verbose or self._is_logged(logging.DEBUG):
            return None
        for attributes, name, function in self._functions:
            if attributes[name] is not function:
                return None
        return dual.in_memory_cache

    @staticmethod
    def read(memory: Any, key: str) -> Any:
        """What `memory.get_cache(key)` gives: a counter is found without trying to read it as JSON."""
        found = memory.cache_dict.get(key)
        if type(found) is not int:
            return memory.get_cache(key)
        expires, clock = memory.ttl_dict.get(key), getattr(memory, "_clock", time.time)
        return memory.get_cache(key) if expires is not None and clock() > expires else found
