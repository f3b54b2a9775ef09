"""What the organization routes do."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.db import tables
from litellm.proxy.db.repositories import (
    BudgetRepository,
    KeyRepository,
    OrganizationMemberRepository,
    OrganizationRepository,
    TeamRepository,
    with_budget,
)
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.budget.service import budget_for
from litellm.proxy.management_endpoints.common.context import Context, bad_request, forbidden, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of
from litellm.proxy.management_endpoints.common.permissions import permission_columns, with_permission
from litellm.proxy.management_endpoints.common.rights import check_organization, manages_organization
from litellm.proxy.management_endpoints.organization.schemas import NewOrganizationRequest, UpdateOrganizationRequest
from litellm.proxy.management_endpoints.team.service import TeamService

TABLE = "LiteLLM_OrganizationTable"
_COLUMNS: dict[str, Any] = {"organization_alias": "", "models": [], "metadata": {}, "spend": 0.0}


class OrganizationService:
    """Organisations."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: NewOrganizationRequest) -> Row:
        """A new organisation with its budget."""
        actor = self._context.actor
        async with self._context.write() as transaction:
            organizations = OrganizationRepository(transaction.connection)
            organization_id = request.organization_id or str(uuid.uuid4())
            if await organizations.get(organization_id) is not None:
                raise bad_request("organization_id: there is such an organization already", "organization_id")
            budgets = BudgetRepository(transaction.connection)
            if request.budget_id and await budgets.get(request.budget_id) is None:
                raise not_found("budget", "budget_id")
            budget_id = await budget_for(transaction, request, actor, request.budget_id)
            if budget_id is None:
                budget_id = (await budgets.add({"created_by": actor, "updated_by": actor}))["budget_id"]
            row: Row = {"models": [], "metadata": {}} | columns_of(request, _COLUMNS)
            row |= {"organization_id": organization_id, "budget_id": budget_id}
            row |= await permission_columns(transaction, request.object_permission)
            made = await organizations.add(row | {"created_by": actor, "updated_by": actor})
            await self._context.audit(transaction, "created", TABLE, organization_id, None, made)
            return plain(await with_budget(organizations, made))

    async def update(self, request: UpdateOrganizationRequest) -> Row:
        """Change what is given; an organisation's own admins change neither its budget nor its models."""
        caller, actor = self._context.caller, self._context.actor
        await self._context.flush()
        async with self._context.write() as transaction:
            organizations = OrganizationRepository(transaction.connection)
            before = await organizations.get(request.organization_id, lock=True)
            if before is None:
                raise not_found("organization", "organization_id")
            check_organization(caller, request.organization_id)
            refused = request.model_fields_set - {"organization_id", "organization_alias", "metadata"}
            if refused and caller.user_role != "proxy_admin":
                raise forbidden(f"only proxy admins may change {min(refused)}", min(refused))
            changes = columns_of(request, _COLUMNS, before=before) | {"updated_by": actor}
            changes |= await permission_columns(transaction, request.object_permission, before)
            changes["budget_id"] = await budget_for(
                transaction, request, actor, request.budget_id or before["budget_id"]
            )
            after = await organizations.change(request.organization_id, changes)
            transaction.changed(f"organization:{request.organization_id}")
            await self._context.audit(transaction, "updated", TABLE, request.organization_id, before, after)
            return plain(await with_budget(organizations, after or before))

    async def delete(self, ids: list[str]) -> list[Row]:
        """Delete organisations with their teams; their keys have none then. All must exist."""
        for organization_id in ids:
            check_organization(self._context.caller, organization_id)
        async with self._context.read() as connection:
            teams = await TeamRepository(connection).find(tables.teams.c.organization_id.in_(ids))
        if teams:
            await TeamService(self._context).delete([team["team_id"] for team in teams])
        async with self._context.write() as transaction:
            connection = transaction.connection
            organizations, members = OrganizationRepository(connection), OrganizationMemberRepository(connection)
            gone = await organizations.many(ids)
            if len(gone) < len(set(ids)):
                raise not_found("organization", "organization_ids")
            keys = KeyRepository(connection)
            for key in await keys.find(tables.keys.c.organization_id.in_(ids)):
                await keys.change(key["token"], {"organization_id": None})
                transaction.changed(f"key:{key['token']}")
            for row in gone:
                organization_id = row["organization_id"]
                rows = await members.find(members.table.c.organization_id == organization_id)
                await members.leave(organization_id, [item["user_id"] for item in rows])
                transaction.changed(f"organization:{organization_id}")
                await self._context.audit(transaction, "deleted", TABLE, organization_id, row)
            await organizations.remove(ids)
        return [plain(row) for row in gone]

    async def info(self, organization_id: str) -> Row:
        """An organisation with its budget, members and teams."""
        await self._context.flush()
        async with self._context.read() as connection:
            row = await OrganizationRepository(connection).get(organization_id)
            if row is None:
                raise not_found("organization", "organization_id")
            caller = self._context.caller
            if not sees_everything(caller) and not manages_organization(caller, organization_id):
                raise forbidden("this organization is not yours to look at", "organization_id")
            return await self._shown(connection, row)

    async def _shown(self, connection: AsyncConnection, row: Row) -> Row:
        organizations, members = OrganizationRepository(connection), OrganizationMemberRepository(connection)
        organization_id = row["organization_id"]
        rows = await members.find(members.table.c.organization_id == organization_id)
        teams = await TeamRepository(connection).find(tables.teams.c.organization_id == organization_id)
        shown = plain(await with_permission(connection, await with_budget(organizations, row)))
        return shown | {"members": [plain(item) for item in rows], "teams": [plain(team) for team in teams]}

    async def list_all(self, organization_id: str | None, alias: str | None) -> list[Row]:
        """The organisations that the caller may see: its own ones, or all for admins."""
        caller = self._context.caller
        async with self._context.read() as connection:
            within = None
            if not sees_everything(caller):
                members = OrganizationMemberRepository(connection)
                rows = await members.find(members.table.c.user_id == (caller.user_id or ""))
                within = [row["organization_id"] for row in rows]
            listing = Listing(
                equal={"organization_id": organization_id}, like={"organization_alias": alias},
                within={"organization_id": within},
            )  # fmt: skip
            found, _ = await OrganizationRepository(connection).page(listing)
            return [await self._shown(connection, row) for row in found]
