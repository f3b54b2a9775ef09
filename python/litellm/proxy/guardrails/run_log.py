"""The runs of guardrails one by one: remembered shortly, written in batches, and deleted after a month."""

from __future__ import annotations

import datetime
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.db.repository import Row
from litellm.proxy.db.tables import guardrail_runs
from litellm.proxy.db.tables.columns import utc_now

MAX_PENDING = 1000
"""Runs that are remembered between two writes; of more, refusals stay, and what passed is counted alone."""
KEPT_DAYS = 30
_CLEAN_EVERY_S, _CLEAN_ROWS = 600.0, 10_000
ACTIONS: Mapping[str, str] = {
    "success": "passed", "guardrail_intervened": "blocked", "guardrail_failed_to_respond": "flagged",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a guardrail: how it ended, and the ids of the policies it ran by."""

    guard: CustomGuardrail
    status: str
    seconds: float
    policies: Sequence[str] = ()
    call_id: str | None = None
    model: str | None = None
    reason: str | None = None
    """What it said where it refused or failed."""

    @property
    def guardrail_id(self) -> str:
        """Its guardrail's id, or name where it has none."""
        return self.guard.guardrail_id or str(self.guard.guardrail_name)


class RunLog:
    """What is not written yet. A run by policies is a row of its own for each of them."""

    def __init__(self) -> None:
        self._refused: deque[Row] = deque(maxlen=MAX_PENDING)
        self._passed: deque[Row] = deque(maxlen=MAX_PENDING)
        self._cleaned = time.monotonic()

    def told(self, run: Run) -> None:
        """Remember a run."""
        action = ACTIONS.get(run.status, "flagged")
        texts = {"call_id": run.call_id, "model": run.model, "reason": run.reason}
        row = {
            "guardrail_id": run.guardrail_id, "action": action, "latency_ms": round(run.seconds * 1000, 3),
            "started_at": utc_now(), **{name: _storable(text) for name, text in texts.items()},
        }  # fmt: skip
        kept = self._passed if action == "passed" else self._refused
        kept.extend({**row, "policy_id": policy} for policy in (None, *run.policies))

    def take(self) -> list[Row]:
        """What is to be written, and is forgotten."""
        rows = [*self._refused, *self._passed][:MAX_PENDING]
        self._refused.clear()
        self._passed.clear()
        return rows

    async def write(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        """Write rows, and now and then delete old ones."""
        if rows:
            await connection.execute(insert(guardrail_runs), list(rows))
        if time.monotonic() - self._cleaned > _CLEAN_EVERY_S:
            self._cleaned = time.monotonic()
            await forget(connection, utc_now() - datetime.timedelta(days=KEPT_DAYS))


def _storable(text: Any) -> str | None:
    """A text as databases take it, without zeros and halves of characters."""
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode() if text is not None else None


async def forget(connection: AsyncConnection, before: datetime.datetime) -> None:
    """Delete the oldest runs before a time; a bounded number of them."""
    columns = guardrail_runs.c
    old = select(columns.id).where(columns.started_at < before).order_by(columns.started_at).limit(_CLEAN_ROWS)
    await connection.execute(delete(guardrail_runs).where(columns.id.in_(old)))


async def runs_page(
    connection: AsyncConnection, days: tuple[str, str], page: int, size: int, *, guardrail_id: str | None,
    policy_id: str | None, action: str | None,
) -> tuple[list[Row], int]:  # fmt: skip
    """One page of runs on these days, the newest first, and how many there are; of one guardrail or policy, or all."""
    columns = guardrail_runs.c
    first, last = (datetime.datetime.fromisoformat(day) for day in days)
    where = [columns.started_at >= first, columns.started_at < last + datetime.timedelta(days=1)]
    where.append(columns.policy_id.is_(None) if policy_id is None else columns.policy_id == policy_id)
    where += [columns.guardrail_id == guardrail_id] if guardrail_id else []
    where += [columns.action == action] if action else []
    query = select(guardrail_runs).where(*where).order_by(columns.started_at.desc(), columns.id)
    total = await connection.scalar(select(func.count()).select_from(guardrail_runs).where(*where))
    rows = (await connection.execute(query.limit(size).offset((page - 1) * size))).mappings()
    return [_shown(dict(row)) for row in rows], int(total or 0)


def _shown(row: dict[str, Any]) -> Row:
    """As upstream tells of a run; texts of calls are in the log of spend, where they are kept at all."""
    return {
        "id": row["call_id"] or row["id"], "timestamp": row["started_at"].isoformat() + "Z", "action": row["action"],
        "score": None, "latency_ms": row["latency_ms"], "model": row["model"], "input_snippet": None,
        "output_snippet": None, "reason": row["reason"],
    }  # fmt: skip
