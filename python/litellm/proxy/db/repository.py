"""What every repository can do with its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]

MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a table: `equal` and `like` filter by column (`like`: contains, in any case), None filters nothing."""

    page: int = 1
    size: int = MAX_PAGE
    sort_by: str | None = None
    descending: bool = True
    equal: Mapping[str, Any] = field(default_factory=dict)
    like: Mapping[str, str | None] = field(default_factory=dict)
    within: Mapping[str, Collection[str] | None] = field(default_factory=dict)
    where: Sequence[ColumnElement[bool]] = ()


class Repository:
    """Queries of one table on one connection; a subclass names the table and the column rows are known by."""

    table: Table
    key: str

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    def _is(self, key: str) -> ColumnElement[bool]:
        return self.table.c[self.key] == key

    async def get(self, key: str, *, lock: bool = False) -> Row | None:
        """The row of that key; with `lock`, nobody else changes it until the end of the transaction."""
        query = select(self.table).where(self._is(key))
        row = (await self.connection.execute(query.with_for_update() if lock else query)).mappings().first()
        return dict(row) if row else None

    async def many(self, keys: Collection[str]) -> list[Row]:
        """The rows of those keys that there are."""
        return await self.find(self.table.c[self.key].in_(keys)) if keys else []

    async def find(self, *where: ColumnElement[bool]) -> list[Row]:
        """The rows for which all of `where` holds."""
        return [dict(row) for row in (await self.connection.execute(select(self.table).where(*where))).mappings()]

    async def first(self, **equal: Any) -> Row | None:
        """A row with these values."""
        where = [self.table.c[name] == value for name, value in equal.items()]
        row = (await self.connection.execute(select(self.table).where(*where).limit(1))).mappings().first()
        return dict(row) if row else None

    async def add(self, row: Mapping[str, Any]) -> Row:
        """A new row, as the database completed it."""
        done = await self.connection.execute(self.table.insert().values(**row).returning(self.table))
        return dict(done.mappings().one())

    async def change(self, key: str, changes: Mapping[str, Any]) -> Row | None:
        """Change columns; the row as it is then, None when there is none."""
        if not changes:
            return await self.get(key)
        done = await self.connection.execute(
            update(self.table).where(self._is(key)).values(**changes).returning(self.table)
        )
        row = done.mappings().first()
        return dict(row) if row else None

    async def remove(self, keys: Collection[str]) -> list[Row]:
        """Delete rows; those that were there."""
        found = await self.many(keys)
        await self.connection.execute(delete(self.table).where(self.table.c[self.key].in_(keys)))
        return found

    async def page(self, listing: Listing) -> tuple[list[Row], int]:
        """One page of rows, and how many there are in all. Rows of one value keep the order of their keys."""
        columns = self.table.c
        where = [columns[name] == value for name, value in listing.equal.items() if value is not None]
        where += [
            columns[name].icontains(value, autoescape=True) for name, value in listing.like.items() if value is not None
        ]
        where += [columns[name].in_(values) for name, values in listing.within.items() if values is not None]
        wanted = and_(*where, *listing.where) if where or listing.where else None
        total, query = select(func.count()).select_from(self.table), select(self.table)
        if wanted is not None:
            total, query = total.where(wanted), query.where(wanted)
        by = listing.sort_by or ("created_at" if "created_at" in columns else self.key)
        order = columns[by].desc() if listing.descending else columns[by].asc()
        query = query.order_by(order, columns[self.key]).limit(listing.size).offset((listing.page - 1) * listing.size)
        rows = [dict(row) for row in (await self.connection.execute(query)).mappings()]
        return rows, int((await self.connection.execute(total)).scalar_one())
