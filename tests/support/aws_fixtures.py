"""A loopback AWS for every test here, and an environment without AWS of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from litellm.secret_managers.aws.credentials import credential_cache

from tests.support import aws as support


@pytest.fixture(autouse=True)
def no_aws_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own AWS configuration is seen."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    credential_cache.clear()


@pytest.fixture
def aws() -> Iterator[support.Aws]:
    """The service."""
    with support.running() as service:
        yield service
