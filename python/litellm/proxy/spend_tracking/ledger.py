"""Reserve before a call, settle at its end, whatever the end is; exactly once, also through kill -9.

A reservation and a settlement are in the journal before they are acknowledged, and reach the database in batches. At
the start, journals of ended processes are brought to their end: settlements are applied, open reservations settled at
their last known cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.db.budget_repository import BudgetQueries
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.settlement_repository import SettlementQueries
from litellm.proxy.hooks.billing import UNBILLED, Billing
from litellm.proxy.metering import price_of_end
from litellm.proxy.spend_tracking.accounts import NO_BUDGET, Account
from litellm.proxy.spend_tracking.budget_alerts import BudgetAlerts
from litellm.proxy.spend_tracking.journal import Journal, owner_of, remove, settled_line, settled_row, unsettled
from litellm.proxy.spend_tracking.last_money import LastMoney, Least
from litellm.proxy.spend_tracking.settlement import (
    bare,
    clean,
    ended_row,
    identity,
    recovered_row,
    settlement_row,
    typed,
)
from litellm.proxy.spend_tracking.shared_budgets import BudgetExceeded, SharedBudgets, start_windows_anew

log = logging.getLogger("litellm.proxy.ledger")

FLUSH_EVERY_S = 0.1
TEND_EVERY_S = 1.0
RESET_EVERY_S = 30.0
RETRY_AFTER_S = 1.0
BATCH = 2000
"""Rows of a transaction at most. It takes turns of the event loop, as many for few rows as for many, and under load a
turn is long: smaller ones fall behind."""
MAX_WAITING, MAX_WAITING_BYTES = 100_000, 256 << 20
"""Settlements that may wait for a database that is away before new calls are refused."""


class Reservation:
    """What one request has set aside."""

    def __init__(self, ledger: Ledger, auth: UserAPIKeyAuth, request_id: str, model: str, who: dict[str, Any]) -> None:
        self._ledger, self._auth, self._who = ledger, auth, who
        self.request_id, self.model = request_id, model
        self._open = True

    @property
    def who(self) -> dict[str, Any]:
        """Whom the request is counted for, as its settlement says it."""
        return self._who

    def progress(self, pico: int) -> None:
        """A checkpoint: what the request has cost so far, in pico-dollars."""
        if self._open:
            self._ledger.journal.write({"k": "p", "id": self.request_id, "pico": pico})

    async def settle(self, usage: Mapping[str, Any], cost_pico: int, status: str = "success", **details: Any) -> None:
        """The end: what the request has cost. A second call changes nothing."""
        if not self._open:
            return
        row = settlement_row(self._who, self._auth, self.request_id, self.model, usage, cost_pico, status, details)
        self._ledger.settled(row)
        self._open = False


class Ledger:
    """The gateway's money. `folder` holds the journals; `exceeded_status` answers what a budget does not allow."""

    def __init__(
        self, database: Database, folder: Path, *, fsync: bool = False, exceeded_status: int = 422,
        allow_without_database: bool = False, billing: Billing = UNBILLED, alerts: BudgetAlerts | None = None,
    ) -> None:  # fmt: skip
        self._database, self._billing = database, billing
        self.journal = Journal(folder, fsync=fsync)
        self.budgets = SharedBudgets(database, self.journal.owner)
        self._money = LastMoney(self.budgets)
        self._alerts = alerts
        self._exceeded_status, self._allow_without_database = exceeded_status, allow_without_database
        self._waiting: dict[str, bytes] = {}
        """Settlements that the database does not have yet, as the journal's lines, by request id."""
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False
        self._grown: dict[str, int] = {}
        self.is_stuck = False
        """Whether the database did not take the last batch."""
        self.also_done: Callable[[list[str]], None] = lambda ids: None
        """Told as well which requests the database now has."""

    async def start(self) -> None:
        """Open the journal, and bring those of ended processes to their end."""
        self.journal.open()
        await self._billing.start(self._database, self.journal.owner)
        for path, lock in self.journal.abandoned():
            await self._recover(path)
            remove(path, lock)
        await self.budgets.start()
        self._worker = asyncio.create_task(self._work())

    async def _recover(self, path: Path) -> None:
        rows, ended, still_open = unsettled(path)
        rows += [ended_row(record["id"], record, end, price_of_end(end)) for record, end in ended]
        rows += [recovered_row(record) for record in still_open]
        for start in range(0, len(rows), BATCH):
            await self._apply([typed(row) for row in rows[start : start + BATCH]])
        async with self._database.write() as transaction:
            await BudgetQueries(transaction.connection).ended(owner_of(path))
        if still_open:
            log.warning("settled %d calls that a killed process had left open", len(still_open))

    async def stop(self) -> None:
        """Write what waits, give back what is held, and close the journal."""
        self._stopping = True  # where `asyncio.wait_for` swallows the cancellation, which it may before Python 3.12
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        try:
            await self.flush()
            await self.budgets.stop()
        except DATABASE_ERRORS as error:
            log.error("%d settlements stay in the journal: %s", len(self._waiting), error)
        await self._billing.stop()
        self.journal.close()

    @property
    def waiting(self) -> int:
        """Settlements that the database does not have yet."""
        return len(self._waiting)

    async def is_connected(self) -> bool:
        """Whether the database answers."""
        return await self._database.is_connected()

    async def reserve(
        self, auth: UserAPIKeyAuth, request_id: str, model: str, estimate_pico: int,
        accounts: Sequence[Account] = (), sent_pico: int = 0, least: Least | None = None,
    ) -> Reservation:  # fmt: skip
        """Set aside what a call may cost on every one of `accounts`. `sent_pico`: what it costs once it is sent.

        With `least`, a budget that has less left than the estimate, but no less than this, gives all that it has.

        Raises ProxyException: `exceeded_status` when a budget does not allow it, 402 when billing does not, 503 when
        the database is away and a budget cannot be known, or when `MAX_WAITING` settlements wait.
        """
        if len(self._waiting) >= MAX_WAITING or self._waiting_bytes >= MAX_WAITING_BYTES:
            raise ProxyException("the database is away, and too much waits for it", "service_unavailable", None, 503)
        billing = await self._billing.admit(auth, request_id, model, estimate_pico)
        try:
            limited = [account for account in accounts if account.base_pico < NO_BUDGET]
            await self._reserve_budgets(request_id, limited, estimate_pico, least)
            self.watch(accounts)
            who = identity(auth, accounts) | ({"billing": billing} if billing else {})
            record: dict[str, Any] = {"k": "r", "id": request_id, "model": clean(model), "who": who}
            record |= {"started": time.time(), "pico": sent_pico}
            try:
                self.journal.write(record)
            except OSError:
                self._money.settle(request_id, 0)
                raise
        except BaseException:
            self._billing.release(request_id)
            raise
        return Reservation(self, auth, request_id, model, who)

    async def _reserve_budgets(
        self, request_id: str, accounts: Sequence[Account], estimate_pico: int, least: Least | None
    ) -> None:
        try:
            await self._money.reserve(request_id, accounts, estimate_pico, least)
        except BudgetExceeded as error:
            raise ProxyException(str(error), "budget_exceeded", None, self._exceeded_status) from error
        except DATABASE_ERRORS as error:
            log.error("a budget cannot be known: %s", error)
            if not self._allow_without_database:
                message = "the database is away, and the budget cannot be known"
                raise ProxyException(message, "service_unavailable", None, 503) from error

    async def book(self, row: Mapping[str, Any]) -> None:
        """Write a settlement that nothing was reserved for to the database; one that is there already adds nothing.

        Raises SQLAlchemyError or OSError when the database is away.
        """
        await self._apply([typed(row)])

    def settled(self, row: dict[str, Any]) -> None:
        """Note a settlement, durably; the database gets it with the next batch."""
        self._settled(row, self.journal.write({"k": "s", "id": row["request_id"], "row": row}))

    def settled_natively(self, row: dict[str, Any]) -> None:
        """As `settled`, of a request whose end another journal of this process has."""
        self._settled(row, settled_line(row))

    def _settled(self, row: dict[str, Any], line: bytes) -> None:
        request_id = row["request_id"]
        self._money.settle(request_id, row["spend_pico"])
        self._billing.settled(row)
        self._waiting[request_id] = line
        self._waiting_bytes += len(line)
        self._wake.set()

    def watch(self, accounts: Sequence[Account]) -> None:
        """Warn of soft budgets among `accounts`."""
        if self._alerts is not None:
            self._alerts.watch(accounts)

    async def flush(self) -> None:
        """Write everything that waits to the database. Raises SQLAlchemyError or OSError when it is away."""
        async with self.budgets.lock:
            ids = list(self._waiting)
            for start in range(0, len(ids), BATCH):
                batch = ids[start : start + BATCH]
                await self._apply([typed(settled_row(self._waiting[one])) for one in batch], ours=True)
                self._waiting_bytes -= sum(len(self._waiting.pop(one)) for one in batch)
                self.journal.done(batch)
                self.also_done(batch)

    async def _apply(self, rows: Sequence[dict[str, Any]], *, ours: bool = False) -> None:
        """Write a batch; a row that the database refuses is found by halves and written without what it refuses."""
        try:
            sums = await self._write(rows, ours=ours)
        except DBAPIError as error:
            if _is_transient(error):
                raise
            if len(rows) > 1:
                half = len(rows) // 2
                await self._apply(rows[:half], ours=ours)
                await self._apply(rows[half:], ours=ours)
                return
            sums = await self._write_bare(rows[0], error, ours=ours)
        if ours:
            self.budgets.flushed(sums)
            self._grown |= sums

    async def _write_bare(self, row: dict[str, Any], refusal: DBAPIError, *, ours: bool) -> dict[str, int]:
        log.error("the database refuses the log of %s: %s", row["request_id"], type(refusal.orig).__name__)
        try:
            return await self._write([bare(row)], ours=ours)
        except DBAPIError as error:
            if _is_transient(error):
                raise
            self.journal.refuse(row)  # so that those after it are not held up
            log.error("the settlement of %s stands in %s alone", row["request_id"], self.journal.refused)
            return {}

    async def _write(self, rows: Sequence[dict[str, Any]], *, ours: bool) -> dict[str, int]:
        fresh: list[Mapping[str, Any]] = []
        async with self._billing.moving():
            async with self._database.write() as transaction:
                sums = await SettlementQueries(transaction.connection).apply(rows, fresh)
                if ours:
                    held = self.budgets.after(sums)
                    await BudgetQueries(transaction.connection).hold(self.budgets.owner, held)
                await self._billing.write(transaction.connection, fresh, ours=ours)
            if ours:
                self._billing.written(fresh)
        return sums

    async def _work(self) -> None:
        tended, reset = 0.0, time.monotonic()
        while not self._stopping:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TEND_EVERY_S)
            self._wake.clear()
            await asyncio.sleep(FLUSH_EVERY_S)
            try:
                await self.flush()
                self.is_stuck = False
                grown, self._grown = self._grown, {}
                if self._alerts is not None:
                    await self._alerts.grown(grown)
                if time.monotonic() - tended > TEND_EVERY_S:
                    tended = time.monotonic()
                    await self.budgets.tend()
                if time.monotonic() - reset > RESET_EVERY_S:
                    reset = time.monotonic()
                    await start_windows_anew(self._database)
            except DATABASE_ERRORS as error:
                self.is_stuck = True
                log.error("the database is away, %d settlements wait: %s", len(self._waiting), type(error).__name__)
                self._wake.set()
                await asyncio.sleep(RETRY_AFTER_S)
            except Exception:  # whatever it is, settlements go on
                log.exception("%d settlements could not be written", len(self._waiting))
                self._wake.set()
                await asyncio.sleep(RETRY_AFTER_S)


def _is_transient(error: DBAPIError) -> bool:
    """Whether the same statement may succeed later: deadlocks, serialisation, lost connections, a server that stops."""
    if error.connection_invalidated or isinstance(error, OperationalError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return not isinstance(error, (IntegrityError, DataError))
    return state[:2] in ("08", "40", "53", "55", "57", "58", "XX")
