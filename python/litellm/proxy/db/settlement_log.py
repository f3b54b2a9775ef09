"""Rows of the spend log, written in the way that costs each database least: this is most of what is ever written."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Executable, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db.tables import spend_logs
from litellm.proxy.db.tables.columns import utc_now

Row = Mapping[str, Any]

ROWS_A_STATEMENT, PAYLOADS_A_STATEMENT = 500, 100
"""The second where rows hold what was asked and answered."""
_ID = spend_logs.c.request_id
_DOCUMENTS = frozenset(one.name for one in spend_logs.c if isinstance(one.type, JSON))
_STAMPS = frozenset({"created_at", "updated_at"})


async def add_rows(connection: AsyncConnection, rows: Sequence[Row]) -> set[str]:
    """Write log rows that all have the same columns; the ids of those that were not there yet."""
    names = tuple(one.name for one in spend_logs.c if one.name in rows[0] or one.name in _STAMPS)
    now, added = utc_now(), set[str]()
    most = PAYLOADS_A_STATEMENT if any(row.get("messages") or row.get("response") for row in rows) else ROWS_A_STATEMENT
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        add = _add_to_sqlite if connection.dialect.name == "sqlite" else _add_to_postgresql
        added |= await add(connection, part, names, now)
    return added


async def _add_to_sqlite(
    connection: AsyncConnection, rows: Sequence[Row], names: tuple[str, ...], now: datetime.datetime
) -> set[str]:
    """Nobody else writes meanwhile, so what is not there now is new. Plain tuples go past SQLAlchemy's parameters."""
    known = set(await connection.scalars(_known(), {"ids": _text([row["request_id"] for row in rows])}))
    new = [row for row in rows if row["request_id"] not in known]
    if new:
        await connection.exec_driver_sql(_plain_insert(names), [tuple(_values(row, names, now)) for row in new])
    return {row["request_id"] for row in new}


async def _add_to_postgresql(
    connection: AsyncConnection, rows: Sequence[Row], names: tuple[str, ...], now: datetime.datetime
) -> set[str]:
    """The rows travel as one JSON text, which the server takes apart: their number does not change the statement."""
    plain = [dict(zip(names, _values(row, names, now), strict=True)) for row in rows]
    return set(await connection.scalars(_insert_of_json(names), {"rows": _text(plain)}))


def _values(row: Row, names: tuple[str, ...], now: datetime.datetime) -> Iterator[Any]:
    """The values of a row's columns, as text where they are times or JSON."""
    for name in names:
        value = now if name in _STAMPS else row[name]
        if name in _DOCUMENTS:
            yield None if value is None else _text(value)
        elif isinstance(value, datetime.datetime):
            yield value.isoformat(" ", "microseconds")  # as SQLAlchemy writes it to SQLite
        else:
            yield value


def _text(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # numbers beyond 64 bits, lone surrogates
        return json.dumps(value, separators=(",", ":"))


@cache
def _known() -> Executable:
    ids = func.json_each(bindparam("ids", type_=Text)).table_valued("value")
    return select(_ID).where(_ID.in_(select(ids.c.value)))


@cache
def _plain_insert(names: tuple[str, ...]) -> str:
    insert = sqlite.insert(spend_logs).values({name: bindparam(name) for name in names})
    return str(insert.compile(dialect=sqlite.dialect(paramstyle="qmark")))


@cache
def _insert_of_json(names: tuple[str, ...]) -> Executable:
    types = [column(name, Text if name in _DOCUMENTS else spend_logs.c[name].type) for name in names]
    rows = cast(bindparam("rows", type_=Text), postgresql.JSON)
    given = func.json_to_recordset(rows).table_valued(*types).render_derived(with_types=True)
    values = [cast(given.c[name], postgresql.JSONB) if name in _DOCUMENTS else given.c[name] for name in names]
    insert = postgresql.insert(spend_logs).from_select(names, select(*values), include_defaults=False)
    return insert.on_conflict_do_nothing(index_elements=["request_id"]).returning(_ID)
