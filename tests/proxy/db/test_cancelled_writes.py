"""A write that is cancelled half-way keeps nobody else from writing."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from pathlib import Path

import pytest
from litellm.proxy.db.database import Database
from sqlalchemy import text


@pytest.mark.parametrize("waited_s", [0.0, 0.002, 0.01, 0.03])
async def test_a_cancelled_transaction_gives_sqlites_lock_up(tmp_path: Path, waited_s: float) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    async with database.write() as transaction:
        await transaction.connection.execute(text("CREATE TABLE t (a)"))
    begun = asyncio.Event()

    async def work() -> None:
        async with database.write() as transaction:
            begun.set()
            for _ in range(100):
                await transaction.connection.exec_driver_sql("INSERT INTO t VALUES (?)", [("x" * 200,)] * 1000)

    gc.disable()  # as a gateway under load: what a traceback holds is not collected soon
    try:
        task = asyncio.create_task(work())
        await begun.wait()
        await asyncio.sleep(waited_s)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()
        async with database.write() as transaction:  # SQLite waits ten seconds for a lock, then refuses
            assert await transaction.connection.scalar(text("SELECT count(*) FROM t")) == 0
            await transaction.connection.execute(text("INSERT INTO t VALUES (1)"))
    finally:
        gc.enable()
        await database.stop()
