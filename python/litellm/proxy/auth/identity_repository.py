"""The rows that say who the holder of a key is: the key, its user, team, membership, organisation and their budgets."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db import tables
from litellm.proxy.db.repositories import (
    AccessGroupRepository,
    BudgetRepository,
    KeyRepository,
    ObjectPermissionRepository,
    OrganizationMemberRepository,
    OrganizationRepository,
    TeamMemberRepository,
    TeamRepository,
    UserRepository,
    with_budget,
)
from litellm.proxy.db.repository import Row
from litellm.proxy.db.tables import access_groups


@dataclass(slots=True)
class IdentityRows:
    """Rows as they are in the database; budgets are under `litellm_budget_table`."""

    key: Row
    user: Row | None = None
    team: Row | None = None
    member: Row | None = None
    organization: Row | None = None
    organization_member: Row | None = None
    organization_roles: list[Row] = field(default_factory=list)
    access_groups: list[Row] = field(default_factory=list)
    permissions: dict[str, Row] = field(default_factory=dict)
    """What its owners may use beside models, by its id."""

    def topics(self) -> set[str]:
        """What these rows depend on: a change of any of it makes them stale."""
        found = {f"key:{self.key['token']}"}
        for kind, row, column in (
            ("user", self.user, "user_id"), ("team", self.team, "team_id"),
            ("organization", self.organization, "organization_id"),
        ):  # fmt: skip
            if row is not None:
                found.add(f"{kind}:{row[column]}")
        found |= {f"access_group:{row['access_group_id']}" for row in self.access_groups}
        members = (self.member, self.organization_member)
        budgets = [row.get("budget_id") for row in (self.key, *members, self.organization) if row]
        return found | {f"budget:{budget}" for budget in budgets if budget}


def owners_of(rows: IdentityRows) -> list[Row]:
    """The rows whose permissions hold: the key's, its team's, its organisation's, and its user's without a team."""
    user = rows.user if rows.team is None else None
    return [row for row in (rows.key, rows.team, user, rows.organization) if row is not None]


def permissions_of(rows: IdentityRows) -> list[Row]:
    """What they may use beside models."""
    ids = (row.get("object_permission_id") for row in owners_of(rows))
    return [rows.permissions[known] for known in ids if known in rows.permissions]


async def identity_of(connection: AsyncConnection, token: str, now: datetime.datetime) -> IdentityRows | None:
    """The rows behind a key's SHA-256, or behind the key that took its place while its grace lasts."""
    keys = KeyRepository(connection)
    key = await keys.get(token)
    if key is None:
        moved = await keys.replaced_by(token)
        if moved is None or moved["revoke_at"] <= now:
            return None
        key = await keys.get(moved["active_token_id"])
        if key is None:
            return None
    return await rows_behind(connection, key)


def keyless(**given: Any) -> Row:
    """A key's row for a caller who has none: nothing is set but `given`."""
    return {column.name: None for column in tables.keys.columns} | given


async def rows_behind(connection: AsyncConnection, key: Row) -> IdentityRows:
    """The rows that a key's row names."""
    rows = IdentityRows(await with_budget(KeyRepository(connection), key))
    if key["user_id"]:
        rows.user = await UserRepository(connection).get(key["user_id"])
        members = OrganizationMemberRepository(connection)
        rows.organization_roles = await members.find(members.table.c.user_id == key["user_id"])
    if key["team_id"]:
        rows.team = await TeamRepository(connection).get(key["team_id"])
        if key["user_id"]:
            rows.member = await TeamMemberRepository(connection).of(key["team_id"], key["user_id"])
    organization_id = key["organization_id"] or (rows.team or {}).get("organization_id")
    if organization_id:
        organizations = OrganizationRepository(connection)
        found = await organizations.get(organization_id)
        rows.organization = found and await with_budget(organizations, found)
        own = [row for row in rows.organization_roles if row["organization_id"] == organization_id]
        if own:
            rows.organization_member = await with_budget(OrganizationMemberRepository(connection), own[0])
    groups = {*(key["access_group_ids"] or ()), *((rows.team or {}).get("access_group_ids") or ())}
    permissions = [row["object_permission_id"] for row in owners_of(rows) if row.get("object_permission_id")]
    if permissions:
        found_permissions = await ObjectPermissionRepository(connection).many(permissions)
        rows.permissions = {row["object_permission_id"]: row for row in found_permissions}
    if groups:
        rows.access_groups = await AccessGroupRepository(connection).find(access_groups.c.access_group_id.in_(groups))
    return rows


async def budget_of(connection: AsyncConnection, budget_id: str | None) -> Row | None:
    """A budget's row."""
    return await BudgetRepository(connection).get(budget_id) if budget_id else None
