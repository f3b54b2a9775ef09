"""How much of its balance each customer may still use, given out by several processes without asking Lago each time.

A balance that Lago reports leaves out what Lago has not counted yet. So amounts are counted from a customer's first
call on: `limit` is what Lago had been told when it reported, plus what it reported. What was spent in all, plus what
calls under way may spend, never passes that; and where Lago counts something, both sides of the limit move alike.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from litellm.proxy.db.budget_repository import BudgetQueries, Standing
from litellm.proxy.db.database import Database
from litellm.proxy.spend_tracking.accounts import Account
from litellm.proxy.spend_tracking.shared_budgets import BudgetExceeded, SharedBudgets
from sqlalchemy.ext.asyncio import AsyncConnection

from moneta.outbox import BalanceQueries

KIND = "billing"


class Purse(Account):
    """A customer's balance as an account; its amounts are units, not pico-dollars."""

    @property
    def said(self) -> str:
        """How an error names it."""
        return f"Customer={self.entity_id}"


class Short(Exception):
    """Too little is left; all in units. `left`: of the balance, without what calls under way may use."""

    def __init__(self, left: int, reserved: int, needed: int) -> None:
        super().__init__(f"{needed} units are needed, {left} are left, {reserved} of them reserved")
        self.left, self.reserved, self.needed = left, reserved, needed


class _Queries(BudgetQueries):
    """Of purses: what is spent of them is in Moneta's own table."""

    async def lock(self, account: Account, owner: str, alive_since: datetime.datetime) -> Standing:
        """The purse's standing; until the end of the transaction nobody else can look at it this way."""
        spent = await BalanceQueries(self._connection).lock(account.entity_id)
        held, others = await self._held_by_others(account, owner, alive_since)
        return Standing(spent, held, others)


class Balances:
    """This process's part of every balance. `owner` is its name among the processes on the database."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._budgets = SharedBudgets(database, owner, _Queries)
        self._open: dict[str, str] = {}
        """Request id → customer, of reservations whose end the database does not know yet."""

    async def limit(self, customer: str, units: int, told_before: float) -> int:
        """The limit that a balance of `units` means which takes in what Lago was told before that moment."""
        async with self._database.read() as connection:
            return await BalanceQueries(connection).counted(customer, told_before) + units

    async def reserve(self, request_id: str, customer: str, limit: int, units: int) -> None:
        """Set units aside. Raises Short, and what an absent database raises."""
        try:
            await self._budgets.reserve(request_id, [Purse(KIND, customer, limit)], units)
        except BudgetExceeded as error:
            raise Short(limit - error.spent, error.reserved, units) from error
        self._open[request_id] = customer

    def settle(self, request_id: str, units: int) -> None:
        """End a reservation with what was spent, which the database does not know yet."""
        if request_id in self._open:
            self._budgets.settle(request_id, units)

    def release(self, request_id: str) -> None:
        """End a reservation of which nothing will ever be spent."""
        if self._open.pop(request_id, None) is not None:
            self._budgets.settle(request_id, 0)

    def recheck(self, customer: str) -> None:
        """Ask the database again before more of this balance is given out."""
        self._database.events.deliver([f"{KIND}:{customer}"])

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """Held while spent units move to the database."""
        async with self._budgets.lock:
            yield

    async def spend(self, connection: AsyncConnection, spent: Mapping[str, tuple[str, int]], *, ours: bool) -> None:
        """Add to a transaction what was spent: request id → customer and units."""
        sums: dict[str, int] = {}
        for customer, units in spent.values():
            sums[customer] = sums.get(customer, 0) + units
        await BalanceQueries(connection).spend(sums)
        if ours:
            held = self._budgets.after(self._by_account(spent))
            await BudgetQueries(connection).hold(self._budgets.owner, held)

    def spent(self, spent: Mapping[str, tuple[str, int]]) -> None:
        """That transaction is committed."""
        self._budgets.flushed(self._by_account(spent))
        for request_id in spent:
            self._open.pop(request_id, None)

    def _by_account(self, spent: Mapping[str, tuple[str, int]]) -> dict[str, int]:
        """Sums by account, of those that had a reservation here."""
        sums: dict[str, int] = {}
        for request_id, (customer, units) in spent.items():
            if request_id in self._open:
                name = f"{KIND}:{customer}"
                sums[name] = sums.get(name, 0) + units
        return sums

    async def tend(self) -> None:
        """Say that this process lives, and give back what it does not use."""
        await self._budgets.tend()
