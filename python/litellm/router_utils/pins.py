"""Which deployment served a caller, a session or a prompt before: kept for a while, and shared through Redis."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from litellm.caching.dual_cache import DualCache
from litellm.caching.in_memory_cache import InMemoryCache
from litellm.caching.redis_clients import redis_failures
from litellm.router_utils.effects import Do, Plan

logger = logging.getLogger("LiteLLM Router")
MAX_PINS = 50_000


class Pins:
    """Deployment ids under keys, for as long as each was asked to be kept."""

    def __init__(self, cache: DualCache | None = None) -> None:
        self.cache = cache or DualCache(in_memory_cache=InMemoryCache(max_size_in_memory=MAX_PINS))

    def get(self, keys: Sequence[str], asynchronous: bool) -> Plan:
        """The deployments under the keys, in their order; a key that has none is left out."""
        found: list[str] = []
        for key in keys:
            value = self.cache.get_cache(key, local_only=True)
            if value is None and self.cache.redis_cache is not None:
                value = yield from self._shared(
                    self.cache.async_get_cache if asynchronous else self.cache.get_cache, {"key": key}
                )
            model_id = value.get("model_id") if isinstance(value, dict) else value
            if isinstance(model_id, str):
                found.append(model_id)
        return found

    def claim(self, key: str, model_id: str, ttl_s: float, asynchronous: bool, *, replace: bool = False) -> Plan:
        """Keep a deployment under `key` for `ttl_s` seconds; one that is there already stays, unless `replace`."""
        if not replace and (yield from self.get([key], asynchronous)):
            return None
        arguments: dict[str, Any] = {"key": key, "value": {"model_id": model_id}, "ttl": ttl_s}
        if self.cache.redis_cache is None:
            self.cache.set_cache(**arguments)
        else:
            yield from self._shared(self.cache.async_set_cache if asynchronous else self.cache.set_cache, arguments)
        return None

    @staticmethod
    def _shared(function: Callable[..., Any], arguments: dict[str, Any]) -> Plan:
        """Ask Redis. While it fails, what this process knows has to do: affinity is a preference."""
        try:
            return (yield Do(function, arguments))
        except redis_failures() as error:
            logger.debug("affinity is kept in this process only: %s", error)
            return None
