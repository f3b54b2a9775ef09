"""Settlements into the database: a log row each, and what they add to every entity and to every day."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.tables import DAILY, DAILY_KEYS, DAILY_SUMS, budget_windows, spend_logs
from litellm.proxy.money import pico_to_usd
from litellm.proxy.spend_tracking.accounts import PLACES, SEPARATOR, joined
from litellm.proxy.spend_tracking.budget_windows import window_start

Row = Mapping[str, Any]
Sums = dict[str, int]

_ROWS_A_STATEMENT = 32
"""Log rows in one INSERT. Drivers keep what they prepared for each number of rows: this many at most."""
_LOGGED = frozenset(column.name for column in spend_logs.columns)
_TOTALS = {"key": tables.keys, "team_member": tables.team_memberships}
"""Entities that also have `total_spend`, which no window resets."""


class SettlementQueries:
    """Applies batches on one connection that may write. Tables and rows are always taken in the same order."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    async def apply(self, rows: Sequence[Row], applied: list[Row] | None = None) -> Sums:
        """Write settlements; what they added to each account, by its name, in pico-dollars.

        A row that is there already adds nothing, so that applying twice is applying once. A row has the log's columns
        with `startTime` and `endTime` as times, `spend_pico`, and `windows`: ids of the windows that it counts in.
        Those that were not there yet are appended to `applied`.
        """
        current = await self._current_keys({row["api_key"] for row in rows})
        moved = [{**row, "api_key": current.get(row["api_key"], row["api_key"])} for row in rows]
        new = await self._log(moved)
        fresh = [row for row in moved if row["request_id"] in new]
        if applied is not None:
            applied += fresh
        sums = _sums(fresh)
        for kind, spends in sorted(sums.items()):
            if kind == "window":
                await self._grow_windows(spends)
            else:
                await self._grow(kind, spends)
        for entity, table in DAILY.items():
            await self._grow_days(entity, table, fresh)
        # By the names under which it was reserved, also where a key was replaced since.
        reserved = _sums([row for row in rows if row["request_id"] in new])
        return {f"{kind}:{name}": pico for kind, spends in reserved.items() for name, pico in spends.items()}

    async def _current_keys(self, tokens: Iterable[str]) -> dict[str, str]:
        """Replaced key → the key that took its place, for a call that began under the old one."""
        replaced = tables.replaced_keys
        query = select(replaced.c.token, replaced.c.active_token_id).where(replaced.c.token.in_(set(tokens)))
        return {row.token: row.active_token_id for row in await self._connection.execute(query)}

    async def _log(self, rows: Sequence[Row]) -> set[str]:
        """Write the log; the ids of the rows that were not there yet."""
        logged = [{name: value for name, value in row.items() if name in _LOGGED} for row in rows]
        insert = self._dialect.insert(spend_logs).on_conflict_do_nothing(index_elements=["request_id"])
        done = await self._connection.execute(
            insert.returning(spend_logs.c.request_id), logged,
            execution_options={"insertmanyvalues_page_size": _ROWS_A_STATEMENT},
        )  # fmt: skip
        return {row.request_id for row in done}

    async def _grow(self, kind: str, spends: Sums) -> None:
        place = PLACES[kind]
        if kind == "end_user":
            known = self._dialect.insert(place.table).on_conflict_do_nothing(index_elements=["user_id"])
            await self._connection.execute(known, [{"user_id": name} for name in sorted(spends)])
        values = {"spend": place.table.c.spend + bindparam("usd")}
        if kind in _TOTALS:
            values["total_spend"] = place.table.c.total_spend + bindparam("usd")
        where = [place.table.c[name] == bindparam(f"id_{name}") for name in place.columns]
        sums = [
            {"usd": pico_to_usd(pico)}
            | {f"id_{column}": part for column, part in zip(place.columns, name.split(SEPARATOR), strict=True)}
            for name, pico in sorted(spends.items())
            if pico
        ]
        if sums:
            await self._connection.execute(update(place.table).where(*where).values(**values), sums)
        if sums and kind == "key":  # a call that ended after its key was deleted
            gone = tables.deleted_keys
            spent = {"spend": gone.c.spend + bindparam("usd"), "total_spend": gone.c.total_spend + bindparam("usd")}
            await self._connection.execute(
                update(gone).where(gone.c.token == bindparam("id_token")).values(**spent), sums
            )

    async def _grow_windows(self, spends: Sums) -> None:
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        rows = []
        for name, pico in sorted(spends.items()):
            kind, entity, duration = name.split(SEPARATOR)
            rows.append({
                "entity_type": kind, "entity_id": entity, "window_duration": duration, "spend": pico_to_usd(pico),
                "window_start": window_start(now, duration), "updated_at": now,
            })  # fmt: skip
        insert = self._dialect.insert(budget_windows)
        columns, new = budget_windows.c, insert.excluded
        over = columns.window_start < new.window_start
        changes = {
            "spend": case((over, new.spend), else_=columns.spend + new.spend),
            "window_start": case((over, new.window_start), else_=columns.window_start),
            "updated_at": new.updated_at,
        }
        keys = ["entity_type", "entity_id", "window_duration"]
        await self._connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changes), rows)

    async def _grow_days(self, entity: str, table: Table, rows: Sequence[Row]) -> None:
        days = _days(entity, rows)
        if not days:
            return
        insert = self._dialect.insert(table)
        changes: dict[str, Any] = {name: table.c[name] + insert.excluded[name] for name in DAILY_SUMS}
        changes["updated_at"] = insert.excluded.updated_at
        statement = insert.on_conflict_do_update(index_elements=[entity, *DAILY_KEYS], set_=changes)
        await self._connection.execute(statement, days)


def _sums(rows: Sequence[Row]) -> dict[str, Sums]:
    """Kind of account → id → pico-dollars."""
    found: dict[str, Sums] = {}
    for row in rows:
        for kind, name in entities(row):
            spends = found.setdefault(kind, collections.Counter())
            spends[name] += row["spend_pico"]
    return found


def entities(row: Row) -> Iterable[tuple[str, str]]:
    """Every entity that a settlement counts for, as (kind, id)."""
    team, user, organization = row.get("team_id"), row.get("user"), row.get("organization_id")
    plain = (
        ("key", row.get("api_key")), ("user", user), ("team", team), ("organization", organization),
        ("end_user", row.get("end_user")),
    )  # fmt: skip
    yield from ((kind, name) for kind, name in plain if name)
    if team and user:
        yield "team_member", joined(team, user)
    if organization and user:
        yield "organization_member", joined(organization, user)
    yield from (("tag", str(tag)) for tag in dict.fromkeys(row.get("request_tags") or ()))
    yield from (("window", name) for name in row.get("windows") or ())


def _days(entity: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The day's sums of these rows for one kind of entity, in a fixed order."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    found: dict[tuple[str, ...], collections.Counter[str]] = {}
    groups: dict[tuple[str, ...], str] = {}
    for row in rows:
        for name in _named(entity, row):
            day = (
                name, row["startTime"].strftime("%Y-%m-%d"), row["api_key"], row["model"] or "",
                row.get("custom_llm_provider") or "", row.get("mcp_namespaced_tool_name") or "",
                row.get("endpoint") or "",
            )  # fmt: skip
            found.setdefault(day, collections.Counter()).update(_counted(row))
            groups[day] = row.get("model_group") or ""
    return [
        dict(zip((entity, *DAILY_KEYS), day, strict=True))
        | {name: sums[name] for name in DAILY_SUMS if name != "spend"}
        | {"spend": pico_to_usd(sums["pico"]), "model_group": groups[day], "updated_at": now, "created_at": now}
        for day, sums in sorted(found.items())
    ]


def _named(entity: str, row: Row) -> Sequence[str]:
    if entity == "tag":
        return [str(tag) for tag in dict.fromkeys(row.get("request_tags") or ())]
    column = {"user_id": "user", "end_user_id": "end_user"}.get(entity, entity)
    name = row.get(column)
    # Every request counts for some user, so that the sum over all users is the sum of all.
    return [name] if name else [""] if entity == "user_id" else []


def _counted(row: Row) -> dict[str, int]:
    failed = row["status"] == "failure"
    taken = max(0, int((row["endTime"] - row["startTime"]).total_seconds() * 1000))
    usage = (row.get("metadata") or {}).get("usage_object") or {}
    return {
        "prompt_tokens": row["prompt_tokens"], "completion_tokens": row["completion_tokens"],
        "cache_read_input_tokens": _tokens(usage, "cache_read_input_tokens", "cached_tokens"),
        "cache_creation_input_tokens": _tokens(usage, "cache_creation_input_tokens", "cache_creation_tokens"),
        "pico": row["spend_pico"], "api_requests": 1, "successful_requests": int(not failed),
        "failed_requests": int(failed), "total_response_time_ms": taken, "timed_requests": 1,
    }  # fmt: skip


def _tokens(usage: Mapping[str, Any], name: str, detail: str) -> int:
    """Tokens by Anthropic's name, else by OpenAI's within the prompt's details."""
    details = usage.get("prompt_tokens_details")
    return int(usage.get(name) or (details.get(detail) if isinstance(details, Mapping) else 0) or 0)
