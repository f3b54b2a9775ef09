"""`*/daily/activity/aggregated/…` and `*/daily/activity/export`: the days summed by key, and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.repository import Row
from litellm.proxy.db.spend_repository import key_owners, keys_like, names_of
from litellm.proxy.management_endpoints.spend.activity import Activity, Wanted

ExportType = Literal["daily", "daily_with_keys", "daily_with_models", "daily_with_users"]
FileFormat = Literal["csv", "json"]

_SPENT = (
    "spend", "prompt_tokens", "completion_tokens", "total_tokens", "api_requests", "successful_requests",
    "failed_requests", "cache_read_input_tokens", "cache_creation_input_tokens",
)  # fmt: skip
_EXPORTED = (
    "date", "entity_id", "entity_alias", "api_key", "key_alias", "user_id", "user_email", "model", "spend",
    "flat_cost", "prompt_tokens", "completion_tokens", "api_requests", "successful_requests", "failed_requests",
    "cache_read_input_tokens", "cache_creation_input_tokens",
)  # fmt: skip
_ALIASES = {
    "team_id": (tables.teams, "team_id", "team_alias"),
    "organization_id": (tables.organizations, "organization_id", "organization_alias"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text may not begin with in a table: spreadsheets would calculate it."""


class KeyActivity(Activity):
    """The days of one kind of entity, by key."""

    async def keys(self, wanted: Wanted, offset: int, limit: int) -> Row:
        """The keys that spent most, from `offset` on."""
        async with self._days(wanted) as (connection, days, equal):
            rows = await days.sums(["api_key"], wanted.start, wanted.end, **equal)
            shown = await _with_owners(connection, rows[offset : offset + limit])
        return {"api_keys": shown, "total_api_keys": len(rows), "offset": offset, "limit": limit}

    async def top_of_model(self, wanted: Wanted, model: str, *, by_group: bool, limit: int) -> Row:
        """The keys that spent most on a model, or on a group of models."""
        async with self._days(wanted) as (connection, days, equal):
            equal |= {"model_group" if by_group else "model": model}
            rows = await days.sums(["api_key"], wanted.start, wanted.end, **equal)
            shown = await _with_owners(connection, rows[:limit])
        return {"model": model, "by_model_group": by_group, "api_keys": shown}

    async def search(self, wanted: Wanted, text: str, limit: int) -> Row:
        """The keys that have `text` in their hash, alias, user or user's address."""
        async with self._days(wanted) as (connection, days, equal):
            found = days.sums(["api_key"], wanted.start, wanted.end, keys_like(days.table.c.api_key, text), **equal)
            return {"api_keys": await _with_owners(connection, (await found)[:limit])}

    async def cache_leakage(self, wanted: Wanted, limit: int) -> Row:
        """The keys with most tokens of prompts that no provider had in its cache."""
        async with self._days(wanted) as (connection, days, equal):
            rows = [
                row for row in await days.sums(["api_key"], wanted.start, wanted.end, **equal) if _not_cached(row) > 0
            ]
            rows.sort(key=lambda row: (-_not_cached(row), row["api_key"]))
            return {"api_keys": await _with_owners(connection, rows[:limit])}

    async def export(self, wanted: Wanted, kind: ExportType) -> list[Row]:
        """A row a day and entity, and by `kind` a key, model or user, in that order."""
        by = {"daily_with_models": "model", "daily": None}.get(kind, "api_key")
        columns = list(dict.fromkeys(["date", self._entity, *([by] if by else ())]))
        async with self._days(wanted) as (connection, days, equal):
            rows = await days.sums(columns, wanted.start, wanted.end, **equal)
            aliases = await names_of(connection, *_ALIASES[self._entity]) if self._entity in _ALIASES else {}
            owners = await key_owners(connection, [row["api_key"] for row in rows]) if by == "api_key" else {}
        found: dict[tuple[str, ...], Row] = {}
        for row in rows:
            entity, owner = row[self._entity] or "", owners.get(row.get("api_key", ""), {})
            parts: Row = {"entity_alias": aliases.get(entity)}
            if kind != "daily":
                parts |= {"user_id": owner.get("user_id"), "user_email": owner.get("user_email")}
            if kind == "daily_with_keys":
                parts |= {"api_key": row["api_key"] or None, "key_alias": owner.get("key_alias")}
            part = {"daily_with_users": owner.get("user_id"), "daily": ""}.get(kind, row.get(str(by)))
            if kind == "daily_with_models":
                parts["model"] = part or None
            into = found.setdefault((row["date"], entity, part or ""), _nothing(row["date"], entity, parts))
            for name in _SPENT:
                if name in into:
                    into[name] += row[name]
        return [found[name] for name in sorted(found)]


def _nothing(date: str, entity: str, parts: Mapping[str, Any]) -> Row:
    sums = dict.fromkeys(_EXPORTED[_EXPORTED.index("prompt_tokens") :], 0)
    return {
        **dict.fromkeys(_EXPORTED),
        "date": date,
        "entity_id": entity,
        **parts,
        "spend": 0.0,
        "flat_cost": 0.0,
    } | sums


def _not_cached(row: Row) -> int:
    return int(row["prompt_tokens"] - row["cache_read_input_tokens"])


async def _with_owners(connection: AsyncConnection, rows: Iterable[Row]) -> list[Row]:
    summed = [row | {"total_tokens": row["prompt_tokens"] + row["completion_tokens"]} for row in rows]
    owners = await key_owners(connection, [row["api_key"] for row in summed])
    return [
        {
            "api_key": row["api_key"], "metrics": {name: row[name] for name in _SPENT},
            "metadata": owners.get(row["api_key"], dict.fromkeys(NO_OWNER)),
        }
        for row in summed
    ]  # fmt: skip


NO_OWNER = ("key_alias", "team_id", "user_id", "user_email", "key_exists")


def as_file(rows: list[Row], kind: FileFormat) -> bytes:
    """An export as the bytes of a file."""
    if kind == "json":
        return json.dumps(rows, separators=(",", ":")).encode()
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_EXPORTED)
    writer.writerows([_cell(row[name]) for name in _EXPORTED] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
