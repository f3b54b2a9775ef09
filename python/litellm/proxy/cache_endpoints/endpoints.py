"""The cache routes."""

from __future__ import annotations

import json
from typing import Any

from litellm.caching.redis_clients import redis_failures
from litellm.proxy._types import ProxyException
from litellm.proxy.db.repositories import CacheSettingsRepository
from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.fields import Fields
from litellm.proxy.response_cache import cache_of
from litellm.proxy.secrecy import Secrecy
from litellm.proxy.stored_cache import TOPIC

router = guarded_router("caching")
TABLE = "LiteLLM_CacheConfig"
_REDIS = ("redis", "redis-semantic")
_HIDDEN = "********"

FIELDS: tuple[tuple[str, str, str, Any], ...] = (
    ("type", "String", "Kind of the cache", "redis"),
    ("redis_type", "String", "Kind of the Redis", "node"),
    ("url", "String", "Address with credentials, in the place of host, port, username, password and db", None),
    ("host", "String", "Host of the Redis", None),
    ("port", "String", "Port of the Redis", "6379"),
    ("db", "Integer", "Number of the Redis' database", None),
    ("username", "String", "User of the Redis", None),
    ("password", "String", "Password of the Redis", None),
    ("ssl", "Boolean", "Whether to use TLS", False),
    ("namespace", "String", "What keys begin with", None),
    ("ttl", "Float", "Seconds that an answer is kept", None),
    ("max_connections", "Integer", "Connections to the Redis", None),
    ("redis_startup_nodes", "List", "First nodes of a cluster", None),
    ("sentinel_nodes", "List", "Sentinels", None),
    ("service_name", "String", "Name of the sentinels' master", None),
    ("sentinel_password", "String", "Password of the sentinels", None),
)
"""Name, type, description and default of each setting."""
NAMES = frozenset(row[0] for row in FIELDS)


class DeleteRequest(Fields):
    """POST /cache/delete."""

    keys: list[str]


class SettingsRequest(Fields):
    """POST /cache/settings and /cache/settings/test."""

    cache_settings: dict[str, Any]


def _cache() -> Any:
    """The cache of responses. Raises ProxyException 503 when there is none."""
    import litellm

    if litellm.cache is None:
        raise ProxyException("there is no cache: litellm_settings.cache is off", "cache_error", "cache", 503)
    return litellm.cache


def _redis_of(cache: Any) -> Any:
    from litellm.caching.redis_cache import RedisCache

    backend = getattr(cache, "cache", None)
    if not isinstance(backend, RedisCache):
        raise ProxyException("the cache is not in Redis", "cache_error", "cache", 503)
    return backend


@router.get("/cache/ping")
async def cache_ping(context: InContext) -> dict[str, Any]:
    """Whether the cache answers."""
    cache = _cache()
    kind = str(getattr(cache.type, "value", cache.type))
    try:
        answer = await cache.ping()
        await cache.cache.async_set_cache("litellm:ping", "pong", ttl=10)
    except _unreachable() as error:
        raise ProxyException(f"the cache does not answer: {error}", "cache_error", "cache", 503) from error
    params = {"type": kind, "namespace": getattr(cache, "namespace", None), "ttl": getattr(cache, "ttl", None)}
    return {
        "status": "healthy", "cache_type": kind, "ping_response": bool(answer) if answer is not None else True,
        "set_cache_response": "success", "litellm_cache_params": json.dumps(params, default=str),
        "health_check_cache_params": {},
    }  # fmt: skip


@router.post("/cache/delete")
async def cache_delete(body: DeleteRequest, context: InContext) -> dict[str, Any]:
    """Forget answers by their keys, which `x-litellm-cache-key` tells."""
    cache = _cache()
    try:
        await cache.delete_cache_keys(body.keys)
    except _unreachable() as error:
        raise ProxyException(f"the cache does not answer: {error}", "cache_error", "cache", 503) from error
    return {"status": "success"}


@router.post("/cache/flushall")
async def cache_flushall(context: InContext) -> dict[str, Any]:
    """Forget everything that is in the cache's store."""
    backend = _cache().cache
    try:
        flush = getattr(backend, "async_flush_cache", None)
        if flush is not None:
            await flush()
        else:
            backend.flush_cache()
    except _unreachable() as error:
        raise ProxyException(f"the cache does not answer: {error}", "cache_error", "cache", 503) from error
    return {"status": "success"}


@router.get("/cache/redis/info")
async def cache_redis_info(context: InContext) -> dict[str, Any]:
    """What the cache's Redis tells of itself."""
    client = _redis_of(_cache()).init_async_client()
    try:
        info = await client.info()
        clients = await client.client_list()
    except _unreachable() as error:
        raise ProxyException(f"the cache does not answer: {error}", "cache_error", "cache", 503) from error
    return {"num_clients": len(clients), "clients": clients, "info": info}


@router.get("/cache/settings")
async def cache_settings(context: InContext) -> dict[str, Any]:
    """The cache's settings: what there is, and what is set."""
    values = await _values(context)
    shown = {name: _HIDDEN if value and is_secret(name) else value for name, value in values.items()}
    fields = [
        {
            "field_name": name, "field_type": kind, "field_value": shown.get(name), "field_description": description,
            "field_default": default, "options": ["node", "cluster", "sentinel"] if name == "redis_type" else None,
            "ui_field_name": name.replace("_", " ").title(), "link": None,
            "redis_type": "cluster" if "startup" in name else "sentinel" if "sentinel" in name else None,
        }
        for name, kind, description, default in FIELDS
    ]  # fmt: skip
    kinds = {"node": "one server", "cluster": "a cluster", "sentinel": "servers behind sentinels"}
    return {"fields": fields, "current_values": shown, "redis_type_descriptions": kinds}


async def _values(context: InContext) -> dict[str, Any]:
    """The settings that are stored, else those of the config."""
    async with context.read() as connection:
        stored = await CacheSettingsRepository(connection).values()
    if stored:
        return Secrecy(context.state.master_key).decrypt_all(stored)
    given = context.state.config.litellm_settings.get("cache_params")
    return dict(given) if isinstance(given, dict) else {}


@router.post("/cache/settings")
async def update_cache_settings(body: SettingsRequest, context: InContext) -> dict[str, Any]:
    """Change the cache's settings, in every process."""
    values = {**await _values(context), **_checked(body.cache_settings)}
    _made(values)
    async with context.write() as transaction:
        sealed = Secrecy(context.state.master_key).encrypt_all(values)
        await CacheSettingsRepository(transaction.connection).store(sealed)
        await context.audit(transaction, "updated", TABLE, "cache_config")
        transaction.changed(TOPIC)
    await context.state.stored_cache.load()
    return {"message": "Cache settings updated successfully", "status": "success",
            "settings": {name: value for name, value in values.items() if not is_secret(name)}}  # fmt: skip


@router.post("/cache/settings/test")
async def test_cache_settings(body: SettingsRequest, context: InContext) -> dict[str, Any]:
    """Whether a cache with these settings answers."""
    cache = _made({**await _values(context), **_checked(body.cache_settings)})
    try:
        await cache.ping()
    except _unreachable() as error:
        text = f"{type(error).__name__}: {error}"
        return {"status": "failed", "message": f"Redis connection failed: {text}", "error": text}
    finally:
        await cache.disconnect()
    return {"status": "success", "message": "Redis connection test successful", "error": None}


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(settings) - NAMES):
        raise bad_request(f"cache_settings.{unknown[0][:100]}: there is no such setting", "cache_settings")
    return {name: value for name, value in settings.items() if value not in (None, "", _HIDDEN)}


def _made(values: dict[str, Any]) -> Any:
    try:
        return cache_of(values)
    except ValueError as error:
        raise bad_request(f"cache_settings: {error}", "cache_settings") from error


def _unreachable() -> tuple[type[Exception], ...]:
    """What a store that does not answer raises."""
    try:
        return redis_failures()
    except ImportError:
        return (OSError,)
