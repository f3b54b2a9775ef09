"""`RedisCache` over a real server."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import litellm
import pytest
from litellm.caching.caching import Cache
from litellm.caching.redis_cache import MAX_VALUE_BYTES, RedisCache
from litellm.caching.redis_settings import redis_settings

from tests.support.gateway import free_port
from tests.support.redis import RedisServer

MESSAGES = [{"role": "user", "content": "Say hello."}]
ANSWER = {"id": "1", "choices": [{"index": 0}]}


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


async def exercise(cache: RedisCache) -> None:
    """Every operation, blocking and not; the cache is closed at the end."""
    try:
        cache.delete_cache("n")
        cache.set_cache("a", {"x": 1}, ttl=60)
        assert cache.get_cache("a") == await cache.async_get_cache("a") == {"x": 1}
        await cache.async_set_cache_pipeline([("p1", 1), ("p2", [2])])
        assert [cache.get_cache("p1"), cache.get_cache("p2"), cache.get_cache("p3")] == [1, [2], None]
        assert cache.increment_cache("n", 2) == 2
        assert await cache.async_increment("n", 1.5) == 3.5
        await cache.async_delete_cache("a")
        assert cache.get_cache("a") is None
        assert await cache.ping()
    finally:
        await cache.disconnect()


async def test_alone(server: RedisServer) -> None:
    await exercise(RedisCache(host="127.0.0.1", port=server.port))
    await exercise(RedisCache(url=server.url, namespace="team"))
    with server.client() as client:
        assert client.exists("team:n")


async def test_foreign_damaged_and_oversized_values_are_misses(server: RedisServer) -> None:
    cache = Cache(type="redis", host="127.0.0.1", port=server.port)
    key = cache.get_cache_key(model="m", messages=MESSAGES)
    with server.client() as client:
        for value in (b"\xff\xfe", b"{", b"[1]", b'{"response": 3}', b'"' + b"x" * MAX_VALUE_BYTES + b'"'):
            client.set(key, value)
            assert cache.get_cache(model="m", messages=MESSAGES) is None
            assert await cache.async_get_cache(model="m", messages=MESSAGES) is None
        client.delete(key)
        client.lpush(key, "a list")
        assert cache.get_cache(model="m", messages=MESSAGES) is None
    await cache.disconnect()


def test_a_call_goes_on_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litellm, "cache", Cache(type="redis", host="127.0.0.1", port=free_port()))
    for _ in range(2):
        answer = litellm.completion(model="openai/x", messages=MESSAGES, mock_response="hi")
        assert answer.choices[0].message.content == "hi"
    response = litellm.embedding(model="openai/text-embedding-3-small", input=["a", "b"], mock_response=[0.5])
    assert len(response.data) == 2


def test_each_event_loop_has_its_own_connections(server: RedisServer) -> None:
    cache = RedisCache(host="127.0.0.1", port=server.port)

    async def call(value: int) -> Any:
        await cache.async_set_cache("loop", value)
        found = await cache.async_get_cache("loop")
        await cache.disconnect()
        return found

    assert [asyncio.run(call(value)) for value in range(3)] == [0, 1, 2]


def test_loops_of_threads_and_forks_each_have_their_own_and_close_it(server: RedisServer) -> None:
    cache = RedisCache(host="127.0.0.1", port=server.port, namespace="loops")

    async def exchange(name: int) -> list[Any]:
        names = [f"{name}-{number}" for number in range(5)]
        await asyncio.gather(*(cache.async_set_cache(each, each) for each in names))
        return await asyncio.gather(*(cache.async_get_cache(each) for each in names))

    with server.client() as client, ThreadPoolExecutor(4) as threads:
        before = len(client.client_list())
        found = list(threads.map(lambda name: asyncio.run(exchange(name)), range(8)))
        assert found == [[f"{name}-{number}" for number in range(5)] for name in range(8)]
        assert len(client.client_list()) == before, "nobody said that they should be closed"
        cache.set_cache("blocking", 1)
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                os._exit(len(asyncio.run(exchange(99))) + cache.get_cache("blocking"))
            os._exit(99)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 6
        assert cache.get_cache("99-4") == "99-4"
        cache.close()


def test_the_environment_says_where_redis_is() -> None:
    environment = {"REDIS_HOST": "h", "REDIS_PORT": "6380", "REDIS_SSL": "True", "REDIS_PASSWORD": "secret"}
    assert redis_settings({"ttl": None}, environment) == {"host": "h", "port": 6380, "ssl": True, "password": "secret"}
    assert redis_settings({"host": "mine"}, environment) == {"host": "mine"}
    nodes = {"REDIS_CLUSTER_NODES": '[{"host": "n", "port": 1}]'}
    assert redis_settings({}, nodes) == {"startup_nodes": [{"host": "n", "port": 1}]}
    with pytest.raises(ValueError, match="REDIS_PORT"):
        redis_settings({}, {"REDIS_HOST": "h", "REDIS_PORT": "many"})
    with pytest.raises(ValueError, match="REDIS_HOST"):
        redis_settings({}, {})


def test_texts_are_read_as_what_they_stand_for() -> None:
    environment = {"SECRET": "s", "PORT": "6380"}
    texts = {
        "host": "h",
        "password": "os.environ/SECRET",
        "port": "os.environ/PORT",
        "ssl": "false",
        "socket_timeout": "1.5",
    }
    read = {"host": "h", "password": "s", "port": 6380, "ssl": False, "socket_timeout": 1.5}
    assert redis_settings(texts, environment) == read
    assert redis_settings({"startup_nodes": '[{"host": "n", "port": 1}]'}, {})["startup_nodes"][0]["host"] == "n"
    with pytest.raises(ValueError, match="socket_timeout"):
        redis_settings({"host": "h", "socket_timeout": "soon"}, {})
    with pytest.raises(ValueError, match="service_name"):
        RedisCache(sentinel_nodes=[("127.0.0.1", 1)]).get_cache("a")


def test_an_address_comes_before_what_else_the_environment_says() -> None:
    environment = {"REDIS_URL": "redis://h", "REDIS_HOST": "other", "REDIS_PASSWORD": "p", "REDIS_USERNAME": "u"}
    assert redis_settings({}, environment) == {"url": "redis://h", "username": "u"}
