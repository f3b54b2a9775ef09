"""Virtual keys over HTTP: made, looked at, changed, blocked, replaced, deleted; and what each may do."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.gateway import MASTER_KEY, Gateway

CONFIG = {
    "model_list": [
        {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}} for name in ("a", "b")
    ]
}
BODY = {"model": "a", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("keys"), CONFIG) as running:
        yield running


def post(gateway: Gateway, path: str, asking: str = MASTER_KEY, /, **body: Any) -> httpx.Response:
    return gateway.request("POST", path, key=asking, json=body)


def new_key(gateway: Gateway, **fields: Any) -> str:
    answer = post(gateway, "/key/generate", **fields)
    assert answer.status_code == 200, answer.text
    key: str = answer.json()["key"]
    assert key.startswith("sk-")
    return key


def ask(gateway: Gateway, key: str, model: str = "a") -> int:
    return post(gateway, "/v1/chat/completions", key, **(BODY | {"model": model})).status_code


def test_a_key_calls_the_models_that_it_names(gateway: Gateway) -> None:
    key = new_key(gateway, models=["a"], key_alias="only-a", metadata={"team": "x"})
    assert (ask(gateway, key, "a"), ask(gateway, key, "b")) == (200, 401)
    assert [model["id"] for model in gateway.request("GET", "/v1/models", key=key).json()["data"]] == ["a"]
    info = gateway.request("GET", "/key/info", params={"key": key}).json()["info"]
    assert (info["key_alias"], info["models"], info["metadata"]) == ("only-a", ["a"], {"team": "x"})
    assert post(gateway, "/key/generate", key_alias="only-a").status_code == 400


def test_the_key_itself_is_kept_nowhere(gateway: Gateway) -> None:
    key = new_key(gateway)
    assert ask(gateway, key) == 200
    for path in gateway.folder.rglob("*"):
        if path.is_file():
            assert key.encode() not in path.read_bytes(), path


def test_a_key_expires(gateway: Gateway) -> None:
    key = new_key(gateway, duration="1s")
    assert ask(gateway, key) == 200
    time.sleep(1.2)
    assert ask(gateway, key) == 401


def test_a_key_is_changed_blocked_and_replaced(gateway: Gateway) -> None:
    key = new_key(gateway, models=["a"])
    assert post(gateway, "/key/update", key=key, models=["b"]).status_code == 200
    assert (ask(gateway, key, "a"), ask(gateway, key, "b")) == (401, 200)
    assert post(gateway, "/key/block", key=key).status_code == 200
    assert ask(gateway, key, "b") == 401
    assert post(gateway, "/key/unblock", key=key).status_code == 200
    assert ask(gateway, key, "b") == 200
    fresh = post(gateway, "/key/regenerate", key=key).json()["key"]
    assert (ask(gateway, key, "b"), ask(gateway, fresh, "b")) == (401, 200)
    assert post(gateway, "/key/delete", keys=[fresh]).status_code == 200
    assert ask(gateway, fresh, "b") == 401
    assert post(gateway, "/key/delete", keys=[fresh]).status_code == 404


def test_keys_are_listed_in_pages(gateway: Gateway) -> None:
    for _ in range(3):
        new_key(gateway, user_id="pager")
    first = gateway.request("GET", "/key/list", params={"user_id": "pager", "size": 2}).json()
    assert (len(first["keys"]), first["total_count"], first["total_pages"]) == (2, 3, 2)
    full = gateway.request("GET", "/key/list", params={"user_id": "pager", "return_full_object": True}).json()
    assert {row["user_id"] for row in full["keys"]} == {"pager"}


def test_a_key_may_look_at_itself_and_manage_nothing(gateway: Gateway) -> None:
    key, other = new_key(gateway), new_key(gateway)
    assert gateway.request("GET", "/key/info", key=key).status_code == 200
    assert gateway.request("GET", "/key/info", key=key, params={"key": other}).status_code == 403
    assert post(gateway, "/key/generate", key).status_code == 401
    assert gateway.request("GET", "/spend/logs", key=key).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_budget", -1),
        ("max_budget", "many"),
        ("duration", "soon"),
        ("budget_duration", "0d"),
        ("models", "a"),
        ("key", "short"),
    ],
)
def test_a_bad_field_is_named(gateway: Gateway, field: str, value: Any) -> None:
    answer = post(gateway, "/key/generate", **{field: value})
    assert answer.status_code in (400, 422)
    assert field in answer.text or value in answer.text


def test_sixty_four_clients_do_not_pass_a_cent(gateway: Gateway) -> None:
    from concurrent.futures import ThreadPoolExecutor

    key = new_key(gateway, max_budget=0.01)
    with ThreadPoolExecutor(64) as pool:
        statuses = list(pool.map(lambda _: ask(gateway, key), range(128)))
    assert set(statuses) <= {200, 422}
    assert 422 in statuses
    deadline = time.monotonic() + 10
    expected = statuses.count(200) * (10 * 2.5e-6 + 20 * 10e-6)  # a mock answer's usage is 10 + 20 tokens
    while time.monotonic() < deadline:
        spend = gateway.request("GET", "/key/info", params={"key": key}).json()["info"]["spend"]
        if spend == pytest.approx(expected, abs=1e-9):
            break
        time.sleep(0.1)
    assert spend == pytest.approx(expected, abs=1e-9)
    assert spend <= 0.01 + 64 * 0.000225
    with sqlite3.connect(gateway.folder / ".litellm" / "litellm.db") as database:
        query = 'SELECT SUM(spend), COUNT(*) FROM "LiteLLM_SpendLogs" WHERE api_key = (SELECT token FROM'
        query += ' "LiteLLM_VerificationToken" WHERE max_budget = 0.01)'
        total, rows = database.execute(query).fetchone()
    assert rows == statuses.count(200)
    assert total == pytest.approx(spend, abs=1e-9)
