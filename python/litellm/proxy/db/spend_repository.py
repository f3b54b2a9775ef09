"""What was spent: rows of the log, and sums by day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update

from litellm.proxy.db import tables
from litellm.proxy.db.repository import Repository, Row
from litellm.proxy.db.tables import DAILY, DAILY_SUMS, health_checks, spend_logs

MAX_IN = 10_000
"""Values in one condition; SQLite takes 32,766 parameters."""


class SpendLogRepository(Repository):
    """The log of requests."""

    table, key = spend_logs, "request_id"

    async def newest(self, *where: ColumnElement[bool], limit: int) -> list[Row]:
        """Rows, newest first."""
        query = select(spend_logs).where(*where).order_by(spend_logs.c.startTime.desc(), spend_logs.c.request_id)
        return [dict(row) for row in (await self.connection.execute(query.limit(limit))).mappings()]


async def delete_logs(connection: Any, before: datetime.datetime, most: int) -> int:
    """Delete the oldest rows of the log that began before a time, at most so many; how many there were."""
    columns = spend_logs.c
    old = select(columns.request_id).where(columns.startTime < before).order_by(columns.startTime).limit(most)
    return int((await connection.execute(delete(spend_logs).where(columns.request_id.in_(old)))).rowcount)


async def delete_tag_days(connection: Any, before: datetime.datetime, most: int) -> int:
    """Delete the oldest sums by day of tags, of days before that of a time; as `delete_logs`."""
    table = DAILY["tag"]
    old = select(table.c.id).where(table.c.date < before.date().isoformat()).order_by(table.c.date).limit(most)
    return int((await connection.execute(delete(table).where(table.c.id.in_(old)))).rowcount)


async def delete_health_checks(connection: Any, before: datetime.datetime, most: int) -> int:
    """Delete the oldest results of health checks from before a time; as `delete_logs`."""
    columns = health_checks.c
    old = select(columns.health_check_id).where(columns.checked_at < before).order_by(columns.checked_at).limit(most)
    return int((await connection.execute(delete(health_checks).where(columns.health_check_id.in_(old)))).rowcount)


@dataclass(frozen=True, slots=True)
class Except:
    """In the place of a value that a column has to have: those that it may not have."""

    values: frozenset[str]


class DailyRepository:
    """Sums by day of one kind of entity, named by its column: `user_id`, `team_id`, `tag`, …"""

    def __init__(self, connection: Any, entity: str) -> None:
        self._connection, self.table, self.entity = connection, DAILY[entity], entity

    def _where(self, start: str | None, end: str | None, equal: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        columns = self.table.c
        found = [columns.date >= start] if start else []
        found += [columns.date <= end] if end else []
        for name, value in equal.items():
            if isinstance(value, Except):
                found.append(columns[name].not_in(value.values))
            elif isinstance(value, (list, tuple, set, frozenset)):
                found.append(columns[name].in_(value))
            elif value is not None:
                found.append(columns[name] == value)
        return found

    async def rows(self, start: str | None, end: str | None, equal: Mapping[str, Any]) -> list[Row]:
        """The rows of these days, newest first."""
        query = select(self.table).where(*self._where(start, end, equal)).order_by(self.table.c.date.desc())
        return [dict(row) for row in (await self._connection.execute(query)).mappings()]

    async def sums(
        self, by: Sequence[str], start: str | None = None, end: str | None = None, *where: ColumnElement[bool],
        **equal: Any,
    ) -> list[Row]:  # fmt: skip
        """Sums of every counted column by the columns of `by`, the dearest first."""
        columns = self.table.c
        groups = [columns[name] for name in by]
        totals = [func.coalesce(func.sum(columns[name]), 0).label(name) for name in DAILY_SUMS]
        query = select(*groups, *totals).where(*where, *self._where(start, end, equal)).group_by(*groups)
        rows = [dict(row) for row in (await self._connection.execute(query)).mappings()]
        for row in rows:  # PostgreSQL sums whole numbers to decimals
            row |= {name: float(row[name]) if name == "spend" else int(row[name]) for name in DAILY_SUMS}
        return sorted(rows, key=lambda row: -row["spend"])


async def start_anew(connection: Any) -> None:
    """Set the spend of every key, team and user to nothing; logs and days stay."""
    for table in (tables.keys, tables.teams, tables.users):
        await connection.execute(update(table).values(spend=0.0))


async def names_of(connection: Any, table: Table, key: str, name: str) -> dict[str, str | None]:
    """Id → name of every row."""
    query = select(table.c[key], table.c[name])
    return {row[0]: row[1] for row in await connection.execute(query)}


async def key_owners(connection: Any, tokens: Sequence[str]) -> dict[str, Row]:
    """Key → its alias, team, user and the user's address, and whether it is still there; also of deleted keys."""
    found: dict[str, Row] = {}
    for start in range(0, len(tokens), MAX_IN):
        some = tokens[start : start + MAX_IN]
        for table, exists in ((tables.deleted_keys, False), (tables.keys, True)):
            columns, users = table.c, tables.users
            query = (
                select(columns.token, columns.key_alias, columns.team_id, columns.user_id, users.c.user_email)
                .outerjoin(users, users.c.user_id == columns.user_id)
                .where(columns.token.in_(some))
            )
            for row in (await connection.execute(query)).mappings():
                found[row["token"]] = {name: row[name] for name in row if name != "token"} | {"key_exists": exists}
    return found


def keys_like(column: Any, text: str) -> ColumnElement[bool]:
    """That `column` is a key with `text` in its hash, alias, user or user's address; also a deleted one."""
    where = [column.icontains(text, autoescape=True)]
    for table in (tables.keys, tables.deleted_keys):
        columns, users = table.c, tables.users
        names = (columns.key_alias, columns.user_id, users.c.user_email)
        query = select(columns.token).outerjoin(users, users.c.user_id == columns.user_id)
        where.append(column.in_(query.where(or_(*(name.icontains(text, autoescape=True) for name in names)))))
    return or_(*where)
