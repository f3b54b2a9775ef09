"""`RedisCache` over real servers: alone, with TLS, as a cluster, behind a sentinel."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import litellm
import pytest
import redis
import trustme
from litellm.caching.caching import Cache
from litellm.caching.redis_cache import MAX_VALUE_BYTES, RedisCache
from litellm.caching.redis_settings import redis_settings

from tests.support.redis import RedisServer

MESSAGES = [{"role": "user", "content": "Say hello."}]
ANSWER = {"id": "1", "choices": [{"index": 0}]}


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


async def exercise(cache: RedisCache) -> None:
    """Every operation, blocking and not."""
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
    await cache.disconnect()


async def test_alone(server: RedisServer) -> None:
    await exercise(RedisCache(host="127.0.0.1", port=server.port))
    await exercise(RedisCache(url=server.url, namespace="team"))
    with server.client() as client:
        assert client.exists("team:n")


async def test_with_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    files = {name: tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")}
    authority.cert_pem.write_to_path(str(files["ca"]))
    certificate.cert_chain_pems[0].write_to_path(str(files["cert"]))
    certificate.private_key_pem.write_to_path(str(files["key"]))
    port = free_port()
    tls = ("--tls-port", str(port), "--tls-cert-file", str(files["cert"]), "--tls-key-file", str(files["key"]),
           "--tls-ca-cert-file", str(files["ca"]), "--tls-auth-clients", "no")  # fmt: skip
    with RedisServer(*tls):
        await exercise(RedisCache(host="localhost", port=port, ssl=True, ssl_ca_certs=str(files["ca"])))
        await exercise(RedisCache(url=f"rediss://localhost:{port}/0", ssl_ca_certs=str(files["ca"])))
        with pytest.raises(redis.ConnectionError):
            RedisCache(host="localhost", port=port, ssl=True).get_cache("a")


def cluster(settings: tuple[str, ...] = ()) -> RedisServer:
    """A cluster of one."""
    return RedisServer("--cluster-enabled", "yes", "--cluster-port", str(free_port()), *settings)


def own_every_slot(server: RedisServer) -> list[dict[str, Any]]:
    with server.client() as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        end = time.monotonic() + 10
        while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO"):
            assert time.monotonic() < end
            time.sleep(0.02)
    return [{"host": "127.0.0.1", "port": server.port}]


async def test_as_a_cluster(tmp_path: Path) -> None:
    with cluster(("--cluster-config-file", str(tmp_path / "nodes.conf"))) as server:
        nodes = own_every_slot(server)
        cache = Cache(type="redis", redis_startup_nodes=nodes)
        cache.add_cache(ANSWER, model="m", messages=MESSAGES)
        assert await cache.async_get_cache(model="m", messages=MESSAGES) == ANSWER
        await cache.disconnect()
        await exercise(RedisCache(startup_nodes=nodes))
        rows = [{"model_name": "c", "litellm_params": {"model": "openai/x", "mock_response": "hi", "rpm": 2}}]
        router = litellm.Router(model_list=rows, routing_strategy="usage-based-routing-v2", num_retries=0,
                                cache_kwargs={"startup_nodes": nodes})  # fmt: skip
        for _ in range(2):  # again when another minute began under way
            minute, refused = time.time() // 60, 0
            for _ in range(3):
                try:
                    await router.acompletion("c", MESSAGES)
                except litellm.RateLimitError:
                    refused += 1
            if time.time() // 60 == minute:
                break
        assert refused == 1
        await router.cache.disconnect()
        router.discard()


@pytest.fixture
def sentinel(server: RedisServer, tmp_path: Path) -> Iterator[int]:
    """The port of a sentinel that watches the server as `main`."""
    port, settings = free_port(), tmp_path / "sentinel.conf"
    settings.write_text(f"port {port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {server.port} 1\n")
    process = subprocess.Popen(["redis-server", str(settings), "--sentinel"], stdout=subprocess.DEVNULL)
    with redis.Redis(port=port, retry=None) as client:
        end = time.monotonic() + 10
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < end
                time.sleep(0.02)
    yield port
    process.kill()
    process.wait()


async def test_behind_a_sentinel(sentinel: int) -> None:
    await exercise(RedisCache(sentinel_nodes=[("127.0.0.1", sentinel)], service_name="main"))


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
