"""Fixtures that any test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import provider


@pytest.fixture(scope="session")
def provider_url() -> Iterator[str]:
    """The address of a scripted provider process (see `tests.support.provider`)."""
    with provider.running() as url:
        yield url
