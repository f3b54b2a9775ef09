"""Billing's proofs, against a stand-in for Lago that checks every request and fails at random.

    python -m benches.moneta kills [--events 100000] [--kills 20] [--fail 0.1] [--through ledger|gateway]
                                   [--database sqlite|postgres]
    python -m benches.moneta overhead [--calls 4000]

`kills` makes calls and kills -9 in turn the process that settles them (the ledger alone, or a whole gateway asked over
HTTP) and the stand-in. Afterwards every call that was answered must be one event in Lago, and the spend log, the
customers' accounts and Lago's events must agree to the smallest unit. Exits with 1 when they do not.

`overhead` times a call's reservation and settlement with and without billing in turn, with a warm cache, and prints the
medians and the median of the differences.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.db.database import Database
from litellm.proxy.db.tables import spend_logs
from litellm.proxy.spend_tracking.ledger import Ledger
from moneta.outbox import OutboxQueries
from moneta.reconcile import Reconciler, table
from moneta.tables import balances
from sqlalchemy import func, select

from tests.moneta.rig import running, section
from tests.support import gateway as gateway_process
from tests.support.gateway import Gateway
from tests.support.lago import LagoProcess
from tests.support.postgres import Postgres

gateway_process.START_TIMEOUT_S = 600.0  # also on a machine that does much else
CUSTOMERS = 20
CLIENTS = 32
SINCE = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
DRAIN_S = 300.0


class LedgerProcess:
    """A process that settles calls as fast as it can, and notes each one that it has answered."""

    def __init__(self, folder: Path, lago: LagoProcess, url: str | None, target: int) -> None:
        self._folder, self._lago, self._url, self._target = folder, lago, url, target
        self.acknowledged = folder / "answered.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Go on."""
        command = [sys.executable, "-m", "benches.moneta", "work", "--folder", str(self._folder)]
        command += [
            "--lago",
            self._lago.base,
            "--events",
            str(self._target),
            *(["--url", self._url] if self._url else []),
        ]
        with (self._folder / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Wait for the end, for a process that has made all its calls."""
        assert self._process is not None
        self._process.wait()

    def answered(self) -> list[str]:
        """The ids of the calls that were answered."""
        known = self.acknowledged.read_text() if self.acknowledged.exists() else ""
        return [line for line in known.split("\n") if len(line) == 36]


async def work(folder: Path, lago: str, url: str | None, target: int) -> None:
    """The process: calls until so many are answered over all its lives."""
    acknowledged = folder / "answered.log"
    file = os.open(acknowledged, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(file, b"\n")
    count = len(acknowledged.read_text().split())

    async def client(ledger: Ledger) -> None:
        nonlocal count
        while count < target:
            auth = UserAPIKeyAuth(token="t", end_user_id=f"c{random.randrange(CUSTOMERS)}")
            try:
                reservation = await ledger.reserve(auth, _uuid(), "m", 10**9)
            except ProxyException:
                await asyncio.sleep(0.05)
                continue
            await asyncio.sleep(0)
            await reservation.settle({"prompt_tokens": 7, "completion_tokens": 3}, random.randrange(1, 10**9))
            os.write(file, reservation.request_id.encode() + b"\n")
            count += 1

    settings = section(lago, entitlement={"when_unavailable": "fail_open"})
    async with running(folder, settings, url) as rig:
        await asyncio.gather(*(client(rig.ledger) for _ in range(CLIENTS)))


class GatewayLoad:
    """A whole gateway under clients that ask over HTTP; the same handling as `LedgerProcess`."""

    def __init__(self, folder: Path, lago: LagoProcess, url: str | None, target: int) -> None:
        model = {"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}
        settings = section(lago.base, charge_by="end_user_id", entitlement={"when_unavailable": "fail_open"})
        config = {"model_list": [model], "moneta": settings}
        self._gateway = Gateway(folder, config, env={"DATABASE_URL": url or f"sqlite:///{folder / 'litellm.db'}"})
        self._target, self._over = target, threading.Event()
        self._lock, self._answered = threading.Lock(), list[str]()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Go on."""
        self._gateway.start()
        if not self._threads:
            self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(8)]
            for thread in self._threads:
                thread.start()

    def _ask(self) -> None:
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
        with httpx.Client(headers={"authorization": f"Bearer {self._gateway.env['LITELLM_MASTER_KEY']}"}) as client:
            while len(self._answered) < self._target:
                try:
                    url = f"{self._gateway.base}/v1/chat/completions"
                    answer = client.post(url, json={**body, "user": f"c{random.randrange(CUSTOMERS)}"}, timeout=30)
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    with self._lock:
                        self._answered.append(answer.headers["x-litellm-call-id"])

    def kill(self) -> None:
        """kill -9."""
        self._gateway.kill()

    def stop(self) -> None:
        """Wait for the clients, then end the gateway."""
        for thread in self._threads:
            thread.join()
        self._gateway.stop()

    def answered(self) -> list[str]:
        """The call ids of the answers; the spend log has them as `litellm_call_id`."""
        return list(self._answered)


def kills(folder: Path, url: str | None, through: str, events: int, count: int, fail: float) -> bool:
    """Run the load with kills; whether everything is accounted for exactly once."""
    with LagoProcess(folder) as lago:
        lago.set(customers={"*": {"credits": "1000000000"}}, fail=fail)
        load: Any = (LedgerProcess if through == "ledger" else GatewayLoad)(folder, lago, url, events)
        load.start()
        began = time.monotonic()
        for number in range(count):
            _wait_for(lambda goal=events * (number + 1) // (count + 1): len(load.answered()) >= goal)
            load.kill()
            lago.kill()
            time.sleep(random.uniform(0, 0.3))
            lago.start()
            load.start()
            print(f"kill {number + 1}: {len(load.answered())} answered, {len(lago.events())} in Lago", flush=True)
        load.stop()
        print(f"{len(load.answered())} answered after {time.monotonic() - began:.0f} s", flush=True)
        return asyncio.run(_account(folder, lago, url, load.answered(), by_call_id=through == "gateway"))


async def _account(folder: Path, lago: LagoProcess, url: str | None, answered: list[str], *, by_call_id: bool) -> bool:
    """Let the outbox run empty, with failures still on, and compare all the books."""
    async with running(folder, section(lago.base), url) as rig:
        deadline = time.monotonic() + DRAIN_S
        while (counts := await _counts(rig.database)).waiting and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        lago.set(fail=0)
        found = await Reconciler(rig.moneta.client, rig.database).run(SINCE, _tomorrow())
        known = spend_logs.c.litellm_call_id if by_call_id else spend_logs.c.request_id
        async with rig.database.read() as connection:
            logged = Counter((await connection.execute(select(known))).scalars())
            spent = (await connection.execute(select(func.sum(balances.c.spent)))).scalar_one()
    events = lago.events()
    ids = Counter(event["transaction_id"] for event in events)
    told = sum(rig.moneta.currency.units_of(event["properties"]["cost_askii"]) for event in events)
    here = sum(line.ours for line in found.lines)
    print(table(found, rig.moneta.currency))
    print(f"waiting {counts.waiting}, dead {counts.dead}; units: log {here}, accounts {spent}, Lago {told}")
    wrong = {
        "answered, not logged": sum(one not in logged for one in answered),
        "logged twice": sum(times > 1 for one, times in logged.items() if one),  # a killed call has no call id
        "in Lago twice": sum(times > 1 for times in ids.values()),
        "events and billed calls differ": abs(len(events) - sum(line.calls for line in found.lines)),
        "units differ": abs(here - told) + abs(here - int(spent)),
        "still waiting": counts.waiting, "dead": counts.dead,
        "lines differ": sum(not line.agrees for line in found.lines),
    }  # fmt: skip
    print(json.dumps(wrong))
    return not any(wrong.values())


async def _counts(database: Database) -> Any:
    async with database.read() as connection:
        return await OutboxQueries(connection).counts()


async def overhead(folder: Path, calls: int) -> float:
    """Microseconds that billing adds to a call's reservation and settlement, at the median."""
    with LagoProcess(folder) as lago:
        lago.set(customers={"*": {"credits": "1000000000"}})
        plain_database = Database(f"sqlite:///{folder / 'plain.db'}", folder)
        await plain_database.start()
        plain = Ledger(plain_database, folder / "plain")
        await plain.start()
        async with running(folder, section(lago.base, entitlement={"ttl_s": 3600.0})) as rig:
            auth = UserAPIKeyAuth(token="t", end_user_id="c1")
            times: dict[str, list[float]] = {"billed": [], "plain": []}
            pairs = [("billed", rig.ledger), ("plain", plain)]
            for number in range(calls + 100):
                for name, ledger in pairs if number % 2 else pairs[::-1]:
                    times[name].append(await _timed(ledger, auth))
                if number % 50 == 0:
                    await asyncio.sleep(0.01)
        await plain.stop()
        await plain_database.stop()
    billed, unbilled = times["billed"][100:], times["plain"][100:]
    added = statistics.median(one - other for one, other in zip(billed, unbilled, strict=True))
    print(
        f"reserve + settle, p50 of {calls}: {statistics.median(billed):.1f} µs billed, "
        f"{statistics.median(unbilled):.1f} µs not; billing adds {added:.1f} µs"
    )
    return added


async def _timed(ledger: Ledger, auth: UserAPIKeyAuth) -> float:
    request_id = _uuid()
    begin = time.perf_counter()
    reservation = await ledger.reserve(auth, request_id, "m", 10**9)
    await reservation.settle({"prompt_tokens": 7, "completion_tokens": 3}, 10**8)
    return (time.perf_counter() - begin) * 1e6


def _wait_for(done: Callable[[], bool], timeout_s: float = 1800.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not done() and time.monotonic() < deadline:
        time.sleep(0.1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the proofs; 0 when it holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("proof", choices=("kills", "overhead", "work"))
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--fail", type=float, default=0.1)
    parser.add_argument("--through", choices=("ledger", "gateway"), default="ledger")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--lago")
    parser.add_argument("--url")
    options = parser.parse_args(arguments)
    if options.proof == "work":
        asyncio.run(work(options.folder, options.lago, options.url, options.events))
        return 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        if options.proof == "overhead":
            return 0 if asyncio.run(overhead(Path(name), options.calls)) <= 100 else 1
        with _database(options.database) as url:
            done = kills(Path(name), url, options.through, options.events, options.kills, options.fail)
    return 0 if done else 1


@contextlib.contextmanager
def _database(kind: str) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    with Postgres() as server:
        yield server.database()


def _uuid() -> str:
    return str(uuid.uuid4())


def _tomorrow() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)


if __name__ == "__main__":
    sys.exit(main())
