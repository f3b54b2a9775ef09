"""What was spent: logs, sums by day, reports; each seen by those who may."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from litellm.proxy.unread_filters import UNREAD

from tests.proxy.management_endpoints.conftest import Admin
from tests.proxy.management_endpoints.test_entities import CALL_USD


def today() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")


def test_the_days_add_up_to_the_log(admin: Admin) -> None:
    ann, bob = admin.post("/user/new"), admin.post("/user/new")
    team_id = admin.post("/team/new", team_alias="spenders")["team_id"]
    team_key = admin.acting(admin.post("/key/generate", team_id=team_id)["key"])
    ann_key, bob_key = admin.acting(ann["key"]), admin.acting(bob["key"])
    for key, calls in ((ann_key, 3), (bob_key, 2), (team_key, 1)):
        for _ in range(calls):
            assert key.chat(user="cust", metadata={"tags": ["red"]}).status_code == 200
    assert bob_key.chat(model="missing").status_code == 400
    days = {"start_date": today(), "end_date": today()}
    everything = admin.get("/user/daily/activity", **days)
    assert everything["metadata"]["total_spend"] == pytest.approx(6 * CALL_USD, abs=1e-12)
    assert everything["metadata"]["total_api_requests"] == 6
    own = ann_key.get("/user/daily/activity", **days)
    assert own["metadata"]["total_spend"] == pytest.approx(3 * CALL_USD, abs=1e-12)
    assert list(own["results"][0]["breakdown"]["entities"]) == [ann["user_id"]]
    ann_key.get("/user/daily/activity", expect=403, user_id=bob["user_id"], **days)
    admin.get("/user/daily/activity", expect=400, start_date="yesterday")
    by_team = admin.get("/team/daily/activity", team_ids=team_id, **days)
    assert by_team["metadata"]["total_spend"] == pytest.approx(CALL_USD, abs=1e-12)
    by_tag = admin.get("/tag/daily/activity/aggregated", tags="red", **days)
    assert by_tag["metadata"]["total_tokens"] == 6 * 30
    by_customer = admin.get("/customer/daily/activity", end_user_ids="cust", **days)
    assert by_customer["metadata"]["total_successful_requests"] == 6
    # the log
    assert len(ann_key.get("/spend/logs")) == 3
    assert len(admin.get("/spend/logs", user_id=bob["user_id"])) == 2
    page = admin.get("/spend/logs/v2", page_size=4, end_user="cust", sort_by="spend")
    assert (page["total"], page["total_pages"], len(page["data"])) == (6, 2, 4)
    summary = admin.get("/spend/logs", **days)
    assert sum(day["spend"] for day in summary) == pytest.approx(6 * CALL_USD, abs=1e-12)
    # the sums
    assert admin.get("/global/spend")["spend"] == pytest.approx(6 * CALL_USD, abs=1e-12)
    assert admin.get("/global/spend/keys")[0]["total_spend"] == pytest.approx(3 * CALL_USD, abs=1e-12)
    assert admin.get("/global/spend/models")[0]["total_spend"] == pytest.approx(6 * CALL_USD, abs=1e-12)
    assert admin.get("/global/spend/teams")["teams"] == ["spenders"]
    assert admin.get("/global/spend/tags")[0]["log_count"] == 6
    assert admin.get("/global/activity")["sum_api_requests"] == 6
    reported = admin.get("/team/spend/report", **days)
    assert [row["team"] for row in reported] == [team_id]
    assert admin.get("/team/spend/report", team_id="another", **days) == []
    assert [row["individual_request_tag"] for row in admin.get("/global/spend/tags", tags="red,blue")] == ["red"]
    assert admin.get("/global/spend/tags", tags="blue") == []
    for name in ("model_group", "model_id", "session_id"):
        assert admin.get("/spend/logs/v2", **{name: "none"})["total"] == 0, name
    report = admin.get("/global/spend/report", group_by="customer")
    assert report[0]["groups"][0]["customer"] == "cust"
    admin.get("/global/spend/report", expect=400, group_by="moon")
    assert admin.post("/spend/calculate", model="gpt-4o", messages=[{"role": "user", "content": "hi"}])["cost"] > 0
    # starting anew keeps the log
    admin.post("/global/spend/reset")
    assert ann_key.get("/key/info")["info"]["spend"] == 0
    assert admin.get("/global/spend")["spend"] == pytest.approx(6 * CALL_USD, abs=1e-12)


@pytest.fixture
def spenders(admin: Admin) -> Iterator[dict[str, Any]]:
    """Two users with a key each, who called under a tag of their own and of work, three times and once."""
    names = {name: admin.post("/user/new", user_email=f"{name}-{admin.gateway.port}@example.org") for name in "xy"}
    for name, calls in (("x", 3), ("y", 1)):
        for _ in range(calls):
            tags = [f"agent-{name}", "task:draft_text" if name == "x" else "task:review"]
            assert admin.acting(names[name]["key"]).chat(metadata={"tags": tags}).status_code == 200
    yield names
    admin.post("/user/delete", user_ids=[made["user_id"] for made in names.values()])


def test_keys_of_the_days(admin: Admin, spenders: dict[str, Any]) -> None:
    days = {"start_date": today(), "end_date": today()}
    ids, tokens = {name: spenders[name]["user_id"] for name in "xy"}, {name: spenders[name]["token"] for name in "xy"}
    query = {**days, "user_id": f"{ids['x']},{ids['y']}"}
    page = admin.get("/user/daily/activity/aggregated/keys", limit=1, **query)
    assert (page["total_api_keys"], page["offset"], page["limit"]) == (2, 0, 1)
    (row,) = page["api_keys"]
    assert (row["api_key"], row["metrics"]["api_requests"], row["metrics"]["total_tokens"]) == (tokens["x"], 3, 90)
    assert row["metrics"]["spend"] == pytest.approx(3 * CALL_USD, abs=1e-12)
    assert (row["metadata"]["user_id"], row["metadata"]["key_exists"]) == (ids["x"], True)
    top = admin.get("/user/daily/activity/aggregated/model_top_keys", model_group="a", user_id=ids["y"], **days)
    assert [one["api_key"] for one in top["api_keys"]] == [tokens["y"]]
    found = admin.get("/user/daily/activity/aggregated/search", search=f"Y-{admin.gateway.port}@", **query)
    assert [one["api_key"] for one in found["api_keys"]] == [tokens["y"]]
    assert admin.get("/user/daily/activity/aggregated/search", search="%", **days)["api_keys"] == []
    leaks = admin.get("/user/daily/activity/aggregated/cache_leakage_keys", user_id=ids["x"], **days)
    assert [one["api_key"] for one in leaks["api_keys"]] == [tokens["x"]]
    own = admin.acting(spenders["x"]["key"])
    assert own.get("/user/daily/activity/aggregated/keys", **days)["total_api_keys"] == 1
    own.get("/user/daily/activity/aggregated/keys", expect=403, user_id=ids["y"], **days)
    own.get("/customer/daily/activity/export", expect=401, **days)
    admin.get("/team/daily/activity/aggregated/keys", expect=400)


def test_days_as_a_file(admin: Admin, spenders: dict[str, Any]) -> None:
    days = {"start_date": today(), "end_date": today()}
    query = {**days, "user_id": f"{spenders['x']['user_id']},{spenders['y']['user_id']}"}
    answer = admin.ask("GET", "/user/daily/activity/export", params=query)
    name = f"user-usage-{today()}-{today()}-daily.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sorted(row["api_requests"] for row in rows) == ["1", "3"]
    assert {row["entity_id"] for row in rows} == {made["user_id"] for made in spenders.values()}
    query = {**days, "format": "json", "user_id": spenders["x"]["user_id"]}
    for kind, column in (("daily_with_keys", "api_key"), ("daily_with_models", "model"), ("daily_with_users", None)):
        text = admin.ask("GET", "/user/daily/activity/export", params={**query, "export_type": kind}).text
        (row,) = json.loads(text)
        assert (row["prompt_tokens"], row["completion_tokens"]) == (30, 60)
        assert [one for one in ("api_key", "model") if row[one]] == ([column] if column else [])
        assert row["user_id"] == (None if column == "model" else spenders["x"]["user_id"])
    admin.get("/tag/daily/activity/export", expect=422, export_type="weekly", **days)


def test_users_of_tags_and_insights(admin: Admin, spenders: dict[str, Any]) -> None:
    names = {"tag_filters": ["agent-x", "agent-y"]}
    for period, label in (("dau", today()), ("wau", "Week 7 ("), ("mau", "Month 7 (")):
        found = admin.get(f"/tag/{period}", **names)["results"]
        assert {row["tag"] for row in found} == {"agent-x", "agent-y"}
        assert all(row["active_users"] >= 1 and row["date"].startswith(label) for row in found)
    assert {row["tag"] for row in admin.get("/tag/dau", tag_filter="GENT-X")["results"]} == {"agent-x"}
    summary = admin.get("/tag/summary", start_date=today(), end_date=today(), **names)["results"]
    assert [row["tag"] for row in summary] == ["agent-x", "agent-y"]
    assert summary[0]["total_requests"] == 3 * summary[1]["total_requests"]
    users = admin.get("/tag/user-agent/per-user-analytics", tag_filter="agent-", page_size=1000)
    own = next(row for row in users["results"] if row["user_id"] == spenders["x"]["user_id"])
    assert (own["user_agent"], own["successful_requests"], own["total_tokens"]) == ("agent-x", 3, 90)
    assert {"agent-x", "agent-y"} <= {row["tag"] for row in admin.get("/tag/distinct")["results"]}
    models = admin.get("/model-insights", metric="requests")
    assert models["top_models"][0]["model_group"] == "a"
    assert models["daily_totals"][-1]["date"] == today()
    tasks = admin.get("/model-insights/tasks", metric="requests")["tasks"]
    assert [(task["label"], task["share"]) for task in tasks] == [("Draft text", 75.0), ("Review", 25.0)]
    admin.get("/model-insights", expect=400, start_date="2020-01-01")


def test_a_bill_that_cannot_be_read_is_told_so(admin: Admin) -> None:
    days = {"start_date": today(), "end_date": today()}
    assert "OPENAI_ADMIN_KEY" in admin.get("/spend/capture_rate", expect=503, **days)["error"]["message"]
    admin.get("/spend/capture_rate", expect=400, provider="anthropic", **days)


def test_filters_that_are_not_read_are_refused(admin: Admin) -> None:
    days = {"start_date": today(), "end_date": today()}
    for path, names in UNREAD.items():
        for name in names:
            query = {name: "x", **({} if path == "/tag/list" else days)}
            assert admin.get(path, 400, **query)["error"]["param"] in (name, "start_date"), (path, name)
    admin.get("/spend/logs/v2", search="", used_client_oauth_token="false", **days)


def test_days_leave_out_what_is_excluded_and_know_the_callers_day(admin: Admin, spenders: dict[str, Any]) -> None:
    days = {"start_date": today(), "end_date": today()}
    for who in ("one", "two"):
        assert admin.chat(user=f"{who}-{admin.gateway.port}").status_code == 200
    names = [f"{who}-{admin.gateway.port}" for who in ("one", "two")]
    for asked in ({"end_user_ids": ",".join(names)}, {}):
        found = admin.get("/customer/daily/activity/aggregated", exclude_end_user_ids=names[0], **asked, **days)
        entities = found["results"][0]["breakdown"]["entities"]
        assert (names[0] in entities, names[1] in entities) == (False, True)
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    before = {"start_date": yesterday.strftime("%Y-%m-%d"), "end_date": yesterday.strftime("%Y-%m-%d")}
    west = {"timezone": 24 * 60 - 480, "include_current_utc_day": "true"}
    minutes = yesterday.hour * 60 + yesterday.minute
    known = admin.get("/user/daily/activity", **before, **west)["results"]
    assert bool(known) == (minutes < west["timezone"]), "while it is yesterday there, UTC's today belongs to it"
    assert admin.get("/user/daily/activity", **before, timezone=west["timezone"])["results"] == []
    admin.get("/user/daily/activity", 422, **days, timezone=100_000)
    alias = admin.post("/key/generate", key_alias=f"alias-{admin.gateway.port}")
    assert admin.acting(alias["key"]).chat().status_code == 200
    assert admin.get("/spend/logs/v2", key_alias=f"alias-{admin.gateway.port}")["total"] == 1
    assert admin.get("/global/spend/logs", api_key=alias["key"])[0]["spend"] == pytest.approx(CALL_USD, abs=1e-12)
    admin.post("/key/delete", keys=[alias["key"]])
