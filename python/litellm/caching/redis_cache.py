"""A cache in Redis, alone, as a cluster or behind sentinels. Needs the `redis` extra."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from litellm.caching.base_cache import BaseCache
from litellm.caching.per_loop import PerLoop
from litellm.caching.redis_clients import ASYNCHRONOUS, BLOCKING, close_idle, connect
from litellm.caching.redis_settings import redis_settings

DEFAULT_TTL_S = 3600.0
SOCKET_TIMEOUT_S = 5.0
MAX_VALUE_BYTES = 32 * 1024 * 1024


class RedisCache(BaseCache):
    """Values as JSON under `namespace:key`. A foreign or damaged entry is a miss; a lost connection raises.

    Takes a `url`, or `host`, `port`, `password`, `db`, `ssl` and redis-py's other arguments; `startup_nodes` for a
    cluster; `sentinel_nodes` with `service_name`, and `sentinel_username` and `sentinel_password` of the sentinels'
    own. A text `os.environ/NAME` stands for that variable. Raises ImportError when redis-py is missing, and ValueError
    naming a setting that cannot be read.
    """

    def __init__(
        self,
        host: str | None = None,
        port: int | str | None = None,
        password: str | None = None,
        namespace: str | None = None,
        startup_nodes: list[dict[str, Any]] | None = None,
        socket_timeout: float | None = None,
        url: str | None = None,
        redis_url: str | None = None,
        sentinel_nodes: list[tuple[str, int]] | None = None,
        service_name: str | None = None,
        default_ttl: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(DEFAULT_TTL_S if default_ttl is None else default_ttl)
        named = {"host": host, "port": port, "password": password, "url": url or redis_url, "namespace": namespace}
        nodes = {"startup_nodes": startup_nodes, "sentinel_nodes": sentinel_nodes, "service_name": service_name}
        settings = redis_settings({**named, **nodes, "socket_timeout": socket_timeout, **kwargs})
        self.namespace = settings.pop("namespace", None)
        settings.setdefault("socket_timeout", SOCKET_TIMEOUT_S)
        self._settings, self._is_cluster = settings, bool(settings.get("startup_nodes"))
        self._async_clients: PerLoop[Any] = PerLoop(lambda: connect(ASYNCHRONOUS, self._settings), self._aclose)

    @functools.cached_property
    def redis_client(self) -> Any:
        """The blocking client."""
        return connect(BLOCKING, self._settings)

    def init_async_client(self) -> Any:
        """The client of the running event loop, which is closed with the loop."""
        return self._async_clients.get()

    def check_and_fix_namespace(self, key: str) -> str:
        """`key` in this cache's namespace."""
        if self.namespace and not key.startswith(f"{self.namespace}:"):
            return f"{self.namespace}:{key}"
        return key

    @staticmethod
    def _decoded(value: Any) -> Any:
        if value is None or len(value) > MAX_VALUE_BYTES:
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
        pipe = self.redis_client.pipeline(transaction=False)
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
        return [self._decoded(value) for value in self._mget(self.redis_client)(names)] if names else []

    def _mget(self, client: Any) -> Any:
        """What gets several keys at once; those of a cluster are on several nodes."""
        return client.mget_nonatomic if self._is_cluster else client.mget

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
        pipe = self.init_async_client().pipeline(transaction=False)
        pipe.incrbyfloat(name, value)
        pipe.pexpire(name, self._expiry_ms(**kwargs) or 0, nx=True)
        return float((await pipe.execute())[0])

    async def async_delete_cache(self, key: str) -> None:
        """As `delete_cache`."""
        await self.init_async_client().delete(self.check_and_fix_namespace(key))

    async def async_batch_get_cache(self, keys: Sequence[str], **kwargs: Any) -> list[Any]:
        """As `batch_get_cache`."""
        names = [self.check_and_fix_namespace(key) for key in keys]
        if not names:
            return []
        return [self._decoded(value) for value in await self._mget(self.init_async_client())(names)]

    async def async_set_cache_pipeline(self, cache_list: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        """Keep several values in one round trip."""
        pipe = self.init_async_client().pipeline(transaction=False)
        for key, value in cache_list:
            pipe.set(self.check_and_fix_namespace(key), json.dumps(value), px=self._expiry_ms(**kwargs))
        await pipe.execute()

    async def disconnect(self) -> None:
        """Close the blocking client and that of the running event loop."""
        self._close_blocking()
        await self._async_clients.finish()

    def close(self) -> None:
        """Close the clients, those of running event loops as soon as these get to it; they open again when used."""
        self._close_blocking()
        self._async_clients.finish_all()

    async def _aclose(self, client: Any) -> None:
        await client.aclose()
        if self._is_cluster:  # after a failure the client thinks that it has no connections
            await client.nodes_manager.aclose("nodes_cache")
            await client.nodes_manager.aclose("startup_nodes")
        for sentinel in _sentinels_of(client):
            await sentinel.aclose()

    def _close_blocking(self) -> None:
        blocking = self.__dict__.pop("redis_client", None)
        if blocking is not None:
            if blocking.connection_pool is None:  # of a cluster, whose nodes have pools of their own
                blocking.close()
            else:
                close_idle(blocking.connection_pool)
            for sentinel in _sentinels_of(blocking):
                sentinel.close()


def _sentinels_of(client: Any) -> list[Any]:
    """The clients by which `client` learns of its master."""
    manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    return list(manager.sentinels) if manager is not None else []


class RedisClusterCache(RedisCache):
    """A `RedisCache` over the cluster that `startup_nodes` belong to."""
