"""How often each guardrail and policy ran, refused and took, by day: counted in memory, added up in the database."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.repository import Row
from litellm.proxy.db.tables.columns import utc_now
from litellm.proxy.guardrails.run_log import Run, RunLog

log = logging.getLogger("litellm.proxy.guardrails")

FLUSH_EVERY_S = 10.0
MAX_DAYS = 366
GUARDRAIL, POLICY = "guardrail", "policy"
_TABLES = {GUARDRAIL: (tables.guardrail_days, "guardrail_id"), POLICY: (tables.policy_days, "policy_id")}
"""What is counted by day: the table, and the column of the id."""
_BLOCKED = "guardrail_intervened"
_WARNING, _CRITICAL = 5.0, 15.0
"""Percent of refusals from which on a guardrail is shown as `warning` or `critical`."""


@dataclass(slots=True)
class _Count:
    runs: int = 0
    blocked: int = 0
    failed: int = 0
    latency_ms: float = 0.0


class GuardrailCounts:
    """What this process counted and has not written yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._log = RunLog()
        self._counts: dict[tuple[str, str, str], _Count] = {}
        """By kind, id and day."""
        self._task: asyncio.Task[None] | None = None

    def told(self, run: Run) -> None:
        """A guardrail has run."""
        day = utc_now().date().isoformat()
        for kind, name in ((GUARDRAIL, run.guardrail_id), *((POLICY, policy_id) for policy_id in run.policies)):
            found = self._counts.setdefault((kind, name, day), _Count())
            found.runs += 1
            found.latency_ms += run.seconds * 1000
            found.blocked += run.status == _BLOCKED
            found.failed += run.status == "guardrail_failed_to_respond"
        self._log.told(run)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._later())

    async def _later(self) -> None:
        await asyncio.sleep(FLUSH_EVERY_S)
        try:
            await self.flush()
        except DATABASE_ERRORS as error:
            log.warning("runs of guardrails are not written: %s", type(error).__name__)

    async def flush(self) -> None:
        """Write what was counted. Raises what an absent database raises, and keeps the counts then."""
        taken, self._counts = self._counts, {}
        if not taken:
            return
        rows = self._log.take()  # where they cannot be written, the counts are kept, and they are not
        try:
            async with self._database.write() as transaction:
                await self._log.write(transaction.connection, rows)
                for (kind, name, day), count in sorted(taken.items()):
                    await _add(transaction.connection, kind, name, day, count)
        except DATABASE_ERRORS:
            for key, count in taken.items():
                kept = self._counts.setdefault(key, _Count())
                for name in ("runs", "blocked", "failed", "latency_ms"):
                    setattr(kept, name, getattr(kept, name) + getattr(count, name))
            raise

    async def stop(self) -> None:
        """Write the last ones."""
        if self._task is not None:
            self._task.cancel()
        try:
            await self.flush()
        except DATABASE_ERRORS as error:
            log.warning("runs of guardrails are lost: %s", type(error).__name__)


async def _add(connection: AsyncConnection, kind: str, name: str, day: str, count: _Count) -> None:
    days, column = _TABLES[kind]
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(days).values({column: name, "date": day})
    await connection.execute(row.on_conflict_do_nothing(index_elements=[column, "date"]))
    before = func.coalesce(days.c.avg_latency_ms, 0.0) * days.c.requests_evaluated
    change = update(days).where(days.c[column] == name, days.c.date == day)
    await connection.execute(
        change.values(
            avg_latency_ms=(before + count.latency_ms) / (days.c.requests_evaluated + count.runs),
            requests_evaluated=days.c.requests_evaluated + count.runs,
            passed_count=days.c.passed_count + (count.runs - count.blocked - count.failed),
            blocked_count=days.c.blocked_count + count.blocked,
            flagged_count=days.c.flagged_count + count.failed,
        )
    )


async def days_of(
    connection: AsyncConnection, start: str, end: str, name: str | None = None, *, kind: str = GUARDRAIL
) -> list[Row]:
    """The rows of days from `start` to `end`, both included; of one guardrail or policy, or of all."""
    days, column = _TABLES[kind]
    query = select(days).where(days.c.date >= start, days.c.date <= end).order_by(days.c.date)
    if name is not None:
        query = query.where(days.c[column] == name)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def span(start: str | None, end: str | None) -> tuple[str, str]:
    """The days that are meant; by default the last seven. Raises ValueError for what is no day."""
    last = datetime.date.fromisoformat(end) if end else utc_now().date()
    first = datetime.date.fromisoformat(start) if start else last - datetime.timedelta(days=7)
    return max(first, last - datetime.timedelta(days=MAX_DAYS)).isoformat(), last.isoformat()


def summed(rows: Sequence[Row]) -> Row:
    """The figures of some days of one guardrail."""
    runs = sum(row["requests_evaluated"] for row in rows)
    blocked = sum(row["blocked_count"] for row in rows)
    latency = sum((row["avg_latency_ms"] or 0.0) * row["requests_evaluated"] for row in rows)
    rate = round(100.0 * blocked / runs, 1) if runs else 0.0
    status = "critical" if rate >= _CRITICAL else "warning" if rate >= _WARNING else "healthy"
    return {
        "requestsEvaluated": runs, "failRate": rate, "avgScore": None, "status": status, "trend": _trend(rows),
        "avgLatency": round(latency / runs, 2) if runs else None,
    }  # fmt: skip


def _trend(rows: Sequence[Row]) -> str:
    """Whether more is refused in the second half of the days than in the first."""
    half = len(rows) // 2
    if half == 0:
        return "stable"
    rates = []
    for part in (rows[:half], rows[half:]):
        runs = sum(row["requests_evaluated"] for row in part)
        rates.append(sum(row["blocked_count"] for row in part) / runs if runs else 0.0)
    return "up" if rates[1] > rates[0] else "down" if rates[1] < rates[0] else "stable"


def chart(rows: Sequence[Row]) -> list[Row]:
    """By day, what passed and what was refused."""
    found: dict[str, Row] = {}
    for row in rows:
        point = found.setdefault(row["date"], {"date": row["date"], "passed": 0, "blocked": 0, "score": None})
        point["passed"] += row["passed_count"]
        point["blocked"] += row["blocked_count"]
    return list(found.values())
