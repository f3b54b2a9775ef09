"""A gateway whose management routes are asked, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.gateway import MASTER_KEY, Gateway
from tests.support.postgres import Postgres

CONFIG = {
    "model_list": [
        {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}} for name in ("a", "b")
    ]
}


class Admin:
    """Asks a gateway: `post("/key/generate", max_budget=1)`, as the admin or with another key."""

    def __init__(self, gateway: Gateway, key: str = MASTER_KEY) -> None:
        self.gateway, self.key = gateway, key

    def acting(self, key: str) -> Admin:
        """The same with another key."""
        return Admin(self.gateway, key)

    def ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return self.gateway.request(method, path, key=self.key, **kwargs)

    def post(self, path: str, /, expect: int = 200, method: str = "POST", **body: Any) -> Any:
        answer = self.ask(method, path, json=body)
        assert answer.status_code == expect, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str, /, expect: int = 200, **query: Any) -> Any:
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == expect, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def chat(self, **fields: Any) -> httpx.Response:
        """One small call."""
        body = {"model": "a", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
        headers = fields.pop("headers", {})
        return self.ask("POST", "/v1/chat/completions", json=body | fields, headers=headers)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def admin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    env = {}
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        env = {"DATABASE_URL": server.database()}
    with Gateway(tmp_path_factory.mktemp("management"), CONFIG, env=env) as running:
        yield Admin(running)
