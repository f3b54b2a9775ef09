"""Brings a database's schema up to the tables that this version knows, whoever made it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Index, Table, inspect, text
from sqlalchemy.schema import CreateColumn

from litellm.proxy.db.tables import DAILY, DAILY_KEYS, metadata


def complete(connection: Connection) -> None:
    """Make the tables that are not there, and add the columns that are missing in those that are.

    Nothing is removed or changed, so that upstream LiteLLM can go on with the same database.
    """
    metadata.create_all(connection, checkfirst=True)
    known = inspect(connection)
    for table in metadata.sorted_tables:
        present = {column["name"] for column in known.get_columns(table.name)}
        _add(connection, table, present)
    for entity, table in DAILY.items():
        _unique(connection, table, (entity, *DAILY_KEYS))


def _add(connection: Connection, table: Table, present: Iterable[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for column in table.columns:
        if column.name not in present:
            definition = CreateColumn(column).compile(dialect=connection.dialect)
            default = column.server_default
            text_of = str(definition)
            if connection.dialect.name == "sqlite" and default is not None and "CURRENT_TIMESTAMP" in text_of:
                # SQLite adds no column whose default is not constant; such a column may be null.
                text_of = text_of.split(" DEFAULT ")[0]
            connection.execute(text(f"ALTER TABLE {quote(table.name)} ADD COLUMN {text_of}"))


def _unique(connection: Connection, table: Table, columns: tuple[str, ...]) -> None:
    """The unique key that sums by day are added up by, where an older schema has another."""
    known = inspect(connection)
    keys = [item["column_names"] for item in known.get_unique_constraints(table.name)]
    keys += [[str(name) for name in item["column_names"]] for item in known.get_indexes(table.name) if item["unique"]]
    if set(columns) not in [set(key) for key in keys]:
        Index(f"{table.name}_day_key", *(table.c[name] for name in columns), unique=True).create(connection)
