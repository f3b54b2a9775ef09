"""Budgets across processes: what each holds of them, what is spent, when a window starts anew."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.tables import budget_windows, budgets, holds, processes
from litellm.proxy.money import usd_to_pico
from litellm.proxy.spend_tracking.accounts import PLACES, SEPARATOR, Account
from litellm.proxy.spend_tracking.budget_windows import next_reset, window_start

_AT_ONCE = 500
_WITH_OWN_WINDOW = (tables.keys, tables.teams, tables.users)
_WITH_SHARED_BUDGET = (
    tables.end_users, tables.keys, tables.organizations, tables.organization_memberships, tables.tags,
    tables.team_memberships,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one account, in pico-dollars: spent as the database knows it, and held by other living processes."""

    spent: int
    held_by_others: int
    others: int


class BudgetQueries:
    """All queries about holds and windows, on one connection that may write."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    async def lock(self, account: Account, owner: str, alive_since: datetime.datetime) -> Standing:
        """The account's standing; until the end of the transaction nobody else can look at it this way."""
        place, now = PLACES[account.kind], datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        if account.kind == "window":
            await self._roll(account, now)
        elif account.kind == "end_user":
            row = self._dialect.insert(tables.end_users).values(user_id=account.entity_id)
            await self._connection.execute(row.on_conflict_do_nothing())
        query = select(place.table.c.spend).where(place.row(account.entity_id)).with_for_update()
        spend = (await self._connection.execute(query)).scalar_one_or_none()
        held, others = await self._held_by_others(account, owner, alive_since)
        return Standing(usd_to_pico(max(spend or 0.0, 0.0)), held, others)

    async def _held_by_others(self, account: Account, owner: str, alive_since: datetime.datetime) -> tuple[int, int]:
        """What other living processes hold of an account, and how many they are."""
        living = select(processes.c.owner).where(processes.c.seen_at >= alive_since, processes.c.owner != owner)
        theirs = select(func.coalesce(func.sum(holds.c.pico), 0), func.count()).where(
            holds.c.account == account.name, holds.c.owner.in_(living)
        )
        held, others = (await self._connection.execute(theirs)).one()
        return int(held), int(others)

    async def spent(self, account: Account) -> int:
        """What the database knows to be spent of an account, in pico-dollars."""
        place = PLACES[account.kind]
        query = select(place.table.c.spend).where(place.row(account.entity_id))
        return usd_to_pico(max((await self._connection.execute(query)).scalar_one_or_none() or 0.0, 0.0))

    async def _roll(self, account: Account, now: datetime.datetime) -> None:
        """Make the row of a window of its own, and start it anew when its time is over."""
        kind, entity, duration = account.entity_id.split(SEPARATOR)
        start = window_start(now, duration)
        row = self._dialect.insert(budget_windows).values(
            entity_type=kind, entity_id=entity, window_duration=duration, window_start=start, updated_at=now, spend=0.0
        )
        changes = {"window_start": start, "spend": 0.0, "updated_at": now}
        keys = ["entity_type", "entity_id", "window_duration"]
        over = budget_windows.c.window_start < start
        await self._connection.execute(row.on_conflict_do_update(index_elements=keys, set_=changes, where=over))

    async def hold(self, owner: str, amounts: Mapping[str, int]) -> None:
        """Note what `owner` holds of each account, in pico-dollars."""
        rows = [{"account": name, "owner": owner, "pico": pico} for name, pico in sorted(amounts.items())]
        if rows:
            insert = self._dialect.insert(holds)
            statement = insert.on_conflict_do_update(
                index_elements=["account", "owner"], set_={"pico": insert.excluded.pico}
            )
            await self._connection.execute(statement, rows)

    async def drop(self, owner: str, accounts: Sequence[str] | None = None) -> None:
        """Give back what `owner` holds of these accounts, or of all."""
        statement = delete(holds).where(holds.c.owner == owner)
        await self._connection.execute(
            statement if accounts is None else statement.where(holds.c.account.in_(accounts))
        )

    async def seen(self, owner: str, now: datetime.datetime) -> None:
        """Note that `owner` is alive."""
        row = self._dialect.insert(processes).values(owner=owner, seen_at=now)
        await self._connection.execute(row.on_conflict_do_update(index_elements=["owner"], set_={"seen_at": now}))

    async def ended(self, owner: str) -> None:
        """Forget a process that has ended, and all that it held."""
        await self.drop(owner)
        await self._connection.execute(delete(processes).where(processes.c.owner == owner))

    async def bury(self, before: datetime.datetime) -> None:
        """Forget processes that were not seen since `before`, and what they held."""
        dead = select(processes.c.owner).where(processes.c.seen_at < before)
        await self._connection.execute(delete(holds).where(holds.c.owner.in_(dead)))
        await self._connection.execute(delete(processes).where(processes.c.seen_at < before))

    async def own_windows(self, now: datetime.datetime) -> int:
        """Reset the spend of every key, team and user whose own window is over; how many there were."""
        done = 0
        for table in _WITH_OWN_WINDOW:
            (key,) = table.primary_key.columns
            due = [table.c.budget_reset_at <= now, table.c.budget_duration.is_not(None)]
            if table is tables.keys:
                due.append(or_(table.c.expires.is_(None), table.c.expires > now))
            query = select(key, table.c.budget_duration).where(*due).order_by(key).limit(_AT_ONCE)
            for name, duration in (await self._connection.execute(query)).all():
                changes = {"spend": 0.0, "budget_reset_at": _next(now, duration)}
                statement = update(table).where(key == name, table.c.budget_reset_at <= now).values(**changes)
                done += (await self._connection.execute(statement)).rowcount
        return done

    async def shared_windows(self, now: datetime.datetime) -> int:
        """Reset the spend of everything that has a shared budget whose window is over; how many budgets there were."""
        due = [budgets.c.budget_reset_at <= now, budgets.c.budget_duration.is_not(None)]
        query = select(budgets.c.budget_id, budgets.c.budget_duration).where(*due).order_by(budgets.c.budget_id)
        done = 0
        for name, duration in (await self._connection.execute(query.limit(_AT_ONCE))).all():
            statement = update(budgets).where(budgets.c.budget_id == name, budgets.c.budget_reset_at <= now)
            changed = await self._connection.execute(statement.values(budget_reset_at=_next(now, duration)))
            if not changed.rowcount:  # another process was first
                continue
            done += 1
            for table in _WITH_SHARED_BUDGET:
                where = [table.c.budget_id == name]
                if table is tables.keys:
                    where.append(table.c.budget_duration.is_(None))
                await self._connection.execute(update(table).where(*where).values(spend=0.0))
        return done


def _next(now: datetime.datetime, duration: str) -> datetime.datetime | None:
    try:
        return next_reset(now, duration)
    except ValueError:  # written by something else than this gateway: never due again
        return None
