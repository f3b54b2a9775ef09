"""The gateway's cache of responses: `litellm_settings.cache` and `cache_params`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig

if TYPE_CHECKING:
    from litellm import Cache, Router

CACHE_SETTINGS = ("cache", "cache_params")
DEFAULT_TYPE = "redis"
_NOT_PARAMETERS = ("redis_type", "sentinel_nodes")


def configured_cache(config: ProxyConfig) -> Cache | None:
    """The cache that the config asks for, or None. Raises ConfigError, which names the setting, for a wrong one."""
    settings = config.litellm_settings
    if not settings.get("cache"):
        return None
    try:
        return cache_of(settings.get("cache_params") or {})
    except ValueError as error:
        place = "litellm_settings.cache_params"
        raise ConfigError([config.problem(place, str(error))]) from error


def cache_of(params: Mapping[str, Any]) -> Cache:
    """The cache that these parameters describe, Redis without a `type`. Raises ValueError for what cannot be used."""
    from litellm import Cache

    given = {name: value for name, value in params.items() if name not in _NOT_PARAMETERS}
    if nodes := params.get("sentinel_nodes"):
        given["sentinel_nodes"] = [tuple(node) for node in nodes]
    try:
        return Cache(**{"type": DEFAULT_TYPE, **given})
    except (TypeError, ImportError) as error:
        raise ValueError(str(error)) from error


def embed_by(router: Router) -> None:
    """Let a semantic cache embed questions by a deployment of `router`, where its model is one of that."""
    import litellm
    from litellm.caching.semantic_cache import SemanticCache

    backend: Any = getattr(litellm.cache, "cache", None)
    if isinstance(backend, SemanticCache):
        backend.model_groups = router
