"""Keys of identity providers: remembered, rotated, kept while the provider is away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from litellm.proxy.auth.jwt import key_sets
from litellm.proxy.auth.jwt.key_sets import KeySets, KeysUnavailable

from tests.support.oidc import IdentityProvider


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


async def test_keys_are_fetched_once_for_all_that_ask(provider: IdentityProvider) -> None:
    sets = KeySets()
    found = await asyncio.gather(*(sets.key(provider.discovery, "first") for _ in range(20)))
    assert all(found)
    assert provider.fetches == 1


async def test_a_rotated_key_is_looked_for_at_once_and_made_up_ones_cost_one_fetch(provider: IdentityProvider) -> None:
    sets = KeySets()
    assert await sets.key(provider.discovery, "first")
    provider.rotate("second", curve=True)
    assert await sets.key(provider.discovery, "second")
    assert await sets.key(provider.discovery, "first") is None
    for number in range(20):
        assert await sets.key(provider.discovery, f"made-up-{number}") is None
    assert provider.fetches == 2


async def test_a_token_that_names_no_key_gets_the_only_one(provider: IdentityProvider) -> None:
    sets = KeySets()
    assert await sets.key(f"{provider.base}/keys", None)
    provider.keys["another"] = provider.keys["first"]
    assert await KeySets().key(f"{provider.base}/keys", None) is None


async def test_keys_outlive_an_outage_for_a_while(provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    sets, now = KeySets(ttl_s=10, stale_ttl_s=100), 1000.0
    monkeypatch.setattr(key_sets.time, "monotonic", lambda: now)
    assert await sets.key(provider.discovery, "first")
    provider.away = True
    now += 50
    assert await sets.key(provider.discovery, "first")
    now += 100
    with pytest.raises(KeysUnavailable):
        await sets.key(provider.discovery, "first")
    provider.away = False
    assert await sets.key(provider.discovery, "first")
