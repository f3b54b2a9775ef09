"""Which backend a type of cache means."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from litellm.caching.base_cache import BaseCache
from litellm.caching.disk_cache import DiskCache
from litellm.caching.in_memory_cache import InMemoryCache
from litellm.caching.redis_cache import RedisCache


class LiteLLMCacheType(str, enum.Enum):
    """Where a cache keeps its entries."""

    LOCAL = "local"
    REDIS = "redis"
    REDIS_SEMANTIC = "redis-semantic"
    VALKEY_SEMANTIC = "valkey-semantic"
    QDRANT_SEMANTIC = "qdrant-semantic"
    S3 = "s3"
    DISK = "disk"
    AZURE_BLOB = "azure-blob"
    GCS = "gcs"


SEMANTIC = (LiteLLMCacheType.REDIS_SEMANTIC, LiteLLMCacheType.VALKEY_SEMANTIC, LiteLLMCacheType.QDRANT_SEMANTIC)
# What `Cache` takes for other backends than Redis, which takes redis-py's arguments as they are.
_OTHERS = ("s3_", "gcs_", "gcp_", "azure_", "qdrant_", "redis_semantic_", "valkey_semantic_", "semantic_cache_")
_NOT_REDIS = frozenset({"similarity_threshold", "redis_flush_size", "max_messages", "max_size_in_memory"})


def make_backend(kind: LiteLLMCacheType, options: Mapping[str, Any]) -> BaseCache:
    """The backend of `kind` with `Cache`'s arguments. Raises ValueError for one that is missing."""
    if kind is LiteLLMCacheType.REDIS:
        return RedisCache(**_for_redis(options))
    if kind is LiteLLMCacheType.DISK:
        return DiskCache(options.get("disk_cache_dir"))
    if kind is LiteLLMCacheType.LOCAL:
        return InMemoryCache(options.get("max_size_in_memory"), options.get("default_in_memory_ttl"))
    if kind in SEMANTIC:
        return _semantic(kind, options)
    from litellm.caching import object_store_cache as stores

    made = {
        LiteLLMCacheType.S3: stores.s3_store,
        LiteLLMCacheType.GCS: stores.gcs_store,
        LiteLLMCacheType.AZURE_BLOB: stores.azure_store,
    }
    return stores.ObjectStoreCache(made[kind](options))


def _semantic(kind: LiteLLMCacheType, options: Mapping[str, Any]) -> BaseCache:
    from litellm.caching.semantic_cache import DEFAULT_EMBEDDING_MODEL, Embedding

    name = kind.value.replace("-", "_") + "_cache"
    embedding = Embedding(
        options.get(f"{name}_embedding_model") or DEFAULT_EMBEDDING_MODEL,
        options.get("semantic_cache_embedding_max_input_tokens"),
        options.get("semantic_cache_embedding_timeout"),
    )
    threshold = options.get("similarity_threshold")
    if kind is LiteLLMCacheType.QDRANT_SEMANTIC:
        from litellm.caching.qdrant_semantic_cache import QdrantSemanticCache

        return QdrantSemanticCache(
            similarity_threshold=threshold,
            embedding=embedding,
            api_base=options.get("qdrant_api_base"),
            api_key=options.get("qdrant_api_key"),
            collection_name=options.get("qdrant_collection_name"),
            quantization_config=options.get("qdrant_quantization_config"),
            vector_size=options.get("qdrant_semantic_cache_vector_size"),
        )
    from litellm.caching.redis_semantic_cache import RedisSemanticCache

    return RedisSemanticCache(
        similarity_threshold=threshold,
        embedding=embedding,
        index_name=options.get(f"{name}_index_name"),
        **_for_redis(options),
    )


def _for_redis(options: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if not name.startswith(_OTHERS) and name not in _NOT_REDIS}
    for name in ("disk_cache_dir", "default_in_memory_ttl"):
        given.pop(name, None)
    ttl, nodes = given.pop("default_in_redis_ttl", None), given.pop("redis_startup_nodes", None)
    if nodes is not None:
        given["startup_nodes"] = nodes
    return {**given, "default_ttl": ttl}
