"""`/team/metadata_schema`, `/team/spend/by_user`."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import case, func, select

from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.db import tables
from litellm.proxy.db.repositories import TeamRepository
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.rights import manages_team
from litellm.proxy.spend_tracking.budget_windows import utc_now

router = guarded_router("team management")
SECTION = "team_metadata_schema"
MAX_ROWS = 10_000


@router.get("/team/metadata_schema")
async def team_metadata_schema(context: InContext) -> dict[str, Any]:
    """The fields that the config wants teams to have in their metadata: `general_settings.team_metadata_schema`."""
    given = context.state.config.general_settings.raw.get(SECTION)
    entries = given.get("fields") if isinstance(given, dict) else given
    found = [item if isinstance(item, dict) else {"key": str(item)} for item in entries or ()]
    return {"fields": [{"key": item["key"], "label": item.get("label")} for item in found if item.get("key")]}


@router.get("/team/spend/by_user")
async def team_spend_by_user(
    context: InContext, team_ids: str | None = None, start_date: str | None = None, end_date: str | None = None
) -> dict[str, Any]:
    """What each user spent in each team that the caller manages; by default in the last thirty days."""
    first, last = _days(start_date, end_date)
    await context.flush()
    wanted = [name.strip() for name in team_ids.split(",") if name.strip()] if team_ids else None
    async with context.read() as connection:
        teams = await (TeamRepository(connection).many(wanted) if wanted else TeamRepository(connection).find())
        mine = {team["team_id"]: team for team in teams
                if sees_everything(context.caller) or manages_team(context.caller, team)}  # fmt: skip
        rows = await _sums(connection, first, last, list(mine)) if mine else []
    results = [
        {**row, "team_alias": mine[row["team_id"]]["team_alias"], "spend": float(row["spend"] or 0),
         **{name: int(row[name] or 0) for name in _COUNTS}}
        for row in rows
    ]  # fmt: skip
    return {"start_date": first.isoformat(), "end_date": last.isoformat(), "results": results}


_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens", "api_requests", "successful_requests",
           "failed_requests")  # fmt: skip


async def _sums(
    connection: Any, first: datetime.date, last: datetime.date, team_ids: list[str]
) -> list[dict[str, Any]]:
    logs, users = tables.spend_logs.c, tables.users.c
    failed = func.sum(case((logs.status == "failure", 1), else_=0))
    query = (
        select(
            logs.team_id, logs.user.label("user_id"), users.user_email, users.user_alias,
            func.sum(logs.spend).label("spend"), func.sum(logs.prompt_tokens).label("prompt_tokens"),
            func.sum(logs.completion_tokens).label("completion_tokens"),
            func.sum(logs.total_tokens).label("total_tokens"), func.count().label("api_requests"),
            failed.label("failed_requests"),
        )
        .select_from(tables.spend_logs.outerjoin(tables.users, logs.user == users.user_id))
        .where(
            logs.team_id.in_(team_ids), logs.startTime >= datetime.datetime.combine(first, datetime.time()),
            logs.startTime < datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time()),
        )
        .group_by(logs.team_id, logs.user, users.user_email, users.user_alias)
        .order_by(func.sum(logs.spend).desc())
        .limit(MAX_ROWS)
    )  # fmt: skip
    rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    for row in rows:
        row["failed_requests"] = int(row["failed_requests"] or 0)
        row["successful_requests"] = row["api_requests"] - row["failed_requests"]
    return rows


def _days(start: str | None, end: str | None) -> tuple[datetime.date, datetime.date]:
    try:
        last = datetime.date.fromisoformat(end) if end else utc_now().date()
        first = datetime.date.fromisoformat(start) if start else last - datetime.timedelta(days=30)
    except ValueError as error:
        raise bad_request("start_date, end_date: expected days, as in 2026-01-31", "start_date") from error
    return first, last
