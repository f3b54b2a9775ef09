"""The queries of the outbox, on one connection that may write. Times are seconds since 1970."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litellm.proxy.db.tables import processes
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from moneta.events import Event
from moneta.tables import balances, dead_letters, outbox, webhooks

_COLUMNS = ("transaction_id", "customer", "subscription", "event", "units")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that this process has claimed."""

    transaction_id: str
    event: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What is in the outbox; `oldest` is when the oldest waiting event was made, None without one."""

    waiting: int = 0
    dead: int = 0
    oldest: float | None = None


class OutboxQueries:
    """Events between the gateway and Lago."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    async def add(self, events: Sequence[Event], now: float) -> None:
        """Put events in; those that are in already stay as they are."""
        rows = [
            {
                "transaction_id": event.transaction_id, "customer": event.customer, "units": event.units,
                "subscription": event.subscription, "event": event.json(), "created_at": now, "due_at": now,
            }
            for event in sorted(events, key=lambda event: event.transaction_id)
        ]  # fmt: skip
        if rows:
            await self._connection.execute(self._dialect.insert(outbox).on_conflict_do_nothing(), rows)

    async def claim(self, owner: str, now: float, until: float, most: int) -> list[Waiting]:
        """Take due events that nobody else has; they are this process's until then."""
        due = select(outbox.c.transaction_id).where(outbox.c.delivered_at.is_(None), outbox.c.due_at <= now)
        due = due.order_by(outbox.c.due_at).limit(most).with_for_update(skip_locked=True)
        taken = (
            update(outbox)
            .where(outbox.c.transaction_id.in_(due.scalar_subquery()))
            .values(claimed_by=owner, due_at=until)
            .returning(outbox.c.transaction_id, outbox.c.event, outbox.c.attempts)
        )
        rows = (await self._connection.execute(taken)).all()
        return [Waiting(row.transaction_id, row.event, row.attempts) for row in rows]

    async def delivered(self, ids: Sequence[str], now: float) -> None:
        """Lago has these."""
        if ids:
            statement = update(outbox).where(outbox.c.transaction_id.in_(sorted(ids)))
            await self._connection.execute(statement.values(delivered_at=now, claimed_by=None))

    async def later(self, ids: Sequence[str], due_at: float, *, counted: bool) -> None:
        """Send these again, not before then; `counted`: the attempt speaks against them."""
        if ids:
            attempts = outbox.c.attempts + int(counted)
            statement = update(outbox).where(outbox.c.transaction_id.in_(sorted(ids)))
            await self._connection.execute(statement.values(due_at=due_at, claimed_by=None, attempts=attempts))

    async def bury(self, reasons: Mapping[str, str], now: float) -> None:
        """Move events to the dead letters, each with the reason."""
        if not reasons:
            return
        gone = delete(outbox).where(outbox.c.transaction_id.in_(sorted(reasons)))
        rows = (await self._connection.execute(gone.returning(outbox))).mappings().all()
        letters = [
            {name: row[name] for name in (*_COLUMNS, "attempts")}
            | {"reason": reasons[row["transaction_id"]], "failed_at": now}
            for row in rows
        ]
        if letters:
            await self._connection.execute(self._dialect.insert(dead_letters).on_conflict_do_nothing(), letters)

    async def letters(self, most: int, after: int = 0) -> list[Mapping[str, Any]]:
        """Dead letters, the latest first, without the first `after` of them."""
        latest = select(dead_letters).order_by(dead_letters.c.failed_at.desc(), dead_letters.c.transaction_id)
        query = latest.limit(most).offset(after)
        return [dict(row) for row in (await self._connection.execute(query)).mappings()]

    async def replay(self, ids: Sequence[str] | None, code: str, now: float) -> int:
        """Send dead letters again, all or these, under the metric `code`; how many there were."""
        gone = delete(dead_letters)
        if ids is not None:
            gone = gone.where(dead_letters.c.transaction_id.in_(sorted(ids)))
        rows = (await self._connection.execute(gone.returning(dead_letters))).mappings().all()
        again = [
            {name: row[name] for name in _COLUMNS}
            | {"created_at": now, "due_at": now, "event": json.dumps({**json.loads(row["event"]), "code": code})}
            for row in rows
        ]
        if again:
            await self._connection.execute(self._dialect.insert(outbox).on_conflict_do_nothing(), again)
        return len(rows)

    async def release(self, owner: str | None, now: float) -> None:
        """Give back what `owner` has claimed; None: what processes that have ended have."""
        gone = or_(
            outbox.c.claimed_by == owner,
            and_(outbox.c.claimed_by.is_not(None), outbox.c.claimed_by.not_in(select(processes.c.owner))),
        )
        mine = outbox.c.claimed_by == owner if owner is not None else gone
        statement = update(outbox).where(outbox.c.delivered_at.is_(None), mine)
        await self._connection.execute(statement.values(due_at=now, claimed_by=None))

    async def purge(self, delivered_before: float) -> None:
        """Forget events that arrived long ago."""
        await self._connection.execute(delete(outbox).where(outbox.c.delivered_at < delivered_before))

    async def counts(self) -> Counts:
        """How many events wait, and how many are dead."""
        query = select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.delivered_at.is_(None))
        waiting, oldest = (await self._connection.execute(query)).one()
        dead = (await self._connection.execute(select(func.count()).select_from(dead_letters))).scalar_one()
        return Counts(int(waiting), int(dead), oldest)

    async def states(self, ids: Sequence[str]) -> dict[str, str]:
        """Transaction id → `waiting`, `delivered` or `dead`, of those that are known here."""
        found: dict[str, str] = {}
        for row in await self._connection.execute(
            select(outbox.c.transaction_id, outbox.c.delivered_at).where(outbox.c.transaction_id.in_(ids))
        ):
            found[row.transaction_id] = "waiting" if row.delivered_at is None else "delivered"
        dead = select(dead_letters.c.transaction_id).where(dead_letters.c.transaction_id.in_(ids))
        return found | {row.transaction_id: "dead" for row in await self._connection.execute(dead)}

    async def revive(self, events: Sequence[Event], now: float) -> None:
        """Put events in whatever is known of them: what was delivered is sent once more."""
        await self._connection.execute(
            delete(outbox).where(outbox.c.transaction_id.in_([event.transaction_id for event in events]))
        )
        await self.add(events, now)


class BalanceQueries:
    """What customers have spent, and how much of it Lago may not have counted yet."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    async def spend(self, sums: Mapping[str, int]) -> None:
        """Add what was spent, by customer, in units."""
        rows = [{"customer": customer, "spent": units} for customer, units in sorted(sums.items())]
        if rows:
            added = self._dialect.insert(balances)
            total = {"spent": balances.c.spent + added.excluded.spent}
            await self._connection.execute(added.on_conflict_do_update(index_elements=["customer"], set_=total), rows)

    async def page(self, page: int, size: int, search: str | None) -> tuple[list[Mapping[str, Any]], int]:
        """Customers by what they spent, the most first, with what of it Lago does not have, and how many there are."""
        columns: list[Any] = [balances]
        for table, units, events, where in (
            (outbox, "waiting", "waiting_events", [outbox.c.delivered_at.is_(None)]),
            (dead_letters, "dead", "dead_letters", []),
        ):
            mine = [table.c.customer == balances.c.customer, *where]
            total = select(func.coalesce(func.sum(table.c.units), 0)).where(*mine).scalar_subquery()
            columns += [total.label(units), select(func.count()).where(*mine).scalar_subquery().label(events)]
        wanted = [balances.c.customer.icontains(search, autoescape=True)] if search else []
        query = select(*columns).where(*wanted).order_by(balances.c.spent.desc(), balances.c.customer)
        rows = (await self._connection.execute(query.limit(size).offset((page - 1) * size))).mappings()
        count = select(func.count()).select_from(balances).where(*wanted)
        return [dict(row) for row in rows], int((await self._connection.execute(count)).scalar_one())

    async def counted(self, customer: str, before: float) -> int:
        """Of all that a customer has spent, what Lago had been told before that moment, in units."""
        query = select(balances.c.spent).where(balances.c.customer == customer)
        spent = (await self._connection.execute(query)).scalar_one_or_none() or 0
        fresh = or_(outbox.c.delivered_at.is_(None), outbox.c.delivered_at >= before)
        query = select(func.coalesce(func.sum(outbox.c.units), 0)).where(outbox.c.customer == customer, fresh)
        waiting = (await self._connection.execute(query)).scalar_one()
        query = select(func.coalesce(func.sum(dead_letters.c.units), 0)).where(dead_letters.c.customer == customer)
        return int(spent) - int(waiting) - int((await self._connection.execute(query)).scalar_one())

    async def lock(self, customer: str) -> int:
        """What a customer has spent; until the end of the transaction nobody else can look at it this way."""
        known = self._dialect.insert(balances).values(customer=customer).on_conflict_do_nothing()
        await self._connection.execute(known)
        query = select(balances.c.spent).where(balances.c.customer == customer).with_for_update()
        return int((await self._connection.execute(query)).scalar_one())


class WebhookQueries:
    """Webhooks that were taken."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    async def take(self, ids: Iterable[str], now: float, keep_s: float) -> bool:
        """Note these names of one webhook; False when one of them was noted before."""
        await self._connection.execute(delete(webhooks).where(webhooks.c.received_at < now - keep_s))
        rows = [{"id": one, "received_at": now} for one in sorted(set(ids))]
        statement = self._dialect.insert(webhooks).on_conflict_do_nothing().returning(webhooks.c.id)
        return len((await self._connection.execute(statement, rows)).all()) == len(rows)
