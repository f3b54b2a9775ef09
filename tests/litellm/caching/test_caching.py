"""The response cache: keys, freshness, and entries that are not what they should be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from litellm.caching.caching import Cache
from litellm.caching.disk_cache import DiskCache
from litellm.caching.in_memory_cache import InMemoryCache

MESSAGES = [{"role": "user", "content": "Say hello."}]
ANSWER = {"id": "1", "choices": [{"index": 0}]}


@pytest.fixture(params=["local", "disk"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cache]:
    made = Cache(type=request.param, disk_cache_dir=str(tmp_path))
    yield made
    asyncio.run(made.disconnect())


def ask(**more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": MESSAGES, **more}


def test_an_equal_request_is_answered(cache: Cache) -> None:
    assert cache.get_cache(**ask()) is None
    cache.add_cache(ANSWER, **ask())
    assert cache.get_cache(**ask()) == ANSWER
    assert cache.get_cache(**ask(temperature=0.5)) is None


async def test_asynchronous_calls_share_the_entries(cache: Cache) -> None:
    await cache.async_add_cache(ANSWER, **ask())
    assert await cache.async_get_cache(**ask()) == cache.get_cache(**ask()) == ANSWER


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.dictionaries(strategies.text(max_size=3), strategies.integers() | strategies.text(max_size=3)))
def test_the_order_of_arguments_and_keys_does_not_matter(extra: dict[str, Any]) -> None:
    cache = Cache()
    forwards = ask(response_format=extra, temperature=0)
    backwards = dict(
        reversed([(k, dict(reversed(v.items())) if k == "response_format" else v) for k, v in forwards.items()])
    )
    assert cache.get_cache_key(**forwards) == cache.get_cache_key(**backwards)


def test_credentials_metadata_and_streaming_are_no_part_of_the_key() -> None:
    cache = Cache()
    plain = cache.get_cache_key(**ask())
    assert cache.get_cache_key(**ask(api_key="sk-1", metadata={"x": 1}, stream=True, timeout=3)) == plain
    assert cache.get_cache_key(**ask(user="someone")) != plain


def test_a_namespace_separates_users() -> None:
    cache = Cache(namespace="team")
    assert cache.get_cache_key(**ask()).startswith("team:")
    cache.add_cache(ANSWER, **ask(cache={"namespace": "a"}))
    assert cache.get_cache(**ask(cache={"namespace": "b"})) is None
    assert cache.get_cache(**ask(cache={"namespace": "a"})) == ANSWER


def test_the_groups_of_a_caching_group_share_answers() -> None:
    cache = Cache()
    metadata = {"model_group": "a", "caching_groups": [("a", "b")]}
    assert cache.get_cache_key(**ask(metadata=metadata)) == cache.get_cache_key(
        **ask(metadata={**metadata, "model_group": "b"})
    )


def test_no_store_no_cache_and_s_maxage(cache: Cache) -> None:
    cache.add_cache(ANSWER, **ask(cache={"no-store": True}))
    assert cache.get_cache(**ask()) is None
    cache.add_cache(ANSWER, **ask())
    assert cache.get_cache(**ask(cache={"no-cache": True})) is None
    assert cache.get_cache(**ask(cache={"s-maxage": 0})) is None
    assert cache.get_cache(**ask(cache={"s-maxage": 60})) == ANSWER


def test_off_by_default_needs_use_cache() -> None:
    cache = Cache(mode="default_off")
    cache.add_cache(ANSWER, **ask())
    assert cache.get_cache(**ask(cache={"use-cache": True})) is None
    cache.add_cache(ANSWER, **ask(cache={"use-cache": True}))
    assert cache.get_cache(**ask(cache={"use-cache": True})) == ANSWER


@pytest.mark.parametrize("entry", ["text", 7, [], {"timestamp": 1}, {"response": "{broken"}, {"response": "3"}])
def test_a_foreign_or_damaged_entry_is_a_miss(cache: Cache, entry: Any) -> None:
    cache.cache.set_cache(cache.get_cache_key(**ask()), entry)
    assert cache.get_cache(**ask()) is None


def test_an_oversized_answer_is_not_kept(cache: Cache) -> None:
    cache.add_cache({"text": "x" * 9_000_000}, **ask())
    assert cache.get_cache(**ask()) is None


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Cache(type="nowhere")


def test_memory_is_bounded_and_forgets_what_expires_first() -> None:
    now = [0.0]
    memory = InMemoryCache(max_size_in_memory=3, default_ttl=100, clock=lambda: now[0])
    memory.set_cache("long", 1, ttl=1000)
    for index in range(50):
        memory.set_cache(f"k{index}", index, ttl=10 + index)
    assert len(memory.cache_dict) == 3
    assert memory.get_cache("long") == 1
    now[0] = 500
    assert memory.get_cache("k49") is None


def test_setting_one_key_again_and_again_keeps_the_bookkeeping_bounded() -> None:
    memory = InMemoryCache(max_size_in_memory=10)
    for index in range(10_000):
        memory.set_cache("key", index)
    assert len(memory._expiries) <= 41


def test_an_increment_keeps_the_first_expiry() -> None:
    now = [0.0]
    memory = InMemoryCache(clock=lambda: now[0])
    assert memory.increment_cache("n", 1, ttl=10) == 1
    now[0] = 9
    assert memory.increment_cache("n", 2, ttl=10) == 3
    now[0] = 11
    assert memory.increment_cache("n", 1, ttl=10) == 1


def test_the_disk_outlives_the_process_and_counts(tmp_path: Path) -> None:
    first = DiskCache(str(tmp_path))
    first.set_cache("a", {"x": 1})
    assert [first.increment_cache("n", 1) for _ in range(3)] == [1, 2, 3]
    asyncio.run(first.disconnect())
    second = DiskCache(str(tmp_path))
    assert second.get_cache("a") == {"x": 1}
    assert second.increment_cache("n", 0.5) == 3.5
    asyncio.run(second.disconnect())


def test_the_disk_is_bounded(tmp_path: Path) -> None:
    disk = DiskCache(str(tmp_path), max_items=20)
    for index in range(100):
        disk.set_cache(f"k{index}", index, ttl=1000 + index)
    assert disk.get_cache("k0") is None
    assert disk.get_cache("k99") == 99
    asyncio.run(disk.disconnect())
