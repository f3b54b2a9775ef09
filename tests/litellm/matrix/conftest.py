"""Fixtures of the matrix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import scripted


@pytest.fixture(scope="session")
def script() -> Iterator[scripted.Scripted]:
    """A provider that answers what the test scripts."""
    with scripted.running() as server:
        yield server
