"""Pass-through endpoints of the config and of the database: forwarded, counted, changed while the gateway runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.proxy.pass_through_endpoints.conftest import Recorder, rows
from tests.support.gateway import Gateway

PATH = "/config/pass_through_endpoint"


@pytest.fixture(scope="module")
def gateway(recorder_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    endpoints: list[dict[str, Any]] = [
        {"path": "/exact", "target": f"{recorder_url}/to/exact", "cost_per_request": 0.25,
         "headers": {"Authorization": "Bearer os.environ/T_KEY", "content-type": "application/json",
                     "accept": "application/json"}},
        {"path": "/tree", "target": f"{recorder_url}/to/tree", "include_subpath": True, "forward_headers": True,
         "default_query_params": {"key": "d v"}, "methods": ["POST", "get"]},
        {"path": "/open", "target": f"{recorder_url}/to/open", "auth": False},
        {"path": "/openai/special", "target": f"{recorder_url}/to/special"},
    ]  # fmt: skip
    config = {"general_settings": {"pass_through_endpoints": endpoints}}
    with Gateway(tmp_path_factory.mktemp("configured"), config, env={"T_KEY": "sk-target-0123456789"}) as running:
        yield running


@pytest.fixture
def key(gateway: Gateway) -> str:
    made: str = gateway.request("POST", "/key/generate", json={"max_budget": 5}).json()["key"]
    return made


def test_an_exact_path_costs_what_it_says(gateway: Gateway, recorder: Recorder, key: str) -> None:
    answer = gateway.request("POST", "/exact?a=1", key=key, json={"b": 2}, headers={"x-own": "1", "x-pass-beta": "b"})
    assert answer.status_code == 200, answer.text
    asked = recorder.seen[-1]
    assert (asked["path"], asked["query"], asked["body"]) == ("/to/exact", "a=1", b'{"b":2}')
    assert asked["headers"]["authorization"] == "Bearer sk-target-0123456789"
    assert asked["headers"]["beta"] == "b"
    assert answer.headers["content-type"] == "application/json"  # what the config says is sent is no secret
    assert "x-own" not in asked["headers"]
    assert [row["spend"] for row in rows(gateway, key)] == [pytest.approx(0.25)]
    assert gateway.request("POST", "/exact/below", key=key).status_code == 404
    assert gateway.request("POST", "/exact", key=None).status_code == 401


def test_a_tree_takes_what_is_below_it_and_its_methods_alone(gateway: Gateway, recorder: Recorder, key: str) -> None:
    assert gateway.request("GET", "/tree/a%2Fb/c?x=1", key=key, headers={"x-own": "1"}).status_code == 200
    asked = recorder.seen[-1]
    assert (asked["path"], asked["query"]) == ("/to/tree/a%2Fb/c", "x=1&key=d%20v")
    assert asked["headers"]["x-own"] == "1"
    assert key not in str(asked)
    assert gateway.request("DELETE", "/tree/a", key=key).status_code in (404, 405)
    assert gateway.request("GET", "/tree/%2e%2e/admin", key=key).status_code == 400


def test_an_open_endpoint_asks_for_no_key(gateway: Gateway, recorder: Recorder) -> None:
    assert gateway.request("GET", "/open", key=None).status_code == 200
    assert recorder.seen[-1]["path"] == "/to/open"


def test_a_configured_path_goes_before_the_built_in_ones(gateway: Gateway, recorder: Recorder, key: str) -> None:
    assert gateway.request("GET", "/openai/special", key=key).status_code == 200
    assert recorder.seen[-1]["path"] == "/to/special"


def test_a_budget_holds_for_the_price_of_a_request(gateway: Gateway) -> None:
    key = gateway.request("POST", "/key/generate", json={"max_budget": 0.4}).json()["key"]
    assert [gateway.request("POST", "/exact", key=key).status_code for _ in range(2)] == [200, 422]


def test_endpoints_come_change_and_go_while_the_gateway_runs(
    gateway: Gateway, recorder: Recorder, recorder_url: str, key: str
) -> None:
    asked = {"path": "/new", "target": f"{recorder_url}/to/new", "headers": {"x-a": "1"}}
    [made] = gateway.request("POST", PATH, json=asked).json()["endpoints"]
    answered_soon(gateway, key, "/new", 200)
    assert recorder.seen[-1]["path"] == "/to/new"
    gateway.request("POST", f"{PATH}/{made['id']}", json={"target": f"{recorder_url}/to/newer"})
    [changed] = gateway.request("GET", PATH, params={"endpoint_id": made["id"]}).json()["endpoints"]
    assert (changed["target"], changed["headers"]) == (f"{recorder_url}/to/newer", {"x-a": "1"})
    listed = gateway.request("GET", PATH).json()["endpoints"]
    assert {(item["path"], item["is_from_config"]) for item in listed} >= {("/exact", True), ("/new", False)}
    assert gateway.request("DELETE", PATH, params={"endpoint_id": made["id"]}).status_code == 200
    answered_soon(gateway, key, "/new", 404)
    assert gateway.request("DELETE", PATH, params={"endpoint_id": made["id"]}).status_code == 404


def answered_soon(gateway: Gateway, key: str, path: str, status: int) -> None:
    deadline = time.monotonic() + 10
    while (got := gateway.request("GET", path, key=key).status_code) != status and time.monotonic() < deadline:
        time.sleep(0.05)
    assert got == status


@pytest.mark.parametrize(
    "change",
    [{"path": "no-slash"}, {"path": "/a/../b"}, {"target": "file:///etc/passwd"}, {"target": "ftp://x"},
     {"methods": ["TRACE"]}, {"cost_per_request": -1}],
)  # fmt: skip
def test_a_wrong_endpoint_is_refused(gateway: Gateway, change: dict[str, Any]) -> None:
    answer = gateway.request("POST", PATH, json={"path": "/x", "target": "https://example.com", **change})
    assert answer.status_code in (400, 422), answer.text
    assert next(iter(change)) in answer.text


def test_only_admins_change_them(gateway: Gateway, key: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert gateway.request(method, PATH, key=key).status_code == 401


def test_a_wrong_one_in_the_config_is_named(tmp_path: Any) -> None:
    config = {"general_settings": {"pass_through_endpoints": [{"path": "/x", "target": "gopher://x"}]}}
    status, printed = Gateway(tmp_path, config).run_to_end()
    assert status != 0
    assert "pass_through_endpoints[0].target" in printed
