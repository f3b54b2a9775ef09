"""What health checks found, kept in the database for a while."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from litellm.proxy.db import tables
from litellm.proxy.db.database import DATABASE_ERRORS
from litellm.proxy.db.repositories import HealthCheckRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.db.tables.columns import utc_now

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.health")

KEPT = datetime.timedelta(days=7)
MAX_ERROR = 500


async def note(
    state: GatewayState, entries: Sequence[Mapping[str, Any]], results: Sequence[tuple[Exception | None, float]]
) -> None:
    """Keep the results of a round, and forget those of a week ago, unless the settings say how long.

    A database that is away loses them.
    """
    rows = [
        {
            "model_name": entry["model_name"], "model_id": (entry.get("model_info") or {}).get("id"),
            "status": "unhealthy" if error else "healthy", "healthy_count": int(error is None),
            "unhealthy_count": int(error is not None), "response_time_ms": round(seconds * 1000, 2),
            "error_message": None if error is None else f"{type(error).__name__}: {error}"[:MAX_ERROR],
            "checked_by": "litellm-proxy",
        }
        for entry, (error, seconds) in zip(entries, results, strict=True)
    ]  # fmt: skip
    if not rows:
        return
    checks = tables.health_checks
    try:
        async with state.database.write() as transaction:
            for row in rows:
                await HealthCheckRepository(transaction.connection).add(row)
            if not state.config.general_settings.raw.get("maximum_health_check_retention_period"):
                await transaction.connection.execute(delete(checks).where(checks.c.checked_at < utc_now() - KEPT))
    except DATABASE_ERRORS as error:
        log.warning("results of health checks are not kept: %s", type(error).__name__)


async def page(
    connection: AsyncConnection, model: str | None, status: str | None, limit: int, offset: int
) -> tuple[list[Row], int]:
    """The newest results from `offset` on, and how many there are."""
    listing = Listing(
        page=offset // limit + 1, size=limit, sort_by="checked_at", equal={"model_name": model, "status": status}
    )
    return await HealthCheckRepository(connection).page(listing)


async def latest(connection: AsyncConnection) -> list[Row]:
    """The newest result of each deployment."""
    checks = tables.health_checks
    newest = (
        select(checks.c.model_name, checks.c.model_id, func.max(checks.c.checked_at).label("at"))
        .group_by(checks.c.model_name, checks.c.model_id)
        .subquery()
    )
    same = (checks.c.model_name == newest.c.model_name) & (checks.c.checked_at == newest.c.at)
    same &= func.coalesce(checks.c.model_id, "") == func.coalesce(newest.c.model_id, "")
    query = select(checks).join(newest, same).order_by(checks.c.model_name)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
