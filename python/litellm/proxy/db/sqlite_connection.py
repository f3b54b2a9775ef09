"""SQLite's connections, with one turn of the event loop for a statement.

aiosqlite's cursors take four: they are made, run, read and closed by messages to the connection's thread, and each
answer waits for its turn. A turn of a loaded gateway is the work of every request that is ready, so a transaction of
thirty statements took seconds, and settlements came faster than they were written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any

import aiosqlite

CHUNK = 64


class Cursor:
    """As much of aiosqlite's cursor as SQLAlchemy asks for: a statement that is run, read and closed at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount, self.lastrowid, self.arraysize = -1, None, 1

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run one statement. Raises sqlite3's errors."""
        await self._connection.run(partial(self._run, "execute", statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Run one statement for each of `parameters`. Raises sqlite3's errors."""
        await self._connection.run(partial(self._run, "executemany", statement, parameters))
        return self

    def _run(self, how: str, statement: str, parameters: Any, connection: sqlite3.Connection) -> None:
        cursor = getattr(connection, how)(statement, parameters)
        try:
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    async def fetchall(self) -> list[Any]:
        """The statement's rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with cursors of our own."""

    async def run(self, work: Any) -> None:
        """Have the connection's thread do `work(connection)`. Raises what it raises, ValueError when it is closed."""
        await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]

    def cursor(self) -> Cursor:  # type: ignore[override]
        """A cursor, which is nothing yet."""
        return Cursor(self)

    async def rollback(self) -> None:
        """End the transaction, where one is open."""
        if self.in_transaction:
            await super().rollback()


def connect(database: str, **settings: Any) -> Connection:
    """An unopened connection, as `aiosqlite.connect` gives it: await it to open."""
    made = Connection(partial(sqlite3.connect, database, **settings), CHUNK)
    made._thread.daemon = True  # as SQLAlchemy has it for its own: an exit does not wait for it
    return made
