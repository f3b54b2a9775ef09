"""A gateway that bills: each call is one event in Lago, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

from tests.moneta.conftest import CALL_PICO, ask, config
from tests.support.gateway import Gateway
from tests.support.lago import LagoProcess


def test_a_call_becomes_an_event(lago: LagoProcess, tmp_path: Path, database_env: dict[str, str]) -> None:
    currency = {"rates": [{"from": "2026-01-01", "per_usd": 100}]}
    with Gateway(tmp_path, config(lago, currency=currency), env=database_env) as gateway:
        assert ask(gateway).status_code == 200
        (event,) = lago.wait_for_events(1)
        ready = gateway.request("GET", "/health/readiness").json()
    assert event["external_subscription_id"] == "c1"
    assert event["code"] == "llm_usage"
    properties = event["properties"]
    assert properties["cost_usd"] == "0.000225"
    assert properties["cost_askii"] == "0.022500"
    assert (properties["prompt_tokens"], properties["completion_tokens"]) == (10, 20)
    assert properties["model_group"] == "m"
    assert properties["status"] == "success"
    assert ready["billing"]["lago"] == "connected"
    assert CALL_PICO == 225_000_000
