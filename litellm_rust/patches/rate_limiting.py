"""Limits of upstream's proxy without Redis: its counters in memory."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches.patch import Patch, later

FEATURE: Final = "rate_limiting"
_UTILS: Final = "litellm.proxy.utils"
_LIMITER: Final = "litellm.proxy.hooks.parallel_request_limiter_v3"
CACHES: Final = ("litellm.caching.dual_cache", "litellm.caching.in_memory_cache")
"""Modules of what the counters are kept in."""
_WITH: Final = "limiter.replacements"


def _cache(method: str, parameters: tuple[str, ...], name: str) -> Patch:
    return Patch(
        FEATURE,
        _UTILS,
        f"InternalUsageCache.{method}",
        ("self", *parameters, "local_only"),
        build=later(_WITH, name),
        modules=CACHES,
    )


PATCHES: Final = (
    Patch(
        FEATURE,
        _LIMITER,
        "_PROXY_MaxParallelRequestsHandler_v3.in_memory_cache_sliding_window",
        ("self", "keys", "now_int", "window_size"),
        build=later(_WITH, "sliding_window"),
        modules=(_UTILS, *CACHES),
    ),
    _cache("async_get_cache", ("key", "litellm_parent_otel_span"), "get_cache"),
    _cache("async_set_cache", ("key", "value", "litellm_parent_otel_span"), "set_cache"),
    _cache("async_batch_get_cache", ("keys", "parent_otel_span"), "batch_get_cache"),
)
