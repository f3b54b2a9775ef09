"""The spend log beside Lago's events: reconciled, repaired, replayed, on each database."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner
from moneta.cli import commands

from tests.moneta.rig import Rig, running, section
from tests.support.lago import LagoProcess


class Books:
    """A rig, and the commands on the same database."""

    def __init__(self, folder: Path, lago: LagoProcess, env: dict[str, str]) -> None:
        self.folder, self.section, self.url = folder, section(lago.base), env.get("DATABASE_URL")
        config: dict[str, Any] = {"moneta": self.section}
        if self.url:
            config["general_settings"] = {"database_url": self.url}
        self._config = folder / "config.yaml"
        self._config.write_text(yaml.safe_dump(config))

    def rig(self) -> Any:
        """A gateway's billing."""
        return running(self.folder, self.section, self.url)

    async def cli(self, *arguments: str) -> tuple[int, str]:
        """`litellm moneta …`: its exit status, and what it says."""
        command = ["--config", str(self._config), *arguments]
        env = {"LITELLM_DATA_DIR": str(self.folder)}
        done = await asyncio.to_thread(CliRunner().invoke, commands, command, env=env)
        return done.exit_code, done.output

    async def reconcile(self, *more: str) -> tuple[int, str]:
        """The exit status of a reconciliation, and its last line."""
        status, said = await self.cli("reconcile", "--from", "2026-01-01", *more)
        return status, said.splitlines()[-1]


async def until_sent(rig: Rig, waiting: int = 0) -> None:
    deadline = time.monotonic() + 15
    await rig.ledger.flush()
    while True:
        await rig.moneta._sender.tend()
        if rig.moneta.metrics.waiting == waiting:
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_what_lago_lost_is_found_and_repaired(
    lago: LagoProcess, tmp_path: Path, database_env: dict[str, str]
) -> None:
    books = Books(tmp_path, lago, database_env)
    async with books.rig() as rig:
        for customer in ("c1", "c1", "c2"):
            await rig.call(customer, costs="0.5")
        await until_sent(rig)
        before = lago.events()
        assert await books.reconcile() == (0, "3 calls, 3 events, 0 lines differ")
        lago.kill()
        assert (await books.cli("reconcile", "--from", "2026-01-01"))[0] == 2
        one, _, other = sorted(before, key=lambda event: str(event["external_subscription_id"]))
        changed = {**one, "properties": {**one["properties"], "cost_askii": "7"}}
        foreign = {**one, "transaction_id": "not-ours"}
        lines = (json.dumps(event) for event in (changed, foreign, other))
        (lago.folder / "events.log").write_text("\n".join(lines) + "\n")
        lago.start()
        status, said = await books.cli("reconcile", "--from", "2026-01-01", "--subscription", "c1")
        assert status == 1
        row = said.splitlines()[1].split()
        assert row[3:] == ["2", "2", "1.000000", "7.500000", "0", "0", "1", "1", "1"], said
        (lago.folder / "events.log").write_text(json.dumps(other) + "\n")
        lago.kill()
        lago.start()
        assert await books.reconcile("--repair") == (0, "3 calls, 3 events, 0 lines differ")
    assert sorted(lago.events(), key=str) == sorted(before, key=str), "the same events, to the letter"


async def test_poisonous_events_are_set_aside_and_replayed(
    lago: LagoProcess, tmp_path: Path, database_env: dict[str, str]
) -> None:
    books = Books(tmp_path, lago, database_env)
    lago.set(poison=["bad"])
    async with books.rig() as rig:
        for customer in ("good", "bad", "fine"):
            await rig.call(customer)
        await until_sent(rig)
        assert len(lago.events()) == 2
        assert json.loads((await books.cli("status"))[1])["dead_letters"] == 1
        assert "value_is_not_valid_number" in (await books.cli("replay", "--list"))[1]
        assert await books.reconcile() == (1, "3 calls, 2 events, 1 lines differ")
        assert await books.cli("replay") == (1, "1 dead letters sent again, 1 refused again\n")
        lago.set(poison=[])
        assert await books.cli("replay") == (0, "1 dead letters sent again, 0 refused again\n")
        assert await books.reconcile() == (0, "3 calls, 3 events, 0 lines differ")
        assert await books.cli("balance", "good") == (0, "999999.000000 ASKII\n")


async def test_lago_away_holds_up_no_call(lago: LagoProcess, tmp_path: Path) -> None:
    books = Books(tmp_path, lago, {})
    async with books.rig() as rig:
        await rig.call()
        await until_sent(rig)
        lago.kill()
        for _ in range(150):
            await rig.call()
        await until_sent(rig, 150)
    lago.start()
    lago.set(fail=0.3)
    async with books.rig() as rig:
        await until_sent(rig)
    assert len(lago.events()) == len({event["transaction_id"] for event in lago.events()}) == 151
    assert await books.reconcile() == (0, "151 calls, 151 events, 0 lines differ")


async def test_an_old_event_keeps_its_rate(lago: LagoProcess, tmp_path: Path) -> None:
    books = Books(tmp_path, lago, {})
    books.section |= {"currency": {"rates": [{"per_usd": "2"}, {"from": "2126-01-01", "per_usd": "9"}]}}
    async with books.rig() as rig:
        await rig.call(costs="0.5")
        await until_sent(rig)
    (event,) = lago.events()
    assert event["properties"]["cost_askii"] == "1.000000"


async def test_an_event_that_breaks_lago_holds_up_no_other(lago: LagoProcess, tmp_path: Path) -> None:
    books = Books(tmp_path, lago, {})
    books.section["outbox"]["max_attempts"] = 3
    lago.set(broken=["breaks"])
    async with books.rig() as rig:
        for customer in ("c1", "breaks", "c2", "c3"):
            await rig.call(customer)
        await asyncio.to_thread(lago.wait_for_events, 3)
        await until_sent(rig)
        assert rig.moneta.metrics.dead == 1
        assert "Lago answers 500" in (await books.cli("replay", "--list"))[1]
        lago.set(broken=[])
        assert (await books.cli("replay"))[0] == 0
        assert await books.reconcile() == (0, "4 calls, 4 events, 0 lines differ")
