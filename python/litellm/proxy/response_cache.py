"""The gateway's cache of responses: `litellm_settings.cache` and `cache_params`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig

if TYPE_CHECKING:
    from litellm import Cache, Router

CACHE_SETTINGS = ("cache", "cache_params")
DEFAULT_TYPE = "redis"


def configured_cache(config: ProxyConfig) -> Cache | None:
    """The cache that the config asks for, or None. Raises ConfigError, which names the setting, for a wrong one."""
    settings = config.litellm_settings
    if not settings.get("cache"):
        return None
    from litellm import Cache

    params = settings.get("cache_params") or {}
    try:
        return Cache(**{"type": DEFAULT_TYPE, **params})
    except (TypeError, ValueError, ImportError) as error:
        place = "litellm_settings.cache_params"
        raise ConfigError([ConfigProblem(config.file or "config", 0, place, str(error))]) from error


def embed_by(router: Router) -> None:
    """Let a semantic cache embed questions by a deployment of `router`, where its model is one of that."""
    import litellm
    from litellm.caching.semantic_cache import SemanticCache

    backend: Any = getattr(litellm.cache, "cache", None)
    if isinstance(backend, SemanticCache):
        backend.model_groups = router
