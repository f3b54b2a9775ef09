"""Changes of the config while a gateway runs: of its file, and by API in every process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.proxy.management_endpoints.conftest import CONFIG, Admin
from tests.support.gateway import Gateway

SOON_S = 30.0


def deployment(name: str, answer: str = "hi") -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "mock_response": answer}}


def write(gateway: Gateway, config: dict[str, Any] | str) -> None:
    gateway.config_path.write_text(config if isinstance(config, str) else yaml.safe_dump(config))


def soon(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def models(admin: Admin) -> set[str]:
    return {row["id"] for row in admin.get("/v1/models")["data"]}


def test_a_changed_file_takes_effect_without_a_lost_request(tmp_path: Path) -> None:
    with Gateway(tmp_path, CONFIG) as running:
        admin, statuses, done = Admin(running), [], threading.Event()

        def ask() -> None:
            while not done.is_set():
                statuses.append(admin.chat(model="a").status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        write(running, {"model_list": [deployment("a", "changed"), deployment("new")],
                        "general_settings": {"allowed_routes": ["llm_api_routes", "/key/*"]}})  # fmt: skip
        soon(lambda: models(admin) == {"a", "new"})
        assert admin.chat(model="a").json()["choices"][0]["message"]["content"] == "changed"
        assert admin.chat(model="b").status_code == 400
        assert admin.ask("GET", "/team/list").status_code == 403
        done.set()
        asking.join()
        assert set(statuses) == {200}


def test_a_broken_file_changes_nothing_and_is_told(tmp_path: Path) -> None:
    with Gateway(tmp_path, CONFIG) as running:
        admin = Admin(running)
        write(running, "model_list:\n  - model_name: x\n")
        soon(lambda: "config.yaml:2" in running.log)
        assert models(admin) == {"a", "b"}
        refused = admin.ask("POST", "/reload/config")
        assert refused.status_code == 400
        assert "model_list[0].litellm_params" in refused.json()["error"]["message"]
        write(running, {"model_list": [deployment("mended")]})
        assert admin.post("/reload/config") == {"status": "success", "models": 1}
        assert models(admin) == {"mended"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Admin, Admin]]:
    """Two gateways on one database."""
    folder = tmp_path_factory.mktemp("pair")
    url = f"sqlite:///{folder / 'shared.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database()
    config = CONFIG | {"general_settings": {"store_model_in_db": True}}
    for name in ("one", "two"):
        (folder / name).mkdir()
    env = {"DATABASE_URL": url}
    with Gateway(folder / "one", config, env=env) as one, Gateway(folder / "two", config, env=env) as two:
        yield Admin(one), Admin(two)


def test_a_setting_changed_by_api_holds_everywhere_and_after_a_restart(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    one.post("/config/update", general_settings={"admin_only_routes": ["/key/list"]},
             router_settings={"model_group_alias": {"other": "a"}})  # fmt: skip
    user = one.post("/user/new")["key"]
    soon(lambda: two.acting(user).ask("GET", "/key/list").status_code == 403)
    soon(lambda: two.chat(model="other").status_code == 200)  # sections are changed one after another
    two.gateway.stop()
    two.gateway.start()
    assert two.chat(model="other").status_code == 200
    info = two.get("/config/field/info", field_name="admin_only_routes")
    assert (info["field_value"], info["source"]) == (["/key/list"], "db")
    one.post("/config/field/delete", field_name="admin_only_routes")
    soon(lambda: two.acting(user).ask("GET", "/key/list").status_code == 200)


def test_the_cache_is_the_same_everywhere_and_after_a_restart(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    two.get("/cache/ping", 503)
    one.post("/cache/settings", cache_settings={"type": "local", "ttl": 60.0, "namespace": "first"})
    assert one.get("/cache/ping")["cache_type"] == "local"
    soon(lambda: two.ask("GET", "/cache/ping").status_code == 200)
    costs = [float(one.chat().headers["x-litellm-response-cost"]) for _ in range(2)]
    assert costs[0] > costs[1] == 0
    one.post("/cache/settings", cache_settings={"namespace": "second"})
    soon(lambda: "second" in two.get("/cache/ping")["litellm_cache_params"])
    two.gateway.stop()
    two.gateway.start()
    assert "second" in two.get("/cache/ping")["litellm_cache_params"]


def test_what_a_file_could_not_hold_is_refused(pair: tuple[Admin, Admin]) -> None:
    one, _ = pair
    for body, said in (
        ({"general_settings": {"alowed_routes": []}}, "did you mean 'allowed_routes'"),
        ({"litellm_settings": {"num_retries": "many"}}, "num_retries"),
        ({"general_settings": {"master_key": "sk-another-000000000"}}, "restart"),
        ({"environment_variables": {"A=B": "x"}}, "'A=B'"),
        ({"router_settings": {"routing_strategy": "by-mood"}, "litellm_settings": {"num_retries": 7}}, "by-mood"),
        ({"litellm_settings": {"budget_duration": "often"}}, "often"),
        ({"litellm_settings": {"callbacks": ["no_such.hooks"]}}, "no_such"),
        ({"litellm_settings": {"post_call_rules": "os.system"}}, "set it in the config file"),
        ({"general_settings": {"allowed_ips": ["here"]}}, "here"),
        ({"environment_variables": {"": "x"}}, "environment_variables"),
        ({"environment_variables": {"NUL": "\0"}}, "NUL in its value"),
    ):
        assert said in one.post("/config/update", 400, **body)["error"]["message"]
    one.post("/config/field/update", 400, field_name="allowed_ips", field_value=["here"])
    stored = one.get("/get/config/callbacks")
    assert "by-mood" not in str(stored)
    one.post("/config/update", litellm_settings={"num_retries": 1})  # nothing is left behind that would be in the way
    one.post("/config/field/update", 400, field_name="nothing", field_value=1)
    one.get("/config/field/info", 400, field_name="nothing")


def test_secrets_are_never_shown(pair: tuple[Admin, Admin]) -> None:
    one, _ = pair
    one.post("/config/update", environment_variables={"SECRET_OF_TEST": "s3cr3t-value"})
    one.post("/update/sso_settings", method="PATCH", generic_client_id="app", generic_client_secret="s3cr3t-value")
    shown = one.get("/get/sso_settings")["values"]
    assert (shown["generic_client_id"], shown["generic_client_secret"]) == ("app", "********")
    one.post("/update/sso_settings", method="PATCH", generic_client_secret="********", generic_scope="openid")
    for path in ("/config/list", "/get/config/callbacks", "/get/sso_settings", "/audit"):
        assert "s3cr3t" not in one.ask("GET", path).text


def test_calls_at_a_time_are_limited_for_the_whole_gateway(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    one.post("/config/field/update", field_name="global_max_parallel_requests", field_value=0)
    soon(lambda: two.chat().status_code == 429)
    refused = one.chat().json()["error"]["message"]
    assert "Rate limit exceeded for global" in refused
    assert "max_parallel_requests" in refused
    one.post("/config/field/update", field_name="global_max_parallel_requests", field_value=1)
    soon(lambda: {two.chat().status_code for _ in range(3)} == {200})
    one.post("/config/field/delete", field_name="global_max_parallel_requests")


def test_policies_of_new_keys(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    policies: dict[str, dict[str, Any]] = {
        "default_key_generate_params": {"rpm_limit": 7},
        "upperbound_key_generate_params": {"max_budget": 10, "duration": "30d"},
        "key_generation_settings": {"personal_key_generation": {
            "allowed_user_roles": ["internal_user"], "required_params": ["key_alias"],
        }},
    }  # fmt: skip
    one.post("/config/update", litellm_settings=policies)
    soon(lambda: two.post("/key/generate")["rpm_limit"] == 7)
    made = two.post("/key/generate", rpm_limit=3)
    assert (made["rpm_limit"], made["max_budget"]) == (3, 10)
    assert made["expires"] is not None
    for over in ({"max_budget": 10.5}, {"duration": "31d"}, {"duration": "-1"}):
        assert next(iter(over)) in two.post("/key/generate", 400, **over)["error"]["message"]
    user = two.acting(two.post("/user/new", user_role="internal_user")["key"])
    assert "key_alias" in user.post("/key/generate", 400)["error"]["message"]
    assert user.post("/key/generate", key_alias="mine")["rpm_limit"] == 7
    two.acting(two.post("/user/new", user_role="org_admin")["key"]).post("/key/generate", 403, key_alias="x")
    one.post("/config/update", litellm_settings={name: {} for name in policies})
    soon(lambda: two.post("/key/generate")["rpm_limit"] is None)


def test_defaults_and_budgets_of_new_users(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    defaults: dict[str, Any] = {"max_budget": 3, "models": ["a"], "tpm_limit": 9}
    one.post("/config/update", litellm_settings={
        "default_internal_user_params": defaults, "max_internal_user_budget": 7, "internal_user_budget_duration": "30d",
    })  # fmt: skip
    soon(lambda: two.post("/user/new")["max_budget"] == 3)
    made = two.post("/user/new", user_role="internal_user", max_budget=1)
    assert (made["max_budget"], made["models"], made["budget_duration"]) == (1, ["a"], "30d")
    assert two.post("/user/new", user_role="proxy_admin")["max_budget"] is None
    viewer = two.post("/user/new", user_role="internal_user_viewer", max_budget=2)
    assert viewer["budget_duration"] is None
    one.post("/config/update", litellm_settings={"default_internal_user_params": {}})
    soon(lambda: two.post("/user/new")["max_budget"] == 7)
    other = two.post("/user/new", user_role="org_admin")["user_id"]
    changed = two.post("/user/update", user_id=other, user_role="internal_user")["data"]
    assert (changed["max_budget"], changed["budget_duration"]) == (7, "30d")
    one.post("/config/update", litellm_settings={"max_internal_user_budget": 1e9})
    soon(lambda: two.post("/user/new")["max_budget"] == 1e9)


def test_fallbacks_among_the_sdks_settings(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    failing = {"model": "openai/gpt-4o", "mock_response": "litellm.InternalServerError"}
    one.post("/model/new", model_name="failing", litellm_params=failing)
    soon(lambda: "failing" in models(two))
    assert two.chat(model="failing").status_code == 500
    one.post("/config/update", litellm_settings={"fallbacks": [{"failing": ["a"]}], "default_fallbacks": ["b"]})
    soon(lambda: two.chat(model="failing").status_code == 200)


def test_addresses_are_let_in_and_out(pair: tuple[Admin, Admin]) -> None:
    one, two = pair
    assert one.get("/get/allowed_ips") == {"data": None}
    one.post("/add/allowed_ip", 400, ip="here")
    one.post("/add/allowed_ip", ip="127.0.0.0/8")
    soon(lambda: two.get("/get/allowed_ips") == {"data": ["127.0.0.0/8"]})
    one.post("/config/field/delete", field_name="allowed_ips")


@pytest.mark.parametrize(
    ("page", "values"),
    [("internal_user_settings", {"max_budget": 2.5, "models": ["a"]}), ("default_team_settings", {"tpm_limit": 10}),
     ("ui_theme_settings", {"logo_url": "/logo.png"}), ("ui_settings", {"require_auth_for_public_ai_hub": True}),
     ("mcp_semantic_filter_settings", {"enabled": True}), ("user_banner", {"message": "hello"}),
     ("mcp_tool_search_settings", {"top_k": 3}), ("websearch_interception_settings", {"enabled": False})],
)  # fmt: skip
def test_pages_of_settings_are_kept(pair: tuple[Admin, Admin], page: str, values: dict[str, Any]) -> None:
    one, _ = pair
    assert one.post(f"/update/{page}", method="PATCH", **values)["status"] == "success"
    shown = one.get(f"/get/{page}")
    assert shown["values"].items() >= values.items()
    one.post(f"/update/{page}", 400, method="PATCH", no_such_field=1)
    first = next(iter(values))
    one.post(f"/update/{page}", 400, method="PATCH", **{first: {"wrong": "type"}})


def test_a_logo_that_is_nowhere_closes_no_page(pair: tuple[Admin, Admin]) -> None:
    one, _ = pair
    one.post("/update/ui_theme_settings", method="PATCH", logo_url="http://[")
    assert one.ask("GET", "/ui/").status_code == 200
    one.post("/update/ui_theme_settings", method="PATCH", logo_url=None)


def test_prices_are_discounted_and_margined(pair: tuple[Admin, Admin]) -> None:
    one, _ = pair
    one.post("/config/cost_discount_config", method="PATCH", openai=0.25)
    assert one.get("/config/cost_discount_config") == {"values": {"openai": 0.25}}
    one.post("/config/cost_discount_config", 422, method="PATCH", openai=2)
    one.post("/config/cost_margin_config", method="PATCH", openai=0.1)
    assert one.get("/config/cost_margin_config") == {"values": {"openai": 0.1}}
    one.post("/config/block_requests_for_models_without_pricing", method="PATCH", enabled=True)
    assert one.get("/config/block_requests_for_models_without_pricing") == {"enabled": True}


def test_without_a_store_nothing_is_changed_by_api(tmp_path: Path) -> None:
    with Gateway(tmp_path, CONFIG) as running:
        said = Admin(running).post("/config/update", 400, general_settings={"alerting": ["slack"]})
        assert "store_model_in_db" in said["error"]["message"]


def test_every_worker_follows(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, CONFIG, args=("--num_workers", "2"))
    with gateway:
        admin = Admin(gateway)
        write(gateway, {"model_list": [deployment("later")]})
        soon(lambda: all(models(admin) == {"later"} for _ in range(8)))
