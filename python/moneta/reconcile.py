"""The gateway's spend log beside Lago's events: what one of them has and the other has not."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.proxy.db.database import Database
from litellm.proxy.db.tables import spend_logs
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from moneta.client import MonetaClient
from moneta.currency import Currency
from moneta.events import Event, EventWriter
from moneta.outbox import OutboxQueries

PAGE = 2000
MARGIN = datetime.timedelta(hours=1)
"""A call is logged by when it came, its event by when it was admitted."""
PARALLEL = 4
_COLUMNS = (
    "request_id", "startTime", "spend", "status", "model", "model_group", "custom_llm_provider", "api_key", "user",
    "team_id", "organization_id", "end_user", "prompt_tokens", "completion_tokens", "total_tokens",
    "request_duration_ms", "metadata",
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """One day of a subscription. Costs in units; `extra`: events of Lago's that the spend log does not have."""

    day: str
    subscription: str
    code: str
    calls: int = 0
    events: int = 0
    ours: int = 0
    theirs: int = 0
    waiting: int = 0
    dead: int = 0
    missing: int = 0
    extra: int = 0
    unequal: int = 0

    @property
    def agrees(self) -> bool:
        """Whether both sides have the same."""
        return not (self.waiting or self.dead or self.missing or self.extra or self.unequal)


@dataclass(slots=True)
class Reconciliation:
    """The lines by day and subscription, and the events that Lago lacks and that are not on their way."""

    lines: list[Line] = field(default_factory=list)
    missing: list[Event] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether both sides have the same everywhere."""
        return all(line.agrees for line in self.lines)


class Reconciler:
    """Compares; `since` and `until` are UTC, the latter not included."""

    def __init__(self, client: MonetaClient, database: Database) -> None:
        self._client, self._database = client, database
        settings = client.settings
        self._writer = EventWriter(settings.event_code, client.currency, settings.report_failures)

    async def run(
        self, since: datetime.datetime, until: datetime.datetime, subscription: str | None = None
    ) -> Reconciliation:
        """Compare everything between two moments. Raises MonetaError, and what an absent database raises."""
        ours: dict[str, dict[str, Event]] = {}
        async for event in self._logged(since, until):
            if subscription in (None, event.subscription):
                ours.setdefault(event.subscription, {})[event.transaction_id] = event
        if subscription is not None:
            ours.setdefault(subscription, {})
        gate = asyncio.Semaphore(PARALLEL)

        async def one(name: str) -> Reconciliation:
            async with gate:
                return await self._compare(name, ours[name], since, until)

        found = Reconciliation()
        for part in await asyncio.gather(*(one(name) for name in sorted(ours))):
            found.lines += part.lines
            found.missing += part.missing
        found.lines.sort(key=lambda line: (line.day, line.subscription))
        return found

    async def repair(self, missing: Iterable[Event], now: float) -> None:
        """Put events that Lago lacks into the outbox."""
        for some in _chunks(list(missing)):
            async with self._database.write() as transaction:
                await OutboxQueries(transaction.connection).revive(some, now)

    async def _compare(
        self, name: str, ours: Mapping[str, Event], since: datetime.datetime, until: datetime.datetime
    ) -> Reconciliation:
        last = until - datetime.timedelta(milliseconds=1)
        listed = await self._client.aevents(name, _iso(since), _iso(last))
        theirs = {event["transaction_id"]: event for event in listed}
        states = await self._states([one for one in ours if one not in theirs])
        book = _Book(name, self._client.settings.event_code, self._client.currency)
        missing = []
        for one, event in ours.items():
            book.ours(event, theirs.get(one), states.get(one))
            if one not in theirs and states.get(one) in (None, "delivered"):
                missing.append(event)
        for one, known in theirs.items():
            book.theirs(known, expected=one in ours)
        return Reconciliation(list(book.lines.values()), missing)

    async def _states(self, ids: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        async with self._database.read() as connection:
            for some in _chunks(ids):
                found |= await OutboxQueries(connection).states(some)
        return found

    async def _logged(self, since: datetime.datetime, until: datetime.datetime) -> AsyncIterator[Event]:
        """The events of the spend log whose time is between two moments."""
        async with self._database.read() as connection:
            async for row in _rows(connection, _naive(since - MARGIN), _naive(until + MARGIN)):
                event = self._writer.event(row)
                if event is not None and since.timestamp() <= float(event.timestamp) < until.timestamp():
                    yield event


class _Book:
    """Adds up the lines of one subscription."""

    def __init__(self, subscription: str, code: str, currency: Currency) -> None:
        self._subscription, self._code, self._currency = subscription, code, currency
        self.lines: dict[str, Line] = {}

    def _line(self, day: str) -> Line:
        return self.lines.setdefault(day, Line(day, self._subscription, self._code))

    def ours(self, event: Event, theirs: Mapping[str, Any] | None, state: str | None) -> None:
        line = self._line(_day(float(event.timestamp)))
        line.calls += 1
        line.ours += event.units
        if theirs is not None:
            line.unequal += self._units(theirs) != event.units
        elif state in ("waiting", "dead"):
            setattr(line, state, getattr(line, state) + 1)
        else:
            line.missing += 1

    def theirs(self, event: Mapping[str, Any], *, expected: bool) -> None:
        line = self._line(str(event["timestamp"])[:10])
        line.events += 1
        line.theirs += self._units(event)
        line.extra += not expected

    def _units(self, event: Mapping[str, Any]) -> int:
        cost = (event.get("properties") or {}).get(f"cost_{self._currency.name.lower()}")
        return self._currency.units_of(str(cost or 0))


async def _rows(
    connection: AsyncConnection, since: datetime.datetime, until: datetime.datetime
) -> AsyncIterator[Mapping[str, Any]]:
    """Rows of the spend log in the order of their time, a page at a time."""
    columns = spend_logs.c
    place = tuple_(columns.startTime, columns.request_id)
    query = select(*(columns[name] for name in _COLUMNS)).where(columns.startTime < until)
    query = query.order_by(columns.startTime, columns.request_id).limit(PAGE)
    last: tuple[datetime.datetime, str] = (since, "")
    while True:
        rows = (await connection.execute(query.where(place > last))).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < PAGE:
            return
        last = (rows[-1]["startTime"], rows[-1]["request_id"])


def _chunks(items: list[Any], size: int = 500) -> Iterator[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _naive(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(datetime.timezone.utc).replace(tzinfo=None)


def _iso(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d")


def table(found: Reconciliation, currency: Currency) -> str:
    """The lines as text, with a last line that says whether all agrees."""
    head = (
        "day", "subscription", "metric", "calls", "events", f"{currency.name} here", f"{currency.name} in Lago",
        "waiting", "dead", "missing", "extra", "unequal",
    )  # fmt: skip
    rows = [head] + [
        (
            line.day, line.subscription, line.code, str(line.calls), str(line.events), currency.text(line.ours),
            currency.text(line.theirs), str(line.waiting), str(line.dead), str(line.missing), str(line.extra),
            str(line.unequal),
        )
        for line in found.lines
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    differing = sum(not line.agrees for line in found.lines)
    calls, events = sum(line.calls for line in found.lines), sum(line.events for line in found.lines)
    return "\n".join([*text, f"{calls} calls, {events} events, {differing} lines differ"])
