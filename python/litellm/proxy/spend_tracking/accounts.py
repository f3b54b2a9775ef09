"""What spend counts against: the entities that have a budget, and where the database keeps their spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_

from litellm.proxy.db import tables
from litellm.proxy.money import usd_to_pico

SEPARATOR = "\x1f"
"""Between the parts of an account's id; it occurs in no id that the gateway takes."""


@dataclass(frozen=True, slots=True)
class Place:
    """The table that keeps the spend of a kind of entity, and the columns that its id is made of."""

    table: Table
    columns: tuple[str, ...]
    said: str

    def row(self, entity_id: str) -> ColumnElement[bool]:
        """The condition for the entity's row."""
        parts = entity_id.split(SEPARATOR)
        return and_(*(self.table.c[name] == part for name, part in zip(self.columns, parts, strict=True)))


PLACES: Mapping[str, Place] = {
    "key": Place(tables.keys, ("token",), "Key"),
    "user": Place(tables.users, ("user_id",), "User"),
    "team": Place(tables.teams, ("team_id",), "Team"),
    "team_member": Place(tables.team_memberships, ("team_id", "user_id"), "Team member"),
    "organization": Place(tables.organizations, ("organization_id",), "Organization"),
    "end_user": Place(tables.end_users, ("user_id",), "End User"),
    "tag": Place(tables.tags, ("tag_name",), "Tag"),
    "window": Place(tables.budget_windows, ("entity_type", "entity_id", "window_duration"), "Budget window"),
}
"""Every kind of account. The order of their names is the order in which rows are locked."""


@dataclass(frozen=True, slots=True)
class Account:
    """One budget of an entity: at most `limit_pico` in its window, in pico-dollars."""

    kind: str
    entity_id: str
    limit_pico: int

    @property
    def name(self) -> str:
        """What the account is called in tables of accounts."""
        return f"{self.kind}:{self.entity_id}"

    @property
    def said(self) -> str:
        """How an error names it: the entity, never a secret."""
        parts = self.entity_id.split(SEPARATOR)
        if self.kind == "window":
            return f"{parts[0].replace('_', ' ')} {parts[1].split('|')[-1]} per {parts[2]}"
        return f"{PLACES[self.kind].said}={parts[-1]}"


def joined(*parts: str) -> str:
    """An account's id of several parts."""
    return SEPARATOR.join(part.replace(SEPARATOR, "") for part in parts)


def account(kind: str, entity_id: str, max_budget: Any) -> Account | None:
    """The account of an entity with a budget in USD; None without one."""
    if not isinstance(max_budget, (int, float)) or isinstance(max_budget, bool) or max_budget != max_budget:
        return None
    if max_budget == float("inf"):
        return None
    return Account(kind, entity_id, usd_to_pico(max(float(max_budget), 0.0)))


def window_account(entity_type: str, entity_id: str, duration: str, max_budget: Any) -> Account | None:
    """The account of one of several budgets of an entity, told apart by their durations."""
    return account("window", joined(entity_type, entity_id, duration), max_budget)
