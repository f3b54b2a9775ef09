"""Batches that providers work on, until what they cost is known."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db.repository import Row
from litellm.proxy.db.tables import batches


class BatchQueries:
    """The open batches, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    async def add(self, row: Row) -> None:
        """Note a batch; one that is noted already stays as it is."""
        insert: Any = self._dialect.insert(batches)
        await self._connection.execute(insert.on_conflict_do_nothing(index_elements=["request_id"]), [row])

    async def due(self, request_id: str) -> None:
        """Let a batch be looked at next."""
        long_ago = datetime.datetime(2000, 1, 1)
        await self._connection.execute(
            update(batches).where(batches.c.request_id == request_id).values(looked_at=long_ago)
        )

    async def claim(self, before: datetime.datetime, now: datetime.datetime, most: int) -> list[Row]:
        """Take batches that nobody looked at since a time, those that wait longest first; no other process takes them
        for as long."""
        columns = batches.c
        old = select(columns.request_id).where(columns.looked_at < before).order_by(columns.looked_at).limit(most)
        claimed = (
            update(batches).where(columns.request_id.in_(old), columns.looked_at < before).values(looked_at=now)
        ).returning(*columns)
        return [dict(row) for row in (await self._connection.execute(claimed)).mappings()]

    async def end(self, request_id: str) -> None:
        """Forget a batch: it is billed, or never will be."""
        await self._connection.execute(delete(batches).where(batches.c.request_id == request_id))
