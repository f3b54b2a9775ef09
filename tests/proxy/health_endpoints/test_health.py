"""The health routes."""

from __future__ import annotations

import pytest

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
