"""What spend counts against: the entities that have a budget, and where the database keeps their spend."""

from __future__ import annotations

import datetime
import time
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
    "organization_member": Place(
        tables.organization_memberships, ("organization_id", "user_id"), "Organization member"
    ),
    "end_user": Place(tables.end_users, ("user_id",), "End User"),
    "agent": Place(tables.agents, ("agent_id",), "Agent"),
    "tag": Place(tables.tags, ("tag_name",), "Tag"),
    "window": Place(tables.budget_windows, ("entity_type", "entity_id", "window_duration"), "Budget window"),
}
"""Every kind of account. The order of their names is the order in which rows are locked."""


@dataclass(frozen=True, slots=True)
class Account:
    """One budget of an entity: at most `limit_pico` in its window, in pico-dollars."""

    kind: str
    entity_id: str
    base_pico: int
    soft_pico: int | None = None
    """From here on the entity's owners are warned; nothing is refused."""
    raised_pico: int = 0
    raised_until: float = 0.0
    """The budget is larger by `raised_pico` until then, in seconds since 1970."""

    @property
    def limit_pico(self) -> int:
        """What may be spent now."""
        return self.base_pico + (self.raised_pico if self.raised_until > time.time() else 0)

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


NO_BUDGET = (1 << 62) - 1
"""In pico-dollars: the limit of an account that has a soft budget alone."""


def account(
    kind: str, entity_id: str, max_budget: Any, *, soft_budget: Any = None, raise_of: Mapping[str, Any] | None = None
) -> Account | None:
    """The account of an entity with a budget in USD, a soft one, or both; None without any.

    `raise_of`: where `temp_budget_increase` (USD) and `temp_budget_expiry` (a time, or its text in ISO 8601) are.
    """
    limit, soft = _amount(max_budget), _amount(soft_budget)
    if limit is None and soft is None:
        return None
    raised = (_amount((raise_of or {}).get("temp_budget_increase")) or 0) if limit is not None else 0
    until = _seconds((raise_of or {}).get("temp_budget_expiry")) if raised else 0.0
    return Account(kind, entity_id, NO_BUDGET if limit is None else limit, soft, raised, until)


def _amount(usd: Any) -> int | None:
    if not isinstance(usd, (int, float)) or isinstance(usd, bool) or usd != usd or usd == float("inf"):
        return None
    return usd_to_pico(max(float(usd), 0.0))


def _seconds(given: Any) -> float:
    if isinstance(given, str):
        try:
            given = datetime.datetime.fromisoformat(given.replace("Z", "+00:00"))
        except ValueError:  # written by something else than this gateway
            return 0.0
    if not isinstance(given, datetime.datetime):
        return 0.0
    return (given if given.tzinfo else given.replace(tzinfo=datetime.timezone.utc)).timestamp()


def window_account(entity_type: str, entity_id: str, duration: str, max_budget: Any) -> Account | None:
    """The account of one of several budgets of an entity, told apart by their durations."""
    return account("window", joined(entity_type, entity_id, duration), max_budget)
