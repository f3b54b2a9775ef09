"""Spend: log rows, and what they add to each key."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from litellm.proxy.db.database import Database
from litellm.proxy.db.tables import keys as verification_tokens, spend_logs
from litellm.proxy.money import pico_to_usd

_AT_ONCE = 500


class SpendRepository:
    """All queries about spend."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine

    async def apply(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write settlements: a log row each, and the sum of the new ones on their keys, in one transaction.

        A row that is already there adds nothing, so that applying twice is applying once. Each row has the table's
        columns, and `spend_pico`, its cost in pico-dollars.
        """
        for start in range(0, len(rows), _AT_ONCE):
            await self._apply(rows[start : start + _AT_ONCE])

    async def _apply(self, rows: Sequence[dict[str, Any]]) -> None:
        by_id = {row["request_id"]: row for row in rows}
        async with self._engine.begin() as connection:
            asked = select(spend_logs.c.request_id).where(spend_logs.c.request_id.in_(by_id))
            for (known,) in (await connection.execute(asked)).all():
                del by_id[known]
            if not by_id:
                return
            added: collections.Counter[str] = collections.Counter()
            for row in by_id.values():
                added[row["api_key"]] += row["spend_pico"]
            logged = [{k: v for k, v in row.items() if k != "spend_pico"} for row in by_id.values()]
            await connection.execute(spend_logs.insert(), logged)
            grow = (
                update(verification_tokens)
                .where(verification_tokens.c.token == bindparam("key"))
                .values(spend=verification_tokens.c.spend + bindparam("usd"))
            )
            sums = [{"key": key, "usd": pico_to_usd(pico)} for key, pico in sorted(added.items()) if pico and key]
            if sums:
                await connection.execute(grow, sums)

    async def logs(
        self,
        *,
        api_key: str | None = None,
        request_id: str | None = None,
        start: datetime.datetime | None = None,
        end: datetime.datetime | None = None,
        limit: int = 1000,
    ) -> list[dict[str, Any]]:
        """Log rows, newest first."""
        query = select(spend_logs).order_by(spend_logs.c.startTime.desc()).limit(limit)
        if api_key is not None:
            query = query.where(spend_logs.c.api_key == api_key)
        if request_id is not None:
            query = query.where(spend_logs.c.request_id == request_id)
        if start is not None:
            query = query.where(spend_logs.c.startTime >= start)
        if end is not None:
            query = query.where(spend_logs.c.startTime < end)
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]
