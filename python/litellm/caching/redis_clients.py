"""Clients of one Redis server, of a cluster, and of the master that sentinels name; blocking, or of `redis.asyncio`."""

from __future__ import annotations

import functools
import importlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

BLOCKING, ASYNCHRONOUS = "redis", "redis.asyncio"
# What of a master's settings holds for its sentinels, which have users and passwords of their own.
_OF_SENTINELS_TOO = ("socket_", "ssl")


@functools.cache
def redis_failures() -> tuple[type[Exception], ...]:
    """What a Redis that is away, slow, or a cluster without some of its nodes raises."""
    from redis.exceptions import RedisClusterException, RedisError

    return (RedisError, RedisClusterException, OSError)


def connect(module: str, settings: Mapping[str, Any]) -> Any:
    """A client by `redis_settings`; of `module`, which is `BLOCKING` or `ASYNCHRONOUS`. Asks no server yet.

    A connection that breaks is made once more, at once: redis-py's own way would hold a call for seconds. Raises
    ImportError when redis-py is missing.
    """
    redis, options = importlib.import_module(module), dict(settings)
    if "retry" not in options:
        retry = importlib.import_module(f"{module}.retry").Retry
        options["retry"] = retry(importlib.import_module("redis.backoff").NoBackoff(), 1)
    url, nodes = options.pop("url", None), options.pop("startup_nodes", None)
    if nodes:
        return _cluster(module, nodes, options)
    if options.get("sentinel_nodes"):
        return _master(module, options)
    if url:
        return redis.from_url(url, **_beside(url, options))
    return redis.Redis(**options)


def _cluster(module: str, nodes: Any, options: dict[str, Any]) -> Any:
    cluster = importlib.import_module(f"{module}.cluster")
    known = [cluster.ClusterNode(node["host"], int(node["port"])) for node in nodes]
    if module == ASYNCHRONOUS:
        return cluster.RedisCluster(startup_nodes=known, **options)
    return LazyCluster(lambda: cluster.RedisCluster(startup_nodes=known, **options), options)


def _master(module: str, options: dict[str, Any]) -> Any:
    nodes, service = options.pop("sentinel_nodes"), options.pop("service_name", None)
    if not service:
        raise ValueError("Redis: 'service_name' is missing; it says which master the 'sentinel_nodes' are asked for")
    own = {name: options.pop(f"sentinel_{name}", None) for name in ("username", "password")}
    shared = {name: value for name, value in options.items() if name.startswith(_OF_SENTINELS_TOO)}
    sentinel = importlib.import_module(f"{module}.sentinel").Sentinel(
        [(node[0], int(node[1])) for node in nodes],
        sentinel_kwargs={**shared, "retry": options["retry"], **{k: v for k, v in own.items() if v}},
        **options,
    )
    return sentinel.master_for(service)


def _beside(url: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What an address leaves to be said: it says itself whether there is TLS."""
    unsaid = "ssl_" if url.startswith("rediss:") else ()
    return {name: value for name, value in options.items() if not name.startswith("ssl") or name.startswith(unsaid)}


def close_idle(pool: Any) -> None:
    """Close the connections of a pool that no thread uses: to close one that is in use breaks its reader in any way."""
    pool.disconnect(inuse_connections=False)


class LazyCluster:
    """A blocking client of a cluster, which redis-py connects as it is made; this one when it is first used.

    `connection_kwargs` are its settings. Using it while no node answers raises redis-py's ConnectionError.
    """

    connection_pool = nodes_manager = None

    def __init__(self, make: Callable[[], Any], connection_kwargs: Mapping[str, Any]) -> None:
        self._make, self.connection_kwargs = make, connection_kwargs
        self._made: Any = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client(), name)

    def _client(self) -> Any:
        from redis.exceptions import ConnectionError as Unreachable, RedisClusterException

        with self._lock:
            if self._made is None:
                try:
                    self._made = self._make()
                except RedisClusterException as error:
                    raise Unreachable(str(error)) from error
            return self._made

    def close(self) -> None:
        """Close the connections to the nodes; one on which a thread waits for its answer ends with that thread."""
        if self._made is not None:
            for node in list(self._made.nodes_manager.nodes_cache.values()):
                if node.redis_connection is not None:
                    close_idle(node.redis_connection.connection_pool)
