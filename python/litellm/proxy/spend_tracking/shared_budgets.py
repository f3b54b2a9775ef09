"""Budgets that several processes give out together, without asking the database at each request.

A process holds a part of a budget: `litellm_rust_budget_holds` says how much. Of its part it gives out alone, in one
atomic step of the native table; when it is used up, a transaction that locks the entity's row enlarges it. What is
spent plus what all living processes hold never passes the budget, so no two processes admit the same money.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.litellm_core_utils.accelerator import budget_table
from litellm.proxy.db.budget_repository import BudgetQueries, Standing
from litellm.proxy.db.database import Database
from litellm.proxy.db.events import EVERYTHING
from litellm.proxy.money import pico_to_usd
from litellm.proxy.spend_tracking.accounts import Account
from litellm.proxy.spend_tracking.budget_windows import utc_now

log = logging.getLogger("litellm.proxy.budgets")

ALIVE_S = 60.0
"""How long a process that is not heard of keeps what it holds."""
HEARTBEAT_S = 10.0
SHARE = 4
"""A process takes, beyond what it needs, one part in this many of what is left, divided by the processes that hold."""
REFUSAL_TTL_S = 0.25
"""How long a refusal is repeated without asking the database again."""
IDLE_S = 1.0
RECALL_WAIT_S = 0.15
MAX_REFUSALS = 10_000
ATTEMPTS = 5

RECALL = "recall:"
_SHARED = ("team:", "organization:", "budget:")


class BudgetExceeded(Exception):
    """An account does not allow an amount; all in pico-dollars."""

    def __init__(self, account: Account, spent: int, reserved: int, asked: int, elsewhere: int = 0) -> None:
        super().__init__(
            f"Budget has been exceeded! {account.said} Current cost: {pico_to_usd(spent)}, Max budget: "
            f"{pico_to_usd(account.limit_pico)}; reserved by calls under way: {pico_to_usd(reserved)}, "
            f"this call may cost: {pico_to_usd(asked)} (USD)"
        )
        self.account, self.spent, self.reserved, self.asked = account, spent, reserved, asked
        self.elsewhere = elsewhere
        """What of `reserved` other processes hold."""


class _Passage(asyncio.Lock):
    """A lock; those who only want to know what its holder changed all go on at once when it is released.

    In a queue for the lock each would wait for a turn of a loop that is busy with others.
    """

    def __init__(self) -> None:
        super().__init__()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Give the lock up, and wake everybody in `until_released`."""
        super().release()
        self._released.set()
        self._released = asyncio.Event()

    async def until_released(self) -> None:
        """Wait for the holder to give the lock up."""
        await self._released.wait()


class SharedBudgets:
    """This process's part of every budget. `owner` is its name among the processes on the database."""

    def __init__(
        self, database: Database, owner: str, queries: Callable[[AsyncConnection], BudgetQueries] = BudgetQueries
    ) -> None:
        self._database, self.owner, self._queries = database, owner, queries
        self.table = budget_table()
        self._used: dict[str, float] = {}
        self._refusals: dict[str, tuple[float, BudgetExceeded]] = {}
        self._seen = time.monotonic()
        self._changes = 0
        self._recalls: set[asyncio.Task[None]] = set()
        self.lock = _Passage()
        """Held by whoever moves money between this process and the database."""
        database.events.subscribe(self._changed)

    async def reserve(self, request_id: str, accounts: Sequence[Account], pico: int) -> None:
        """Set `pico` aside on every account, or on none. Raises BudgetExceeded, and what an absent database raises."""
        if not accounts:
            return
        self.check_heard()
        if self._refusal(request_id, accounts, pico) is None:
            return
        while self.lock.locked():
            await self.lock.until_released()
            if self._refusal(request_id, accounts, pico) is None:
                return
        async with self.lock:
            if self._refusal(request_id, accounts, pico) is None:
                return
            self._repeat_refusal(accounts, pico)
            await self._obtain(accounts, pico)
            refusal = self._refusal(request_id, accounts, pico)
            if refusal is not None:  # another call took it meanwhile
                name, (_, spent, reserved, _) = refusal
                raise BudgetExceeded(next(item for item in accounts if item.name == name), spent, reserved, pico)

    async def reserve_rest(self, request_id: str, account: Account, least_pico: int) -> int:
        """Set all that is left of an account aside, at least `least_pico`; how much it is.

        Raises BudgetExceeded, and what an absent database raises.
        """
        self.check_heard()
        async with self.lock:
            self._touch(account)
            await self._obtain([account], least_pico, whole=True)
            held, spent, reserved, _ = self.table.status(account.name)
            rest = int(held or 0) - spent - reserved
            if rest < max(least_pico, 1):  # another call took it meanwhile
                raise BudgetExceeded(account, spent, reserved, least_pico)
            if self.table.reserve(request_id, [account.name], rest) is not None:  # by the native front
                raise BudgetExceeded(account, spent, reserved, least_pico)
            return int(rest)

    async def _obtain(self, accounts: Sequence[Account], pico: int, *, whole: bool = False) -> None:
        """Hold enough of every account for `pico` more, with `whole` all that is left. Raises BudgetExceeded."""
        try:
            await self._enlarge(accounts, pico, whole)
        except BudgetExceeded as refusal:
            if not await self._could_change(refusal):
                self._remember(refusal)
                raise
            try:
                await self._enlarge(accounts, pico, whole)
            except BudgetExceeded as again:
                self._remember(again)
                raise

    def _refusal(self, request_id: str, accounts: Sequence[Account], pico: int) -> Any:
        """Reserve out of what is held: None, or which account is short of it, and how that stands."""
        for account in accounts:
            self._touch(account)
        return self.table.reserve(request_id, [account.name for account in accounts], pico)

    def _touch(self, account: Account) -> None:
        if account.name not in self._used:
            self.table.set(account.name, 0)
        self._used[account.name] = time.monotonic()

    def settle(self, request_id: str, pico: int) -> None:
        """End a reservation with what was spent, which the database does not know yet."""
        self.table.settle(request_id, pico)

    async def _enlarge(self, accounts: Sequence[Account], pico: int, whole: bool) -> None:
        """Hold enough of every account for `pico` more. Raises BudgetExceeded."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._try_enlarge(accounts, pico, whole)
            except DBAPIError as error:  # a deadlock with another process: it has ended by now
                if attempt == ATTEMPTS - 1 or getattr(error.orig, "sqlstate", None) not in ("40P01", "40001"):
                    raise
        return None

    async def _try_enlarge(self, accounts: Sequence[Account], pico: int, whole: bool) -> None:
        alive_since = utc_now() - datetime.timedelta(seconds=ALIVE_S)
        granted: dict[str, int] = {}
        changes = self._changes
        async with self._database.write() as transaction:
            queries = self._queries(transaction.connection)
            for account in sorted(accounts, key=lambda item: item.name):
                standing = await queries.lock(account, self.owner, alive_since)
                granted[account.name] = self._grant(account, standing, pico, whole)
            await queries.hold(self.owner, granted)
        for name, amount in granted.items():
            _, spent, reserved, _ = self.table.status(name)
            enough = amount if changes == self._changes else min(amount, spent + reserved + max(pico, 1))
            self.table.set(name, enough, spent=spent)

    def _grant(self, account: Account, standing: Standing, pico: int, whole: bool) -> int:
        status: tuple[int | None, int, int, float | None] = self.table.status(account.name)
        held, spent, reserved, _ = status
        mine = account.limit_pico - standing.spent - standing.held_by_others
        need = spent + reserved + max(pico, 1)
        if need > mine:
            elsewhere = standing.held_by_others
            raise BudgetExceeded(account, standing.spent + spent, elsewhere + reserved, pico, elsewhere)
        if whole:
            return mine
        return max(int(held or 0), need + (mine - need) // (SHARE * (standing.others + 1)))

    async def _could_change(self, refusal: BudgetExceeded) -> bool:
        """Start windows that are over anew, and ask other processes for what they do not use; whether any may help."""
        if await start_windows_anew(self._database):
            return True
        if refusal.elsewhere <= 0:
            return False
        async with self._database.write() as transaction:
            transaction.changed(f"{RECALL}{self.owner}:{refusal.account.name}")
        await asyncio.sleep(RECALL_WAIT_S)
        return True

    def _repeat_refusal(self, accounts: Sequence[Account], pico: int) -> None:
        now = time.monotonic()
        for account in accounts:
            until, refusal = self._refusals.get(account.name, (0.0, None))
            if refusal is not None and until > now and pico >= refusal.asked and account == refusal.account:
                raise BudgetExceeded(account, refusal.spent, refusal.reserved, pico)

    def _remember(self, refusal: BudgetExceeded) -> None:
        if len(self._refusals) >= MAX_REFUSALS:
            self._refusals.clear()
        self._refusals[refusal.account.name] = (time.monotonic() + REFUSAL_TTL_S, refusal)

    def freed(self, account: Account) -> None:
        """Much of an account is free again: what was refused may be asked for."""
        self._refusals.pop(account.name, None)

    def after(self, sums: Mapping[str, int]) -> dict[str, int]:
        """What is to be held once the database knows of `sums`, by account. For a holder of `lock`."""
        return {name: max((self.table.status(name)[0] or 0) - sums[name], 0) for name in sums if name in self._used}

    def flushed(self, sums: Mapping[str, int]) -> None:
        """The database knows of `sums` now."""
        for name, pico in sums.items():
            if name in self._used:
                held, spent, _, _ = self.table.status(name)
                self.table.set(name, max((held or 0) - pico, 0), spent=max(spent - pico, 0))

    async def tend(self) -> None:
        """Say that this process lives, bury the dead, and give back what is not used. Raises what the database does."""
        now, idle_before = utc_now(), time.monotonic() - IDLE_S
        async with self.lock:
            idle = [name for name, used in self._used.items() if used < idle_before and not self._in_use(name)]
            beat = time.monotonic() - self._seen > HEARTBEAT_S
            if not idle and not beat:
                return
            for name in idle:
                self.table.set(name, 0)
            idle = [name for name in idle if not self._in_use(name)]  # the native front may have been quicker
            async with self._database.write() as transaction:
                queries = BudgetQueries(transaction.connection)
                await queries.drop(self.owner, idle)
                await queries.seen(self.owner, now)
                await queries.bury(now - datetime.timedelta(seconds=2 * ALIVE_S))
            self._seen = time.monotonic()
            for name in idle:
                if not self._in_use(name):
                    del self._used[name]
                    self.table.remove(name)

    async def start(self) -> None:
        """Take a place among the processes."""
        async with self._database.write() as transaction:
            await BudgetQueries(transaction.connection).seen(self.owner, utc_now())

    async def stop(self) -> None:
        """Give everything back."""
        async with self._database.write() as transaction:
            await BudgetQueries(transaction.connection).ended(self.owner)

    def check_heard(self) -> None:
        """Give nothing more out of what others may believe to be free: the database was away for too long."""
        if time.monotonic() - self._seen > ALIVE_S - 2 * HEARTBEAT_S:
            self._shrink(list(self._used))

    def _in_use(self, name: str) -> int:
        _, spent, reserved, _ = self.table.status(name)
        return int(spent + reserved)

    def _shrink(self, names: Sequence[str]) -> None:
        """Hold only what is in use; whatever more is needed is asked for again."""
        for name in names:
            if name in self._used:
                _, spent, reserved, _ = self.table.status(name)
                self.table.set(name, spent + reserved, spent=spent)

    def _changed(self, topic: str) -> None:
        self._refusals.clear()
        self._changes += 1
        if topic == EVERYTHING or topic.startswith(_SHARED):
            self._shrink(list(self._used))
        elif topic.startswith(RECALL):
            self._recalled(topic.removeprefix(RECALL))
        else:
            kind, _, name = topic.partition(":")
            self._shrink([topic, *(used for used in self._used if kind == "key" and name and name in used)])

    def _recalled(self, what: str) -> None:
        asker, _, name = what.partition(":")
        if name in self._used and asker != self.owner:
            task = asyncio.ensure_future(self._give_back(name))
            self._recalls.add(task)
            task.add_done_callback(self._recalls.discard)

    async def _give_back(self, name: str) -> None:
        async with self.lock:
            self._shrink([name])
            async with self._database.write() as transaction:
                await BudgetQueries(transaction.connection).hold(self.owner, {name: self._in_use(name)})


async def start_windows_anew(database: Database) -> int:
    """Reset the spend of every budget whose window is over; how many there were."""
    done = 0
    async with database.write() as transaction:
        done += await BudgetQueries(transaction.connection).own_windows(utc_now())
    async with database.write() as transaction:
        done += await BudgetQueries(transaction.connection).shared_windows(utc_now())
    return done


def status_of(settings: Mapping[str, Any]) -> int:
    """The HTTP status of an exceeded budget: `litellm_settings.budget_exceeded_status_code`, upstream's 422 else."""
    given = settings.get("budget_exceeded_status_code")
    return given if isinstance(given, int) and 400 <= given <= 599 else 422
