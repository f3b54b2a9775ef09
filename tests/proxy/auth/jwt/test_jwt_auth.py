"""Tokens of an identity provider, shown to a running gateway."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.support.gateway import Gateway
from tests.support.oidc import AUDIENCE, IdentityProvider

SETTINGS: dict[str, Any] = {
    "user_id_jwt_field": "sub", "user_email_jwt_field": "email", "team_ids_jwt_field": "realm.groups",
    "team_id_jwt_field": "client_team", "org_id_jwt_field": "org", "end_user_id_jwt_field": "customer",
    "user_id_upsert": True, "team_id_upsert": True, "user_allowed_email_domain": "example.org",
    "virtual_key_claim_field": "key_claim",
}  # fmt: skip


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="module")
def admin(provider: IdentityProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    config = CONFIG | {"general_settings": {"enable_jwt_auth": True, "litellm_jwtauth": SETTINGS}}
    env = {"JWT_PUBLIC_KEY_URL": provider.discovery, "JWT_AUDIENCE": AUDIENCE, "JWT_ISSUER": provider.base}
    with Gateway(tmp_path_factory.mktemp("jwt"), config, env=env) as running:
        yield Admin(running)


def test_a_user_is_made_by_its_first_call_and_pays_for_it(admin: Admin, provider: IdentityProvider) -> None:
    holder = admin.acting(provider.token(sub="new-user", email="new@example.org", customer="end-1"))
    assert holder.chat().status_code == 200
    user = admin.get("/user/info", user_id="new-user")["user_info"]
    assert (user["user_email"], user["user_role"]) == ("new@example.org", "internal_user")
    assert user["spend"] > 0
    assert admin.get("/customer/info", end_user_id="end-1")["spend"] > 0


def test_no_user_is_made_of_another_domain(admin: Admin, provider: IdentityProvider) -> None:
    answer = admin.acting(provider.token(sub="stranger", email="x@evil-example.org")).chat()
    assert answer.status_code == 401
    assert "stranger" in answer.json()["error"]["message"]


def test_a_team_is_made_and_limits_its_holders(admin: Admin, provider: IdentityProvider) -> None:
    machine = admin.acting(provider.token(client_team="made-team"))
    assert machine.chat().status_code == 200
    assert admin.get("/team/info", team_id="made-team")["team_info"]["spend"] > 0
    admin.post("/team/update", team_id="made-team", models=["b"])
    assert machine.chat().status_code == 401
    assert machine.chat(model="b").status_code == 200
    assert machine.ask("POST", "/team/new", json={}).status_code in (401, 403)
    admin.post("/team/block", team_id="made-team")
    assert machine.chat(model="b").status_code == 401


def test_the_first_team_that_may_call_the_model_pays(admin: Admin, provider: IdentityProvider) -> None:
    for team, models in (("only-a", ["a"]), ("only-b", ["b"])):
        admin.post("/team/new", team_id=team, models=models)
    token = provider.token(sub="member", email="m@example.org", realm={"groups": ["unknown", "only-a", "only-b"]})
    assert admin.acting(token).chat(model="b").status_code == 200
    spent = {team: admin.get("/team/info", team_id=team)["team_info"]["spend"] for team in ("only-a", "only-b")}
    assert spent["only-a"] == 0 < spent["only-b"]
    chosen = {"x-litellm-team-id": "only-a"}
    assert admin.acting(token).chat(model="b", headers=chosen).status_code == 401
    assert admin.acting(token).chat(model="a", headers=chosen).status_code == 200
    assert admin.acting(token).chat(headers={"x-litellm-team-id": "made-team"}).status_code == 403


def test_an_admins_scope_opens_management_and_no_model(admin: Admin, provider: IdentityProvider) -> None:
    holder = admin.acting(provider.token(scope="openid litellm_proxy_admin", sub="boss"))
    assert holder.post("/key/generate", max_budget=1)["max_budget"] == 1
    assert holder.chat().status_code == 403
    assert admin.get("/key/list", return_full_object=True)["keys"][0]["created_by"] == "boss"


def test_a_claim_can_stand_for_a_virtual_key(admin: Admin, provider: IdentityProvider) -> None:
    key = admin.post("/key/generate", models=["b"], user_id="keyed")
    made = admin.post("/jwt/key/mapping/new", jwt_claim_name="key_claim", jwt_claim_value="svc", key=key["key"])
    holder = admin.acting(provider.token(key_claim="svc"))
    assert holder.chat(model="b").status_code == 200
    assert holder.chat(model="a").status_code == 401
    assert admin.get("/key/info", key=key["token"])["info"]["spend"] > 0
    assert "key" not in made
    assert [row["id"] for row in admin.get("/jwt/key/mapping/list")["mappings"]] == [made["id"]]
    admin.post("/jwt/key/mapping/update", id=made["id"], is_active=False)
    assert holder.chat(model="b").status_code == 403
    assert admin.get("/jwt/key/mapping/info", id=made["id"])["is_active"] is False
    admin.post("/jwt/key/mapping/delete", id=made["id"])
    admin.get("/jwt/key/mapping/info", 404, id=made["id"])


def test_a_rotated_key_is_taken_without_a_restart(admin: Admin, provider: IdentityProvider) -> None:
    old = provider.token(sub="rotating", email="r@example.org")
    assert admin.acting(old).chat().status_code == 200
    provider.rotate("next", curve=True)
    assert admin.acting(provider.token(sub="rotating")).chat().status_code == 200
    assert admin.acting(old).chat().status_code == 401


def _signed(head: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    text = f"{part(head)}.{part(claims)}"
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest() if secret else b""
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_tokens_that_prove_nothing_are_refused(admin: Admin, provider: IdentityProvider) -> None:
    now = int(time.time())
    claims = {"sub": "attacker", "scope": "litellm_proxy_admin", "iss": provider.base, "aud": AUDIENCE, "exp": now + 99}
    kid = next(iter(provider.keys))
    good = provider.token(claims)
    with IdentityProvider() as other:
        other.rotate(kid)
        forged = {
            "no algorithm": _signed({"alg": "none", "kid": kid}, claims, None),
            "public key as secret": _signed({"alg": "HS256", "kid": kid}, claims, provider.public_pem()),
            "another's key": other.token(claims),
            "expired": provider.token(claims, exp=now - 1),
            "not yet": provider.token(claims, nbf=now + 90),
            "audience": provider.token(claims, aud="another"),
            "issuer": provider.token(claims, iss="https://another.example"),
            "changed": good[:-6] + ("AAAAAA" if good[-6:] != "AAAAAA" else "BBBBBB"),
            "no token": "a.b.c",
            "too long": f"a.{'b' * 20_000}.c",
        }
        for name, token in forged.items():
            answer = admin.acting(token).ask("GET", "/key/list")
            assert answer.status_code == 401, (name, answer.text)
            assert token not in answer.text
    assert admin.acting(good).ask("GET", "/key/list").status_code == 200


def test_what_is_not_set_up_is_told_with_its_line(tmp_path: Any) -> None:
    config = "general_settings:\n  enable_jwt_auth: true\n  litellm_jwtauth:\n    user_id_jwt_feild: sub\n"
    status, said = Gateway(tmp_path, config, args=("--validate_config",)).run_to_end()
    assert status == 1
    assert "config.yaml:4" in said
    assert "did you mean 'user_id_jwt_field'" in said
