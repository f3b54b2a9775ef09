"""`*/daily/activity`: what was spent by day, with a breakdown by model, provider, endpoint, key and entity."""

from __future__ import annotations

import collections
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.db import tables
from litellm.proxy.db.repositories import KeyRepository, OrganizationMemberRepository, TeamRepository, UserRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.db.spend_repository import DailyRepository, Except
from litellm.proxy.management_endpoints.common.context import Context, forbidden
from litellm.proxy.management_endpoints.common.listing import pages
from litellm.proxy.management_endpoints.common.rights import manages_team

_BREAKDOWN = {
    "models": "model", "model_groups": "model_group", "providers": "custom_llm_provider", "endpoints": "endpoint",
    "mcp_servers": "mcp_namespaced_tool_name",
}  # fmt: skip
_SUMMED = (
    "spend", "prompt_tokens", "completion_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
    "successful_requests", "failed_requests", "api_requests", "total_response_time_ms", "timed_requests",
)  # fmt: skip
Metrics = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days are asked for: from `start` to `end` (ISO dates), of all that the caller may see or of `ids` alone."""

    start: str | None
    end: str | None
    ids: list[str] | None = None
    model: str | None = None
    api_key: str | None = None
    without: frozenset[str] = frozenset()
    """Ids that are left out."""


class Activity:
    """What was spent by day on one kind of entity, named by its column."""

    def __init__(self, context: Context, entity: str) -> None:
        self._context, self._entity = context, entity

    @asynccontextmanager
    async def _days(self, wanted: Wanted) -> AsyncIterator[tuple[AsyncConnection, DailyRepository, dict[str, Any]]]:
        """A connection, the days, and what columns have to be equal to, as far as the caller may see them."""
        await self._context.flush()
        async with self._context.read() as connection:
            ids = await _visible(connection, self._context.caller, self._entity, wanted.ids)
            left: Any = None if ids is None else [name for name in ids if name not in wanted.without]
            if ids is None and wanted.without:
                left = Except(wanted.without)
            equal: dict[str, Any] = {self._entity: left, "model": wanted.model, "api_key": wanted.api_key}
            if self._entity == "tag" and not sees_everything(self._context.caller):
                own = await _own_keys(connection, self._context.caller)
                equal["api_key"] = own if wanted.api_key is None else [key for key in own if key == wanted.api_key]
            yield connection, DailyRepository(connection, self._entity), equal

    async def page(self, wanted: Wanted, page: int = 1, size: int = 1000) -> Row:
        """Days, newest first, `size` rows of the table a page; the metadata has the sums over all pages."""
        async with self._days(wanted) as (connection, days_of, equal):
            rows = await days_of.rows(wanted.start, wanted.end, equal)
            known = await KeyRepository(connection).many(sorted({row["api_key"] for row in rows}))
        keys = {row["token"]: {"key_alias": row["key_alias"], "team_id": row["team_id"]} for row in known}
        shown = rows[(page - 1) * size : page * size]
        days: dict[str, list[Row]] = {}
        for row in shown:
            days.setdefault(row["date"], []).append(row)
        totals = {f"total_{name.removeprefix('total_')}": value for name, value in _metrics(rows).items()}
        total_pages = pages(len(rows), size)
        metadata = totals | {"page": page, "total_pages": total_pages, "has_more": page < total_pages}
        return {"results": [self._day(day, found, keys) for day, found in days.items()], "metadata": metadata}

    def _day(self, day: str, rows: list[Row], keys: Mapping[str, Row]) -> Row:
        breakdown: dict[str, Any] = {
            name: {key: {"metrics": _metrics(found), "metadata": {}} for key, found in _by(rows, column).items() if key}
            for name, column in _BREAKDOWN.items()
        }
        breakdown["api_keys"] = {
            key: {"metrics": _metrics(found), "metadata": keys.get(key, {"key_alias": None, "team_id": None})}
            for key, found in _by(rows, "api_key").items()
        }
        breakdown["entities"] = {
            key: {"metrics": _metrics(found), "metadata": {}} for key, found in _by(rows, self._entity).items()
        }
        return {"date": day, "metrics": _metrics(rows), "breakdown": breakdown}


def _by(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column] or "", []).append(row)
    return found


def _metrics(rows: list[Row]) -> Metrics:
    sums: collections.Counter[str] = collections.Counter()
    for row in rows:
        sums.update({name: row[name] or 0 for name in _SUMMED})
    found: Metrics = {name: sums[name] for name in _SUMMED}
    found["spend"] = float(found["spend"])
    return found | {"total_tokens": sums["prompt_tokens"] + sums["completion_tokens"]}


async def _own_keys(connection: Any, caller: UserAPIKeyAuth) -> list[str]:
    if not caller.user_id:
        return [caller.token or ""]
    rows = await KeyRepository(connection).find(tables.keys.c.user_id == caller.user_id)
    return [row["token"] for row in rows]


async def _visible(connection: Any, caller: UserAPIKeyAuth, entity: str, ids: list[str] | None) -> list[str] | None:
    """The ids that the caller may look at, of those that it asks for; None is all. Raises ProxyException 403."""
    if sees_everything(caller) or entity == "tag":
        return ids
    if entity == "user_id":
        allowed = {caller.user_id} if caller.user_id else set()
    elif entity == "team_id":
        user = await UserRepository(connection).get(caller.user_id or "")
        teams = await TeamRepository(connection).many(list((user or {}).get("teams") or ()))
        allowed = {
            team["team_id"]
            for team in teams
            if manages_team(caller, team) or "/team/daily/activity" in (team["team_member_permissions"] or ())
        }
    elif entity == "organization_id":
        members = OrganizationMemberRepository(connection)
        rows = await members.find(members.table.c.user_id == (caller.user_id or ""))
        allowed = {row["organization_id"] for row in rows if row["user_role"] == "org_admin"}
    else:
        allowed = set()
    refused = set(ids or ()) - allowed
    if refused:
        raise forbidden(f"{entity}: {min(refused)!r} is not yours to look at", entity)
    return ids if ids else sorted(name for name in allowed if name)
