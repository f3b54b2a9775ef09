"""The guardrail routes, and those of caches, health and teams that need no gateway of their own."""

from __future__ import annotations

from typing import Any

from tests.proxy.guardrails.conftest import Vendors, guardrail
from tests.proxy.guardrails.test_guardrails import chat, said
from tests.proxy.management_endpoints.conftest import Admin
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

BLOCKS = [{"pattern_type": "regex", "name": "word", "pattern": "xyzzy", "action": "BLOCK"}]


def test_guardrails_of_the_database_run(guarded: Gateway) -> None:
    admin = Admin(guarded)
    made = admin.post("/guardrails", guardrail=guardrail("stored", "litellm_content_filter", patterns=BLOCKS))
    path = f"/guardrails/{made['guardrail_id']}"
    eventually(lambda: chat(guarded, "xyzzy", "stored").status_code == 400, "it does not run")
    listed = {row["guardrail_name"]: row for row in admin.get("/v2/guardrails/list")["guardrails"]}
    assert listed["stored"]["guardrail_definition_location"] == "db"
    assert listed["generic"]["litellm_params"]["api_key"] == "********"
    admin.post(path, method="PATCH", litellm_params={"default_on": True, "api_key": "sk-secret-000"})
    eventually(lambda: chat(guarded, "xyzzy").status_code == 400, "it is not on by default")
    shown = admin.get(path)["litellm_params"]
    assert (shown["default_on"], shown["api_key"]) == (True, "********")
    assert admin.get(f"{path}/info")["guardrail_name"] == "stored"
    admin.post(path, method="PUT", guardrail=guardrail("stored-again", "litellm_content_filter", patterns=BLOCKS))
    eventually(lambda: chat(guarded, "xyzzy", "stored-again").status_code == 400, "it is not replaced")
    admin.post("/guardrails", 400, guardrail=guardrail("stored-again", "litellm_content_filter"))
    admin.ask("DELETE", path)
    eventually(lambda: chat(guarded, "xyzzy", "stored-again").status_code == 200, "it is not deleted")
    admin.get(path, 404)


def test_the_api_takes_neither_code_nor_files(guarded: Gateway) -> None:
    admin = Admin(guarded)
    for params in (
        guardrail("bad", "os.path.join"), guardrail("bad", "no_such"),
        guardrail("bad", "litellm_content_filter", "never"),
        guardrail("bad", "litellm_content_filter", blocked_words_file="/etc/passwd"),
        guardrail("bad", "custom_code", custom_code="def apply_guardrail(*a): ..."), guardrail("bad", "bedrock"),
    ):  # fmt: skip
        assert "error" in admin.post("/guardrails", 400, guardrail=params)
    admin.post("/guardrails/test_custom_code", 403, custom_code="x", test_input={})


def test_guardrails_are_tried(guarded: Gateway) -> None:
    admin = Admin(guarded)
    tried = admin.post("/guardrails/apply_guardrail", guardrail_name="words", text="a@b.co and orc")
    assert tried == {"response_text": "[EMAIL_REDACTED] and [KEYWORD_REDACTED]"}
    assert "dragon" in admin.post("/apply_guardrail", 400, guardrail_name="words", text="dragon")["error"]["message"]
    admin.post("/guardrails/apply_guardrail", 404, guardrail_name="nobody", text="x")
    found = admin.post(
        "/utils/test_policies_and_guardrails", guardrail_names=["words", "upper", "own"],
        inputs_list=[{"texts": ["a dragon"]}, {"texts": ["QUIET"]}],
    )["results"]  # fmt: skip
    actions = [[item["action"] for item in row["guardrail_results"]] for row in found]
    assert actions == [["blocked", "masked", "passed"], ["passed", "passed", "passed"]]
    refused = admin.post("/utils/test_policies_and_guardrails", 404, policy_names=["p"], inputs_list=[{"texts": ["x"]}])
    assert refused["error"]["param"] == "policy_names"
    content = "blocked_words:\n  - {keyword: x, action: BLOCK}\n"
    assert admin.post("/guardrails/validate_blocked_words_file", file_content=content)["valid"] is True
    wrong = admin.post("/guardrails/validate_blocked_words_file", file_content=content.replace("BLOCK", "FOO"))
    assert wrong["errors"] == ["Entry 0: action must be 'BLOCK' or 'MASK', got 'FOO'"]


def test_the_ui_is_told_what_there_is(guarded: Gateway) -> None:
    admin = Admin(guarded)
    settings = admin.get("/guardrails/ui/add_guardrail_settings")
    assert "EMAIL_ADDRESS" in settings["supported_entities"]
    assert len(settings["supported_entities"]) == len(set(settings["supported_entities"]))
    params = admin.get("/guardrails/ui/provider_specific_params")
    assert params["bedrock"]["guardrailIdentifier"]["type"] == "string"
    assert params["presidio"]["output_parse_pii"] == {
        "description": "output parse pii", "required": False, "type": "boolean", "default_value": False,
    }  # fmt: skip


def test_runs_are_counted(guarded: Gateway) -> None:
    admin = Admin(guarded)
    for text in ("dragon", "fine", "fine"):
        chat(guarded, text, "words")
    rows = {row["name"]: row for row in admin.get("/guardrails/usage/overview")["rows"]}
    assert rows["words"]["requestsEvaluated"] >= 3
    assert rows["words"]["failRate"] > 0
    detail = admin.get(f"/guardrails/usage/detail/{rows['words']['id']}")
    assert detail["time_series"][-1]["blocked"] >= 1
    admin.get("/guardrails/usage/overview", 400, start_date="yesterday")


def test_runs_are_told_one_by_one(guarded: Gateway) -> None:
    admin = Admin(guarded)
    ids = {row["guardrail_name"]: row["guardrail_id"] for row in admin.get("/v2/guardrails/list")["guardrails"]}
    answers = [chat(guarded, text, "words") for text in ("fine", "a dragon\x00")]
    passed, blocked = admin.get("/guardrails/usage/logs", guardrail_id=ids["words"], page_size=2)["logs"][::-1]
    assert (passed["action"], passed["model"], passed["reason"]) == ("passed", "echo", None)
    assert passed["id"] == answers[0].headers["x-litellm-call-id"]
    assert (blocked["action"], "dragon" in blocked["reason"]) == ("blocked", True)
    assert blocked["latency_ms"] > 0
    found = admin.get("/guardrails/usage/logs", guardrail_id=ids["words"], action="blocked", page_size=1)
    assert (found["logs"], found["page_size"]) == ([blocked], 1)
    assert found["total"] < admin.get("/guardrails/usage/logs", guardrail_id=ids["words"])["total"]
    assert admin.get("/guardrails/usage/logs", start_date="2020-01-01", end_date="2020-01-02")["total"] == 0
    for wrong in ({"action": "odd"}, {"start_date": "soon"}, {"page": 0}, {"page_size": 101}):
        assert admin.ask("GET", "/guardrails/usage/logs", params=wrong).status_code in (400, 422), wrong
    key = admin.post("/key/generate")["key"]
    assert admin.acting(key).ask("GET", "/guardrails/usage/logs").status_code in (401, 403)


def test_a_team_submits_a_guardrail(guarded: Gateway, vendor_url: str) -> None:
    admin = Admin(guarded)
    team = admin.post("/team/new")["team_id"]
    key = admin.post("/key/generate", team_id=team)["key"]
    params = {"guardrail": "generic_guardrail_api", "mode": "pre_call", "api_base": vendor_url, "default_on": True}
    admin.post("/guardrails/register", 400, guardrail_name="t", team_id=team, litellm_params={"guardrail": "bedrock"})
    made = admin.post("/guardrails/register", guardrail_name="team-own", team_id=team, litellm_params=params)
    assert made["status"] == "pending_review"
    assert said(chat(guarded, "my secret", key=key)) == "my secret"
    admin.post(f"/guardrails/submissions/{made['guardrail_id']}/approve")
    eventually(lambda: said(chat(guarded, "my secret", key=key)) == "my [gone]", "it does not run for its team")
    assert said(chat(guarded, "my secret")) == "my secret", "it runs for another"
    assert admin.get("/guardrails/submissions", status="active")["summary"]["active"] == 1
    admin.post(f"/guardrails/submissions/{made['guardrail_id']}/reject", 400)
    admin.ask("DELETE", f"/guardrails/{made['guardrail_id']}")


def test_callbacks_are_told_of_guardrails_and_teams_have_their_own(guarded: Gateway) -> None:
    admin = Admin(guarded)
    team = admin.post("/team/new")["team_id"]
    key = admin.post("/key/generate", team_id=team)["key"]
    admin.post(f"/team/{team}/callback", 422, callback_name="langfuse", callback_vars={"unknown": "x"})
    variables = {"langfuse_public_key": "pk", "langfuse_secret_key": "sk"}
    admin.post(f"/team/{team}/callback", callback_name="langfuse", callback_type="success", callback_vars=variables)
    shown = admin.get(f"/team/{team}/callback")["data"]
    assert (shown["success_callbacks"], shown["failure_callbacks"]) == (["langfuse"], [])
    assert set(shown["callback_vars"].values()) == {"********"}

    def lines(name: str) -> str:
        file = guarded.folder / name
        return file.read_text() if file.exists() else ""

    def told(text: str) -> bool:
        said(chat(guarded, text, "words", key=key))
        return text in lines("team.txt")

    eventually(lambda: told("of the team"), "the team's callback is not called")
    said(chat(guarded, "of nobody", "words"))
    eventually(lambda: "of nobody ['words']" in lines("told.txt"), "the config's callback is not told")
    assert "of nobody" not in lines("team.txt")
    admin.post(f"/team/{team}/disable_logging")
    assert admin.get(f"/team/{team}/callback")["data"]["success_callbacks"] == []
    assert admin.ask("DELETE", f"/team/{team}/callback/langfuse").status_code == 404
    said(chat(guarded, "silent", "words", key=key))
    said(chat(guarded, "after it", "words"))
    eventually(lambda: "after it" in lines("told.txt"), "the config's callback is not told")
    assert "silent" not in lines("told.txt")


def test_logs_are_masked(guarded: Gateway, vendors: Vendors) -> None:
    admin = Admin(guarded)
    for stream in (False, True):
        answer = chat(guarded, "log of x@example.com", "mask-logs", stream=stream)
        assert said(answer).strip() == "log of x@example.com"
    eventually(lambda: len(_logged(admin)) == 2, "the calls are not logged")
    for row in _logged(admin):
        assert "x@example.com" not in str(row)
        assert str(row).count("[EMAIL_REDACTED]") >= 2


def _logged(admin: Admin) -> list[dict[str, Any]]:
    rows = admin.get("/spend/logs")
    return [row for row in rows if "log of" in str(row["messages"])]


def test_caches(guarded: Gateway, vendors: Vendors) -> None:
    admin = Admin(guarded)
    assert admin.get("/cache/ping")["cache_type"] == "local"
    asked = [chat(guarded, "keep this", cache={"use-cache": True}) for _ in range(2)]
    assert [said(answer) for answer in asked] == ["keep this", "keep this"]
    assert len([item for item in vendors.seen if b"keep this" in item["raw"]]) == 1, "it was asked again"
    costs = [float(answer.headers.get("x-litellm-response-cost", 0)) for answer in asked]
    assert costs[0] > costs[1] == 0
    assert admin.post("/cache/delete", keys=["a"]) == {"status": "success"}
    assert admin.post("/cache/flushall") == {"status": "success"}
    assert admin.get("/cache/redis/info", 503)["error"]["code"] == "503"
    settings = admin.get("/cache/settings")
    assert settings["current_values"]["type"] == "local"
    assert "host" in [field["field_name"] for field in settings["fields"]]
    given = {"type": "redis", "host": "127.0.0.1", "port": "9"}
    assert admin.post("/cache/settings/test", cache_settings=given)["status"] == "failed"
    admin.post("/cache/settings/test", 400, cache_settings={"colour": "red"})
    assert admin.post("/cache/settings", cache_settings={"type": "local", "ttl": 5.0})["status"] == "success"
    assert admin.get("/cache/settings")["current_values"]["ttl"] == 5.0


def test_health(guarded: Gateway) -> None:
    admin = Admin(guarded)
    assert admin.get("/health/backlog")["in_flight_requests"] >= 1
    assert admin.get("/health/drain")["status"] == "serving"
    assert admin.get("/health/license")["license_type"] == "community"
    assert "ContentFilterGuardrail" in admin.get("/health/readiness/details")["success_callbacks"]
    assert admin.get("/health/shared-status")["shared_health_check_enabled"] is False
    assert admin.get("/health", model="mail")["healthy_count"] == 1
    checks = admin.get("/health/history", model="mail", limit=5)
    assert checks["health_checks"][0]["status"] == "healthy"
    assert "mail" in [row["model_name"] for row in admin.get("/health/latest")["latest_health_checks"].values()]
    admin.get("/health/services", 400, service="slack")
    works = {"model": "openai/x", "api_key": "k", "mock_response": "hi"}
    assert admin.post("/health/test_connection", litellm_params=works)["status"] == "success"
    fails = {"model": "openai/x", "api_key": "k", "api_base": "http://127.0.0.1:9"}
    assert "error" in admin.post("/health/test_connection", litellm_params=fails)["result"]
    answer = guarded.request("OPTIONS", "/health/liveliness", key=None)
    assert (answer.status_code, answer.headers["allow"]) == (200, "GET, OPTIONS")


def test_what_would_be_sent(guarded: Gateway) -> None:
    admin = Admin(guarded)
    body: dict[str, Any] = {"model": "anthropic/claude-sonnet-4-5", "messages": [{"role": "user", "content": "hi"}]}
    admin.post("/utils/transform_request", 400, call_type="completion", request_body={**body, "api_key": "sk-x"})
    served = {**body, "model": "echo"}
    found = admin.post("/utils/transform_request", call_type="completion", request_body=served)
    assert found["raw_request_api_base"].endswith("/openai/v1/chat/completions")
    assert found["raw_request_body"] == {"model": "gpt-4o", "messages": body["messages"]}
    assert "sk-up" not in str(found)
    prompt = "---\nmodel: gpt-4\ninput:\n  schema:\n    a: string\n---\nUser: hi {{a}}\n"
    answer = admin.ask("POST", "/utils/dotprompt_json_converter", files={"file": ("p.prompt", prompt)})
    metadata = {"model": "gpt-4", "input": {"schema": {"a": "string"}}}
    assert answer.json() == {"prompt_id": "p", "json_data": {"content": "User: hi {{a}}", "metadata": metadata}}
    assert admin.ask("POST", "/utils/dotprompt_json_converter", files={"file": ("p.txt", prompt)}).status_code == 400


def test_teams_and_credentials(guarded: Gateway) -> None:
    admin = Admin(guarded)
    assert admin.get("/team/metadata_schema") == {"fields": []}
    team = admin.post("/team/new", team_alias="spenders")["team_id"]
    user = admin.post("/user/new", user_email="s@example.com")["user_id"]
    key = admin.post("/key/generate", team_id=team, user_id=user)["key"]
    said(chat(guarded, "count me", key=key))
    row = admin.get("/team/spend/by_user", team_ids=team)["results"][0]
    assert (row["team_alias"], row["user_email"], row["api_requests"]) == ("spenders", "s@example.com", 1)
    assert row["successful_requests"] == 1
    admin.get("/team/spend/by_user", 400, start_date="x")
    admin.post("/credentials", credential_name="c", credential_values={"api_key": "sk-1"})
    assert admin.get("/credentials/migrate-encryption/check")["unreadable"] == []
    assert admin.post("/credentials/migrate-encryption?dry_run=true")["dry_run"] is True
    assert admin.post("/credentials/migrate-encryption")["migrated"] >= 1
    assert admin.get("/credentials/migrate-encryption/check")["unreadable"] == []
    admin.get("/credentials/c/jwks", 404)
