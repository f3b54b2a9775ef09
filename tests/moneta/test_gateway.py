"""A gateway that bills: each call is one event in Lago, whatever happens on the way."""

from __future__ import annotations

import json
import subprocess
import sys
import time
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


def cli(gateway: Gateway, *arguments: str) -> tuple[int, str]:
    """`litellm moneta …` with the gateway's config and database."""
    command = [sys.executable, "-m", "litellm.proxy.proxy_cli", "moneta", "--config", str(gateway.config_path)]
    done = subprocess.run(
        [*command, *arguments], cwd=gateway.folder, env=gateway.env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_lago_away_and_back_loses_nothing(lago: LagoProcess, tmp_path: Path, database_env: dict[str, str]) -> None:
    with Gateway(tmp_path, config(lago, entitlement={"enabled": False}), env=database_env) as gateway:
        lago.kill()
        for number in range(5):
            assert ask(gateway, f"c{number}").status_code == 200
        gateway.kill()
        gateway.start()
        assert ask(gateway, "c5").status_code == 200
        deadline = time.monotonic() + 10
        while (ready := gateway.request("GET", "/health/readiness").json())["billing"]["lago"] == "connected":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert ready["status"] == "healthy"
        status, said = cli(gateway, "reconcile", "--from", "2026-01-01")
        assert status == 2
        assert "does not answer" in said
        lago.start()
        events = lago.wait_for_events(6)
        assert sorted(event["external_subscription_id"] for event in events) == [f"c{number}" for number in range(6)]
        status, said = cli(gateway, "reconcile", "--from", "2026-01-01")
        assert (status, said.splitlines()[-1]) == (0, "6 calls, 6 events, 0 lines differ")


def test_reconcile_finds_and_repairs_what_lago_lost(
    lago: LagoProcess, tmp_path: Path, database_env: dict[str, str]
) -> None:
    with Gateway(tmp_path, config(lago), env=database_env) as gateway:
        for _ in range(3):
            assert ask(gateway).status_code == 200
        before = lago.wait_for_events(3)
        lago.kill()
        (lago.folder / "events.log").write_text("".join(f"{json.dumps(event)}\n" for event in before[1:]))
        lago.start()
        status, said = cli(gateway, "reconcile", "--from", "2026-01-01")
        assert (status, said.splitlines()[-1]) == (1, "3 calls, 2 events, 1 lines differ")
        status, said = cli(gateway, "reconcile", "--from", "2026-01-01", "--repair")
        assert (status, said.splitlines()[-1]) == (0, "3 calls, 3 events, 0 lines differ"), said
    after = lago.events()
    assert sorted(after, key=str) == sorted(before, key=str), "the same event, to the letter"


def test_poisonous_events_are_set_aside_and_replayed(lago: LagoProcess, tmp_path: Path) -> None:
    lago.set(poison=["bad"])
    with Gateway(tmp_path, config(lago)) as gateway:
        for user in ("good", "bad", "fine"):
            assert ask(gateway, user).status_code == 200
        assert len(lago.wait_for_events(2)) == 2
        deadline = time.monotonic() + 10
        while '"dead_letters": 1' not in (said := cli(gateway, "status")[1]):
            assert time.monotonic() < deadline, said
        status, said = cli(gateway, "replay", "--list")
        assert "value_is_not_valid_number" in said
        assert cli(gateway, "reconcile", "--from", "2026-01-01")[0] == 1
        assert cli(gateway, "replay") == (1, "1 dead letters sent again, 1 refused again\n")
        lago.set(poison=[])
        assert cli(gateway, "replay") == (0, "1 dead letters sent again, 0 refused again\n")
        assert cli(gateway, "reconcile", "--from", "2026-01-01")[0] == 0
    assert status == 0
