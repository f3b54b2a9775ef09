"""A statement on SQLite is one message to its connection's thread: each waits for a turn of a loaded event loop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from litellm.proxy.db.database import Database
from litellm.proxy.db.sqlite_connection import Connection
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError


def test_statements_take_one_turn_each_and_tell_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    send = Connection._execute

    async def counted(self: Connection, work: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(work)
        return await send(self, work, *args, **kwargs)

    async def scenario() -> None:
        database = Database(f"sqlite:///{tmp_path / 'db'}", tmp_path)
        async with database.write() as transaction:
            await transaction.connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)"))
        monkeypatch.setattr(Connection, "_execute", counted)
        async with database.write() as transaction:
            rows = [{"n": n, "s": "ä\x00"} for n in range(100)]
            added = await transaction.connection.execute(text("INSERT INTO t VALUES (:n, :s)"), rows)
            assert added.rowcount == 100
            back = await transaction.connection.execute(text("UPDATE t SET s = 'x' WHERE n > 97 RETURNING n"))
            assert sorted(back.scalars()) == [98, 99]
            assert (await transaction.connection.execute(text("DELETE FROM t WHERE n < 10"))).rowcount == 10
        assert len(sent) == 5  # with BEGIN and COMMIT

        async def refused() -> None:
            async with database.write() as transaction:
                await transaction.connection.execute(text("INSERT INTO t VALUES (1, 'y')"))
                await transaction.connection.execute(text("INSERT INTO t VALUES (99, 'y')"))

        with pytest.raises(IntegrityError):
            await refused()
        async with database.read() as connection:
            assert (await connection.execute(text("SELECT count(*), min(n) FROM t"))).one() == (90, 10)
            with pytest.raises(OperationalError):
                await connection.execute(text("SELECT nonsense"))
        await database.stop()

    asyncio.run(scenario())
