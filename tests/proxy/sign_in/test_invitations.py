"""Invited users choose a password, sign in with it and change it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from litellm.proxy.sign_in.password_hash import hashed, matches, problem_of

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.support.gateway import Gateway

OLD, NEW = "a good password", "a better password"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("invitations"), CONFIG) as running:
        yield running


@pytest.fixture
def browser(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.base, timeout=30) as client:
        yield client


def invite(admin: Admin, email: str) -> tuple[str, str]:
    """(user id, invitation id) of a new user."""
    user = admin.post("/user/new", user_email=email, auto_create_key=False)["user_id"]
    return user, admin.post("/invitation/new", user_id=user)["id"]


def accept(browser: httpx.Client, user: str, invitation: str, password: str = OLD) -> httpx.Response:
    opened = browser.get("/onboarding/get_token", params={"invite_link": invitation})
    if opened.status_code != 200:
        return opened
    body = {"invitation_link": invitation, "user_id": user, "password": password}
    headers = {"authorization": f"Bearer {opened.json()['key']}"}
    return browser.post("/onboarding/claim_token", json=body, headers=headers)


def sign_in(browser: httpx.Client, name: str, password: str) -> httpx.Response:
    return browser.post("/v2/login", json={"username": name, "password": password})


def test_an_invitation_is_good_once_and_the_password_signs_in(gateway: Gateway, browser: httpx.Client) -> None:
    user, invitation = invite(Admin(gateway), "ada@example.org")
    assert accept(browser, user, invitation, "short").status_code == 400
    done = accept(browser, user, invitation)
    assert done.status_code == 200
    assert "password" not in done.json()["user"]
    assert browser.get("/user/info").json()["user_info"]["user_email"] == "ada@example.org"
    assert browser.get("/ui/session").json()["user_role"] == "internal_user"
    assert accept(browser, user, invitation).status_code == 401
    with httpx.Client(base_url=gateway.base, timeout=30) as other:
        assert sign_in(other, "ada@example.org", "wrong").status_code == 401
        assert sign_in(other, "ada@example.org", OLD).status_code == 200
        changed = browser.post("/user/password/change", json={"current_password": OLD, "new_password": NEW})
        assert changed.status_code == 200
        assert other.get("/user/info").status_code == 401  # the password's other sessions have ended
        assert browser.get("/user/info").status_code == 200
        assert sign_in(other, "ada@example.org", OLD).status_code == 401
        assert sign_in(other, user, NEW).status_code == 200


def test_a_password_is_changed_only_by_who_knows_it_and_in_its_session(gateway: Gateway, browser: httpx.Client) -> None:
    admin = Admin(gateway)
    user, invitation = invite(admin, "bob@example.org")
    accept(browser, user, invitation)
    for given, status in (("wrong", 400), (OLD, 200)):
        body = {"current_password": given, "new_password": NEW}
        assert browser.post("/user/password/change", json=body).status_code == status
    key = admin.post("/key/generate", user_id=user)["key"]
    admin.acting(key).post("/user/password/change", expect=403, current_password=NEW, new_password=OLD)


def test_forged_revoked_and_foreign_invitations_are_refused(gateway: Gateway, browser: httpx.Client) -> None:
    admin = Admin(gateway)
    eve, hers = invite(admin, "eve@example.org")
    mallory, his = invite(admin, "mallory@example.org")
    token = browser.get("/onboarding/get_token", params={"invite_link": his}).json()["key"]
    body = {"invitation_link": hers, "user_id": eve, "password": OLD}
    for headers in ({}, {"authorization": f"Bearer {token}"}, {"authorization": "Bearer made-up"}):
        assert browser.post("/onboarding/claim_token", json=body, headers=headers).status_code == 401
    admin.post("/invitation/delete", invitation_id=his)
    assert accept(browser, mallory, his).status_code == 401
    assert browser.get("/onboarding/get_token", params={"invite_link": "unknown"}).status_code == 401
    assert admin.get("/invitation/info", invitation_id=hers)["is_accepted"] is False
    admin.get("/invitation/info", expect=404, invitation_id=his)


def test_an_organizations_admin_invites_new_users_of_its_own_alone(gateway: Gateway) -> None:
    admin = Admin(gateway)
    own = admin.post("/organization/new", organization_alias="own")["organization_id"]
    boss = admin.post("/user/new", user_role="org_admin", organizations=[own])
    chief = admin.acting(boss["key"])
    mine = chief.post("/user/new", organizations=[own], auto_create_key=False)["user_id"]
    assert chief.post("/invitation/new", user_id=mine)["user_id"] == mine
    other = admin.post("/user/new", user_role="proxy_admin")["user_id"]
    chief.post("/invitation/new", expect=403, user_id=other)


def test_signing_in_and_out_is_for_the_gateways_own_pages(gateway: Gateway, browser: httpx.Client) -> None:
    body = {"username": "admin", "password": gateway.env["LITELLM_MASTER_KEY"]}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        assert browser.post("/v2/login", json=body, headers=headers).status_code == 403
    assert browser.post("/v2/login", json=body, headers={"origin": gateway.base}).status_code == 200
    new = {"key_alias": "by-another-site"}
    for headers in (
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
    ):
        assert browser.post("/key/generate", json=new, headers=headers).status_code == 401
    listed = browser.get("/key/list", params={"return_full_object": True}).json()["keys"]
    assert not any(row["metadata"].get("ui") for row in listed)  # sessions are not keys to manage


def test_passwords_are_kept_as_upstream_keeps_them() -> None:
    kept = hashed(OLD)
    assert kept.startswith("scrypt:")
    assert matches(OLD, kept)
    assert not matches(NEW, kept)
    assert not matches("", None)
    assert matches("password", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8")
    assert not matches("x", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8")
    assert not matches("x", "scrypt:?")
    policy = {"password_policy_min_length": 8, "password_policy_require_numbers": True}
    assert problem_of("abcdefgh", policy) == "needs a digit"
    assert problem_of("abcdefg1", policy) is None
    assert problem_of("abcdefg1", {}) is not None
