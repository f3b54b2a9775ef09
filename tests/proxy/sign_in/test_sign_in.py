"""Signing in with a browser: by an identity provider on loopback, and with a password."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litellm.proxy.sign_in.mappings import mappings_of
from litellm.proxy.sign_in.providers import Missing, Provider, provider_of

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.support.gateway import MASTER_KEY, Gateway
from tests.support.oidc import IdentityProvider


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(provider: IdentityProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    env = {
        "GENERIC_CLIENT_ID": "app", "GENERIC_CLIENT_SECRET": "s3cr3t", "GENERIC_USER_ID_ATTRIBUTE": "sub",
        "GENERIC_AUTHORIZATION_ENDPOINT": f"{provider.base}/authorize",
        "GENERIC_TOKEN_ENDPOINT": f"{provider.base}/token", "GENERIC_USERINFO_ENDPOINT": f"{provider.base}/userinfo",
        "ALLOWED_EMAIL_DOMAINS": "example.org",
    }  # fmt: skip
    with Gateway(tmp_path_factory.mktemp("sign-in"), CONFIG, env=env) as running:
        yield running


@pytest.fixture
def browser(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.base, timeout=30) as client:
        yield client


def sign_in(browser: httpx.Client) -> httpx.Response:
    """To the provider and back, as a browser goes."""
    there = browser.get("/sso/key/generate")
    assert there.status_code == 303
    back = httpx.get(there.headers["location"])
    return browser.get(back.headers["location"])


def test_a_user_is_made_and_its_session_works_without_a_key(
    browser: httpx.Client, gateway: Gateway, provider: IdentityProvider
) -> None:
    provider.claims = {"sub": "ada", "email": "ada@example.org", "role": "internal_user"}
    answer = sign_in(browser)
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).path == "/ui/"
    cookie = next(item for item in answer.headers.get_list("set-cookie") if item.startswith("token="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/user/info").json()["user_info"]["user_email"] == "ada@example.org"
    assert browser.get("/global/spend").status_code == 401
    assert browser.get("/user/info", headers={"sec-fetch-site": "cross-site"}).status_code == 401
    assert Admin(gateway).get("/user/info", user_id="ada")["user_info"]["user_role"] == "internal_user"
    assert provider.token_requests[-1]["code_verifier"]
    browser.post("/logout")
    assert browser.get("/user/info").status_code == 401


def test_groups_give_roles_and_teams(browser: httpx.Client, gateway: Gateway, provider: IdentityProvider) -> None:
    admin = Admin(gateway)
    for team in ("team-x", "team-y"):
        admin.post("/team/new", team_id=team)
    roles = {"proxy_admin_viewer": ["auditors"], "internal_user": ["staff"]}
    admin.post("/update/sso_settings", 400, method="PATCH", role_mappings={"group_claim": "g", "roles": {"king": []}})
    admin.post(
        "/update/sso_settings", method="PATCH", team_mappings={"team_ids_jwt_field": "org.teams"},
        role_mappings={
            "provider": "generic", "group_claim": "groups", "roles": roles, "default_role": "internal_user_viewer",
        },
    )  # fmt: skip
    claims = {"sub": "grace", "email": "grace@example.org", "role": "proxy_admin"}

    def signed_in(groups: list[str], teams: list[str]) -> tuple[str, list[str]]:
        provider.claims = {**claims, "groups": groups, "org": {"teams": teams}}
        assert sign_in(browser).status_code == 303
        user = admin.get("/user/info", user_id="grace")["user_info"]
        return user["user_role"], sorted(user["teams"])

    assert signed_in(["others"], ["team-x", "not-there"]) == ("internal_user_viewer", ["team-x"])
    assert signed_in(["staff", "auditors"], ["team-y"]) == ("proxy_admin_viewer", ["team-x", "team-y"])
    assert signed_in(["staff"], []) == ("internal_user", ["team-x", "team-y"])
    admin.post("/update/sso_settings", method="PATCH", role_mappings=None, team_mappings=None)


def test_mappings_by_variables_and_of_another_provider() -> None:
    written = {"GENERIC_ROLE_MAPPINGS_ROLES": "{'proxy_admin': ['a b']}", "GENERIC_ROLE_MAPPINGS_GROUP_CLAIM": "g"}
    assert mappings_of(written, "generic").role_of({"g": ["a b"]}) == "proxy_admin"
    assert mappings_of(written, "google").role_of({"g": ["a b"]}) is None
    assert mappings_of({}, "generic").role_of({"g": ["a b"]}) is None
    for wrong in ({"group_claim": 7}, {"roles": {}}, {"group_claim": "g", "roles": ["x"]}):
        with pytest.raises(ValueError, match="role_mappings"):
            mappings_of({"role_mappings": wrong}, "generic")


def test_a_way_back_that_was_not_begun_here_is_refused(browser: httpx.Client, provider: IdentityProvider) -> None:
    there = browser.get("/sso/key/generate").headers["location"]
    back = httpx.get(there).headers["location"]
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert httpx.get(back).status_code == 401  # another browser
    assert browser.get(back.replace(state, "forged")).status_code == 401
    assert browser.get("/sso/callback").status_code == 401
    assert browser.get(f"/sso/callback?state={state}&error=access_denied").status_code == 401
    assert browser.get(f"/sso/callback?state={state}&code=made-up").status_code == 401
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 401  # a code is good once


def test_other_domains_and_a_provider_that_is_away_are_told_so(
    browser: httpx.Client, provider: IdentityProvider
) -> None:
    provider.claims = {"sub": "eve", "email": "eve@example.org.evil.com"}
    assert sign_in(browser).status_code == 403
    there = browser.get("/sso/key/generate").headers["location"]
    back = httpx.get(there).headers["location"]
    provider.away = True
    assert browser.get(back).status_code == 502
    provider.away = False


def test_the_admin_signs_in_with_a_password(browser: httpx.Client) -> None:
    wrong = browser.post("/v2/login", json={"username": "admin", "password": "wrong"})
    assert wrong.status_code == 401
    assert MASTER_KEY not in wrong.text
    right = browser.post("/v2/login", json={"username": "admin", "password": MASTER_KEY})
    assert right.json()["redirect_url"].endswith("/ui/?login=success")
    assert browser.get("/global/spend").status_code == 200
    form = browser.post("/login", data={"username": "admin", "password": MASTER_KEY})
    assert form.status_code == 303
    statuses = {browser.post("/v2/login", json={"username": "a", "password": "b"}).status_code for _ in range(11)}
    assert 429 in statuses


def test_readiness_says_what_is_missing(browser: httpx.Client) -> None:
    assert browser.get("/sso/readiness").json() == {
        "status": "healthy", "sso_configured": True, "provider": "generic",
    }  # fmt: skip
    assert browser.get("/ui/session").json() == {"signed_in": False, "sso": "generic", "redirects_to_sso": False}
    assert urlsplit(browser.get("/fallback/login").headers["location"]).query == "password=yes"


def test_the_provider_follows_the_variables() -> None:
    google = provider_of({"GOOGLE_CLIENT_ID": "g", "GOOGLE_CLIENT_SECRET": "s"})
    assert isinstance(google, Provider)
    assert google.authorization_endpoint.startswith("https://accounts.google.com/")
    microsoft = {"MICROSOFT_CLIENT_ID": "m", "MICROSOFT_CLIENT_SECRET": "s"}
    assert provider_of(microsoft) == Missing("microsoft", ("MICROSOFT_TENANT",))
    whole = provider_of(microsoft | {"MICROSOFT_TENANT": "t"})
    assert isinstance(whole, Provider)
    assert "/t/oauth2/v2.0/authorize" in whole.authorization_endpoint
    assert provider_of({}) is None
