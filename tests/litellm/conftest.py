"""Fixtures of the SDK's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import scripted


@pytest.fixture(scope="module")
def vendor() -> Iterator[scripted.Scripted]:
    """A provider that answers what a test has told it to."""
    with scripted.running() as found:
        yield found
