"""Settings of LiteLLM's that decide who asks, what a request is counted as, and what is made by default."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest
from litellm.proxy.db.database import Database, database_url

from tests.proxy.management_endpoints.conftest import Admin
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

MOCK = {"model": "openai/gpt-4o", "mock_response": "hi"}
CONFIG: dict[str, Any] = {
    "model_list": [
        {"model_name": "a", "litellm_params": MOCK},
        {"model_name": "pictures", "litellm_params": {**MOCK, "model": "openai/dall-e-3"}},
    ],
    "general_settings": {
        "store_model_in_db": True, "image_generation_model": "pictures", "moderation_model": "missing",
        "user_header_mappings": [
            {"header_name": "X-Customer", "litellm_user_role": "customer"},
            {"header_name": "X-Person", "litellm_user_role": "internal_user"},
        ],
    },
    "litellm_settings": {
        "max_internal_user_budget": 3.5, "internal_user_budget_duration": "30d", "key_alias_pattern": "team-[a-z]+",
        "extra_spend_tag_headers": ["X-Cost-Centre"],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    with Gateway(tmp_path_factory.mktemp("settings"), CONFIG) as running:
        yield Admin(running)


def logged(admin: Admin, key: str, count: int = 1) -> dict[str, Any]:
    """The last row of a key's log, once it has so many."""
    deadline = time.monotonic() + 20
    while len(rows := admin.get("/spend/logs", api_key=key)) < count:
        assert time.monotonic() < deadline, rows
        time.sleep(0.05)
    found: dict[str, Any] = rows[0]
    return found


def test_headers_name_who_asks_and_what_it_is_counted_as(admin: Admin) -> None:
    key = admin.post("/key/generate")["key"]
    headers = {"x-customer": "ann", "x-person": "bob", "x-cost-centre": "42"}
    assert admin.acting(key).chat(headers=headers).status_code == 200
    row = logged(admin, key)
    assert (row["end_user"], row["user"], row["request_tags"]) == ("ann", "bob", ["X-Cost-Centre: 42"])
    admin.post("/customer/new", user_id="blocked", blocked=True)
    assert admin.acting(key).chat(headers={"x-customer": "blocked"}).status_code == 403


def test_end_users_are_not_counted_and_tags_refused_where_that_is_set(admin: Admin) -> None:
    admin.post(
        "/config/update", general_settings={"reject_clientside_metadata_tags": True},
        litellm_settings={"disable_end_user_cost_tracking": True},
    )  # fmt: skip
    key = admin.post("/key/generate")["key"]
    asking = admin.acting(key)
    eventually(lambda: asking.chat(metadata={"tags": ["mine"]}).status_code == 400, "tags are let through")
    refused = asking.chat(metadata={"tags": ["mine"]})
    assert refused.json()["error"]["param"] == "metadata.tags"
    count = len(admin.get("/spend/logs", api_key=key))
    assert asking.chat(user="ann", metadata={"tags": []}).status_code == 200
    assert not logged(admin, key, count + 1)["end_user"]
    assert asking.chat(user="blocked").status_code == 403, "who is blocked stays so"


def test_what_is_made_by_default(admin: Admin) -> None:
    made = admin.post("/user/new", auto_create_key=False)
    assert (made["max_budget"], made["budget_reset_at"] is not None) == (3.5, True)
    assert admin.post("/user/new", auto_create_key=False, max_budget=1)["max_budget"] == 1
    assert admin.post("/user/new", auto_create_key=False, user_role="proxy_admin")["max_budget"] is None
    assert admin.post("/key/generate", 400, key_alias="mine")["error"]["param"] == "key_alias"
    assert admin.post("/key/generate", key_alias="team-red")["key_alias"] == "team-red"


def test_sections_are_changed_together_or_not_at_all(admin: Admin) -> None:
    (file,) = admin.gateway.folder.rglob("litellm.db")
    refusing = "NEW.param_name = 'router_settings' BEGIN SELECT RAISE(ABORT, 'no'); END"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute(f'CREATE TRIGGER no_router BEFORE INSERT ON "LiteLLM_Config" WHEN {refusing}')
        sections = {"general_settings": {"block_robots": True}, "router_settings": {"num_retries": 1}}
        assert admin.ask("POST", "/config/update", json=sections).status_code in (400, 503)
        database.execute("DROP TRIGGER no_router")
    admin.get("/config/field/info", 404, field_name="block_robots")
    admin.post("/config/update", **sections)
    assert admin.get("/config/field/info", field_name="block_robots")["source"] == "db"


def test_models_of_routes_by_default(admin: Admin) -> None:
    made = admin.ask("POST", "/v1/images/generations", json={"prompt": "a cat"})
    assert made.status_code == 200, made.text
    refused = admin.ask("POST", "/v1/moderations", json={"input": "hi"})
    assert (refused.status_code, "missing" in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("settings", "query", "size", "wait_s"),
    [
        ({}, "", 20, 30), ({"database_connection_pool_limit": 7}, "", 7, 30),
        ({"database_connection_timeout": 5}, "?connection_limit=1&sslmode=disable", 2, 5),
        ({}, "?connection_limit=x&pool_timeout=0", 20, 30),
    ],
)  # fmt: skip
def test_connections_to_the_database_are_bounded(
    settings: dict[str, Any], query: str, size: int, wait_s: float, tmp_path: Any
) -> None:
    url = database_url({"database_url": f"postgresql://someone@127.0.0.1:9/none{query}", **settings}, tmp_path)
    pool: Any = Database(url, tmp_path).engine.pool
    assert (pool.size() + pool._max_overflow, pool.timeout()) == (size, wait_s)
