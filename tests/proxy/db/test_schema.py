"""The schema: new databases, older ones, and upstream's own, made by the migrations that it publishes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.db.database import Database
from litellm.proxy.db.tables import metadata
from sqlalchemy import Connection, inspect, text

from tests.support.gateway import Gateway
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[3]
CONFIG = {"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}]}


def upstream_migrations() -> list[Path]:
    """Upstream's own migrations, oldest first."""
    found = (ROOT / ".venv-upstream").glob("lib/python*/site-packages/litellm_proxy_extras/migrations/*/migration.sql")
    return sorted(found)


def missing(connection: Connection) -> list[str]:
    known = inspect(connection)
    tables = set(known.get_table_names())
    found = [name for name in metadata.tables if name not in tables]
    for table in metadata.sorted_tables:
        if table.name in tables:
            present = {column["name"] for column in known.get_columns(table.name)}
            found += [f"{table.name}.{column.name}" for column in table.columns if column.name not in present]
    return found


@pytest.fixture
def url(database_env: dict[str, str], tmp_path: Path) -> str:
    return database_env.get("DATABASE_URL") or f"sqlite:///{tmp_path / 'litellm.db'}"


async def test_a_new_database_gets_every_table_and_column(url: str, tmp_path: Path) -> None:
    for _ in range(2):  # the second start finds everything there
        database = Database(url, tmp_path)
        await database.start()
        async with database.engine.connect() as connection:
            assert await connection.run_sync(missing) == []
        await database.stop()


async def test_an_older_schema_gets_what_it_lacks(url: str, tmp_path: Path) -> None:
    database = Database(url, tmp_path)
    async with database.engine.begin() as connection:
        await connection.execute(text('CREATE TABLE "LiteLLM_VerificationToken" (token TEXT PRIMARY KEY, spend FLOAT)'))
        await connection.execute(text("INSERT INTO \"LiteLLM_VerificationToken\" VALUES ('abc', 1.5)"))
    await database.start()
    async with database.engine.connect() as connection:
        assert await connection.run_sync(missing) == []
        row = (await connection.execute(text('SELECT * FROM "LiteLLM_VerificationToken"'))).mappings().one()
        assert (row["token"], row["spend"], row["total_spend"]) == ("abc", 1.5, 0)
    await database.stop()


@pytest.mark.skipif(os.name == "nt", reason="PostgreSQL is started by its POSIX programs")
def test_upstreams_database_opens_as_it_is(postgres: Postgres, tmp_path: Path) -> None:
    migrations = upstream_migrations()
    if not migrations:
        pytest.skip("upstream is not installed: make setup-upstream")
    url = postgres.database()
    postgres.run_script("\n".join(path.read_text() for path in migrations), url)
    tables = {row["tablename"] for row in postgres.execute("SELECT tablename FROM pg_tables", url)}
    ours = {name for name in metadata.tables if name.startswith("LiteLLM_")}
    assert ours <= tables, "a table that upstream does not have"
    columns = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
    before = {(row["table_name"], row["column_name"]): row["data_type"] for row in postgres.execute(columns, url)}
    with Gateway(tmp_path, CONFIG, env={"DATABASE_URL": url}) as gateway:
        made = gateway.request("POST", "/key/generate", json={"key_alias": "first"})
        assert made.status_code == 200, made.text
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
        assert gateway.request("POST", "/v1/chat/completions", key=made.json()["key"], json=body).status_code == 200
        assert gateway.stop() in (0, -15)
    after = {(row["table_name"], row["column_name"]): row["data_type"] for row in postgres.execute(columns, url)}
    added = {name for name in after if name[0].startswith("LiteLLM_") and name not in before}
    assert added == set(), "columns that upstream does not have"
    assert {name: kind for name, kind in after.items() if name in before} == before
    assert len(postgres.execute('SELECT * FROM "LiteLLM_SpendLogs"', url)) == 1


OLD_KEY = "sk-made-by-upstream-1234"
ROWS = f"""
INSERT INTO "LiteLLM_BudgetTable" (budget_id, max_budget, created_by, updated_by) VALUES ('b', 100, 'x', 'x');
INSERT INTO "LiteLLM_OrganizationTable" (organization_id, organization_alias, budget_id, created_by, updated_by)
  VALUES ('org', 'The organization', 'b', 'x', 'x');
INSERT INTO "LiteLLM_UserTable" (user_id, user_email, user_role, teams, spend)
  VALUES ('ada', 'ada@example.org', 'internal_user', ARRAY['team'], 2.5);
INSERT INTO "LiteLLM_TeamTable" (team_id, team_alias, organization_id, members_with_roles, max_budget, spend)
  VALUES ('team', 'The team', 'org', '[{{"role": "admin", "user_id": "ada"}}]', 50, 2.5);
INSERT INTO "LiteLLM_TeamMembership" (user_id, team_id, spend) VALUES ('ada', 'team', 2.5);
INSERT INTO "LiteLLM_VerificationToken" (token, key_name, key_alias, user_id, team_id, models, max_budget, spend)
  VALUES ('{hash_token(OLD_KEY)}', 'sk-...1234', 'old', 'ada', 'team', ARRAY['m'], 10, 2.5);
INSERT INTO "LiteLLM_EndUserTable" (user_id, blocked) VALUES ('customer', false);
"""


@pytest.mark.skipif(os.name == "nt", reason="PostgreSQL is started by its POSIX programs")
def test_upstreams_rows_are_served_changed_and_deleted(postgres: Postgres, tmp_path: Path) -> None:
    migrations = upstream_migrations()
    if not migrations:
        pytest.skip("upstream is not installed: make setup-upstream")
    url = postgres.database()
    postgres.run_script("\n".join(path.read_text() for path in migrations) + ROWS, url)
    with Gateway(tmp_path, CONFIG, env={"DATABASE_URL": url}) as gateway:
        ask = gateway.request
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "user": "customer"}
        assert ask("POST", "/v1/chat/completions", key=OLD_KEY, json=body).status_code == 200
        spent = ask("GET", "/key/info", key=OLD_KEY).json()["info"]["spend"]
        assert spent > 2.5
        team = ask("GET", "/team/info?team_id=team").json()
        assert team["team_info"]["spend"] == pytest.approx(spent)
        assert [row["key_alias"] for row in team["keys"]] == ["old"]
        assert ask("GET", "/user/info?user_id=ada").json()["user_info"]["user_email"] == "ada@example.org"
        assert ask("GET", "/organization/info?organization_id=org").json()["organization_alias"] == "The organization"
        update = {"key": OLD_KEY, "models": ["other"]}
        assert ask("POST", "/key/update", json=update).status_code == 200
        assert ask("POST", "/v1/chat/completions", key=OLD_KEY, json=body).status_code == 401
        member = {"team_id": "team", "member": {"user_id": "bob", "role": "user"}}
        assert ask("POST", "/team/member_add", json=member).status_code == 200
        mapping = {"jwt_claim_name": "sub", "jwt_claim_value": "svc", "key": OLD_KEY}
        assert ask("POST", "/jwt/key/mapping/new", json=mapping).status_code == 200
        new = ask("POST", "/key/regenerate", json={"key": OLD_KEY, "models": ["m"]}).json()["key"]
        assert ask("POST", "/v1/chat/completions", key=new, json=body).status_code == 200
        for path, names in (("/key/delete", {"keys": [new]}), ("/team/delete", {"team_ids": ["team"]}),
                            ("/user/delete", {"user_ids": ["ada"]}),
                            ("/organization/delete", {"organization_ids": ["org"]}),
                            ("/customer/delete", {"user_ids": ["customer"]})):  # fmt: skip
            method = "DELETE" if path.startswith("/organization") else "POST"
            answer = ask(method, path, json=names)
            assert answer.status_code == 200, (path, answer.text)
        assert ask("POST", "/v1/chat/completions", key=new, json=body).status_code == 401
        assert len(ask("GET", "/audit?page_size=100").json()["audit_logs"]) >= 9
