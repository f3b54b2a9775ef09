"""The operator's own functions: who asks, and which keys are made; the settings that hold for every request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.support.gateway import Gateway

HOOKS = """
from fastapi import HTTPException, Request
from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth


async def user_api_key_auth(request: Request, api_key: str) -> UserAPIKeyAuth:
    if api_key.startswith("own-"):
        role = LitellmUserRoles.PROXY_ADMIN if api_key == "own-admin" else None
        return UserAPIKeyAuth(api_key=api_key, user_id="own-user", user_role=role, models=["b"], rpm_limit=3)
    if api_key == "teapot":
        raise HTTPException(418, "I am a teapot")
    raise RuntimeError("a secret inside")


async def generate_key(data):
    if data.json().get("key_alias") == "unwanted":
        return {"decision": False, "message": "this alias is not wanted"}
    return {"decision": True}
"""


@pytest.fixture(scope="module", params=["on", "auto"])
def admin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    folder = tmp_path_factory.mktemp("custom")
    (folder / "own_auth.py").write_text(HOOKS)
    general = {"custom_auth": "own_auth.user_api_key_auth", "custom_key_generate": "own_auth.generate_key"}
    general |= {"custom_auth_settings": {"mode": request.param}}
    with Gateway(folder, CONFIG | {"general_settings": general}) as running:
        yield Admin(running)


@pytest.fixture
def falls_back(admin: Admin) -> bool:
    return "auto" in admin.gateway.config_path.read_text()


def test_the_function_says_who_asks(admin: Admin) -> None:
    holder = admin.acting("own-1")
    assert [holder.chat(model=model).status_code for model in ("b", "a")] == [200, 401]
    assert [holder.chat(model="b").status_code for _ in range(3)] == [200, 200, 429]
    assert holder.ask("GET", "/global/spend").status_code == 401
    assert admin.acting("own-admin").ask("GET", "/global/spend").status_code == 200


def test_its_refusals_keep_their_status_and_tell_nothing_inside(admin: Admin, falls_back: bool) -> None:
    refused = admin.acting("sk-unknown").chat()
    assert refused.status_code == 401
    assert "secret" not in refused.text
    assert admin.acting("teapot").chat().status_code == (401 if falls_back else 418)


def test_virtual_keys_work_beside_it_where_it_is_asked_to_fall_back(admin: Admin, falls_back: bool) -> None:
    key = admin.post("/key/generate", models=["a"])["key"]
    assert admin.acting(key).chat().status_code == (200 if falls_back else 401)


def test_the_operators_function_decides_on_new_keys(admin: Admin) -> None:
    refused = admin.ask("POST", "/key/generate", json={"key_alias": "unwanted"})
    assert refused.status_code == 403
    assert "not wanted" in refused.json()["error"]["message"]
    admin.post("/key/generate", key_alias="wanted")


GATED = {
    "allowed_ips": ["127.0.0.0/8"], "use_x_forwarded_for": True, "trusted_proxy_ranges": ["127.0.0.1", "10.0.0.0/8"],
    "public_routes": ["/model/info"], "admin_only_routes": ["/key/generate"],
    "allowed_routes": ["llm_api_routes", "/key/*", "/user/*"],
}  # fmt: skip


def test_addresses_and_routes_are_closed_by_settings(tmp_path: Path) -> None:
    with Gateway(tmp_path, CONFIG | {"general_settings": GATED}) as running:
        admin = Admin(running)
        assert admin.chat().status_code == 200
        for hops, expected in (("9.9.9.9", 403), ("127.0.0.9, 10.1.2.3", 200), ("127.0.0.9, 9.9.9.9", 403)):
            assert admin.chat(headers={"x-forwarded-for": hops}).status_code == expected, hops
        assert running.request("GET", "/model/info", key=None).status_code == 200
        assert running.request("GET", "/model/info", key="sk-wrong-00000000").status_code == 401
        assert admin.ask("GET", "/team/list").status_code == 403
        user = admin.post("/user/new", user_role="internal_user")
        assert admin.acting(user["key"]).ask("POST", "/key/generate", json={}).status_code == 403
        assert admin.acting(user["key"]).ask("GET", "/key/list").status_code == 200


@pytest.mark.parametrize("wrong", [{"allowed_ips": ["here"]}, {"custom_auth": "no_such_file.function"}])
def test_settings_that_cannot_hold_stop_the_start(tmp_path: Path, wrong: dict[str, object]) -> None:
    status, said = Gateway(tmp_path, CONFIG | {"general_settings": wrong}).run_to_end()
    assert status != 0
    assert next(iter(wrong)) in said
    assert "Traceback" not in said
