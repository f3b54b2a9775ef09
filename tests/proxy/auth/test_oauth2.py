"""Opaque tokens that an authorization server knows, and callers that a trusted proxy names in headers."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.proxy.serving import serving
from tests.support.gateway import Gateway

SEEN: list[tuple[str, str]] = []
HOLDERS: dict[str, dict[str, Any]] = {
    "good": {"active": True, "sub": "ann", "role": "internal_user"},
    "limited": {"active": True, "sub": "bob", "team_id": "t-1"},
    "strange": {"active": True, "sub": "eve", "team_id": "nowhere"},
    "revoked": {"active": False, "sub": "ann"},
    "expired": {"active": True, "sub": "ann", "exp": 1},
    "viewer": {"active": True, "sub": "vic", "role": "proxy_admin_viewer"},
    "boastful": {"active": True, "sub": "eve", "role": "emperor"},
}


async def server(request: Request) -> Response:
    given = request.headers["authorization"]
    if request.method == "POST":
        token = str((await request.form())["token"])
        right = base64.b64encode(b"gateway:s3cret").decode()
        if given != f"Basic {right}":
            return JSONResponse({"error": "invalid_client"}, 401)
    else:
        token = given.removeprefix("Bearer ")
    SEEN.append((request.method, token))
    if token == "away":
        return JSONResponse({}, 503)
    holder = HOLDERS.get(token)
    if holder is None and request.method == "GET":
        return JSONResponse({"error": "invalid_token"}, 401)
    return JSONResponse(holder or {"active": False})


@pytest.fixture(scope="module", params=["introspect", "tokeninfo"])
def admin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    general = {
        "enable_oauth2_auth": True, "enable_oauth2_proxy_auth": True, "trusted_proxy_ranges": ["127.0.0.1"],
        "oauth2_config_mappings": {"user_id": "X-User", "team_id": "X-Team", "models": "X-Models"},
    }  # fmt: skip
    env = {"OAUTH_CLIENT_ID": "gateway", "OAUTH_CLIENT_SECRET": "s3cret"}
    with serving(Starlette(routes=[Route("/{path:path}", server, methods=["GET", "POST"])])) as url:
        folder = tmp_path_factory.mktemp("oauth2")
        env["OAUTH_TOKEN_INFO_ENDPOINT"] = f"{url}/{request.param}"
        with Gateway(folder, CONFIG | {"general_settings": general}, env=env) as running:
            made = Admin(running)
            made.post("/team/new", team_id="t-1", models=["b"])
            made.post("/team/new", team_id="poor", max_budget=0)
            yield made


def test_a_token_is_good_for_models_as_its_holder_is(admin: Admin) -> None:
    since = len(SEEN)
    assert [admin.acting("good").chat().status_code for _ in range(3)] == [200, 200, 200]
    assert len(SEEN) == since + 1, "what the server said holds for a while"
    assert [admin.acting("limited").chat(model=model).status_code for model in ("b", "a")] == [200, 401]
    deadline = time.monotonic() + 20
    while not (rows := admin.get("/spend/logs", user_id="ann")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "good" not in str(rows), "a token is stored as its hash"


def test_what_the_server_does_not_vouch_for_is_refused(admin: Admin) -> None:
    statuses = {token: admin.acting(token).chat().status_code for token in
                ("revoked", "expired", "unknown", "strange", "away", "x" * 20_000)}  # fmt: skip
    assert statuses == {
        "revoked": 401, "expired": 401, "unknown": 401, "strange": 403, "away": 503, "x" * 20_000: 401,
    }  # fmt: skip


def test_management_wants_keys_and_keys_are_told_to_nobody(admin: Admin) -> None:
    assert admin.acting("viewer").ask("GET", "/global/spend").status_code == 401
    assert admin.acting("boastful").chat().status_code == 200
    key = admin.post("/key/generate")["key"]
    assert admin.acting(key).chat().status_code == 200
    assert admin.acting("sk-unknown-000").chat().status_code == 401
    assert not any(token.startswith("sk-") for _, token in SEEN)


def test_a_trusted_proxy_says_who_asks(admin: Admin) -> None:
    nobody = Admin(admin.gateway, "")
    assert nobody.chat().status_code == 401
    assert nobody.chat(headers={"x-user": "pat"}).status_code == 200
    assert nobody.chat(headers={"x-user": "pat", "x-models": "b, c"}).status_code == 401
    assert nobody.chat(model="b", headers={"x-user": "pat", "x-models": "b, c"}).status_code == 200
    assert nobody.chat(headers={"x-user": "pat", "x-team": "poor"}).status_code == 422
    assert nobody.chat(headers={"x-user": "pat", "x-team": "nowhere"}).status_code == 403
    assert nobody.ask("GET", "/global/spend", headers={"x-user": "pat"}).status_code == 401


@pytest.mark.parametrize(
    ("general", "said"),
    [
        ({"enable_oauth2_auth": True}, "OAUTH_TOKEN_INFO_ENDPOINT"),
        ({"enable_oauth2_proxy_auth": True, "oauth2_config_mappings": {"user_id": "x"}}, "trusted_proxy_ranges"),
        ({"enable_oauth2_proxy_auth": True, "trusted_proxy_ranges": ["10.0.0.1"],
          "oauth2_config_mappings": {"user_role": "x-role"}}, "oauth2_config_mappings: expected headers"),
    ],
)  # fmt: skip
def test_what_would_trust_nobody_or_everybody_stops_the_start(
    tmp_path: Path, general: dict[str, Any], said: str
) -> None:
    status, output = Gateway(tmp_path, CONFIG | {"general_settings": general}).run_to_end()
    assert status != 0
    assert said in output
