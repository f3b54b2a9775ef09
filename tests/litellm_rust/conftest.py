"""Fixtures of the accelerator's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.upstream import INTERPRETERS, Upstream, hosting

# What most scripts need, loaded once. Not the proxy: it registers callbacks as it is loaded.
_LOADED = ("scenarios", "litellm.router", "fastapi", "openai.resources.chat", "redis.asyncio")


@pytest.fixture(scope="session", params=INTERPRETERS)
def upstream(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    """Upstream in each version that `make setup-upstream` has made; skips without one."""
    with hosting(INTERPRETERS[request.param], tmp_path_factory.mktemp("upstream"), *_LOADED) as host:
        yield host
