"""What changed, told to every process on the same database: LISTEN/NOTIFY on PostgreSQL, a polled table on SQLite.

A topic names what is stale, as in `key:<hash>` or `team:<id>`; `*` means that anything may be.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from litellm.proxy.db.tables import events

log = logging.getLogger("litellm.proxy.events")

CHANNEL = "litellm_rust"
EVERYTHING = "*"
POLL_EVERY_S = 0.25
CHECK_EVERY_S = 5.0
RECONNECT_AFTER_S = 0.5
KEPT_EVENTS = 1000
MAX_PAYLOAD = 7000
"""Bytes of a notification: PostgreSQL takes less than 8000."""

Listener = Callable[[str], None]


class EventBus(Protocol):
    """Announces topics with a commit, and hands those of other processes to the subscribers."""

    def subscribe(self, listener: Listener) -> None: ...

    def unsubscribe(self, listener: Listener) -> None: ...

    async def announce(self, connection: AsyncConnection, topics: Iterable[str]) -> None: ...

    def deliver(self, topics: Iterable[str]) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class _Bus:
    def __init__(self, engine: AsyncEngine, errors: tuple[type[Exception], ...]) -> None:
        self._engine, self._errors = engine, errors
        self._listeners: list[Listener] = []
        self._task: asyncio.Task[None] | None = None
        self._heard_before = False

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every topic, of this process too."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Call a subscribed `listener` no more."""
        self._listeners.remove(listener)

    def deliver(self, topics: Iterable[str]) -> None:
        """Hand topics to the subscribers."""
        for topic in topics:
            for listener in self._listeners:
                listener(topic)

    async def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            try:
                await self._session()
            except self._errors as error:
                log.warning("no word of other processes' changes: %s", type(error).__name__)
            await asyncio.sleep(RECONNECT_AFTER_S)

    def _listening(self) -> None:
        """Listening begins: what was said since the last time is not known."""
        if self._heard_before:
            self.deliver([EVERYTHING])
        self._heard_before = True

    async def _session(self) -> None:
        raise NotImplementedError


class PostgresBus(_Bus):
    """By LISTEN/NOTIFY: a notification is sent if, and only if, its transaction commits."""

    def __init__(self, engine: AsyncEngine, errors: tuple[type[Exception], ...]) -> None:
        from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]

        super().__init__(engine, (*errors, InterfaceError, PostgresError))  # it listens on asyncpg's own connection

    async def announce(self, connection: AsyncConnection, topics: Iterable[str]) -> None:
        """Send with the commit of `connection`'s transaction."""
        for topic in topics:
            await connection.execute(select(func.pg_notify(CHANNEL, topic[:MAX_PAYLOAD])))

    async def _session(self) -> None:
        async with self._engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            await driver.add_listener(CHANNEL, self._heard)
            self._listening()
            try:
                while not driver.is_closed():
                    await connection.execute(text("SELECT 1"))
                    await connection.rollback()
                    await asyncio.sleep(CHECK_EVERY_S)
            finally:
                if not driver.is_closed():
                    await driver.remove_listener(CHANNEL, self._heard)

    def _heard(self, _connection: Any, _pid: int, _channel: str, topic: str) -> None:
        self.deliver([topic])


class SqliteBus(_Bus):
    """By a table that is looked at when `PRAGMA data_version` says that another connection wrote."""

    async def announce(self, connection: AsyncConnection, topics: Iterable[str]) -> None:
        """Write with the commit of `connection`'s transaction."""
        rows = [{"topic": topic} for topic in topics]
        if rows:
            await connection.execute(insert(events), rows)
            last = select(func.max(events.c.id)).scalar_subquery()
            await connection.execute(delete(events).where(events.c.id < last - KEPT_EVENTS))

    async def _session(self) -> None:
        async with self._engine.connect() as connection:
            seen = (await connection.execute(select(func.coalesce(func.max(events.c.id), 0)))).scalar_one()
            await connection.rollback()
            self._listening()
            version = -1
            while True:
                await asyncio.sleep(POLL_EVERY_S)
                now = (await connection.execute(text("PRAGMA data_version"))).scalar_one()
                if now != version:
                    version = now
                    query = select(events).where(events.c.id > seen).order_by(events.c.id)
                    rows = (await connection.execute(query)).all()
                    seen = rows[-1].id if rows else seen
                    self.deliver(row.topic for row in rows)
                await connection.rollback()


def event_bus(engine: AsyncEngine, errors: tuple[type[Exception], ...]) -> EventBus:
    """The bus for an engine's database; `errors` say that it is away."""
    return SqliteBus(engine, errors) if engine.dialect.name == "sqlite" else PostgresBus(engine, errors)
