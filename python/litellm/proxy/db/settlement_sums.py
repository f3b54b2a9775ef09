"""What settlements add to every entity and to every day. Those that count alike are added up first."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litellm.litellm_core_utils.usage_counts import cached_tokens
from litellm.proxy.db.tables import DAILY_KEYS, DAILY_SUMS
from litellm.proxy.db.tables.columns import utc_now
from litellm.proxy.money import pico_to_usd
from litellm.proxy.spend_tracking.accounts import joined

Row = Mapping[str, Any]
Sums = dict[str, int]
_ENTITIES = ("api_key", "user", "team_id", "organization_id", "end_user", "agent_id")
_CACHED = {"cache_read_input_tokens": "cached_tokens", "cache_creation_input_tokens": "cache_creation_tokens"}
_DAY = ("model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint")


@dataclass(frozen=True, slots=True)
class Alike:
    """Settlements of the same entities, day, model and endpoint: one of them, and what all of them count."""

    row: Row
    day: tuple[str, ...]
    """The values of `DAILY_KEYS`."""
    counts: collections.Counter[str]


def alike(rows: Iterable[Row]) -> Sequence[Alike]:
    """The settlements in groups that count for the same."""
    found: dict[tuple[Any, ...], Alike] = {}
    for row in rows:
        date = row["startTime"].date()
        lists = (tuple(row.get("request_tags") or ()), tuple(row.get("windows") or ()))
        key = (date, *map(row.get, _ENTITIES), *map(row.get, _DAY), *lists)
        group = found.get(key)
        if group is None:
            day = (date.isoformat(), row["api_key"], *(row.get(name) or "" for name in _DAY))
            group = found[key] = Alike(row, day, collections.Counter())
        _count(group.counts, row)
    return list(found.values())


def _count(counts: collections.Counter[str], row: Row) -> None:
    usage = (row.get("metadata") or {}).get("usage_object") or {}
    counts["prompt_tokens"] += row["prompt_tokens"]
    counts["completion_tokens"] += row["completion_tokens"]
    for name, detail in _CACHED.items():
        counts[name] += cached_tokens(usage, name, detail)
    counts["pico"] += row["spend_pico"]
    counts["api_requests"] += 1
    counts["failed_requests" if row["status"] == "failure" else "successful_requests"] += 1
    counts["total_response_time_ms"] += max(0, int((row["endTime"] - row["startTime"]).total_seconds() * 1000))
    counts["timed_requests"] += 1


def account_sums(groups: Iterable[Alike]) -> dict[str, Sums]:
    """Kind of account → id → pico-dollars."""
    found: dict[str, Sums] = {}
    for group in groups:
        for kind, name in _accounts(group.row):
            spends = found.setdefault(kind, collections.Counter())
            spends[name] += group.counts["pico"]
    return found


def _accounts(row: Row) -> Iterable[tuple[str, str]]:
    """Every account that a settlement counts for, as (kind, id)."""
    team, user, organization = row.get("team_id"), row.get("user"), row.get("organization_id")
    plain = (
        ("key", row.get("api_key")), ("user", user), ("team", team), ("organization", organization),
        ("end_user", row.get("end_user")), ("agent", row.get("agent_id")),
    )  # fmt: skip
    yield from ((kind, name) for kind, name in plain if name)
    if team and user:
        yield "team_member", joined(team, user)
    if organization and user:
        yield "organization_member", joined(organization, user)
    yield from (("tag", str(tag)) for tag in dict.fromkeys(row.get("request_tags") or ()))
    yield from (("window", name) for name in row.get("windows") or ())


def day_sums(entity: str, groups: Iterable[Alike]) -> list[dict[str, Any]]:
    """The rows of a daily table (`DAILY`) for one kind of entity, in a fixed order."""
    now = utc_now()
    found: dict[tuple[str, ...], collections.Counter[str]] = {}
    models: dict[tuple[str, ...], str] = {}
    for group in groups:
        for name in _named(entity, group.row):
            key = (name, *group.day)
            found.setdefault(key, collections.Counter()).update(group.counts)
            models[key] = group.row.get("model_group") or ""
    return [
        dict(zip((entity, *DAILY_KEYS), key, strict=True))
        | {name: sums[name] for name in DAILY_SUMS if name != "spend"}
        | {"spend": pico_to_usd(sums["pico"]), "model_group": models[key], "updated_at": now, "created_at": now}
        for key, sums in sorted(found.items())
    ]


def _named(entity: str, row: Row) -> Sequence[str]:
    if entity == "tag":
        return [str(tag) for tag in dict.fromkeys(row.get("request_tags") or ())]
    column = {"user_id": "user", "end_user_id": "end_user"}.get(entity, entity)
    name = row.get(column)
    # Every request counts for some user, so that the sum over all users is the sum of all.
    return [name] if name else [""] if entity == "user_id" else []
