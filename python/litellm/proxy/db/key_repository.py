"""Virtual keys: the only place that queries them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from litellm.proxy.db.database import Database
from litellm.proxy.db.tables import keys


class KeyRepository:
    """All queries about keys. Keys are named by their SHA-256."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine

    async def get(self, token: str) -> dict[str, Any] | None:
        """The key's row."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(keys).where(keys.c.token == token))).mappings().first()
            return dict(row) if row else None

    async def by_alias(self, alias: str) -> dict[str, Any] | None:
        """The row of the key with this alias."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(keys).where(keys.c.key_alias == alias))).mappings().first()
            return dict(row) if row else None

    async def add(self, row: dict[str, Any]) -> None:
        """A new key."""
        async with self._engine.begin() as connection:
            await connection.execute(keys.insert(), [row])

    async def change(self, token: str, changes: dict[str, Any]) -> bool:
        """Change columns of a key; whether there is one."""
        async with self._engine.begin() as connection:
            done = await connection.execute(update(keys).where(keys.c.token == token).values(**changes))
            return bool(done.rowcount)

    async def remove(self, tokens: Sequence[str]) -> list[str]:
        """Delete keys; those that were there."""
        async with self._engine.begin() as connection:
            found = (await connection.execute(select(keys.c.token).where(keys.c.token.in_(tokens)))).scalars().all()
            await connection.execute(delete(keys).where(keys.c.token.in_(tokens)))
            return list(found)

    async def page(
        self, *, number: int, size: int, user_id: str | None, team_id: str | None, key_alias: str | None
    ) -> tuple[list[dict[str, Any]], int]:
        """One page of rows, newest first, and how many there are in all."""
        wanted = [
            column == value
            for column, value in ((keys.c.user_id, user_id), (keys.c.team_id, team_id), (keys.c.key_alias, key_alias))
            if value is not None
        ]
        listed = select(keys).where(*wanted).order_by(keys.c.created_at.desc(), keys.c.token)
        async with self._engine.connect() as connection:
            total = (await connection.execute(select(func.count()).select_from(keys).where(*wanted))).scalar_one()
            rows = await connection.execute(listed.limit(size).offset((number - 1) * size))
            return [dict(row) for row in rows.mappings()], int(total)

    async def due_resets(self, now: datetime.datetime) -> list[dict[str, Any]]:
        """Keys whose budget window is over."""
        due = keys.c.budget_reset_at <= now
        usable = or_(keys.c.expires.is_(None), keys.c.expires > now)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(keys).where(due, usable).limit(1000))
            return [dict(row) for row in rows.mappings()]
