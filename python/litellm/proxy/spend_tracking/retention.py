"""Old rows of the log of spend are deleted in small batches; sums by day and what entities have spent stay."""

from __future__ import annotations

import asyncio
import datetime
import logging
from typing import Any

from litellm.proxy.background import Background
from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.spend_repository import delete_logs
from litellm.proxy.spend_tracking.budget_windows import after, utc_now

log = logging.getLogger("litellm.proxy.retention")

INTERVAL = "1d"
BATCH, MAX_BATCHES = 1000, 500
PAUSE_S = 0.05
"""Between two batches, so that settlements are not held up."""
_PERIOD = "maximum_spend_logs_retention_period"


class Retention(Background):
    """Deletes rows older than `period`, every `interval`; durations as in `7d`."""

    def __init__(
        self, database: Database, period: str, interval: str = INTERVAL, *, batch: int = BATCH,
        max_batches: int = MAX_BATCHES,
    ) -> None:  # fmt: skip
        now = datetime.datetime(2000, 1, 1)
        self._database, self._batch, self._max_batches = database, batch, max_batches
        self._period, self._interval_s = after(now, period) - now, (after(now, interval) - now).total_seconds()

    async def once(self) -> int:
        """Delete what is too old now; how many rows. Raises what the database raises."""
        deleted = 0
        for _ in range(self._max_batches):
            async with self._database.write() as transaction:
                found = await delete_logs(transaction.connection, utc_now() - self._period, self._batch)
            deleted += found
            if found < self._batch:
                break
            await asyncio.sleep(PAUSE_S)
        if deleted:
            log.info("deleted %d rows of the log of spend", deleted)
        return deleted

    async def _work(self) -> None:
        while True:
            try:
                await self.once()
            except DATABASE_ERRORS as error:
                log.error("the log of spend is not cleaned up: %s", type(error).__name__)
            await asyncio.sleep(self._interval_s)


def retention_of(config: ProxyConfig, database: Database) -> Retention | None:
    """What `general_settings.maximum_spend_logs_retention_period` asks for; None without it. Raises ConfigError."""
    general = config.general_settings.raw
    period: Any = general.get(_PERIOD)
    if not period:
        return None
    interval = str(general.get("maximum_spend_logs_retention_interval") or INTERVAL)
    sizes = {
        "batch": int(general.get("maximum_spend_logs_cleanup_batch_size") or BATCH),
        "max_batches": int(general.get("maximum_spend_logs_cleanup_max_batches") or MAX_BATCHES),
    }
    try:
        return Retention(database, str(period), interval, **sizes)
    except ValueError as error:
        raise ConfigError(
            [ConfigProblem(config.file or "config", 0, f"general_settings.{_PERIOD}", str(error))]
        ) from error
