"""Every route × every role. A route that this gateway has and the table leaves out fails here."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from litellm.proxy._types import LitellmUserRoles as Role, ProxyException, UserAPIKeyAuth
from litellm.proxy.app import create_app
from litellm.proxy.auth.route_access import check_route
from litellm.proxy.auth.route_table import MASTER_KEY, NO_ROLE, ROLES, Access, access_of, listed, plain
from litellm.proxy.config.settings import ProxyConfig

from tests.proxy.management_endpoints.conftest import CONFIG
from tests.support.gateway import Gateway

EXPECTED: dict[str, frozenset[Access]] = {
    MASTER_KEY: frozenset(Access),
    "proxy_admin": frozenset(Access) - {Access.MASTER},
    "proxy_admin_viewer": frozenset({Access.PUBLIC, Access.LLM, Access.INFO, Access.SPEND, Access.VIEW, Access.PEOPLE}),
    "org_admin": frozenset(Access) - {Access.VIEW, Access.ADMIN, Access.MASTER},
    "internal_user": frozenset(Access) - {Access.VIEW, Access.ADMIN, Access.MASTER, Access.ORGANIZATION, Access.PEOPLE},
    "internal_user_viewer": frozenset({Access.PUBLIC, Access.LLM, Access.INFO, Access.SPEND}),
    "team": frozenset({Access.PUBLIC, Access.LLM, Access.INFO}),
    NO_ROLE: frozenset({Access.PUBLIC, Access.LLM, Access.INFO}),
    "customer": frozenset({Access.PUBLIC, Access.LLM}),
}
"""What each role may use, said a second time, so that a change of the table is a change of two places."""

OPEN = ("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc")
"""Routes of the framework, which tell nothing but the routes themselves."""


def routes() -> list[tuple[str, str]]:
    """(method, template) of every route of the application."""
    app = create_app(ProxyConfig(), "sk-matrix-0000000000")
    found = []
    for route in _flat(app.routes):
        methods = set(getattr(route, "methods", None) or ()) - {"HEAD", "OPTIONS"}
        found += [(method, route.path) for method in sorted(methods) if route.path not in OPEN]
    return sorted(set(found))


def _flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _flat(included.routes)
        elif hasattr(route, "path"):
            yield route


ROUTES = routes()


def caller(role: str) -> UserAPIKeyAuth:
    if role == MASTER_KEY:
        return UserAPIKeyAuth(token="t", is_master_key=True, user_role="proxy_admin")
    return UserAPIKeyAuth(token="t", user_role=None if role == NO_ROLE else role)


def refusal(auth: UserAPIKeyAuth, path: str, method: str = "POST") -> str | None:
    """The status that a route is refused with; None when it is allowed."""
    try:
        check_route(auth, path, path, method)
    except ProxyException as error:
        return error.code
    return None


def test_the_application_has_routes_to_check() -> None:
    assert len(ROUTES) > 90


def test_every_role_is_expected() -> None:
    assert set(EXPECTED) == set(ROLES) == {role.value for role in Role} | {MASTER_KEY, NO_ROLE}


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda value: str(value))
def test_every_route_is_in_the_table(method: str, path: str) -> None:
    assert access_of(path, method) is not None, f"{method} {path} ({plain(path)}) is not in auth/route_table.py"


@pytest.mark.parametrize("role", sorted(EXPECTED))
def test_each_role_may_use_its_routes_and_no_other(role: str) -> None:
    for method, path in ROUTES:
        expected = None if access_of(path, method) in EXPECTED[role] else "401"
        assert refusal(caller(role), path, method) == expected, f"{role}: {method} {path}"


def test_an_unknown_route_is_for_admins_alone() -> None:
    for role in EXPECTED:
        expected = None if role in (MASTER_KEY, "proxy_admin") else "401"
        assert refusal(caller(role), "/new/route") == expected


def test_a_key_can_leave_routes_out() -> None:
    for entry, path, allowed in (
        ("llm_api_routes", "/v1/chat/completions", True), ("llm_api_routes", "/key/info", False),
        ("info_routes", "/key/info", True), ("/key/*", "/key/list", True), ("/key/*", "/v1/models", False),
        ("/chat/completions", "/v1/chat/completions", True), ("/v1/embeddings", "/v1/chat/completions", False),
    ):  # fmt: skip
        auth = UserAPIKeyAuth(token="t", user_role="internal_user", allowed_routes=[entry])
        assert refusal(auth, path) == (None if allowed else "403"), (entry, path)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("matrix"), CONFIG) as running:
        yield running


def test_over_http_nobody_passes_without_a_right_to(gateway: Gateway) -> None:
    """Without a key, with an unknown one and with a customer's, each route refuses before it looks at the request."""
    made = gateway.request("POST", "/user/new", json={"user_role": "customer"}).json()
    with httpx.Client(base_url=gateway.base, timeout=30) as client:
        for (method, path), key in itertools.product(ROUTES, (None, "sk-unknown-000000000", made["key"])):
            access = access_of(path, method)
            if access is Access.PUBLIC or (access is Access.LLM and key == made["key"]):
                continue
            headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
            asked = re.sub(r"\{(\w+)(:path)?\}", "x", path)
            answer = client.request(method, asked, headers=headers, content=None if method == "GET" else b"{")
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code} {answer.text[:200]}"


def test_every_route_with_parameters_asks_for_the_key_before_it_checks_them() -> None:
    """`guarded_router(...)` makes such routes; a plain APIRouter would check parameters first."""
    app = create_app(ProxyConfig(), "sk-matrix-0000000000")
    plain_routes = [route.path for route in _flat(app.routes) if type(route) is APIRoute]
    assert plain_routes == []


def test_the_table_names_no_route_twice() -> None:
    assert len(listed()) > 100
