"""A provider whose record is empty at the start of each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litellm.router_utils import get_retry_from_policy

from litellm_rust import flags
from tests.litellm.router.support import forget


@pytest.fixture
def base(provider_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The provider's address; back-off is short."""
    monkeypatch.setattr(get_retry_from_policy, "INITIAL_RETRY_DELAY_S", 0.01)
    forget(provider_url)
    return provider_url


@pytest.fixture(params=["native", "twin"])
def routing_core(request: pytest.FixtureRequest) -> Iterator[str]:
    """Routers made in the test pick by the Rust core, then by its twin."""
    before = flags.enabled("routing")
    flags.set_flags({"routing": request.param == "native"})
    yield request.param
    flags.set_flags({"routing": before})
