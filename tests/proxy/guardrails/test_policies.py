"""Policies over HTTP: for whom they hold, what they come to, and how they follow the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.policies.active import ActivePolicies, Asking

from tests.proxy.guardrails.conftest import guardrail
from tests.proxy.guardrails.test_guardrails import APPLIED, chat, said
from tests.proxy.management_endpoints.conftest import Admin
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

POLICIES, SOURCES = "x-litellm-applied-policies", "x-litellm-policy-sources"


def active(policies: dict[str, Any], attachments: list[dict[str, Any]], *guards: str) -> ActivePolicies:
    found = ActivePolicies()
    sections = {"guardrails": [guardrail(name, "hide-secrets") for name in guards or ("a", "b", "c")],
                "policies": policies, "policy_attachments": attachments}  # fmt: skip
    found.configure(ProxyConfig(sections=sections))
    return found


def add(*names: str, **more: Any) -> dict[str, Any]:
    return {"guardrails": {"add": list(names), "remove": more.pop("remove", [])}, **more}


@pytest.mark.parametrize(
    ("asking", "names", "guards"),
    [
        (Asking(), ("base",), ["a"]),
        (Asking(tags=["health-x"]), ("base", "child"), ["a", "b"]),
        (Asking(model="m2"), ("base", "model"), ["a", "c"]),
        (Asking(model="m20x"), ("base", "model"), ["a", "c"]),
        (Asking(model="xm2"), ("base",), ["a"]),
        (Asking(tags=["both"]), ("base",), ["a"]),
        (Asking(tags=["both"], model="m5"), ("base", "both"), ["a", "b"]),
        (Asking(team_alias="finance"), ("base", "team"), ["a", "c"]),
        (Asking(team_alias="Finance"), ("base",), ["a"]),
        (Asking(key_alias="k-1"), ("base", "heir"), ["a", "b"]),
        (Asking(key_alias="k-1", model="zz"), ("base", "heir"), ["a", "c", "b"]),
        (Asking(tags=["first"]), ("urgent", "base"), ["b", "a"]),
    ],
)
def test_policies_hold_by_what_they_are_attached_to(asking: Asking, names: tuple[str, ...], guards: list[str]) -> None:
    policies = active(
        {
            "base": add("a"), "child": add("b", inherit="base", remove=["a"]),
            "model": add("c", condition={"model": "m2.*"}), "both": add("b"), "team": add("c"), "urgent": add("b"),
            "parent": add("c", condition={"model": "zz"}), "heir": add("b", inherit="parent"),
            "fallback": add("c"),
        },
        [
            {"policy": "base", "scope": "*"}, {"policy": "child", "tags": ["health-*"]},
            {"policy": "model", "scope": "*"}, {"policy": "both", "tags": ["both"], "models": ["m5*"]},
            {"policy": "team", "teams": ["fin*"]}, {"policy": "heir", "keys": ["k-*"]},
            {"policy": "urgent", "tags": ["first"], "priority": 1},
            {"policy": "fallback", "scope": "*", "default": True},
        ],
    )  # fmt: skip
    found = policies.matching(asking)
    assert found.names == names
    assert policies.guardrails(found.names, asking.model) == guards


def test_a_default_holds_where_nothing_else_does_and_named_ones_are_added() -> None:
    policies = active(
        {"d": add("a"), "t": add("b"), "n": add("c")},
        [{"policy": "d", "scope": "*", "default": True}, {"policy": "t", "tags": ["t"]}],
    )
    assert policies.matching(Asking()).names == ("d",)
    assert policies.matching(Asking(tags=["t"])).names == ("t",)
    assert policies.matching(Asking(tags=["t"]), ["n", "n", "t", "nobody"]).names == ("t", "n")


@pytest.mark.parametrize(
    ("policies", "attachments", "problem"),
    [
        ({"p": {"guardrail": {}}}, [], "policies.p.guardrail: unknown key; did you mean 'guardrails'?"),
        ({"p": add("d")}, [], "policies.p.guardrails.add: there is no guardrail 'd'"),
        ({"p": add(inherit="q")}, [], "policies.p.inherit: there is no policy 'q'"),
        ({"p": add(inherit="q"), "q": add(inherit="p")}, [], "policies.p.inherit: inherits from itself"),
        ({"p": add(condition={"model": "("})}, [], "policies.p.condition.model: '(' is no regular expression"),
        ({"p": add("a", pipeline={"mode": "pre_call", "steps": [{"guardrail": "b"}]})}, [], "'b' is not in"),
        ({}, [{"policy": "none", "scope": "*"}], "policy_attachments[0].policy: there is no policy 'none'"),
        ({"p": add("a")}, [{"policy": "p", "scope": "all"}], "policy_attachments[0].scope: expected \"*\""),
    ],
)  # fmt: skip
def test_a_wrong_config_is_named(policies: dict[str, Any], attachments: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        active(policies, attachments)
    assert problem in str(raised.value)


@pytest.fixture
def admin(guarded: Gateway) -> Iterator[Admin]:
    """An admin who leaves no policy behind."""
    admin = Admin(guarded)
    yield admin
    for row in admin.get("/policies/attachments/list")["attachments"]:
        admin.ask("DELETE", f"/policies/attachments/{row['attachment_id']}")
    rows = admin.get("/policies/list")["policies"]
    for name in sorted({row["policy_name"] for row in rows}, key=lambda name: name != "child"):
        admin.ask("DELETE", f"/policies/name/{name}/all-versions")


def applied(gateway: Gateway, text: str = "hello", **more: Any) -> str:
    return chat(gateway, text, **more).headers.get(POLICIES, "")


def test_a_policy_is_made_attached_changed_and_ended(guarded: Gateway, admin: Admin) -> None:
    made = admin.post("/policies", policy_name="shout", guardrails_add=["upper"], description="in capitals")
    assert (made["version_status"], made["definition_location"]) == ("production", "db")
    path = f"/policies/{made['policy_id']}"
    admin.post("/policies", 400, policy_name="shout")
    for field, value in (("guardrails_add", ["nobody"]), ("inherit", "nobody"), ("condition", {"model": "("})):
        assert admin.post("/policies", 400, policy_name="p", **{field: value})["error"]["param"] == field
    assert said(chat(guarded, "hello")) == "hello"
    admin.post("/policies/attachments", 400, policy_name="shout")
    admin.post("/policies/attachments", 404, policy_name="nobody", scope="*")
    attached = admin.post("/policies/attachments", policy_name="shout", tags=["loud-*"])
    tags = {"metadata": {"tags": ["loud-é"]}}
    eventually(lambda: applied(guarded, **tags) == "shout", "it does not hold")
    answer = chat(guarded, "hello", **tags)
    assert (said(answer), answer.headers[APPLIED]) == ("HELLO", "upper")
    assert answer.headers[SOURCES] == "shout=tag:loud-%C3%A9"
    assert applied(guarded) == ""
    child = admin.post("/policies", policy_name="child", inherit="shout", guardrails_add=["words"])
    resolved = admin.get(f"/policies/{child['policy_id']}/resolved-guardrails")["resolved_guardrails"]
    assert resolved == ["upper", "words"]
    assert admin.ask("DELETE", path).status_code == 400, "another inherits from it"
    assert admin.post(path, 400, method="PUT", inherit="child")["error"]["param"] == "inherit"
    admin.post(path, method="PUT", guardrails_add=["words"])
    eventually(lambda: chat(guarded, "dragon", **tags).status_code == 400, "it is not changed")
    refused = chat(guarded, "dragon", **tags)
    assert (refused.headers[POLICIES], refused.headers[APPLIED]) == ("shout", "words")
    rows = {row["name"]: row for row in admin.get("/policies/usage/overview")["rows"]}
    assert rows["shout"]["requestsEvaluated"] >= 3
    assert rows["shout"]["failRate"] > 0
    runs = admin.get("/guardrails/usage/logs", policy_id=rows["shout"]["id"])
    assert (runs["total"], runs["logs"][0]["action"]) == (rows["shout"]["requestsEvaluated"], "blocked")
    admin.ask("DELETE", f"/policies/attachments/{attached['attachment_id']}")
    eventually(lambda: chat(guarded, "dragon", **tags).status_code == 200, "it still holds")


def test_templates_are_tried_and_made(guarded: Gateway, admin: Admin) -> None:
    templates = {item["id"]: item for item in admin.get("/policy/templates")}
    chosen = templates["baseline-pii-protection"]
    names = [item["guardrail_name"] for item in chosen["guardrailDefinitions"]]
    assert chosen["templateData"]["guardrails_add"] == names
    for template in templates.values():
        asked = {"guardrail_definitions": template["guardrailDefinitions"], "text": template["example_sentences"][0]}
        tried = admin.post("/policy/templates/test", **asked)
        assert tried["overall_action"] in ("masked", "blocked"), template["id"]
    service = [{"guardrail_name": "x", "litellm_params": {"guardrail": "lakera_v2", "mode": "pre_call"}}]
    tried = admin.post("/policy/templates/test", guardrail_definitions=service, text="x")
    assert tried["overall_action"] == "unsupported"
    admin.post("/policy/templates/test", 400, guardrail_definitions=[{"guardrail_name": "x"}], text="x")
    for definition in chosen["guardrailDefinitions"]:
        admin.post("/guardrails", guardrail=definition)
    made = admin.post("/policies", **chosen["templateData"])
    assert made["guardrails_add"] == chosen["guardrails"]
    key = admin.post("/key/generate")["key"]
    assert admin.acting(key).ask("GET", "/policy/templates").status_code in (401, 403)


def test_versions_are_drafted_published_and_put_into_production(guarded: Gateway, admin: Admin) -> None:
    first = admin.post("/policies", policy_name="v", guardrails_add=["upper"])
    admin.post("/policies/attachments", policy_name="v", tags=["v"])
    tags = {"metadata": {"tags": ["v"]}}
    draft = admin.post("/policies/name/v/versions")
    assert (draft["version_number"], draft["version_status"], draft["is_latest"]) == (2, "draft", True)
    path = f"/policies/{draft['policy_id']}"
    admin.post(path, method="PUT", guardrails_add=["words"])
    eventually(lambda: said(chat(guarded, "dragon", **tags)) == "DRAGON", "a draft is in force")
    admin.post(f"{path}/status", 400, method="PUT", version_status="production")
    admin.post(f"{path}/status", method="PUT", version_status="published")
    admin.post(f"{path}/status", method="PUT", version_status="production")
    eventually(lambda: chat(guarded, "dragon", **tags).status_code == 400, "the version is not in force")
    shown = admin.get("/policies/name/v/versions")["versions"]
    assert [(row["version_number"], row["version_status"]) for row in shown] == [(2, "production"), (1, "published")]
    diff = admin.get("/policies/compare", version_a=first["policy_id"], version_b=draft["policy_id"])["field_diffs"]
    assert diff == {"guardrails_add": {"version_a": ["upper"], "version_b": ["words"]}}
    assert [row["version_number"] for row in admin.get("/policies/list", version_status="published")["policies"]] == [1]
    admin.get("/policies/list", 422, version_status="odd")
    audit = admin.get("/audit", table_name="LiteLLM_PolicyTable", object_id=draft["policy_id"])["audit_logs"]
    assert {row["action"] for row in audit} == {"created", "updated"}
    admin.post(f"/policies/{first['policy_id']}", 400, method="PUT", policy_name="renamed")


def test_keys_and_teams_have_policies(guarded: Gateway, admin: Admin) -> None:
    admin.post("/policies", policy_name="shout", guardrails_add=["upper"])
    team = admin.post("/team/new", team_alias="policy-team", policies=["shout"])["team_id"]
    of_team = admin.post("/key/generate", team_id=team)["key"]
    own = admin.post("/key/generate", key_alias="policy-key", policies=["shout"])["key"]
    plain = admin.post("/key/generate", key_alias="policy-none")["key"]
    eventually(lambda: said(chat(guarded, "hello", key=own)) == "HELLO", "the key's policy does not hold")
    assert said(chat(guarded, "hello", key=of_team)) == "HELLO"
    assert said(chat(guarded, "hello", key=plain)) == "hello"
    assert said(chat(guarded, "hello", key=plain, policies=["shout", "nobody"])) == "HELLO"
    admin.post("/policies/attachments", policy_name="shout", keys=["policy-n*"], teams=["nobody"])
    admin.post("/policies/attachments", policy_name="shout", keys=["policy-n*"])
    eventually(lambda: said(chat(guarded, "hello", key=plain)) == "HELLO", "the attachment does not hold")
    impact = admin.post("/policies/attachments/estimate-impact", policy_name="shout", teams=["policy-*"])
    assert (impact["affected_teams_count"], impact["affected_keys_count"]) == (1, 1)
    assert impact["sample_teams"] == ["policy-team"]
    found = admin.post("/policies/resolve", key_alias="policy-none", model="echo")
    assert found == {"effective_guardrails": ["upper"], "matched_policies": [
        {"policy_name": "shout", "matched_via": "key:policy-none", "guardrails_added": ["upper"]}]}  # fmt: skip
    tested = admin.post("/policy/test", key_alias="someone")
    assert (tested["matching_policies"], tested["resolved_guardrails"]) == ([], [])
    shown = admin.get("/policy/list")["policies"]["shout"]
    assert (shown["scope"]["keys"], shown["inheritance_chain"]) == (["policy-n*"], ["shout"])


def test_a_pipeline_goes_by_how_its_steps_end(guarded: Gateway, admin: Admin) -> None:
    steps = [
        {"guardrail": "words", "on_pass": "next", "on_fail": "modify_response",
         "modify_response_message": "no dragons"},
        {"guardrail": "upper", "on_pass": "next"},
        {"guardrail": "own", "on_error": "allow"},
        {"guardrail": "injection", "on_pass": "block"},
    ]  # fmt: skip
    names = [step["guardrail"] for step in steps]
    pipeline = {"mode": "pre_call", "steps": steps}
    admin.post("/policies", 400, policy_name="line", guardrails_add=names[:2], pipeline=pipeline)
    admin.post("/policies", policy_name="line", guardrails_add=names, pipeline=pipeline)
    admin.post("/policies/attachments", policy_name="line", tags=["line"])
    tags = {"metadata": {"tags": ["line"]}}
    eventually(lambda: said(chat(guarded, "a@b.co", **tags)) == "[EMAIL_REDACTED]", "it does not run")
    instead = chat(guarded, "dragon", **tags)
    assert said(instead) == "no dragons"
    assert instead.json()["choices"][0]["finish_reason"] == "content_filter"
    tried = admin.post("/policies/test-pipeline", pipeline=pipeline,
                       test_messages=[{"role": "user", "content": "a@b.co"}])  # fmt: skip
    assert [(row["guardrail_name"], row["outcome"], row["action_taken"]) for row in tried["step_results"]] == [
        ("words", "pass", "next"), ("upper", "pass", "next"), ("own", "error", "allow"),
    ]  # fmt: skip
    assert tried["modified_data"]["messages"][0]["content"] == "[EMAIL_REDACTED]"
    admin.post("/policies/test-pipeline", 400, pipeline={"mode": "pre_call", "steps": []}, test_messages=[])


def test_a_pipeline_looks_at_answers_streamed_ones_too(guarded: Gateway, admin: Admin) -> None:
    pipeline = {"mode": "post_call", "steps": [{"guardrail": "upper", "on_pass": "next"}, {"guardrail": "block-reply"}]}
    admin.post("/policies", policy_name="after", guardrails_add=["upper", "block-reply"], pipeline=pipeline)
    admin.post("/policies/attachments", policy_name="after", models=["echo", "mail"])
    eventually(lambda: applied(guarded) == "after", "it does not hold")
    assert said(chat(guarded, "quiet", stream=True)).strip() == "QUIET"
    for stream in (False, True):
        refused = chat(guarded, "hi", model="mail", stream=stream)
        assert (refused.status_code, refused.headers[POLICIES]) == (400, "after")


def test_a_config_is_validated_and_guardrails_of_policies_are_tried(guarded: Gateway, admin: Admin) -> None:
    found = admin.post("/policy/validate", policies={
        "x": {"guardrails": {"add": ["zzz"]}}, "y": {"inherit": "none"}, "q": {"inherit": "q"}, "v": 3,
        "w": {"guardrails": {"add": ["upper"]}, "scope": {"teams": ["nobody", "any*"]}},
    })  # fmt: skip
    kinds = [(row["policy_name"], row["error_type"]) for row in found["errors"]]
    assert kinds == [("v", "invalid_syntax"), ("x", "invalid_guardrail"), ("y", "invalid_inheritance"),
                     ("q", "circular_inheritance")]  # fmt: skip
    assert [(row["field"], row["value"]) for row in found["warnings"]] == [("scope.teams", "nobody")]
    admin.post("/policies", policy_name="shout", guardrails_add=["words"])
    body = {"policy_names": ["shout"], "inputs_list": [{"texts": ["a dragon"]}]}
    path = "/utils/test_policies_and_guardrails"
    eventually(lambda: admin.ask("POST", path, json=body).status_code == 200, "it is not known")
    rows = admin.post(path, **body)["results"]
    assert rows[0]["blocked"] is True
