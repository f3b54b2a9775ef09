"""The connection to the database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATION_LOCK_S = 60.0
_PRISMA_SETTINGS = frozenset(
    {"schema", "connection_limit", "pool_timeout", "pgbouncer", "connect_timeout", "socket_timeout", "sslaccept"}
)
"""Parameters of upstream's database URLs that are Prisma's own, and mean nothing to asyncpg."""


def database_url(settings: Mapping[str, Any], folder: Path) -> str:
    """`general_settings.database_url`, else `DATABASE_URL`, else a SQLite file in `folder`."""
    given = settings.get("database_url") or os.environ.get("DATABASE_URL")
    return str(given) if given else f"sqlite:///{folder / 'litellm.db'}"


def _async_url(url: str) -> str:
    """The URL with the asynchronous driver of its database. Raises ValueError for another database."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    driver = drivers.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(f"database_url: expected sqlite:// or postgresql://, got {parsed.drivername}://")
    query = {name: value for name, value in parsed.query.items() if name not in _PRISMA_SETTINGS}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername=driver, query=query).render_as_string(hide_password=False)


class Database:
    """One engine; `folder` holds the SQLite file and the lock under which the schema is made."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.engine: AsyncEngine = create_async_engine(_async_url(url), pool_pre_ping=url.startswith("postgres"))
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine.sync_engine, "connect", _sqlite_settings)

    async def start(self) -> None:
        """Bring the schema up to date; one process at a time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "schema.lock", timeout=MIGRATION_LOCK_S, thread_local=False)
        await asyncio.to_thread(lock.acquire)
        try:
            async with self.engine.begin() as connection:
                await connection.run_sync(_upgrade)
        finally:
            lock.release()

    async def stop(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def is_connected(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
