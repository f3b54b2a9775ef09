"""A provider whose record is empty at the start of each test."""

from __future__ import annotations

import pytest
from litellm.router_utils import get_retry_from_policy

from tests.litellm.router.support import forget


@pytest.fixture
def base(provider_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The provider's address; back-off is short."""
    monkeypatch.setattr(get_retry_from_policy, "INITIAL_RETRY_DELAY_S", 0.01)
    forget(provider_url)
    return provider_url
