"""The database before anything listens: what is wrong with it is told as any other mistake of a config."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import CONNECT_TIMEOUT_S, DATABASE_ERRORS, Database, async_url, database_url

_CANNOT_OPEN: tuple[type[Exception], ...] = (*DATABASE_ERRORS, TypeError)
"""`TypeError` is what drivers say to a parameter of the URL that they do not know."""
_OTHER_MESSAGES: Mapping[type[Exception], str] = {
    asyncio.TimeoutError: f"no answer within {CONNECT_TIMEOUT_S:.0f} s",
    TimeoutError: f"no answer within {CONNECT_TIMEOUT_S:.0f} s",
}


def check_database_url(config: ProxyConfig) -> None:
    """Raises ConfigError for an address that is none, or of a database that is not supported."""
    given = config.general_settings.raw.get("database_url") or os.environ.get("DATABASE_URL")
    if not given:
        return
    try:
        async_url(str(given))
    except ValueError as error:
        raise _refusal(config, str(error)) from None  # the cause holds the address, and with it a password


def prepare_database(config: ProxyConfig, folder: Path) -> None:
    """Open the database once and bring its schema up to date, outside of any event loop.

    Raises ConfigError, which names the setting and holds no secret, when that is not possible.
    """
    check_database_url(config)
    database = Database(database_url(config.general_settings.raw, folder), folder)
    try:
        asyncio.run(_open_once(database))
    except _CANNOT_OPEN as error:
        raise _refusal(config, f"the database cannot be opened: {_told(error)}") from None


async def _open_once(database: Database) -> None:
    try:
        await database.start()
    finally:
        await database.stop()


def _told(error: Exception) -> str:
    cause: Any = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return _OTHER_MESSAGES.get(type(cause)) or " ".join(str(cause).split()) or type(cause).__name__


def _refusal(config: ProxyConfig, message: str) -> ConfigError:
    if config.general_settings.raw.get("database_url"):
        return ConfigError([config.problem("general_settings.database_url", message)])
    return ConfigError([ConfigProblem("environment", 0, "DATABASE_URL", message)])
