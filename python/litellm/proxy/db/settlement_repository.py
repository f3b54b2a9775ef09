"""Settlements into the database: a log row each, and what they add to every entity and to every day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.settlement_log import Row, add_rows
from litellm.proxy.db.settlement_statements import (
    day_growth,
    growth,
    growth_of_deleted,
    known_end_users,
    window_growth,
)
from litellm.proxy.db.settlement_sums import Alike, Sums, account_sums, alike, day_sums
from litellm.proxy.db.tables import DAILY
from litellm.proxy.db.tables.columns import utc_now
from litellm.proxy.money import pico_to_usd
from litellm.proxy.spend_tracking.accounts import PLACES, SEPARATOR
from litellm.proxy.spend_tracking.budget_windows import window_start


class SettlementQueries:
    """Applies batches on one connection that may write. Tables and rows are always taken in the same order."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    async def apply(self, rows: Sequence[Row], applied: list[Row] | None = None) -> Sums:
        """Write settlements; what they added to each account, by its name, in pico-dollars.

        A row that is there already adds nothing, so that applying twice is applying once. A row has the log's columns
        with `startTime` and `endTime` as times, `spend_pico`, and `windows`: ids of the windows that it counts in.
        Those that were not there yet are appended to `applied`.
        """
        rows = list({row["request_id"]: row for row in rows}.values())
        current = await self._current_keys({row["api_key"] for row in rows})
        moved = [{**row, "api_key": current[row["api_key"]]} if row["api_key"] in current else row for row in rows]
        new = await add_rows(self._connection, moved)
        fresh = [row for row in moved if row["request_id"] in new]
        if applied is not None:
            applied += fresh
        groups = alike(fresh)
        sums = account_sums(groups)
        for kind, spends in sorted(sums.items()):
            if kind == "window":
                await self._grow_windows(spends)
            else:
                await self._grow(kind, spends)
        for entity in DAILY:
            await self._grow_days(entity, groups)
        # By the names under which it was reserved, also where a key was replaced since.
        reserved = account_sums(alike(row for row in rows if row["request_id"] in new)) if current else sums
        return {f"{kind}:{name}": pico for kind, spends in reserved.items() for name, pico in spends.items()}

    async def _current_keys(self, tokens: Iterable[str]) -> dict[str, str]:
        """Replaced key → the key that took its place, for a call that began under the old one."""
        replaced = tables.replaced_keys
        query = select(replaced.c.token, replaced.c.active_token_id).where(replaced.c.token.in_(set(tokens)))
        return {row.token: row.active_token_id for row in await self._connection.execute(query)}

    async def _grow(self, kind: str, spends: Sums) -> None:
        place = PLACES[kind]
        if kind == "end_user":
            known = [{"user_id": name} for name in sorted(spends)]
            await self._connection.execute(known_end_users(self._dialect), known)
        sums = [
            {"usd": pico_to_usd(pico)}
            | {f"id_{column}": part for column, part in zip(place.columns, name.split(SEPARATOR), strict=True)}
            for name, pico in sorted(spends.items())
            if pico
        ]
        if not sums:
            return
        grown = await self._connection.execute(growth(kind), sums)
        if kind == "key" and grown.rowcount != len(sums):  # a call that ended after its key was deleted
            await self._connection.execute(growth_of_deleted(), sums)

    async def _grow_windows(self, spends: Sums) -> None:
        now, rows = utc_now(), []
        for name, pico in sorted(spends.items()):
            kind, entity, duration = name.split(SEPARATOR)
            rows.append({
                "entity_type": kind, "entity_id": entity, "window_duration": duration, "spend": pico_to_usd(pico),
                "window_start": window_start(now, duration), "updated_at": now,
            })  # fmt: skip
        await self._connection.execute(window_growth(self._dialect), rows)

    async def _grow_days(self, entity: str, groups: Sequence[Alike]) -> None:
        days = day_sums(entity, groups)
        if days:
            await self._connection.execute(day_growth(self._dialect, entity), days)
