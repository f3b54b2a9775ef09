"""A cache in Redis, alone, as a cluster or behind sentinels. Needs the `redis` extra."""

from __future__ import annotations

import asyncio
import importlib
import json
import weakref
from collections.abc import Iterable, Sequence
from typing import Any

from litellm.caching.base_cache import BaseCache

DEFAULT_TTL_S = 3600.0


class RedisCache(BaseCache):
    """Values as JSON under `namespace:key`. A foreign or damaged entry is a miss; a lost connection raises.

    Takes a `url`, or `host`, `port`, `password`, `db`, `ssl` and redis-py's other arguments; `startup_nodes` for a
    cluster; `sentinel_nodes` with `service_name`. Raises ImportError when redis-py is missing.
    """

    def __init__(
        self,
        host: str | None = None,
        port: int | str | None = None,
        password: str | None = None,
        namespace: str | None = None,
        startup_nodes: list[dict[str, Any]] | None = None,
        socket_timeout: float | None = 5.0,
        url: str | None = None,
        redis_url: str | None = None,
        sentinel_nodes: list[tuple[str, int]] | None = None,
        service_name: str | None = None,
        default_ttl: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(DEFAULT_TTL_S if default_ttl is None else default_ttl)
        self.namespace = namespace
        self._url, self._nodes = url or redis_url, startup_nodes
        self._sentinels, self._service = sentinel_nodes, service_name
        named = {"host": host, "port": None if port is None else int(port), "password": password}
        self._options = {
            k: v for k, v in {**named, "socket_timeout": socket_timeout, **kwargs}.items() if v is not None
        }
        self._retries = "retry" not in kwargs
        self.redis_client = self._connect("redis")
        self._async_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = weakref.WeakKeyDictionary()

    def _connect(self, module: str) -> Any:
        redis = importlib.import_module(module)
        options = self._options
        if self._retries and not self._nodes:  # redis-py's own default waits for seconds
            retry = importlib.import_module(f"{module}.retry").Retry
            options = {**options, "retry": retry(importlib.import_module("redis.backoff").NoBackoff(), 1)}
        if self._nodes:
            cluster = importlib.import_module(f"{module}.cluster")
            nodes = [cluster.ClusterNode(node["host"], int(node["port"])) for node in self._nodes]
            return cluster.RedisCluster(startup_nodes=nodes, **options)
        if self._sentinels:
            sentinel = importlib.import_module(f"{module}.sentinel").Sentinel(self._sentinels, **options)
            return sentinel.master_for(self._service)
        if self._url:
            return redis.from_url(self._url, **options)
        return redis.Redis(**options)

    def init_async_client(self) -> Any:
        """The client of the running event loop."""
        loop = asyncio.get_running_loop()
        client = self._async_clients.get(loop)
        if client is None:
            client = self._async_clients[loop] = self._connect("redis.asyncio")
        return client

    def check_and_fix_namespace(self, key: str) -> str:
        """`key` in this cache's namespace."""
        if self.namespace and not key.startswith(f"{self.namespace}:"):
            return f"{self.namespace}:{key}"
        return key

    @staticmethod
    def _decoded(value: Any) -> Any:
        if value is None:
            return None
        try:
            return json.loads(value)
        except (ValueError, UnicodeDecodeError):
            return None

    def _expiry_ms(self, **kwargs: Any) -> int | None:
        ttl = self.get_ttl(**kwargs)
        return None if ttl is None else max(int(ttl * 1000), 1)

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep `value` under `key`."""
        self.redis_client.set(self.check_and_fix_namespace(key), json.dumps(value), px=self._expiry_ms(**kwargs))

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value under `key`, or None."""
        return self._decoded(self.redis_client.get(self.check_and_fix_namespace(key)))

    def increment_cache(self, key: str, value: float, **kwargs: Any) -> float:
        """Add to a number; the time to live runs from the first value."""
        name = self.check_and_fix_namespace(key)
        pipe = self.redis_client.pipeline(transaction=True)
        pipe.incrbyfloat(name, value)
        pipe.pexpire(name, self._expiry_ms(**kwargs) or 0, nx=True)
        return float(pipe.execute()[0])

    def delete_cache(self, key: str) -> None:
        """Forget `key`."""
        self.redis_client.delete(self.check_and_fix_namespace(key))

    def flush_cache(self) -> None:
        """Forget everything in this database."""
        self.redis_client.flushdb()

    def batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """The values under `keys`."""
        names = [self.check_and_fix_namespace(key) for key in keys]
        return [self._decoded(value) for value in self.redis_client.mget(names)] if names else []

    def sync_ping(self) -> bool:
        """Whether Redis answers; raises redis-py's error when it does not."""
        return bool(self.redis_client.ping())

    async def ping(self) -> bool:
        """As `sync_ping`."""
        return bool(await self.init_async_client().ping())

    async def async_set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """As `set_cache`."""
        client = self.init_async_client()
        await client.set(self.check_and_fix_namespace(key), json.dumps(value), px=self._expiry_ms(**kwargs))

    async def async_get_cache(self, key: str, **kwargs: Any) -> Any:
        """As `get_cache`."""
        return self._decoded(await self.init_async_client().get(self.check_and_fix_namespace(key)))

    async def async_increment(self, key: str, value: float, **kwargs: Any) -> float:
        """As `increment_cache`."""
        name = self.check_and_fix_namespace(key)
        pipe = self.init_async_client().pipeline(transaction=True)
        pipe.incrbyfloat(name, value)
        pipe.pexpire(name, self._expiry_ms(**kwargs) or 0, nx=True)
        return float((await pipe.execute())[0])

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        await self.init_async_client().delete(self.check_and_fix_namespace(key))

    async def async_batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """As `batch_get_cache`."""
        names = [self.check_and_fix_namespace(key) for key in keys]
        return [self._decoded(value) for value in await self.init_async_client().mget(names)] if names else []

    async def async_set_cache_pipeline(self, cache_list: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        """Keep several values in one round trip."""
        pipe = self.init_async_client().pipeline(transaction=False)
        for key, value in cache_list:
            pipe.set(self.check_and_fix_namespace(key), json.dumps(value), px=self._expiry_ms(**kwargs))
        await pipe.execute()

    async def disconnect(self) -> None:
        """Close the blocking client and that of the running event loop."""
        self.redis_client.close()
        client = self._async_clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()
