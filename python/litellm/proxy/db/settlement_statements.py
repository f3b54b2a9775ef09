"""The statements that add settlements to what they count for, each made once: that costs more than to run it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, case, update
from sqlalchemy.dialects import postgresql, sqlite

from litellm.proxy.db.tables import (
    DAILY,
    DAILY_KEYS,
    DAILY_SUMS,
    budget_windows,
    deleted_keys,
    end_users,
    keys,
    team_memberships,
)
from litellm.proxy.spend_tracking.accounts import PLACES

_DIALECTS: Mapping[str, Any] = {"postgresql": postgresql, "sqlite": sqlite}
_TOTALS = {"key": keys, "team_member": team_memberships}
"""Entities that also have `total_spend`, which no window resets."""


@cache
def growth(kind: str) -> Executable:
    """UPDATE of an account by `:usd`; its row is named by `:id_<column>`."""
    place = PLACES[kind]
    values = {"spend": place.table.c.spend + bindparam("usd")}
    if kind in _TOTALS:
        values["total_spend"] = place.table.c.total_spend + bindparam("usd")
    where = [place.table.c[name] == bindparam(f"id_{name}") for name in place.columns]
    return update(place.table).where(*where).values(**values)


@cache
def growth_of_deleted() -> Executable:
    """As `growth`, of a key that was deleted before its call ended."""
    gone = deleted_keys.c
    spent = {"spend": gone.spend + bindparam("usd"), "total_spend": gone.total_spend + bindparam("usd")}
    return update(deleted_keys).where(gone.token == bindparam("id_token")).values(**spent)


@cache
def known_end_users(dialect: str) -> Executable:
    """INSERT of end users that may be there already."""
    statement: Executable = _DIALECTS[dialect].insert(end_users).on_conflict_do_nothing(index_elements=["user_id"])
    return statement


@cache
def window_growth(dialect: str) -> Executable:
    """INSERT of what windows grow by, added to those that are not over yet."""
    insert = _DIALECTS[dialect].insert(budget_windows)
    columns, new = budget_windows.c, insert.excluded
    over = columns.window_start < new.window_start
    changes = {
        "spend": case((over, new.spend), else_=columns.spend + new.spend),
        "window_start": case((over, new.window_start), else_=columns.window_start),
        "updated_at": new.updated_at,
    }
    unique = ["entity_type", "entity_id", "window_duration"]
    statement: Executable = insert.on_conflict_do_update(index_elements=unique, set_=changes)
    return statement


@cache
def day_growth(dialect: str, entity: str) -> Executable:
    """INSERT of what an entity's days grow by, added to what they have."""
    table = DAILY[entity]
    insert = _DIALECTS[dialect].insert(table)
    changes: dict[str, Any] = {name: table.c[name] + insert.excluded[name] for name in DAILY_SUMS}
    changes["updated_at"] = insert.excluded.updated_at
    statement: Executable = insert.on_conflict_do_update(index_elements=[entity, *DAILY_KEYS], set_=changes)
    return statement
