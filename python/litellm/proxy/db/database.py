"""The connection to the database."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Column, Connection, MetaData, String, Table, event, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InvalidRequestError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from litellm.proxy.db.events import EventBus, event_bus
from litellm.proxy.db.schema import complete
from litellm.proxy.db.sqlite_connection import connect as sqlite_connect
from litellm.proxy.db.tables import metadata

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = Table("litellm_rust_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own, in the shape that it gives it."""
MIGRATION_LOCK_S = 60.0
CONNECT_TIMEOUT_S = 10.0
_PRISMA_SETTINGS = frozenset(
    {
        "schema",
        "connection_limit",
        "pool_timeout",
        "pgbouncer",
        "connect_timeout",
        "socket_timeout",
        "sslaccept",
        "max_idle_connection_lifetime",
        "statement_cache_size",
    }
)
"""Parameters of upstream's database URLs that are Prisma's own, and mean nothing to asyncpg."""

_POOL = {
    "database_connection_pool_limit": "connection_limit", "database_connection_timeout": "pool_timeout",
    "database_connection_pool_timeout": "pool_timeout", "database_connect_timeout": "connect_timeout",
    "database_socket_timeout": "socket_timeout",
    "database_max_idle_connection_lifetime": "max_idle_connection_lifetime",
}  # fmt: skip
"""Of `general_settings`, what stands for which of them."""
POOL_SIZE, MIN_POOL_SIZE, POOL_TIMEOUT_S = 20, 2, 30.0
"""Connections to PostgreSQL at most, half of which stay open; a change may need one to read beside the one to write."""


def database_url(settings: Mapping[str, Any], folder: Path) -> str:
    """`general_settings.database_url`, else `DATABASE_URL`, else a SQLite file in `folder`."""
    given = settings.get("database_url") or os.environ.get("DATABASE_URL")
    if not given:
        return f"sqlite:///{folder / 'litellm.db'}"
    asked = {parameter: settings[name] for name, parameter in _POOL.items() if settings.get(name) is not None}
    if settings.get("database_disable_prepared_statements") is True:
        asked["pgbouncer"] = "true"
    url = str(given)
    if not asked or not url.startswith("postgres"):
        return url
    return url + ("&" if "?" in url else "?") + "&".join(f"{name}={value}" for name, value in asked.items())


def async_url(url: str) -> str:
    """The URL with the asynchronous driver of its database. Raises ValueError for another database, and for no URL."""
    expected = "expected sqlite:// or postgresql://"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(f"{expected}, got what is no such URL") from None  # it may hold a password
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    driver = drivers.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(f"{expected}, got {parsed.drivername}://")
    query = {name: value for name, value in parsed.query.items() if name not in _PRISMA_SETTINGS}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername=driver, query=query).render_as_string(hide_password=False)


DATABASE_ERRORS: tuple[type[Exception], ...] = (
    DBAPIError, DisconnectionError, InvalidRequestError, PoolTimeout, OSError, asyncio.TimeoutError,
)  # fmt: skip
"""What says that the database is away, or refuses."""


class Transaction:
    """A connection that may write, and what the change makes stale: `changed("team:t1")` tells every process."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.topics: set[str] = set()

    def changed(self, *topics: str) -> None:
        """Note what caches must forget once this is committed."""
        self.topics.update(topics)


class Database:
    """One database; `folder` holds the SQLite file and the lock under which the schema is made."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.engine = self._writer = _engine(async_url(url), _connecting(url), **_pool_of(url))
        if self.engine.dialect.name == "sqlite":
            # One writer at a time, which takes SQLite's lock at once instead of half-way through.
            self._writer = _engine(async_url(url), begin="BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
        self.events: EventBus = event_bus(self.engine, DATABASE_ERRORS)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read from."""
        async with self.engine.connect() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction, committed at the end; what it changed is told to every process with the commit."""
        async with self._writer.begin() as connection:
            transaction = Transaction(connection)
            yield transaction
            await self.events.announce(connection, transaction.topics)
        self.events.deliver(transaction.topics)

    async def start(self) -> None:
        """Bring the schema up to date; one process at a time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "schema.lock", timeout=MIGRATION_LOCK_S, thread_local=False)
        await asyncio.to_thread(lock.acquire)
        try:
            async with self._writer.begin() as connection:
                await connection.run_sync(_upgrade)
        finally:
            lock.release()
        await self.events.start()

    async def stop(self) -> None:
        """Close every connection."""
        await self.events.stop()
        await self._writer.dispose()
        await self.engine.dispose()

    async def is_connected(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except DATABASE_ERRORS:
            return False
        return True


def _pool_of(url: str) -> dict[str, Any]:
    """The size of PostgreSQL's pool that a URL asks for by `connection_limit`, and `pool_timeout` in seconds."""
    if not url.startswith("postgres"):
        return {}
    query = make_url(url).query
    size, wait_s = (str(query.get(name) or "") for name in ("connection_limit", "pool_timeout"))
    most = max(int(size), MIN_POOL_SIZE) if size.isdigit() and int(size) else POOL_SIZE
    kept = most if size.isdigit() else POOL_SIZE // 2
    timeout = float(wait_s) if wait_s.isdigit() and int(wait_s) else POOL_TIMEOUT_S
    idle_s = _seconds(query, "max_idle_connection_lifetime")
    return {
        "pool_size": kept, "max_overflow": most - kept, "pool_timeout": timeout,
        "pool_recycle": -1 if idle_s is None else max(1, int(idle_s)),
    }  # fmt: skip


def _connecting(url: str) -> dict[str, Any]:
    """What a PostgreSQL URL asks of each connection: `connect_timeout`, `socket_timeout` in seconds, `pgbouncer=true`.

    A pooler that gives each transaction another connection knows no prepared statements.
    """
    if not url.startswith("postgres"):
        return {}
    query = make_url(url).query
    connect_s, wait_s = _seconds(query, "connect_timeout"), _seconds(query, "socket_timeout")
    found: dict[str, Any] = {"timeout": connect_s or CONNECT_TIMEOUT_S, "command_timeout": wait_s}
    if query.get("pgbouncer") == "true" or query.get("statement_cache_size") == "0":
        found |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": _unnamed,
        }
    return found


def _seconds(query: Mapping[str, Any], name: str) -> float | None:
    try:
        seconds = float(query.get(name) or 0)
    except (TypeError, ValueError):
        return None
    return seconds if 0 < seconds < float("inf") else None


def _unnamed() -> str:
    """No name: the server forgets such a statement with the next one."""
    return ""


def _engine(url: str, connecting: Mapping[str, Any] | None = None, *, begin: str = "BEGIN", **pool: Any) -> AsyncEngine:
    if url.startswith("postgresql"):
        own = {"server_settings": {"timezone": "UTC"}, "async_creator_fn": _connect}
        return create_async_engine(url, pool_pre_ping=True, **pool, connect_args={**(connecting or {}), **own})
    engine = create_async_engine(url, connect_args={"async_creator_fn": sqlite_connect}, **pool)
    event.listen(engine.sync_engine, "connect", _sqlite_settings)
    event.listen(engine.sync_engine, "invalidate", _give_up_the_lock)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


async def _connect(*args: Any, **kwargs: Any) -> Any:
    """asyncpg's connection; its own refusals, which SQLAlchemy passes on as they are, as ConnectionError."""
    import asyncpg  # type: ignore[import-untyped]

    try:
        return await asyncpg.connect(*args, **kwargs)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ConnectionError(f"PostgreSQL refuses: {error}") from error


def _sqlite_settings(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `begin` says, not where the driver guesses
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _give_up_the_lock(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """Before a connection is closed whose task was cancelled: closing ends its transaction only when its statements are
    gone, which the cancellation's traceback may hold for long, and nobody could write until then."""
    if in_greenlet():
        connection.rollback()


def _upgrade(connection: Connection) -> None:
    """Alembic's migrations, where any are needed: loading Alembic takes a tenth of a gateway's memory and start."""
    newest = max(path.stem[1:5] for path in (MIGRATIONS / "versions").glob("v[0-9]*.py"))
    known = set(inspect(connection).get_table_names())
    if VERSION_TABLE.name in known:
        if connection.scalar(select(VERSION_TABLE.c.version_num)) == newest:
            return
    elif known.isdisjoint(metadata.tables):
        complete(connection)
        VERSION_TABLE.create(connection)
        connection.execute(insert(VERSION_TABLE).values(version_num=newest))
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
