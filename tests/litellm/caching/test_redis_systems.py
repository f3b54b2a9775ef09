"""A cluster of three nodes and a master behind a sentinel, with TLS, an own authority and users: caches and routers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import litellm
import pytest
import redis
from litellm import Router
from litellm.caching.caching import Cache, DualCache
from litellm.caching.redis_cache import RedisCache

from tests.litellm.caching.test_cached_calls import embed, sent
from tests.litellm.caching.test_redis_cache import ANSWER, MESSAGES, exercise
from tests.litellm.router.support import until
from tests.support.redis_systems import PASSWORD, USER, RedisCluster, WatchedRedis, running


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RedisCluster, WatchedRedis]]:
    with pytest.MonkeyPatch.context() as patch, running(tmp_path_factory.mktemp("redis")) as started:
        patch.setenv("SSL_CERT_FILE", os.devnull)  # reading the machine's authorities takes long, for each connection
        yield started


@pytest.fixture
def watched(systems: tuple[RedisCluster, WatchedRedis]) -> WatchedRedis:
    return systems[1]


@pytest.fixture(scope="module")
def cluster(systems: tuple[RedisCluster, WatchedRedis]) -> RedisCluster:
    systems[0].wait()
    return systems[0]


@contextlib.asynccontextmanager
async def routers_on(settings: dict[str, Any], **more: Any) -> AsyncIterator[list[Router]]:
    """Two routers that share their state there, with one limited deployment of their own; given up at the end."""
    params = {"model": "openai/x", "mock_response": "hi", "rpm": 4}
    rows = [{"model_name": "chat", "litellm_params": params, "model_info": {"id": uuid.uuid4().hex}}]
    given: dict[str, Any] = {"routing_strategy": "usage-based-routing-v2", "num_retries": 0, **more}
    routers: list[Router] = []
    try:
        for _ in range(2):
            routers.append(Router(model_list=rows, cache_kwargs=settings, **given))
        yield routers
    finally:
        for router in routers:
            await router.cache.disconnect()
            router.discard()


@contextlib.asynccontextmanager
async def cache_on(settings: dict[str, Any]) -> AsyncIterator[RedisCache]:
    """A cache there; closed at the end."""
    cache = RedisCache(**settings)
    try:
        yield cache
    finally:
        await cache.disconnect()


async def granted(routers: list[Router], each: int) -> int:
    """How many calls are answered."""
    count = 0
    for router in routers * each:
        try:
            await router.acompletion("chat", MESSAGES)
        except (litellm.RateLimitError, ValueError):
            continue
        count += 1
    return count


async def in_one_minute(check: Callable[[], Awaitable[int]]) -> int:
    """What `check` gives within a minute of the clock; once more, from nothing, when another one began under way."""
    minute = time.time() // 60
    found = await check()
    return found if time.time() // 60 == minute else await check()


def away(routers: list[Router]) -> list[bool]:
    """Whether each of the routers found Redis away when it last asked."""
    return [router._gate.shared._lost for router in routers]  # type: ignore[union-attr]


async def share_limits(settings: dict[str, Any]) -> None:
    """Two routers have one limit."""

    async def check() -> int:
        async with routers_on(settings) as routers:
            count = await granted(routers, 4)
            assert away(routers) == [False, False]
            return count

    assert await in_one_minute(check) == 4


async def test_tls_users_and_addresses(watched: WatchedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = {"ssl_ca_certs": watched.user["ssl_ca_certs"]}
    await exercise(RedisCache(host="localhost", port=watched.port, **watched.user))
    await exercise(RedisCache(url=watched.url, **trust))
    monkeypatch.setenv("MY_SECRET", PASSWORD)
    texts = {"port": str(watched.port), "ssl": "true", "username": USER, "password": "os.environ/MY_SECRET"}
    await exercise(RedisCache(host="localhost", **texts, **trust))
    for wrong, error in (
        ({"ssl_ca_certs": None}, redis.ConnectionError),
        ({"password": "other"}, redis.AuthenticationError),
        ({"username": "default"}, redis.AuthenticationError),
    ):
        async with cache_on({"host": "localhost", "port": watched.port, **watched.user, **wrong}) as cache:
            with pytest.raises(error):
                cache.get_cache("a")
    await share_limits({"url": watched.url, **trust})


async def test_the_environment_names_a_server_with_tls(watched: WatchedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", watched.url)
    monkeypatch.setenv("REDIS_SSL_CA_CERTS", watched.user["ssl_ca_certs"])
    for name, value in (("HOST", "elsewhere"), ("PORT", "1"), ("PASSWORD", "of another"), ("SSL", "True")):
        monkeypatch.setenv(f"REDIS_{name}", value)
    await exercise(RedisCache())


async def test_a_cluster_keeps_what_several_nodes_hold(cluster: RedisCluster) -> None:
    await exercise(RedisCache(**cluster.settings))
    names = [f"k{number}" for number in range(12)]
    async with cache_on(cluster.settings) as cache:
        await cache.async_set_cache_pipeline([(name, name) for name in names])
        assert cache.batch_get_cache([*names, "none"]) == [*names, None]
        assert await cache.async_batch_get_cache([*names, "none"]) == [*names, None]
        assert all(set(names) & set(each) for each in cluster.held())
        both = DualCache(redis_cache=cache)
        assert await both.async_batch_get_cache(names) == names
        assert both.increment_cache("sum", 2) == 2
        assert await both.async_increment_cache("sum", 3) == 5
        cache.flush_cache()
        assert not any(cluster.held())


async def test_a_cluster_is_closed_while_threads_use_it(cluster: RedisCluster) -> None:
    async with cache_on(cluster.settings) as cache:
        client, failed = cache.redis_client, list[BaseException]()

        def ask() -> None:
            try:
                for number in range(40):
                    client.get(f"k{number}")
            except BaseException as error:  # noqa: BLE001 - asserted below
                failed.append(error)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            client.close()
        assert failed == []


async def test_a_cluster_answers_embeddings_item_by_item(
    cluster: RedisCluster, provider_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(type="redis", redis_startup_nodes=cluster.settings["startup_nodes"], **cluster.user)
    monkeypatch.setattr(litellm, "cache", cache)
    texts = [f"text {number}" for number in range(8)]
    try:
        await embed(provider_url, "async", texts[:4])
        await embed(provider_url, "sync", texts[4:])
        before = len(sent(provider_url))
        for mode in ("async", "sync"):
            assert (await embed(provider_url, mode, texts))._hidden_params["cache_hit"] is True
        assert len(sent(provider_url)) == before
        cache.add_cache(ANSWER, model="m", messages=MESSAGES)
        assert await cache.async_get_cache(model="m", messages=MESSAGES) == ANSWER
    finally:
        await cache.disconnect()


async def test_routers_share_their_state_in_a_cluster(cluster: RedisCluster) -> None:
    await share_limits(cluster.settings)
    await share_limits({**cluster.settings, "namespace": "team"})
    settings = {**cluster.settings, "namespace": "both"}
    budget = {"openai": {"budget_limit": 1, "time_period": "1d"}}
    checks = ["session_affinity", "prompt_caching"]
    async with routers_on(settings, optional_pre_call_checks=checks, provider_budget_config=budget) as routers:
        first, second = routers
        (model_id,) = first.get_model_ids()
        first._core.cool_down(model_id, 3000)
        first._gate.shared.cooled(model_id, 3000)  # type: ignore[union-attr]
        second._gate.shared.start()  # type: ignore[union-attr]
        await until(lambda: model_id in second._core.cooling())
        second.reset()
        await until(lambda: first._core.cooling() == second._core.cooling() == {})
        first.router_budget_logger.spend(first.model_list[0], {}, 0.25)
        session = {"metadata": {"session_id": "s"}}
        await first.acompletion("chat", MESSAGES, **session)
        await second.schedule_acompletion("chat", MESSAGES, priority=1, **session)
        assert second.router_budget_logger.get_current_provider_spend("openai") == pytest.approx(0.25, abs=0.01)


async def test_a_cluster_that_is_away_or_incomplete_holds_no_call(cluster: RedisCluster) -> None:
    nowhere = {**cluster.settings, "startup_nodes": [{"host": "127.0.0.1", "port": 1}]}
    async with routers_on(nowhere) as routers:
        assert await granted(routers[:1], 2) == 2
    async with cache_on(nowhere) as cache:
        with pytest.raises(redis.ConnectionError):
            cache.get_cache("a")
    async with routers_on({**cluster.settings, "namespace": "other"}) as routers:
        await routers[0].acompletion("chat", MESSAGES)
        held = next(index for index, keys in enumerate(cluster.held()) if any("litellm_router" in key for key in keys))
        cluster.processes[held].kill()
        cluster.processes[held].wait()
        assert await granted(routers[:1], 6) >= 1
        assert away(routers)[0]


async def test_a_sentinel_leads_to_the_new_master(watched: WatchedRedis) -> None:
    watched.wait()
    await exercise(RedisCache(**watched.settings))
    async with cache_on(watched.settings) as cache, routers_on({**watched.settings, "namespace": "watched"}) as routers:
        cache.set_cache("kept", 1)
        assert await granted(routers, 2) == 4
        watched.kill_master()

        def is_back() -> bool:
            for router in routers:
                router._gate.shared.synchronise()  # type: ignore[union-attr]
            return not any(away(routers))

        await until(is_back)
        for _ in range(600):  # the sentinel may say for a moment that there is no master
            with contextlib.suppress(redis.RedisError):
                if cache.get_cache("kept") == await cache.async_get_cache("kept") == 1:
                    assert cache.redis_client.connection_pool.get_master_address()[1] != watched.port
                    break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("the new master is not asked")
        found = await in_one_minute(lambda: granted(routers, 4))
        assert found <= (6 if any(away(routers)) else 4)  # who finds Redis away again goes by its half
