"""What was spent: logs, sums by day, reports; each seen by those who may."""

from __future__ import annotations

import datetime

import pytest

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
    report = admin.get("/global/spend/report", group_by="customer")
    assert report[0]["groups"][0]["customer"] == "cust"
    admin.get("/global/spend/report", expect=400, group_by="moon")
    assert admin.post("/spend/calculate", model="gpt-4o", messages=[{"role": "user", "content": "hi"}])["cost"] > 0
    # starting anew keeps the log
    admin.post("/global/spend/reset")
    assert ann_key.get("/key/info")["info"]["spend"] == 0
    assert admin.get("/global/spend")["spend"] == pytest.approx(6 * CALL_USD, abs=1e-12)
