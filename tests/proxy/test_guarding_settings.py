"""Settings of LiteLLM's that bound, close or demand something: one gateway of them all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from litellm.proxy._types import ProxyException
from litellm.proxy.db.database import Database, database_url
from litellm.proxy.middleware import Admission, ErrorBoundary
from litellm.proxy.middleware.in_flight import InFlight
from litellm.proxy.sign_in.passwords import Attempts
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.proxy.management_endpoints.conftest import Admin
from tests.proxy.serving import serving
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

FUNCTIONS = '''
"""The operator's own rules."""

from litellm.proxy.management_helpers.team_metadata_validation import TeamMetadataValidationResult


async def update(request):
    return {"decision": request.tpm_limit != 13, "message": "no thirteens"}


async def policy(request):
    budget = request.effective_key.get("max_budget")
    return {"decision": budget != 66, "message": f"no {request.operation} of such keys"}


async def metadata(payload):
    if payload.metadata.get("centre") == "down":
        raise OSError("the service is away")
    named = bool(payload.metadata.get("centre"))
    return TeamMetadataValidationResult(valid=named, error_message="name a centre")
'''
SEEN: list[dict[str, Any]] = []


async def provider(request: Request) -> Response:
    raw = await request.body()
    SEEN.append({"path": request.url.path, "headers": dict(request.headers), "body": raw})
    if b"FAIL" in raw:
        return JSONResponse({"error": {"message": "down", "type": "server_error"}}, 500)
    if request.url.path.endswith("/content"):
        return Response(b"stored")
    if request.url.path.endswith("/files"):
        return JSONResponse({"id": "file-1", "object": "file"})
    said = {"role": "assistant", "content": "x" * (3000 if b"LONG" in raw else 3)}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return JSONResponse(
        {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o", "usage": usage,
         "choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}
    )  # fmt: skip


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    folder = tmp_path_factory.mktemp("guarding")
    (folder / "rules.py").write_text(FUNCTIONS)
    with serving(Starlette(routes=[Route("/{path:path}", provider, methods=["GET", "POST"])])) as url:
        params = {"model": "openai/gpt-4o", "api_base": f"{url}/v1", "api_key": "sk-up"}
        config = {
            "model_list": [{"model_name": name, "litellm_params": params} for name in ("a", "b")],
            "router_settings": {"num_retries": 0, "fallbacks": [{"a": ["b"]}], "disable_cooldowns": True},
            "general_settings": {
                "store_model_in_db": True, "custom_key_update": "rules.update", "custom_key_policy": "rules.policy",
                "custom_team_metadata_validate": "rules.metadata", "disable_custom_api_keys": True,
                "team_metadata_validation_error_message": "ask again later", "include_call_id_in_error_body": True,
                "max_response_size_mb": 0.002, "enforced_params": ["user"], "forward_openai_org_id": True,
                "service_account_settings": {"enforced_params": ["metadata.run"]}, "missing_session_id": "reject",
                "allowed_file_extensions": [".jsonl"], "max_batch_file_records": 2, "max_batch_file_uploads_per_day": 3,
                "max_file_downloads_per_minute": 1, "max_batch_file_size_mb": 1, "ui_access_mode": "admin_only",
                "enforce_fallback_model_access": True, "forward_llm_provider_auth_headers": True,
                "enable_drain_endpoint": True, "drain_endpoint_token": "let-it-drain",
                "disable_key_generate_for_org_admin": True,
            },
            "litellm_settings": {
                "overwrite_user_with_key_hash": True, "add_user_information_to_llm_headers": True,
                "enable_key_alias_format_validation": True, "upperbound_key_generate_params": {"tpm_limit": 1000},
            },
        }  # fmt: skip
        env = {"OPENAI_API_BASE": f"{url}/v1", "OPENAI_API_KEY": "sk-up"}
        with Gateway(folder, config, env=env) as running:
            yield Admin(running)


SESSION = {"x-litellm-session-id": "s-1"}


def test_requests_have_what_is_demanded_of_them(admin: Admin) -> None:
    refused = admin.chat(headers=SESSION)
    error = refused.json()["error"]
    assert (refused.status_code, error["param"]) == (400, "user")
    assert error["litellm_call_id"] == refused.headers["x-litellm-call-id"]
    assert admin.chat(user="ann").json()["error"]["param"] == "session_id"
    assert admin.chat(user="ann", headers=SESSION).status_code == 200
    assert admin.chat(user="ann", metadata={"session_id": "s-2"}).status_code == 200
    team = admin.post("/team/new", metadata={"centre": "x", "enforced_params": ["seed"]})["team_id"]
    key = admin.post("/key/generate", team_id=team)["key"]
    assert admin.acting(key).chat(user="ann", headers=SESSION).json()["error"]["param"] == "seed"
    account = admin.acting(admin.post("/key/service-account/generate", team_id=team, key_alias="robot")["key"])
    assert account.chat(user="a", seed=1, headers=SESSION).json()["error"]["param"] == "metadata.run"
    assert account.chat(user="a", seed=1, metadata={"run": "1"}, headers=SESSION).status_code == 200


def test_the_provider_is_told_who_asks(admin: Admin) -> None:
    made = admin.post("/key/generate", key_alias="teller")
    headers = {**SESSION, "openai-organization": "org-9", "x-goog-api-key": "theirs"}
    assert admin.acting(made["key"]).chat(user="ann", headers=headers).status_code == 200
    sent = SEEN[-1]
    assert f'"user":"{made["token_id"]}"' in sent["body"].decode().replace(" ", "")
    assert sent["headers"]["x-litellm-user_api_key_alias"] == "teller"
    assert (sent["headers"]["openai-organization"], sent["headers"]["x-goog-api-key"]) == ("org-9", "theirs")
    assert made["key"] not in str(sent)


def test_answers_are_bounded(admin: Admin) -> None:
    refused = admin.chat(user="ann", messages=[{"role": "user", "content": "LONG"}], headers=SESSION)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "content-length")


def test_no_fallback_to_a_model_that_the_key_may_not_call(admin: Admin) -> None:
    both = admin.acting(admin.post("/key/generate", models=["a", "b"])["key"])
    one = admin.acting(admin.post("/key/generate", models=["a"])["key"])
    for asking, calls in ((both, 2), (one, 1)):
        before = len(SEEN)
        failed = asking.chat(user="ann", messages=[{"role": "user", "content": "FAIL"}], headers=SESSION)
        assert (failed.status_code, len(SEEN) - before) == (500, calls)


def test_keys_are_made_and_changed_as_the_rules_say(admin: Admin) -> None:
    assert admin.post("/key/generate", 403, key="sk-mine-own-value")["error"]["param"] == "key"
    assert admin.post("/key/generate", 400, key_alias="-dash")["error"]["param"] == "key_alias"
    assert "no generate of" in admin.post("/key/generate", 403, max_budget=66)["error"]["message"]
    key = admin.post("/key/generate")["key"]
    assert admin.post("/key/update", 403, key=key, tpm_limit=13)["error"]["message"] == "no thirteens"
    assert "no update of" in admin.post("/key/update", 403, key=key, max_budget=66)["error"]["message"]
    assert admin.post("/key/update", 400, key=key, tpm_limit=1001)["error"]["param"] == "tpm_limit"
    assert admin.post("/key/update", key=key, tpm_limit=12)["tpm_limit"] == 12
    assert "no regenerate of" in admin.post(f"/key/{key}/regenerate", 403, max_budget=66)["error"]["message"]
    assert admin.post(f"/key/{key}/regenerate", 403, new_key="sk-mine-own-value")["error"]["param"] == "key"


def test_admins_of_organizations_make_no_keys(admin: Admin) -> None:
    organization = admin.post("/organization/new", organization_alias="o", models=["a"])["organization_id"]
    user = admin.post("/user/new", user_role="internal_user")
    member = {"user_id": user["user_id"], "role": "org_admin"}
    admin.post("/organization/member_add", organization_id=organization, member=member)
    asking = admin.acting(user["key"])
    assert "organizations" in asking.post("/key/generate", 403, organization_id=organization)["error"]["message"]


def test_the_metadata_of_teams_are_judged(admin: Admin) -> None:
    assert admin.post("/team/new", 400)["error"]["message"] == "name a centre"
    assert admin.post("/team/new", 503, metadata={"centre": "down"})["error"]["message"] == "ask again later"
    team = admin.post("/team/new", metadata={"centre": "north"})["team_id"]
    assert admin.post("/team/update", 400, team_id=team, metadata={"other": 1})["error"]["message"] == "name a centre"
    assert admin.post("/team/update", team_id=team, metadata={"centre": "south"})["data"]["metadata"]


def upload(admin: Admin, name: str, content: bytes, purpose: str = "batch") -> httpx.Response:
    return admin.ask("POST", "/v1/files", data={"purpose": purpose}, files={"file": (name, content)})


def test_files_are_bounded(admin: Admin) -> None:
    asking = admin.acting(admin.post("/key/generate")["key"])
    assert "allowed_file_extensions" in upload(asking, "a.exe", b"{}").text
    assert upload(asking, "noextension", b"{}", "user_data").status_code == 400
    assert upload(asking, "a.jsonl", b"{}\n" * 3).json()["error"]["message"].startswith("file: more than 2 records")
    assert upload(asking, "a.jsonl", b" " * (1 << 20) + b"{}").status_code == 413
    allowed = [upload(asking, "A.JSONL", b"{}\n\n{}").status_code for _ in range(4)]
    assert allowed == [200, 200, 200, 429]
    assert upload(asking, "a.jsonl", b"{}\n" * 3, "user_data").status_code == 200, "not for a batch"
    downloads = [asking.ask("GET", f"/v1/files/{name}/content").status_code for name in ("f1", "f1", "f2")]
    assert downloads == [200, 429, 200]
    more = admin.post("/key/generate", metadata={"max_batch_file_records": 3, "max_file_downloads_per_minute": 2})
    assert upload(admin.acting(more["key"]), "a.jsonl", b"{}\n" * 3).status_code == 200
    two = [admin.acting(more["key"]).ask("GET", "/v1/files/f1/content").status_code for _ in range(3)]
    assert two == [200, 200, 429]


def test_the_ui_is_for_admins_where_that_is_set(admin: Admin) -> None:
    wrong = admin.ask("POST", "/v2/login", json={"username": "admin", "password": "wrong"})
    assert wrong.status_code == 401
    right = admin.ask("POST", "/v2/login", json={"username": "admin", "password": admin.key})
    assert right.status_code == 200, right.text


def test_readiness_tells_the_public_little(admin: Admin) -> None:
    assert set(admin.gateway.request("GET", "/health/readiness", key=None).json()) == {"status", "db"}
    assert "litellm_version" in admin.get("/health/readiness/details")
    admin.post("/config/update", general_settings={"allow_public_health_readiness_details": True})
    ready = ("GET", "/health/readiness")
    eventually(lambda: "litellm_version" in admin.gateway.request(*ready, key=None).json(), "no details")


def test_draining_is_asked_for_with_a_token(admin: Admin) -> None:
    ask = admin.gateway.request
    assert ask("GET", "/health/drain", key=None).status_code == 401
    assert ask("GET", "/health/readiness", key=None).status_code == 200
    drained = ask("GET", "/health/drain", key=None, headers={"x-drain-token": "let-it-drain"})
    assert (drained.status_code, drained.json()) == (200, {"status": "drained", "drained_requests": 0})
    assert ask("GET", "/health/readiness", key=None).status_code == 503


def test_a_process_answers_so_many_at_a_time() -> None:
    asyncio.run(_crowd())


async def _crowd() -> None:
    entered, go = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Response:
        entered.set()
        await go.wait()
        return Response("done")

    counts = InFlight()
    layers = [Middleware(ErrorBoundary), Middleware(Admission, counts=counts)]
    paths = [Route(path, slow) for path in ("/slow", "/metrics")]
    app = Starlette(routes=paths, middleware=layers)
    raw = {"max_in_flight_requests_per_worker": 1, "max_queued_requests_per_worker": 1,
           "admission_queue_timeout_seconds": 60}  # fmt: skip
    app.state.gateway = SimpleNamespace(config=SimpleNamespace(general_settings=SimpleNamespace(raw=raw)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        first = asyncio.create_task(client.get("/slow"))
        await entered.wait()
        second = asyncio.create_task(client.get("/slow"))
        while counts.queued == 0:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
        third = await client.get("/slow")
        assert (third.status_code, third.headers["retry-after"], counts.rejected) == (503, "1", 1)
        always = asyncio.create_task(client.get("/metrics"))
        raw["admission_queue_timeout_seconds"] = 0.01
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert (await client.get("/slow")).status_code == 503, "it waited in vain"
        go.set()
        assert [(await task).status_code for task in (first, always)] == [200, 200]
        assert (await client.get("/slow")).status_code == 200


@pytest.mark.parametrize("steps", range(6))
def test_a_client_that_leaves_its_queue_leaves_no_hole(steps: int) -> None:
    async def leave() -> None:
        go = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await go.wait()

        raw = {"max_in_flight_requests_per_worker": 1, "admission_queue_timeout_seconds": 60}
        config = SimpleNamespace(general_settings=SimpleNamespace(raw=raw))
        owner = SimpleNamespace(state=SimpleNamespace(gateway=SimpleNamespace(config=config)))
        counts = InFlight()
        admission = Admission(app, counts)
        scope = {"type": "http", "path": "/", "app": owner}
        tasks = [asyncio.create_task(admission(scope, None, None)) for _ in range(2)]  # type: ignore[arg-type]
        while not counts.queued:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
        go.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raw["max_queued_requests_per_worker"] = 0
        for _ in range(2):
            await admission(scope, None, None)  # type: ignore[arg-type]
        go.clear()
        busy = asyncio.create_task(admission(scope, None, None))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        with pytest.raises(ProxyException):
            await admission(scope, None, None)  # type: ignore[arg-type]
        busy.cancel()

    asyncio.run(leave())


def test_sign_ins_of_an_address_are_bounded_as_is_set() -> None:
    attempts = Attempts()
    settings: dict[str, Any] = {
        "max_failed_login_attempts_per_source": 2,
        "max_failed_login_attempts_per_source_overrides": {"10.0.0.0/8": 1, "10.9.0.0/16": 0},
    }
    for source, most in (("192.0.2.1", 2), ("10.1.1.1", 1), ("10.9.1.1", 1000), ("", 2)):
        for _ in range(min(most, 20)):
            attempts.check(source, settings)
            attempts.failed(source, settings)
        if most < 1000:
            with pytest.raises(ProxyException):
                attempts.check(source, settings)
            attempts.check(source, {**settings, "failed_login_block_seconds": 1e-9})
        else:
            attempts.check(source, settings)


def test_connections_to_the_database_are_made_as_is_set(tmp_path: Path) -> None:
    settings = {
        "database_url": "postgresql://someone@127.0.0.1:9/none", "database_connect_timeout": 3,
        "database_socket_timeout": 4.5, "database_max_idle_connection_lifetime": 60,
        "database_disable_prepared_statements": True,
    }  # fmt: skip
    database = Database(database_url(settings, tmp_path), tmp_path)
    engine: Any = database.engine
    _, given = engine.dialect.create_connect_args(engine.url)
    assert engine.pool._recycle == 60
    assert not {"pgbouncer", "connect_timeout", "socket_timeout"} & set(given)


def test_postgresql_without_prepared_statements(postgres: Any, tmp_path: Path) -> None:
    url = postgres.database()

    async def asked() -> None:
        settings = {"database_url": url, "database_disable_prepared_statements": True}
        database = Database(database_url(settings, tmp_path), tmp_path)
        await database.start()
        assert all([await database.is_connected() for _ in range(3)])
        async with database.read() as connection:
            for _ in range(3):
                (await connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements")).scalar()
            found = await connection.exec_driver_sql("SELECT name FROM pg_prepared_statements WHERE name <> ''")
            assert found.all() == []
        await database.stop()

    asyncio.run(asked())
