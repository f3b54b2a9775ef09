"""Deployments and credentials that the database keeps: served at once, everywhere, and never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

STORED: dict[str, Any] = {**CONFIG, "general_settings": {"store_model_in_db": True}}
PARAMS = {"model": "openai/gpt-4o", "mock_response": "stored", "api_key": "sk-provider-secret-1"}


@pytest.fixture
def admin_of_two(tmp_path: Path) -> Iterator[tuple[Admin, Admin]]:
    """Two gateways on one SQLite database."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    env = {"DATABASE_URL": url}
    with Gateway(folders[0], STORED, env=env) as one, Gateway(folders[1], STORED, env=env) as two:
        yield Admin(one), Admin(two)


def wait_for(status: int, admin: Admin, model: str) -> None:
    eventually(lambda: bool(admin.chat(model=model).status_code == status), f"{model}: never {status}")


def test_a_stored_deployment_lives_everywhere(admin_of_two: tuple[Admin, Admin]) -> None:
    one, two = admin_of_two
    made = one.post("/model/new", model_name="stored", litellm_params=PARAMS, model_info={"id": "s1"})
    assert (made["model_id"], "api_key" in made["litellm_params"]) == ("s1", False)
    wait_for(200, one, "stored")
    wait_for(200, two, "stored")
    assert "stored" in [row["id"] for row in two.get("/v1/models")["data"]]
    one.post("/model/new", expect=400, model_name="stored", litellm_params=PARAMS, model_info={"id": "s1"})
    one.post("/model/new", expect=400, model_name="bad", litellm_params={})
    two.post("/model/s1/update", method="PATCH", model_name="renamed")
    wait_for(200, one, "renamed")
    wait_for(400, one, "stored")
    held = one.get("/credentials/by_model/s1")["credential_values"]
    assert held == {"api_key": "********"}
    one.post("/model_group/make_public", model_groups=["renamed"])
    one.post("/model_group/make_public", expect=400, model_groups=["unknown"])
    public = one.ask("GET", "/public/model_hub", headers={"authorization": ""}).json()
    assert [(group["model_group"], group["is_public_model_group"]) for group in public] == [("renamed", True)]
    check_hubs(one.acting(""), public)
    one.post("/model/block", id="s1")
    wait_for(400, two, "renamed")
    one.post("/model/unblock", id="s1")
    wait_for(200, two, "renamed")
    one.post("/model/delete", id="s1")
    wait_for(400, two, "renamed")
    one.post("/model/delete", expect=404, id="s1")
    database = one.gateway.folder.parent / "shared.db"
    assert b"sk-provider-secret-1" not in database.read_bytes()


def check_hubs(anybody: Admin, public: list[dict[str, Any]]) -> None:
    """What nobody needs a key for, with one public model."""
    hub = "/public/v1/model_hub"
    page = anybody.get(hub, **{"filter[mode][in]": "chat,image", "sort": "-providers", "q": "NAMED", "page_size": 500})
    assert [row.items() >= public[0].items() for row in page["data"]] == [True]
    assert page["meta"] == {"total_count": 1, "page": 1, "page_size": 100, "total_pages": 1}
    assert page["links"]["next"] is None
    assert anybody.ask("GET", page["links"]["self"]).json()["data"] == page["data"]
    assert anybody.get(f"{hub}/modes")["data"] == ["chat"]
    assert anybody.get(f"{hub}/providers", **{"filter[features][in]": "nothing"})["data"] == []
    assert "vision" in anybody.get(f"{hub}/features", **{"filter[mode]": "chat"})["data"]
    for query, allowed in (({"sort": "nothing"}, "rpm"), ({"filter[mode][gt]": "a"}, "filter[mode][in]")):
        problem = anybody.get(hub, 400, **query)
        assert (problem["status"], allowed in problem["allowed"]) == (400, True)
    for path in (f"{hub}?page=0", f"{hub}?page=x", f"{hub}?q=a&q=b", f"{hub}?sort=rpm,-rpm", f"{hub}/colours"):
        problem = anybody.ask("GET", path)
        assert problem.headers["content-type"] == "application/problem+json", path
        assert problem.json()["type"].startswith("urn:litellm:error:")
    endpoints = anybody.get("/public/endpoints")["endpoints"]
    by_key = {row["key"]: {each["slug"] for each in row["providers"]} for row in endpoints}
    assert {"openai", "anthropic"} <= by_key["messages"]
    assert ("cohere" in by_key["rerank"], "openai" in by_key["rerank"]) == (True, False)
    defaults = anybody.get("/public/complexity_router/scorer_defaults")
    assert defaults["token_thresholds"] == {"simple": 15, "complex": 400}
    assert [anybody.get(f"/public/{name}") for name in ("agent_hub", "mcp_hub", "agents/fields")] == [[], [], []]
    assert anybody.get("/public/skill_hub") == {"plugins": [], "count": 0}
    assert anybody.get("/robots.txt", 404)["error"]["code"] == "404"


def test_a_credential_fills_in_a_deployment(admin_of_two: tuple[Admin, Admin]) -> None:
    one, two = admin_of_two
    values = {"api_key": "sk-provider-secret-2", "api_base": "http://127.0.0.1:9/v1"}
    one.post("/credentials", credential_name="c1", credential_values=values, credential_info={"about": "tests"})
    one.post("/credentials", expect=400, credential_name="c1", credential_values=values)
    shown = two.get("/credentials")["credentials"][0]
    assert shown["credential_values"] == {"api_key": "********", "api_base": "http://127.0.0.1:9/v1"}
    params = {"model": "openai/gpt-4o", "litellm_credential_name": "c1", "num_retries": 0, "timeout": 2}
    one.post("/model/new", model_name="credited", litellm_params=params)

    def credited() -> list[dict[str, Any]]:
        return [row for row in two.get("/model/info")["data"] if row["model_name"] == "credited"]

    eventually(lambda: bool(credited()), "a stored model is not known elsewhere")
    found = credited()
    assert found[0]["litellm_params"]["api_base"] == "http://127.0.0.1:9/v1"
    assert "sk-provider-secret-2" not in str(found)
    one.post("/credentials/c1", method="PATCH", credential_values={"api_base": "http://127.0.0.1:8/v1"})
    assert one.get("/credentials/by_name/c1")["credential_values"]["api_base"] == "http://127.0.0.1:8/v1"
    assert one.ask("DELETE", "/credentials/c1").status_code == 200
    one.get("/credentials/by_name/c1", expect=404)


def test_without_the_setting_models_stay_as_they_are(tmp_path: Path) -> None:
    with Gateway(tmp_path, CONFIG) as gateway:
        answer = gateway.request("POST", "/model/new", json={"model_name": "x", "litellm_params": PARAMS})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "store_model_in_db")


def test_search_tools_are_kept_without_their_secrets(admin: Admin) -> None:
    assert {"provider_name": "tavily", "ui_friendly_name": "Tavily"} in admin.get(
        "/search_tools/ui/available_providers"
    )["providers"]
    away = {"search_provider": "duckduckgo", "api_base": "http://127.0.0.1:9"}
    params = {**away, "mock_response": "found", "api_key": "k"}
    tool = {"search_tool_name": "web", "litellm_params": params, "search_tool_info": {"description": "d"}}
    made = admin.post("/search_tools", search_tool=tool)
    assert (made["litellm_params"]["api_key"], made["is_from_config"]) == ("********", False)
    admin.post("/search_tools", expect=400, search_tool=tool)
    for wrong in ({"search_provider": "nope"}, {**away, "input_cost_per_query": -1}):
        admin.post("/search_tools", expect=400, search_tool={**tool, "litellm_params": wrong})
    admin.post("/search_tools", expect=400, search_tool={**tool, "search_tool_name": "a/b"})
    path = f"/search_tools/{made['search_tool_id']}"
    eventually(lambda: admin.ask("POST", "/v1/search/web", json={"query": "q"}).status_code == 200, "served")
    assert admin.post("/v1/search/web", query="q")["results"][0]["snippet"] == "found"
    changed = {**tool, "litellm_params": {**params, "api_key": "********", "mock_response": "anew"}}
    assert admin.post(path, method="PUT", search_tool=changed)["litellm_params"]["mock_response"] == "anew"
    eventually(lambda: admin.post("/v1/search/web", query="q")["results"][0]["snippet"] == "anew", "changed")
    assert admin.get(path)["search_tool_name"] == "web"
    assert [item["search_tool_id"] for item in admin.get("/search_tools/list")["search_tools"]] == [
        made["search_tool_id"]
    ]
    failed = admin.post("/search_tools/test_connection", litellm_params=away)
    assert (failed["status"], failed["error_type"]) == ("error", "APIConnectionError")
    worked = admin.post("/search_tools/test_connection", litellm_params=params)
    assert (worked["status"], worked["results_count"]) == ("success", 1)
    assert admin.ask("DELETE", path).json()["search_tool_name"] == "web"
    admin.get(path, expect=404)
    admin.post(path, expect=404, method="PUT", search_tool=tool)
    eventually(lambda: admin.ask("POST", "/v1/search/web", json={"query": "q"}).status_code == 400, "gone")
