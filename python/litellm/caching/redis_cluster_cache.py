"""Where LiteLLM has its cache in a cluster of Redis; it lives beside the one of a single server."""

from litellm.caching.redis_cache import RedisClusterCache

__all__ = ["RedisClusterCache"]
