"""Fixtures that any test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import provider

# How long an example takes says more of the machine than of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def provider_url() -> Iterator[str]:
    """The address of a scripted provider process (see `tests.support.provider`)."""
    with provider.running() as url:
        yield url
