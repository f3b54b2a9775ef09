"""What is left of budgets, for Prometheus: read from the database when it is asked for, one for all processes."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, select

from litellm.proxy.db import tables
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.observability.registry import Labels, Registry
from litellm.proxy.spend_tracking.budget_windows import utc_now

log = logging.getLogger("litellm.proxy.metrics")

MAX_ROWS = 10_000
"""Of a kind of entity: those that spent most."""
FRESH_S = 5.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity: its name in metrics, its table, its labels with their columns, whether its budget is a row."""

    name: str
    table: Table
    labels: Mapping[str, str]
    shared: bool = False


KINDS = (
    Kind("api_key", tables.keys, {"hashed_api_key": "token", "api_key_alias": "key_alias"}),
    Kind("user", tables.users, {"user": "user_id"}),
    Kind("team", tables.teams, {"team": "team_id", "team_alias": "team_alias"}),
    Kind("org", tables.organizations, {"org_id": "organization_id", "org_alias": "organization_alias"}, shared=True),
    Kind("customer", tables.end_users, {"end_user": "user_id"}, shared=True),
)


class BudgetGauges:
    """The gauges as text, remembered for `FRESH_S` seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._text, self._until = "", 0.0

    async def text(self) -> str:
        """What is scraped; while the database is away, what was known last."""
        if time.monotonic() >= self._until:
            try:
                self._text = await self._read()
            except DATABASE_ERRORS as error:
                log.warning("budgets are shown as they were known last, for the database does not answer: %s", error)
                return self._text
            self._until = time.monotonic() + FRESH_S
        return self._text

    async def _read(self) -> str:
        registry = Registry()
        async with self._database.read() as connection:
            for kind in KINDS:
                _fill(registry, kind, (await connection.execute(_query(kind))).mappings().all())
        return registry.text()


def _query(kind: Kind) -> Select[Any]:
    table = kind.table
    budget = tables.budgets if kind.shared else table
    columns = [table.c[column].label(label) for label, column in kind.labels.items()]
    query = select(*columns, table.c.spend, budget.c.max_budget, budget.c.budget_reset_at)
    if kind.shared:
        query = query.join(budget, table.c.budget_id == budget.c.budget_id)
    if kind.name == "team":
        query = query.add_columns(table.c.members_with_roles)
    else:
        query = query.where(budget.c.max_budget.is_not(None))
    return query.order_by(table.c.spend.desc()).limit(MAX_ROWS)


def _fill(registry: Registry, kind: Kind, rows: Any) -> None:
    names = tuple(kind.labels)
    left, whole, hours = (
        registry.metric("gauge", name, help, names)
        for name, help in (
            (f"litellm_remaining_{kind.name}_budget_metric", "USD left of a budget"),
            (f"litellm_{kind.name}_max_budget_metric", "A budget in USD"),
            (f"litellm_{kind.name}_budget_remaining_hours_metric", "Hours until a budget starts anew"),
        )
    )
    if kind.name == "team":
        members = registry.metric("gauge", "litellm_team_members_metric", "Members of a team", names)
        for row in rows:
            members.set(_labels(row, names), float(len(row["members_with_roles"] or ())))
    for row in rows:
        labels = _labels(row, names)
        if row["max_budget"] is None:
            continue
        left.set(labels, row["max_budget"] - row["spend"])
        whole.set(labels, row["max_budget"])
        if row["budget_reset_at"] is not None:
            hours.set(labels, max((row["budget_reset_at"] - utc_now()).total_seconds() / 3600, 0.0))


def _labels(row: Mapping[str, Any], names: Labels) -> Labels:
    return tuple(str(row[name] or "") for name in names)
