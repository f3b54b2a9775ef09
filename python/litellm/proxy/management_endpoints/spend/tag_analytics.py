"""`/tag/dau`, `/tag/wau`, `/tag/mau`, `/tag/summary`, …: how many users a tag has, and what they did."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from litellm.proxy.db.repository import Row
from litellm.proxy.db.spend_repository import DailyRepository, key_owners
from litellm.proxy.db.tables import DAILY
from litellm.proxy.management_endpoints.common.context import Context
from litellm.proxy.management_endpoints.common.listing import pages
from litellm.proxy.spend_tracking.budget_windows import utc_now

PERIODS = 7
PER_USER_DAYS = 30
MAX_TAGS = 250
_AGENT = "User-Agent:"

_tags = DAILY["tag"].c


@dataclass(frozen=True, slots=True)
class Period:
    """A kind of period: its name and its length in days; a day has no name."""

    name: str
    days: int
    form: str = ""
    """How the label tells when one began, for `strftime`."""


DAY, WEEK, MONTH = Period("", 1), Period("Week", 7, "%b %d"), Period("Month", 30, "%b")


def tag_filter(part: str | None, tags: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """The tags that are asked for: those of `tags`, else those that have `part` in them, else all."""
    if tags:
        return [_tags.tag.in_(tags)]
    return [_tags.tag.icontains(part, autoescape=True)] if part else []


class TagAnalytics:
    """Users of tags; a user is whoever a key belongs to."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def _rows(
        self, by: list[str], start: str, end: str, where: list[ColumnElement[bool]]
    ) -> tuple[list[Row], dict[str, Row]]:
        """Sums by these columns and key, and who the keys belong to."""
        await self._context.flush()
        async with self._context.read() as connection:
            rows = await DailyRepository(connection, "tag").sums([*by, "api_key"], start, end, *where)
            return rows, await key_owners(connection, sorted({row["api_key"] for row in rows}))

    async def active(self, period: Period, where: list[ColumnElement[bool]]) -> Row:
        """Users of each tag in each of the latest `PERIODS` periods, the last of which ends tomorrow (UTC)."""
        end = utc_now().date() + datetime.timedelta(days=1)
        start = end - datetime.timedelta(days=PERIODS * period.days - (period.days > 1))
        rows, owners = await self._rows(["tag", "date"], start.isoformat(), end.isoformat(), where)
        users: dict[tuple[int, str], set[str]] = {}
        for row in rows:
            user = owners.get(row["api_key"], {}).get("user_id")
            age = (end - datetime.date.fromisoformat(row["date"])).days // period.days
            if user:
                users.setdefault((age, row["tag"] or ""), set()).add(user)
        sign = 1 if period is DAY else -1
        order = sorted(users, key=lambda found: (sign * found[0], -len(users[found]), found[1]))
        return {"results": [_active(period, end, age, tag, len(users[age, tag])) for age, tag in order]}

    async def summary(self, start: str, end: str, where: list[ColumnElement[bool]]) -> Row:
        """Each tag's users, requests, tokens and spend, the tag with most requests first."""
        rows, owners = await self._rows(["tag"], start, end, where)
        found: dict[str, Row] = {}
        users: dict[str, set[str]] = {}
        for row in rows:
            tag = row["tag"] or ""
            one = found.setdefault(tag, {"tag": tag, "unique_users": 0, **_NOTHING, "total_spend": 0.0})
            _add(one, row, "total_spend")
            users.setdefault(tag, set()).add(owners.get(row["api_key"], {}).get("user_id") or "")
        for tag, one in found.items():
            one["unique_users"] = len(users[tag] - {""})
        return {"results": sorted(found.values(), key=lambda one: -one["total_requests"])}

    async def per_user(self, where: list[ColumnElement[bool]], page: int, size: int) -> Row:
        """What each user did under tags in the last 30 days, the one with most successful requests first."""
        end = utc_now().date() + datetime.timedelta(days=1)
        start = end - datetime.timedelta(days=PER_USER_DAYS)
        rows, owners = await self._rows(["tag"], start.isoformat(), end.isoformat(), where)
        found: dict[str, Row] = {}
        for row in rows:
            owner = owners.get(row["api_key"], {})
            if user := owner.get("user_id"):
                who = {"user_id": user, "user_email": owner["user_email"], "user_agent": row["tag"]}
                _add(found.setdefault(user, {**who, **_NOTHING, "spend": 0.0}), row, "spend")
        results = sorted(found.values(), key=lambda one: -one["successful_requests"])
        return {
            "results": results[(page - 1) * size : page * size], "total_count": len(results), "page": page,
            "page_size": size, "total_pages": pages(len(results), size),
        }  # fmt: skip

    async def distinct(self) -> Row:
        """The tags that were used on most days: agents, and those that are plain words."""
        await self._context.flush()
        async with self._context.read() as connection:
            rows = await DailyRepository(connection, "tag").sums(["tag", "date", "api_key", "model"])
        times: dict[str, int] = {}
        for row in rows:
            tag = row["tag"] or ""
            if tag.startswith(_AGENT) or ":" not in tag:
                times[tag] = times.get(tag, 0) + 1
        return {"results": [{"tag": tag} for tag in sorted(times, key=lambda tag: (-times[tag], tag))[:MAX_TAGS]]}


_NOTHING = {"total_requests": 0, "successful_requests": 0, "failed_requests": 0, "total_tokens": 0}


def _add(into: Row, row: Row, spend: str) -> None:
    into["total_requests"] += row["api_requests"]
    into["successful_requests"] += row["successful_requests"]
    into["failed_requests"] += row["failed_requests"]
    into["total_tokens"] += row["prompt_tokens"] + row["completion_tokens"]
    into[spend] += row["spend"]


def _active(period: Period, end: datetime.date, age: int, tag: str, users: int) -> dict[str, Any]:
    last = end - datetime.timedelta(days=age * period.days)
    if period is DAY:
        return {"tag": tag, "active_users": users, "date": last.isoformat(), "period_start": None, "period_end": None}
    first = last - datetime.timedelta(days=period.days - 1)
    return {
        "tag": tag, "active_users": users, "date": f"{period.name} {PERIODS - age} ({first.strftime(period.form)})",
        "period_start": f"{first} 00:00:00", "period_end": f"{last} 00:00:00",
    }  # fmt: skip
