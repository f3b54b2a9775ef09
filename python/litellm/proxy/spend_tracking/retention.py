"""Old rows of the log of spend are deleted in small batches, of daily sums of tags and of health checks where the
settings ask for it; what entities have spent stays."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.background import Background
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.spend_repository import delete_health_checks, delete_logs, delete_tag_days
from litellm.proxy.spend_tracking.budget_windows import after, utc_now

log = logging.getLogger("litellm.proxy.retention")

INTERVAL = "1d"
BATCH, MAX_BATCHES = 1000, 500
PAUSE_S = 0.05
"""Between two batches, so that settlements are not held up."""
Delete = Callable[[AsyncConnection, datetime.datetime, int], Awaitable[int]]
"""Deletes rows of before a time, at most so many; how many there were."""
KINDS: Mapping[str, Delete] = {
    "maximum_spend_logs_retention_period": delete_logs,
    "maximum_daily_tag_spend_retention_period": delete_tag_days,
    "maximum_health_check_retention_period": delete_health_checks,
}
"""Of `general_settings`: how long which rows are kept."""


class Retention(Background):
    """Deletes rows older than each of `periods` (names of `KINDS` → durations as `7d`), every `interval`."""

    def __init__(
        self, database: Database, periods: Mapping[str, str], interval: str = INTERVAL, *, batch: int = BATCH,
        max_batches: int = MAX_BATCHES,
    ) -> None:  # fmt: skip
        now = datetime.datetime(2000, 1, 1)
        self._database, self._batch, self._max_batches = database, batch, max_batches
        self._periods = {name: after(now, period) - now for name, period in periods.items()}
        self._interval_s = (after(now, interval) - now).total_seconds()

    async def once(self) -> int:
        """Delete what is too old now; how many rows. Raises what the database raises."""
        return sum([await self._clean(KINDS[name], period) for name, period in self._periods.items()])

    async def _clean(self, remove: Delete, period: datetime.timedelta) -> int:
        deleted = 0
        for _ in range(self._max_batches):
            async with self._database.write() as transaction:
                found = await remove(transaction.connection, utc_now() - period, self._batch)
            deleted += found
            if found < self._batch:
                break
            await asyncio.sleep(PAUSE_S)
        if deleted:
            log.info("deleted %d rows that were too old", deleted)
        return deleted

    async def _work(self) -> None:
        while True:
            try:
                await self.once()
            except DATABASE_ERRORS as error:
                log.error("old rows are not cleaned up: %s", type(error).__name__)
            await asyncio.sleep(self._interval_s)


def retention_of(config: ProxyConfig, database: Database) -> Retention | None:
    """What the settings of `KINDS` ask for; None without any. Raises ConfigError."""
    general = config.general_settings.raw
    periods = {name: str(general[name]) for name in KINDS if general.get(name)}
    if not periods:
        return None
    interval = str(general.get("maximum_spend_logs_retention_interval") or INTERVAL)
    sizes = {
        "batch": int(general.get("maximum_spend_logs_cleanup_batch_size") or BATCH),
        "max_batches": int(general.get("maximum_spend_logs_cleanup_max_batches") or MAX_BATCHES),
    }
    for name, period in periods.items():
        try:
            after(datetime.datetime(2000, 1, 1), period)
        except ValueError as error:
            place = f"general_settings.{name}"
            raise ConfigError([config.problem(place, str(error))]) from error
    return Retention(database, periods, interval, **sizes)
