"""What the spend routes tell."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import or_, select

from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.db import tables
from litellm.proxy.db.repositories import KeyRepository, TeamRepository, UserRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.db.spend_repository import DailyRepository, SpendLogRepository, names_of, start_anew
from litellm.proxy.db.tables import spend_logs
from litellm.proxy.management_endpoints.common.context import Context, bad_request, plain
from litellm.proxy.management_endpoints.common.listing import paged, sorting
from litellm.proxy.management_endpoints.common.rights import manages_team

SORTABLE = frozenset({"startTime", "endTime", "spend", "total_tokens", "model", "user", "team_id"})
GROUPS = {
    "team": ("team_id", "team_id"), "customer": ("end_user_id", "end_user_id"), "api_key": ("user_id", "api_key"),
    "internal_user_id": ("user_id", "user_id"), "organization": ("organization_id", "organization_id"),
}  # fmt: skip
"""What a report can be grouped by → the days' kind of entity, and the column."""


class SpendService:
    """Spend, for those who may see it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def logs(self, filters: dict[str, Any], limit: int) -> list[Row]:
        """Rows of the log, newest first."""
        await self._context.flush()
        async with self._context.read() as connection:
            where = await self._where(connection, filters)
            return [plain(row) for row in await SpendLogRepository(connection).newest(*where, limit=limit)]

    async def summary(self, filters: dict[str, Any]) -> list[Row]:
        """A row a day: what was spent in all, by user, by model and by key."""
        days: dict[str, Row] = {}
        for row in await self.logs(filters, 100_000):
            day = days.setdefault(str(row["startTime"])[:10], {"users": {}, "models": {}, "spend": 0.0})
            day["spend"] += row["spend"]
            for group, name in ((day["users"], row["user"]), (day["models"], row["model"]), (day, row["api_key"])):
                group[name] = group.get(name, 0.0) + row["spend"]
        return [row | {"startTime": day} for day, row in sorted(days.items())]

    async def page(self, filters: dict[str, Any]) -> Row:
        """One page of the log."""
        page, size = filters["page"], filters["page_size"]
        await self._context.flush()
        async with self._context.read() as connection:
            order = sorting(filters.get("sort_by") or "startTime", filters.get("sort_order"), SORTABLE)
            listing = Listing(page, size, where=await self._where(connection, filters), **order)
            rows, total = await SpendLogRepository(connection).page(listing)
        return dict(paged("data", [plain(row) for row in rows], total, page, size))

    async def _where(self, connection: Any, filters: dict[str, Any]) -> list[Any]:
        columns, given = spend_logs.c, filters.get("api_key")
        token = hash_token(given) if given and given.startswith("sk-") else given
        equal = {
            "api_key": token, "request_id": filters.get("request_id"), "user": filters.get("user_id"),
            "team_id": filters.get("team_id"), "end_user": filters.get("end_user"), "model": filters.get("model"),
            "status": filters.get("status_filter"),
            **{name: filters.get(name) for name in ("model_group", "model_id", "session_id")},
        }  # fmt: skip
        found: list[Any] = [columns[name] == value for name, value in equal.items() if value is not None]
        start, end = filters.get("start_date"), filters.get("end_date")
        found += [columns.startTime >= _midnight(start)] if start else []
        found += [columns.startTime < _midnight(end) + datetime.timedelta(days=1)] if end else []
        if alias := filters.get("key_alias"):
            keys = tables.keys.c
            found.append(columns.api_key.in_(select(keys.token).where(keys.key_alias == alias)))
        for name, compare in (("min_spend", columns.spend.__ge__), ("max_spend", columns.spend.__le__)):
            if filters.get(name) is not None:
                found.append(compare(filters[name]))
        caller = self._context.caller
        if not sees_everything(caller):
            allowed = [columns.api_key == (caller.token or "")]
            if caller.user_id:
                allowed.append(columns.user == caller.user_id)
                user = await UserRepository(connection).get(caller.user_id)
                teams = await TeamRepository(connection).many(list((user or {}).get("teams") or ()))
                allowed += [columns.team_id == team["team_id"] for team in teams if manages_team(caller, team)]
            found.append(or_(*allowed))
        return found

    async def sums(
        self, entity: str, by: list[str], start: str | None = None, end: str | None = None, **equal: Any
    ) -> list[Row]:
        """Sums of the days by these columns, the dearest first."""
        await self._context.flush()
        async with self._context.read() as connection:
            return await DailyRepository(connection, entity).sums(by, start and day(start), end and day(end), **equal)

    async def keys(self, limit: int) -> list[Row]:
        """The keys that spent most."""
        found = (await self.sums("user_id", ["api_key"]))[:limit]
        async with self._context.read() as connection:
            known = {row["token"]: row for row in await KeyRepository(connection).many([r["api_key"] for r in found])}
        return [
            {
                "api_key": row["api_key"], "total_spend": row["spend"],
                "key_alias": known.get(row["api_key"], {}).get("key_alias"),
                "key_name": known.get(row["api_key"], {}).get("key_name"),
            }
            for row in found
        ]  # fmt: skip

    async def teams(self, start: str | None, end: str | None) -> Row:
        """Spend by day and team, and by team."""
        rows = await self.sums("team_id", ["date", "team_id"], start, end)
        async with self._context.read() as connection:
            names = await names_of(connection, tables.teams, "team_id", "team_alias")
        days: dict[str, Row] = {}
        totals: dict[str, float] = {}
        for row in rows:
            name = names.get(row["team_id"]) or row["team_id"]
            day = days.setdefault(row["date"], {"date": row["date"]})
            day[name] = day.get(name, 0.0) + row["spend"]
            totals[row["team_id"]] = totals.get(row["team_id"], 0.0) + row["spend"]
        return {
            "daily_spend": [days[day] for day in sorted(days)],
            "teams": [names.get(team) or team for team in totals],
            "total_spend_per_team": [
                {"team_id": names.get(team) or team, "total_spend": spend} for team, spend in totals.items()
            ],
        }

    async def report(self, group_by: str, start: str | None, end: str | None) -> list[Row]:
        """A row a day and group, with a breakdown by model and key."""
        if group_by not in GROUPS:
            raise bad_request(f"group_by: expected one of {', '.join(GROUPS)}", "group_by")
        entity, column = GROUPS[group_by]
        by = list(dict.fromkeys(["date", column, "model", "api_key"]))
        days: dict[str, dict[str, list[Row]]] = {}
        for row in await self.sums(entity, by, start, end):
            days.setdefault(row["date"], {}).setdefault(row[column], []).append(row)
        return [
            {"group_by_day": day, "groups": [_group(group_by, name, rows) for name, rows in groups.items()]}
            for day, groups in sorted(days.items())
        ]

    async def reset(self) -> None:
        """Set the spend of every key, team and user to nothing."""
        await self._context.flush()
        async with self._context.write() as transaction:
            await start_anew(transaction.connection)
            transaction.changed("*")
            await self._context.audit(transaction, "updated", "LiteLLM_VerificationToken", "*")

    async def total(self) -> Row:
        """What was spent in all, and the budget of the whole gateway."""
        rows = await self.sums("user_id", [])
        limit = self._context.state.config.litellm_settings.get("max_budget")
        return {"spend": rows[0]["spend"] if rows else 0.0, "max_budget": limit}


def _group(group_by: str, name: str, rows: list[Row]) -> Row:
    details = [
        {
            "model": row["model"], "api_key": row["api_key"], "spend": row["spend"],
            "total_tokens": row["prompt_tokens"] + row["completion_tokens"],
        }
        for row in rows
    ]  # fmt: skip
    return {group_by: name, "total_spend": sum(row["spend"] for row in rows), "metadata": details}


def day(text: str) -> str:
    """A date, checked. Raises ProxyException 400."""
    return _midnight(text).date().isoformat()


def _midnight(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.combine(datetime.date.fromisoformat(text[:10]), datetime.time())
    except ValueError as error:
        raise bad_request(f"{text[:40]!r}: expected a date as in 2026-01-31", "start_date") from error
