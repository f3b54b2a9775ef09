"""A cache in a SQLite file, shared by the processes that name the same folder."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from litellm.caching.base_cache import BaseCache

logger = logging.getLogger("LiteLLM")
DEFAULT_FOLDER = ".litellm_cache"
DEFAULT_MAX_ITEMS = 100_000
SCHEMA = "CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL) WITHOUT ROWID"


class DiskCache(BaseCache):
    """Values as JSON in `disk_cache_dir`/cache.sqlite3, at most `max_items`; without a `ttl` they do not expire."""

    def __init__(self, disk_cache_dir: str | None = None, max_items: int = DEFAULT_MAX_ITEMS) -> None:
        super().__init__(None)
        folder = Path(disk_cache_dir or DEFAULT_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._max_items, self._lock = folder / "cache.sqlite3", max_items, threading.Lock()
        self._until_trim = 0
        try:
            self._connection = self._opened()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, or no right to write
                raise
            logger.warning("disk cache: %s is damaged, and begun anew: %s", self._path, error)
            for part in folder.glob(f"{self._path.name}*"):
                part.unlink(missing_ok=True)
            self._connection = self._opened()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=5)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def set_cache(self, key: str, value: Any, **kwargs: Any) -> None:
        """Keep `value` under `key`, for `ttl` seconds if given. Raises TypeError for a value that is not JSON."""
        ttl = self.get_ttl(**kwargs)
        row = (key, json.dumps(value), None if ttl is None else time.time() + ttl)
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO cache VALUES (?, ?, ?)", row)
            self._trim()

    def get_cache(self, key: str, **kwargs: Any) -> Any:
        """The value under `key`; None when there is none, it has expired, or it is not JSON."""
        with self._lock:
            row = self._connection.execute("SELECT value, expires FROM cache WHERE key = ?", (key,)).fetchone()
        if row is None or (row[1] is not None and row[1] <= time.time()):
            return None
        try:
            return json.loads(row[0])
        except ValueError:
            return None

    def increment_cache(self, key: str, value: float, **kwargs: Any) -> float:
        """Add to a number, in one transaction."""
        ttl = self.get_ttl(**kwargs)
        now = time.time()
        with self._lock:
            self._connection.execute("DELETE FROM cache WHERE key = ? AND expires <= ?", (key, now))
            total: float = self._connection.execute(
                "INSERT INTO cache VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET value = value + excluded.value"
                " RETURNING CAST(value AS NUMERIC)",
                (key, json.dumps(value), None if ttl is None else now + ttl),
            ).fetchone()[0]
        return total

    def delete_cache(self, key: str) -> None:
        """Forget `key`."""
        with self._lock:
            self._connection.execute("DELETE FROM cache WHERE key = ?", (key,))

    def flush_cache(self) -> None:
        """Forget everything."""
        with self._lock:
            self._connection.execute("DELETE FROM cache")

    async def disconnect(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _trim(self) -> None:
        self._until_trim -= 1
        if self._until_trim > 0:
            return
        self._until_trim = max(self._max_items // 100, 1)
        if self._connection.execute("SELECT count(*) FROM cache").fetchone()[0] > self._max_items:
            self._connection.execute("DELETE FROM cache WHERE expires <= ?", (time.time(),))
            self._connection.execute(
                "DELETE FROM cache WHERE key IN (SELECT key FROM cache ORDER BY expires LIMIT ?)",
                (max(self._max_items // 10, 1),),
            )
