"""What a token's claims say of its holder."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from litellm.proxy.auth.jwt.claims import Holder, holder_of, inside, texts
from litellm.proxy.config.jwt_settings import Issuer, JwtSettings
from pydantic import ValidationError


def holder(claims: dict[str, Any], **settings: Any) -> Holder:
    return holder_of(claims, JwtSettings(**settings))


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a", {"b": {"c": 1}}), ("a.b.c", 1), ("a.b.x", None), ("a.b.c.d", None), ("x.y", "dotted"), ("", None),
     (r"z.p\.q", 2)],
)  # fmt: skip
def test_a_path_goes_into_claims_by_its_dots(path: str, expected: Any) -> None:
    assert inside({"a": {"b": {"c": 1}}, "x.y": "dotted", "z": {"p.q": 2}}, path) == expected


SCALARS = st.none() | st.booleans() | st.integers() | st.text()
CLAIMS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8
)


@given(CLAIMS, st.text("abc.", max_size=6))
def test_no_claim_breaks_the_reading(value: Any, path: str) -> None:
    found = inside({"a": value}, path)
    assert isinstance(texts(found), list)
    holder({"a": value, "scope": value}, user_id_jwt_field=path or "a", team_ids_jwt_field="a", roles_jwt_field="a")


def test_scopes_are_a_list_or_a_text() -> None:
    for scope in ("x litellm_proxy_admin", ["x", "litellm_proxy_admin"]):
        assert holder({"scope": scope}).kind == "proxy_admin"
    assert holder({"scope": "litellm_proxy_admins"}).kind is None


def test_who_a_token_is_for() -> None:
    found = holder(
        {"sub": "u", "mail": "U@Example.org", "t": {"id": "team"}, "groups": "a b", "org": 7, "cust": "c"},
        user_id_jwt_field="sub", user_email_jwt_field="mail", team_id_jwt_field="t.id", team_ids_jwt_field="groups",
        org_id_jwt_field="org", end_user_id_jwt_field="cust", user_allowed_email_domain="example.org",
    )  # fmt: skip
    assert (found.kind, found.user_id, found.team_id, found.team_ids) == ("team", "u", "team", ("a", "b"))
    assert (found.organization_id, found.end_user_id, found.email_allowed) == ("7", "c", True)


def test_a_role_says_what_an_object_id_names() -> None:
    mappings = [{"role": "consumer", "internal_role": "team"}, {"role": "human", "internal_role": "internal_user"}]
    settings: dict[str, Any] = {
        "object_id_jwt_field": "oid",
        "roles_jwt_field": "app.roles",
        "role_mappings": mappings,
    }
    team = holder({"oid": "o", "app": {"roles": ["consumer"]}}, **settings)
    user = holder({"oid": "o", "app": {"roles": ["human"]}}, **settings)
    nobody = holder({"oid": "o", "app": {"roles": ["other"]}}, **settings)
    assert (team.kind, team.team_id, team.user_id) == ("team", "o", None)
    assert (user.kind, user.team_id, user.user_id) == ("internal_user", None, "o")
    assert (nobody.kind, nobody.team_id, nobody.user_id) == (None, None, None)


def test_an_issuer_has_claims_of_its_own() -> None:
    issuer = Issuer(issuer="https://a", audience="x", user_id_jwt_field="oid")
    settings = JwtSettings(user_id_jwt_field="sub", issuers=(issuer,))
    assert holder_of({"sub": "s", "oid": "o"}, settings, issuer).user_id == "o"
    assert holder_of({"sub": "s", "oid": "o"}, settings).user_id == "s"


@pytest.mark.parametrize(
    "wrong",
    [{"user_id_field": "sub"}, {"issuers": [{"issuer": "https://a"}]}, {"oidc_userinfo_enabled": True},
     {"role_mappings": [{"role": "a", "internal_role": "team"}]}, {"public_key_ttl": -1}],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JwtSettings.model_validate(wrong)


def test_the_earlier_name_of_the_keys_claim_is_known() -> None:
    assert JwtSettings.model_validate({"jwt_client_id_field": "azp"}).virtual_key_claim_field == "azp"
    both = JwtSettings.model_validate({"jwt_client_id_field": "azp", "virtual_key_claim_field": "client"})
    assert both.virtual_key_claim_field == "client"
