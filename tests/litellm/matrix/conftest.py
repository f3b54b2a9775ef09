"""Fixtures of the matrix."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from litellm.secret_managers.google.credentials import token_cache

from tests.litellm.llms.samples import rsa_key
from tests.support import scripted
from tests.support.scripted import Answer


@pytest.fixture(scope="session")
def script() -> Iterator[scripted.Scripted]:
    """A provider that answers what the test scripts."""
    with scripted.running() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A service account as Google's default credentials, and a server that gives its tokens."""
    with scripted.running() as tokens, pytest.MonkeyPatch.context() as patch:
        tokens.will(Answer(json.dumps({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}).encode()))
        account = {
            "type": "service_account",
            "project_id": "p",
            "private_key_id": "1",
            "private_key": rsa_key(),
            "client_email": "test@p.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{tokens.base}/token",
        }
        file = tmp_path_factory.mktemp("google") / "account.json"
        file.write_text(json.dumps(account))
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        token_cache.clear()
        yield
        token_cache.clear()
