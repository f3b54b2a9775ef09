"""Users, teams, organisations, end users, budgets, tags and access groups over HTTP."""

from __future__ import annotations

import pytest

from tests.proxy.management_endpoints.conftest import Admin

CALL_USD = 10 * 2.5e-6 + 20 * 10e-6
"""What a mock answer of gpt-4o costs: its usage is 10 + 20 tokens."""


def test_a_user_has_keys_and_a_role(admin: Admin) -> None:
    made = admin.post("/user/new", user_email="ann@example.com", user_role="internal_user", max_budget=5, models=["a"])
    user_id = made["user_id"]
    assert made["key"].startswith("sk-")
    ann = admin.acting(made["key"])
    assert (ann.chat().status_code, ann.chat(model="b").status_code) == (200, 401)
    assert ann.get("/user/info")["user_info"]["user_email"] == "ann@example.com"
    assert ann.post("/key/generate", key_alias="mine")["user_id"] == user_id
    ann.post("/key/generate", expect=403, user_id="somebody-else")
    assert len(admin.get("/user/info", user_id=user_id)["keys"]) == 2
    admin.post("/user/new", expect=400, user_id=user_id)
    admin.post("/user/new", expect=400, user_email="ann@example.com")
    assert admin.post("/user/update", user_id=user_id, max_budget=7)["data"]["max_budget"] == 7
    listed = admin.get("/user/list", search="ann@", page_size=1)
    assert (listed["total"], listed["users"][0]["key_count"]) == (1, 2)
    assert admin.ask("POST", "/user/delete", json={"user_ids": [user_id]}).json() == 1
    assert ann.chat().status_code == 401
    admin.get("/user/info", expect=404, user_id=user_id)


def test_a_users_budget_holds_for_all_its_personal_keys(admin: Admin) -> None:
    made = admin.post("/user/new", max_budget=CALL_USD)
    first, second = admin.acting(made["key"]), admin.acting(admin.post("/key/generate", user_id=made["user_id"])["key"])
    assert first.chat().status_code == 200
    refused = second.chat()
    assert (refused.status_code, refused.json()["error"]["type"]) == (422, "budget_exceeded")
    assert "User=" in refused.json()["error"]["message"]
    info = admin.get("/user/info", user_id=made["user_id"])["user_info"]
    assert info["spend"] == pytest.approx(CALL_USD, abs=1e-12)


def test_a_team_and_its_members(admin: Admin) -> None:
    boss, worker = (admin.post("/user/new")["user_id"] for _ in range(2))
    team = admin.post("/team/new", team_alias="blue", models=["a"], max_budget=100)
    team_id = team["team_id"]
    admin.post("/team/member_add", team_id=team_id, member={"role": "admin", "user_id": boss})
    added = admin.post(
        "/team/member_add", team_id=team_id, member=[{"role": "user", "user_id": worker}], max_budget_in_team=CALL_USD
    )
    assert added["updated_team_memberships"][0]["litellm_budget_table"]["max_budget"] == pytest.approx(CALL_USD)
    boss_key = admin.acting(admin.post("/key/generate", user_id=boss, team_id=team_id)["key"])
    worker_key = admin.acting(admin.post("/key/generate", user_id=worker, team_id=team_id)["key"])
    assert (worker_key.chat().status_code, worker_key.chat(model="b").status_code) == (200, 401)
    refused = worker_key.chat()
    assert refused.status_code == 422
    assert "Team member=" in refused.json()["error"]["message"]
    assert boss_key.chat().status_code == 200
    # what the team's admin may, and its member may not
    worker_key.post("/team/member_add", expect=403, team_id=team_id, member={"user_id": "x", "role": "user"})
    worker_key.post("/key/generate", expect=403, team_id=team_id)
    boss_key.post("/team/permissions_update", team_id=team_id, team_member_permissions=["/key/generate"])
    worker_key.post("/key/generate", team_id=team_id)
    boss_key.post("/team/update", team_id=team_id, team_alias="red")
    boss_key.post("/team/update", expect=403, team_id=team_id, max_budget=1000)
    boss_key.post("/team/block", expect=401, team_id=team_id)
    # the team as a whole
    info = worker_key.get("/team/info", team_id=team_id)
    assert (info["team_info"]["team_alias"], len(info["team_memberships"])) == ("red", 2)
    assert info["team_info"]["spend"] == pytest.approx(2 * CALL_USD, abs=1e-12)
    assert worker_key.get(f"/team/{team_id}/members/me")["role"] == "user"
    assert [row["team_id"] for row in worker_key.get("/team/list")] == [team_id]
    admin.post("/team/block", team_id=team_id)
    assert boss_key.chat().status_code == 401
    admin.post("/team/unblock", team_id=team_id)
    assert boss_key.chat().status_code == 200
    assert boss_key.post(f"/team/{team_id}/member/{worker}/reset_spend", reset_to=0)["spend"] == 0
    assert worker_key.chat().status_code == 200
    admin.post("/team/member_delete", team_id=team_id, user_id=worker)
    assert worker_key.chat().status_code == 401
    admin.post("/team/delete", team_ids=[team_id])
    assert boss_key.chat().status_code == 401
    admin.get("/team/info", expect=404, team_id=team_id)


def test_an_organization_and_its_admin(admin: Admin) -> None:
    made = admin.post("/organization/new", organization_alias="acme", max_budget=CALL_USD, models=["a"])
    organization_id = made["organization_id"]
    assert made["litellm_budget_table"]["max_budget"] == pytest.approx(CALL_USD)
    chief = admin.post("/user/new")
    chief_key = admin.acting(chief["key"])
    chief_key.post("/team/new", expect=401, organization_id=organization_id)
    admin.post(
        "/organization/member_add", organization_id=organization_id,
        member={"role": "org_admin", "user_id": chief["user_id"]},
    )  # fmt: skip
    team_id = chief_key.post("/team/new", organization_id=organization_id)["team_id"]
    chief_key.post("/team/new", expect=403)
    member = chief_key.post("/user/new", organizations=[organization_id])
    chief_key.post("/user/new", expect=403, organizations=[organization_id], user_role="proxy_admin")
    chief_key.post("/organization/update", expect=403, method="PATCH", organization_id=organization_id, max_budget=9)
    team_key = admin.acting(chief_key.post("/key/generate", team_id=team_id)["key"])
    assert (team_key.chat().status_code, team_key.chat(model="b").status_code) == (200, 401)
    refused = team_key.chat()
    assert refused.status_code == 422
    assert "Organization=" in refused.json()["error"]["message"]
    admin.post("/organization/update", method="PATCH", organization_id=organization_id, max_budget=9)
    assert team_key.chat().status_code == 200
    info = chief_key.get("/organization/info", organization_id=organization_id)
    assert {row["user_id"] for row in info["members"]} == {chief["user_id"], member["user_id"]}
    assert info["spend"] == pytest.approx(2 * CALL_USD, abs=1e-12)
    admin.post("/budget/delete", expect=400, id=info["budget_id"])
    admin.post("/organization/delete", method="DELETE", organization_ids=[organization_id])
    admin.get("/team/info", expect=404, team_id=team_id)


def test_an_organizations_budget_has_a_window(admin: Admin) -> None:
    made = admin.post("/organization/new", organization_alias="monthly", max_budget=1, budget_duration="30d")
    assert made["litellm_budget_table"]["budget_reset_at"]
    changed = {"organization_id": made["organization_id"], "budget_duration": "1d"}
    budget = admin.post("/organization/update", method="PATCH", **changed)["litellm_budget_table"]
    assert (budget["budget_duration"], budget["max_budget"]) == ("1d", 1)


def test_what_is_no_date_no_name_or_no_text_is_refused(admin: Admin) -> None:
    for path in ("/organization/daily/activity/export", "/team/daily/activity", "/user/spend/report"):
        refused = admin.get(path, 400, start_date="\u00fc\x7f", end_date="\U0001f600")["error"]
        assert refused["param"] == "start_date"
    admin.post("/team/%00%0c", 422, method="PATCH", team_alias="x")
    for path in ("/key/generate", "/v1/messages/count_tokens", "/v1beta/models/a:countTokens"):
        refused = admin.ask("POST", path, content=b"\xb4", headers={"content-type": "application/json"})
        assert (refused.status_code, list(refused.json())[-1]) == (400, "error"), refused.text
    for method, path, status, said in (
        ("PUT", "/key/generate", 405, "PUT /key/generate: the route takes POST"),
        ("GET", "/v1/chat/completions", 405, "GET /v1/chat/completions: the route takes POST"),
        ("POST", "/no/such/route", 404, "POST /no/such/route: no such route"),
        ("POST", "/" + "x" * 3000, 404, f"POST /{'x' * 299}: no such route"),
    ):
        error = admin.ask(method, path, json={}).json()["error"]
        assert (error["code"], error["message"]) == (str(status), said)
    assert "nonsense" not in admin.post("/key/generate", nonsense=1)  # as upstream does


def test_end_users_are_counted_limited_and_blocked(admin: Admin) -> None:
    key = admin.acting(admin.post("/key/generate")["key"])
    assert key.chat(user="eve").status_code == 200
    assert admin.get("/customer/info", end_user_id="eve")["spend"] == pytest.approx(CALL_USD, abs=1e-12)
    admin.post("/customer/update", user_id="eve", max_budget=CALL_USD)
    assert key.chat(user="eve").status_code == 422
    assert key.chat(headers={"x-litellm-customer-id": "eve"}).status_code == 422
    assert key.chat(user="bob").status_code == 200
    admin.post("/end_user/block", user_ids=["bob"])
    assert key.chat(user="bob").status_code == 403
    admin.post("/customer/unblock", user_ids=["bob"])
    assert key.chat(user="bob").status_code == 200
    assert {row["user_id"] for row in admin.get("/customer/list")} >= {"eve", "bob"}
    assert admin.post("/customer/delete", user_ids=["eve", "bob"])["deleted_customers"] == 2
    admin.post("/customer/delete", expect=404, user_ids=["eve"])


def test_a_budget_is_shared_and_changed_for_all(admin: Admin) -> None:
    budget_id = admin.post("/budget/new", budget_id="shared", max_budget=CALL_USD / 2, rpm_limit=100)["budget_id"]
    key = admin.acting(admin.post("/key/generate", budget_id=budget_id)["key"])
    assert (key.chat().status_code, key.chat().status_code) == (200, 422)
    admin.post("/budget/update", budget_id=budget_id, max_budget=1)
    answer = key.chat()
    assert (answer.status_code, answer.headers["x-ratelimit-api_key-limit-requests"]) == (200, "100")
    assert admin.post("/budget/info", budgets=[budget_id])[0]["max_budget"] == 1
    assert budget_id in [row["budget_id"] for row in admin.get("/budget/list")]
    assert {row["field_name"] for row in admin.get("/budget/settings", budget_id=budget_id)} >= {"max_budget"}
    admin.post("/budget/delete", id=budget_id)
    assert "x-ratelimit-api_key-limit-requests" not in key.chat().headers
    admin.post("/key/generate", expect=404, budget_id=budget_id)


def test_tags_have_budgets(admin: Admin) -> None:
    admin.post("/tag/new", name="batch", max_budget=CALL_USD)
    admin.post("/tag/new", expect=400, name="batch")
    key = admin.acting(admin.post("/key/generate")["key"])
    assert key.chat(metadata={"tags": ["batch", "other"]}).status_code == 200
    assert key.chat(headers={"x-litellm-tags": "batch"}).status_code == 422
    assert key.chat(metadata={"tags": ["other"]}).status_code == 200
    info = admin.post("/tag/info", names=["batch"])["batch"]
    assert info["spend"] == pytest.approx(CALL_USD, abs=1e-12)
    admin.post("/tag/update", name="batch", max_budget=1)
    assert key.chat(metadata={"tags": ["batch"]}).status_code == 200
    assert [row["name"] for row in admin.get("/tag/list")] == ["batch"]
    admin.post("/tag/delete", name="batch")
    admin.post("/tag/info", expect=404, names=["batch"])


def test_models_have_budgets_and_limits_of_their_own(admin: Admin) -> None:
    budget = {"a": {"budget_limit": CALL_USD, "time_period": "1d"}}
    key = admin.acting(admin.post("/key/generate", model_max_budget=budget, model_rpm_limit={"b": 1})["key"])
    assert (key.chat().status_code, key.chat().status_code) == (200, 422)
    assert (key.chat(model="b").status_code, key.chat(model="b").status_code) == (200, 429)
    admin.post("/key/generate", expect=400, model_max_budget={"a": {"budget_limit": 1, "time_period": "soon"}})


def test_several_windows_hold_at_once(admin: Admin) -> None:
    limits = [{"budget_duration": "1h", "max_budget": 1}, {"budget_duration": "1d", "max_budget": CALL_USD}]
    key = admin.acting(admin.post("/key/generate", budget_limits=limits)["key"])
    assert (key.chat().status_code, key.chat().status_code) == (200, 422)


def test_access_groups_give_models(admin: Admin) -> None:
    made = admin.post("/key/generate", models=["b"])
    key = admin.acting(made["key"])
    assert key.chat().status_code == 401
    group = admin.post(
        "/v1/access_group",
        expect=201,
        access_group_name="g",
        access_model_names=["a"],
        assigned_key_ids=[made["token"]],
    )
    assert key.chat().status_code == 200
    path = f"/v1/access_group/{group['access_group_id']}"
    assert admin.get(path)["assigned_key_ids"] == [made["token"]]
    admin.post(path, method="PUT", access_model_names=[])
    assert key.chat().status_code == 401
    assert admin.ask("DELETE", path).status_code == 204
    assert admin.get("/v1/access_group") == []


def test_every_change_is_noted(admin: Admin) -> None:
    made = admin.post("/key/generate", key_alias="noted")
    admin.post("/key/update", key=made["key"], max_budget=3)
    admin.post("/key/delete", keys=[made["key"]])
    rows = admin.get("/audit", object_id=made["token"], sort_order="asc")["audit_logs"]
    assert [row["action"] for row in rows] == ["created", "updated", "deleted"]
    assert rows[1]["before_value"]["max_budget"] is None
    assert rows[1]["updated_values"]["max_budget"] == 3
    assert admin.get(f"/audit/{rows[0]['id']}")["object_id"] == made["token"]
    assert made["key"] not in str(rows)
    day = rows[0]["updated_at"][:10]
    for dates, count in (
        ({"start_date": day, "end_date": rows[2]["updated_at"][:10]}, 3), ({"start_date": rows[1]["updated_at"]}, 2),
        ({"end_date": "2020-01-01"}, 0), ({"start_date": "2999-01-01T00:00:00Z"}, 0),
    ):  # fmt: skip
        assert admin.get("/audit", object_id=made["token"], **dates)["total"] == count, dates
    assert admin.get("/audit", 400, end_date="soon")["error"]["param"] == "end_date"


def test_a_replaced_key_works_until_its_grace_is_over(admin: Admin) -> None:
    made = admin.post("/key/generate", max_budget=1)
    old = admin.acting(made["key"])
    assert old.chat().status_code == 200
    new = admin.acting(admin.post(f"/key/{made['key']}/regenerate", grace_period="1h")["key"])
    assert (old.chat().status_code, new.chat().status_code) == (200, 200)
    assert new.get("/key/info")["info"]["spend"] == pytest.approx(3 * CALL_USD, abs=1e-12)
    newest = admin.acting(admin.post("/key/regenerate", key=new.key)["key"])
    assert (old.chat().status_code, new.chat().status_code, newest.chat().status_code) == (200, 401, 200)


def test_limits_answer_429_and_headers(admin: Admin) -> None:
    made = admin.post("/key/generate", rpm_limit=2)
    key = admin.acting(made["key"])
    first = key.chat()
    assert (first.headers["x-ratelimit-remaining-requests"], first.headers["x-ratelimit-limit-requests"]) == ("1", "2")
    assert key.chat().status_code == 200
    refused = key.chat()
    assert (refused.status_code, refused.json()["error"]["type"]) == (429, "throttling_error")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert made["token"] not in refused.text
    tokens = admin.acting(admin.post("/key/generate", tpm_limit=30)["key"])
    assert (tokens.chat().status_code, tokens.chat().status_code) == (200, 429)


def test_a_team_is_patched_and_its_keys_and_permissions_changed_together(admin: Admin) -> None:
    team = admin.post("/team/new", team_alias="bulk")["team_id"]
    tokens = [admin.post("/key/generate", team_id=team)["token"] for _ in range(2)]
    other = admin.post("/key/generate")["token"]
    admin.post(f"/team/{team}", method="PATCH", max_budget=7)
    assert admin.get("/team/info", team_id=team)["team_info"]["max_budget"] == 7
    admin.post("/team/no-such-team", 404, method="PATCH", max_budget=7)
    fields = {"rpm_limit": 9}
    done = admin.post("/team/key/bulk_update", team_id=team, all_keys_in_team=True, update_fields=fields)
    assert {row["key"] for row in done["successful_updates"]} == set(tokens)
    assert {admin.get("/key/info", key=token)["info"]["rpm_limit"] for token in tokens} == {9}
    admin.post("/team/key/bulk_update", 404, team_id=team, key_ids=[other], update_fields=fields)
    admin.post("/team/key/bulk_update", 400, team_id=team, update_fields=fields)
    for permission in ("/key/generate", "/key/delete"):
        admin.post("/team/permissions_bulk_update", permissions=[permission], team_ids=[team])
    shown = admin.get("/team/permissions_list", team_id=team)["team_member_permissions"]
    assert shown == ["/key/generate", "/key/delete"]
    admin.post("/team/permissions_bulk_update", 400, permissions=["/user/new"], team_ids=[team])
    both = {"permissions": ["/key/block"], "team_ids": [team, "zzz"]}
    admin.post("/team/permissions_bulk_update", 404, **both)
    assert "/key/block" not in admin.get("/team/permissions_list", team_id=team)["team_member_permissions"]
    admin.post("/team/permissions_bulk_update", 400, permissions=["/key/generate"])


def test_what_was_set_for_a_user_is_not_its_to_take_away(admin: Admin) -> None:
    user_id = admin.post("/user/new", user_role="internal_user")["user_id"]
    given = admin.post(
        "/key/generate", user_id=user_id, guardrails=["pii"], policies=["safe"], aliases={"b": "a"},
        object_permission={"agents": ["one"]}, metadata={"tags": ["t"]},
    )["key"]  # fmt: skip
    user = admin.acting(given)
    for change in (
        {"guardrails": []}, {"policies": []}, {"enforced_params": []}, {"aliases": {}}, {"config": {}},
        {"metadata": {}}, {"object_permission": {"agents": []}}, {"router_settings": {}}, {"temp_budget_expiry": None},
        {"disable_global_guardrails": True}, {"metadata": {"disable_global_guardrails": True}}, {"models": []},
    ):  # fmt: skip
        user.post("/key/update", expect=403, key=given, **change)
    user.post("/key/update", key=given, key_alias=f"mine {user_id}")
    own = user.post("/key/generate", guardrails=["mine"])["key"]
    user.post("/key/update", key=own, guardrails=[], tags=["x"], max_budget=1)  # nobody else set them
    for name, value in (
        ("disable_global_guardrails", True), ("opted_out_global_guardrails", ["pii"]),
        ("allowed_passthrough_routes", ["/x"]),
    ):  # fmt: skip
        user.post("/key/generate", expect=403, metadata={name: value})
        user.post("/key/update", expect=403, key=own, metadata={name: value})
    admin.post("/key/update", key=own, disable_global_guardrails=True)
    assert admin.get("/key/info", key=own)["info"]["metadata"]["disable_global_guardrails"] is True
    user.post("/key/update", key=own, metadata={"disable_global_guardrails": True, "note": "as it was"})
    admin.post("/key/update", key=own, guardrails=["pii"])
    user.post("/key/update", expect=403, key=own, guardrails=[])
    user.post("/key/update", key=own, guardrails=["pii", "mine"])


def test_a_teams_admin_keeps_its_limits_and_guardrails(admin: Admin) -> None:
    boss = admin.post("/user/new")["user_id"]
    team_id = admin.post(
        "/team/new", guardrails=["pii"], policies=["safe"], model_rpm_limit={"a": 5},
        members_with_roles=[{"role": "admin", "user_id": boss}],
    )["team_id"]  # fmt: skip
    key = admin.acting(admin.post("/key/generate", user_id=boss, team_id=team_id)["key"])
    for change in (
        {"guardrails": []}, {"policies": []}, {"model_rpm_limit": {"a": 9}}, {"metadata": {}},
        {"metadata": {"guardrails": ["pii"], "model_rpm_limit": {"a": 9}}}, {"disable_global_guardrails": True},
        {"metadata": {"guardrails": ["pii"], "model_rpm_limit": {"a": 5}, "opted_out_global_guardrails": ["pii"]}},
    ):  # fmt: skip
        key.post("/team/update", expect=403, team_id=team_id, **change)
    key.post("/team/update", team_id=team_id, guardrails=["pii", "more"])
    kept = {"guardrails": ["pii", "more"], "model_rpm_limit": {"a": 5}, "note": "x"}
    key.post("/team/update", team_id=team_id, metadata=kept)
    assert admin.get("/team/info", team_id=team_id)["team_info"]["metadata"]["note"] == "x"


def test_lists_are_narrowed_and_widened(admin: Admin) -> None:
    port = admin.gateway.port
    user, other = (admin.post("/user/new", user_alias=name) for name in ("narrow", "wide"))
    member = {"user_id": user["user_id"], "role": "admin"}
    team = admin.post("/team/new", team_alias=f"Narrow-{port}", members_with_roles=[member])["team_id"]
    keys = [admin.post("/key/generate", team_id=team, key_alias=f"of-team-{number}-{port}") for number in range(2)]
    tokens = {key["token"] for key in keys}
    own = admin.get("/key/list", user_id=user["user_id"], size=100)["keys"]
    assert not tokens & set(own)
    wide = admin.get("/key/list", user_id=user["user_id"], include_team_keys="true", size=100)["keys"]
    assert {*own, *tokens} == set(wide)
    (row, *_) = admin.get("/key/list", user_id=user["user_id"], expand="user")["keys"]
    assert row["user"]["user_alias"] == "narrow"
    admin.get("/key/list", 422, expand="team")
    group = {"access_group_name": f"narrow-{port}", "assigned_key_ids": [keys[0]["token"]]}
    made = admin.post("/v1/access_group", 201, **group)["access_group_id"]
    assert admin.get("/key/list", access_group_id=made)["keys"] == [keys[0]["token"]]
    assert admin.get("/key/aliases", team_id=team)["total_count"] == 2
    assert [row["user_id"] for row in admin.get("/user/list", team=team)["users"]] == [user["user_id"]]
    organization = admin.post("/organization/new", organization_alias="narrow")["organization_id"]
    joins = {"role": "internal_user", "user_id": other["user_id"]}
    admin.post("/organization/member_add", organization_id=organization, member=joins)
    found = admin.get("/user/list", organization_ids=f"{organization},none")["users"]
    assert [row["user_id"] for row in found] == [other["user_id"]]
    for query in ({"search": f"row-{port}"}, {"search": team}, {"search": team[:9], "search_team_id_match": "prefix"}):
        assert [row["team_id"] for row in admin.get("/v2/team/list", **query)["teams"]] == [team], query
    assert admin.get("/v2/team/list", search=team[:9])["teams"] == []
    assert len(admin.get("/team/info", team_id=team, key_limit=1)["keys"]) == 1
    admin.get("/team/info", 422, team_id=team, key_limit=0)
    listed = admin.get("/v1/models", include_metadata="true")["data"]
    assert [card["metadata"] for card in listed] == [{"fallbacks": []}] * 2
    assert admin.get("/v1/models", only_model_access_groups="true")["data"] == []
    assert admin.get("/v1/models", 400, scope="expand")["error"]["param"] == "scope"
