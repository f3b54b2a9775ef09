"""The health routes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.e2e.conftest import deployment
from tests.support.gateway import Gateway


@pytest.mark.parametrize("path", ["/health/liveliness", "/health/liveness"])
def test_the_process_is_alive_without_a_key(proxy: Gateway, path: str) -> None:
    answer = proxy.request("GET", path, key=None)
    assert (answer.status_code, answer.json()) == (200, "I'm alive!")


def test_readiness_names_the_database(proxy: Gateway) -> None:
    answer = proxy.request("GET", "/health/readiness", key=None)
    assert answer.status_code == 200
    assert answer.json()["status"] == "healthy"
    assert answer.json()["db"] == "connected"


@pytest.mark.parametrize(("model", "healthy"), [("gpt", 1), ("embed", 1), ("down", 0), ("refused", 0)])
def test_health_calls_the_deployments(proxy: Gateway, model: str, healthy: int) -> None:
    report = proxy.request("GET", "/health", params={"model": model}).json()
    assert (report["healthy_count"], report["unhealthy_count"]) == (healthy, 1 - healthy)
    assert "sk-up" not in str(report)
    assert "sk-wrong" not in str(report)


def test_deployments_are_checked_in_the_background(provider_url: str, tmp_path: Path) -> None:
    config = {
        "model_list": [
            deployment("up", provider_url), deployment("down", "http://127.0.0.1:9", timeout=5),
            {**deployment("vector", provider_url, model="openai/some-vectors"), "model_info": {"mode": "embedding"}},
        ],
        "general_settings": {"background_health_checks": True, "health_check_interval": 1},
        "litellm_settings": {"callbacks": ["prometheus"]},
        "router_settings": {"provider_budget_config": {"openai": {"budget_limit": 5, "time_period": "1d"}}},
    }  # fmt: skip
    with Gateway(tmp_path, config) as gateway:
        deadline = time.monotonic() + 20
        report: dict[str, int] = {}
        while time.monotonic() < deadline and report.get("healthy_count", 0) + report.get("unhealthy_count", 0) < 3:
            report = gateway.request("GET", "/health").json()
            time.sleep(0.1)
        assert (report["healthy_count"], report["unhealthy_count"]) == (2, 1)
        assert gateway.request("GET", "/health", params={"model": "down"}).json()["unhealthy_count"] == 1
        budgets = gateway.request("GET", "/provider/budgets").json()["providers"]
        assert budgets["openai"]["budget_limit"] == 5
        assert "prometheus" in gateway.request("GET", "/active/callbacks").json()["litellm.callbacks"]
