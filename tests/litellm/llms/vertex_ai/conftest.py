"""A service account of this test run, whose tokens a scripted server gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from litellm.secret_managers.google.credentials import token_cache

from tests.support import scripted
from tests.support.scripted import Answer, Scripted

TOKEN = {"access_token": "tok-1", "expires_in": 3600, "token_type": "Bearer"}


@pytest.fixture(scope="session")
def private_key() -> str:
    """A key in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture(scope="session")
def tokens() -> Iterator[Scripted]:
    """The server that gives the tokens."""
    with scripted.running() as server:
        yield server


@pytest.fixture
def credentials(tokens: Scripted, private_key: str) -> dict[str, Any]:
    """A service account; nothing of it is cached yet."""
    token_cache.clear()
    tokens.will(Answer(json.dumps(TOKEN).encode()))
    return {
        "type": "service_account",
        "project_id": "its-project",
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": "test@its-project.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{tokens.base}/token",
    }
