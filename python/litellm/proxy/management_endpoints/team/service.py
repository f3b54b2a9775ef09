"""What the team routes do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import or_

from litellm.proxy.auth.route_access import is_admin, sees_everything
from litellm.proxy.db import tables
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import (
    KeyRepository,
    OrganizationRepository,
    TeamMemberRepository,
    TeamRepository,
    UserRepository,
    with_budget,
)
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.budget.schemas import BudgetFields
from litellm.proxy.management_endpoints.budget.service import budget_for
from litellm.proxy.management_endpoints.common.context import Context, bad_request, forbidden, not_found, plain
from litellm.proxy.management_endpoints.common.fields import METADATA_LIMITS, columns_of
from litellm.proxy.management_endpoints.common.listing import paged, sorting
from litellm.proxy.management_endpoints.common.permissions import permission_columns, with_permission
from litellm.proxy.management_endpoints.common.rights import (
    check_organization,
    check_team,
    manages_organization,
    members_of,
    refuse_less_protection,
    refuse_waivers,
    sees_team,
)
from litellm.proxy.management_endpoints.key.service import KeyService
from litellm.proxy.management_endpoints.team.members import ROUTES_FOR_MEMBERS, TABLE, TeamMembers
from litellm.proxy.management_endpoints.team.metadata_rules import check_metadata
from litellm.proxy.management_endpoints.team.schemas import NewTeamRequest, TeamFields, UpdateTeamRequest

SORTABLE = frozenset({"team_id", "team_alias", "created_at", "spend", "max_budget"})
_COLUMNS: dict[str, Any] = {
    "models": [], "metadata": {}, "spend": 0.0, "policies": [], "model_max_budget": {}, "router_settings": {},
    "access_group_ids": [], "default_team_member_models": [], "team_member_permissions": [], "blocked": False,
    "team_alias": None, "organization_id": None, "max_budget": None, "soft_budget": None, "budget_duration": None,
    "max_parallel_requests": None, "tpm_limit": None, "rpm_limit": None, "tpd_limit": None, "budget_limits": None,
}  # fmt: skip
_LIMITS = frozenset({
    "max_budget", "budget_duration", "tpm_limit", "rpm_limit", "tpd_limit", "max_parallel_requests", "models",
    "organization_id", "spend", "blocked", "model_max_budget", "budget_limits", "soft_budget", "access_group_ids",
    "object_permission", *METADATA_LIMITS,
})  # fmt: skip
"""What a team's own admins may not change: what was given to them."""


def _limits_in_metadata(request: TeamFields, before: Row) -> list[str]:
    """Those that metadata would change which takes the place of the one there was."""
    if "metadata" not in request.model_fields_set:
        return []
    given, known = request.metadata or {}, before["metadata"] or {}
    return [name for name in METADATA_LIMITS if given.get(name) != known.get(name)]


class TeamService:
    """Teams."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: NewTeamRequest) -> Row:
        """A new team. Who makes it is its first admin, unless it is a proxy admin."""
        context = self._context
        if not is_admin(context.caller):
            check_organization(context.caller, request.organization_id)
        refuse_waivers(context.caller, request)
        team_id = request.team_id or str(uuid.uuid4())
        async with context.write() as transaction:
            teams = TeamRepository(transaction.connection)
            if await teams.get(team_id) is not None:
                raise bad_request("team_id: there is such a team already", "team_id")
            await self._check_organization_exists(transaction, request.organization_id)
            row = {name: value for name, value in _COLUMNS.items() if value is not None} | columns_of(request, _COLUMNS)
            row |= {"team_id": team_id, "admins": request.admins, "members": request.members, "members_with_roles": []}
            row["metadata"] = await self._member_budget(transaction, request, row["metadata"])
            row |= await permission_columns(transaction, request.object_permission)
            await check_metadata(context, "create", row)
            made = await teams.add(row)
            members = [member.model_dump() for member in request.members_with_roles]
            if not is_admin(context.caller) and context.caller.user_id:
                members.append({"user_id": context.caller.user_id, "role": "admin"})
            if members:
                await TeamMembers(context).join(transaction, team_id, members)
            transaction.changed(f"team:{team_id}")
            await context.audit(transaction, "created", TABLE, team_id, None, made)
            return plain(await teams.get(team_id) or made)

    async def update(self, request: UpdateTeamRequest) -> Row:
        """Change what is given."""
        context = self._context
        await context.flush()
        async with context.write() as transaction:
            teams = TeamRepository(transaction.connection)
            before = await teams.get(request.team_id, lock=True)
            if before is None:
                raise not_found("team", "team_id")
            check_team(context.caller, before)
            refuse_waivers(context.caller, request, before)
            refuse_less_protection(context.caller, request, before)
            refused = sorted(_LIMITS & request.model_fields_set) or _limits_in_metadata(request, before)
            if refused and not manages_organization(context.caller, before["organization_id"]):
                raise forbidden(f"only proxy admins may change {refused[0]}", refused[0])
            if "organization_id" in refused:
                check_organization(context.caller, request.organization_id)
                await self._check_organization_exists(transaction, request.organization_id)
            changes = columns_of(request, _COLUMNS, before=before)
            metadata = changes.get("metadata") or before["metadata"] or {}
            changes["metadata"] = await self._member_budget(transaction, request, metadata)
            changes |= await permission_columns(transaction, request.object_permission, before)
            await check_metadata(context, "update", {**before, **changes}, before)
            after = await teams.change(request.team_id, changes)
            transaction.changed(f"team:{request.team_id}")
            await context.audit(transaction, "updated", TABLE, request.team_id, before, after)
        return {"team_id": request.team_id, "data": plain(after or before)}

    async def _member_budget(self, transaction: Transaction, request: TeamFields, metadata: Row) -> Row:
        """The metadata with the id of the budget that every member gets, where one is asked for."""
        names = {"team_member_budget": "max_budget", "team_member_budget_duration": "budget_duration",
                 "team_member_rpm_limit": "rpm_limit", "team_member_tpm_limit": "tpm_limit"}  # fmt: skip
        given = request.model_dump(exclude_unset=True)
        wanted = {ours: given[theirs] for theirs, ours in names.items() if theirs in given}
        if not wanted:
            return metadata
        current = metadata.get("team_member_budget_id")
        made = await budget_for(transaction, BudgetFields(**wanted), self._context.actor, current)
        return metadata | {"team_member_budget_id": made}

    async def _check_organization_exists(self, transaction: Transaction, organization_id: str | None) -> None:
        if organization_id and await OrganizationRepository(transaction.connection).get(organization_id) is None:
            raise not_found("organization", "organization_id")

    async def block(self, team_id: str, *, blocked: bool) -> Row:
        """Stop all keys of a team, or let them go on."""
        return await self._change(team_id, {"blocked": blocked}, "blocked")

    async def models(self, team_id: str, add: list[str], remove: list[str]) -> Row:
        """Add models to a team's list, or take them out."""

        def changed(team: Row) -> Row:
            present = [name for name in team["models"] or () if name not in remove]
            return {"models": list(dict.fromkeys([*present, *add]))}

        async with self._context.write() as transaction:
            return await self._put(transaction, team_id, changed, "updated", by_team_admin=False)

    async def permissions(self, team_id: str) -> Row:
        """What the team lets its members do, and what it could."""
        async with self._context.read() as connection:
            team = await TeamRepository(connection).get(team_id)
        if team is None:
            raise not_found("team", "team_id")
        if not sees_team(self._context.caller, team):
            raise forbidden("this team is not yours to look at", "team_id")
        return {
            "team_id": team_id, "team_member_permissions": team["team_member_permissions"] or [],
            "all_available_permissions": list(ROUTES_FOR_MEMBERS),
        }  # fmt: skip

    async def permit(self, team_id: str, routes: list[str]) -> Row:
        """Say what the team lets its members do."""
        _check_routes(routes)
        return await self._change(team_id, {"team_member_permissions": routes}, "updated", by_team_admin=True)

    async def permit_more(self, routes: list[str], team_ids: list[str] | None) -> Row:
        """Add to what teams let their members do; all teams without `team_ids`."""
        _check_routes(routes)
        async with self._context.write() as transaction:
            if team_ids is None:
                team_ids = [row["team_id"] for row in await TeamRepository(transaction.connection).find()]
            for team_id in sorted(team_ids):
                await self._put(transaction, team_id, partial(_permitting, routes), "updated", by_team_admin=True)
        count = len(team_ids)
        return {"message": f"{count} teams updated", "teams_updated": count, "permissions_appended": routes}

    async def _change(self, team_id: str, changes: Row, action: str, *, by_team_admin: bool = False) -> Row:
        async with self._context.write() as transaction:
            return await self._put(transaction, team_id, lambda before: changes, action, by_team_admin=by_team_admin)

    async def _put(
        self, transaction: Transaction, team_id: str, changes: Callable[[Row], Row], action: str, *, by_team_admin: bool
    ) -> Row:
        teams = TeamRepository(transaction.connection)
        before = await teams.get(team_id, lock=True)
        if before is None:
            raise not_found("team", "team_id")
        if by_team_admin:
            check_team(self._context.caller, before)
        else:
            check_organization(self._context.caller, before["organization_id"])
        after = await teams.change(team_id, changes(before))
        transaction.changed(f"team:{team_id}")
        await self._context.audit(transaction, action, TABLE, team_id, before, after)
        return plain(after or before)

    async def delete(self, team_ids: list[str]) -> list[Row]:
        """Delete teams, with their keys and memberships. All must exist."""
        await self._context.flush()
        async with self._context.write() as transaction:
            connection = transaction.connection
            teams, users, members = (
                TeamRepository(connection),
                UserRepository(connection),
                TeamMemberRepository(connection),
            )
            gone = await teams.many(team_ids)
            if len(gone) < len(set(team_ids)):
                raise not_found("team", "team_ids")
            for team in gone:
                check_organization(self._context.caller, team["organization_id"])
                team_id = team["team_id"]
                keys = await KeyRepository(connection).find(tables.keys.c.team_id == team_id)
                await KeyService(self._context).remove(transaction, [row["token"] for row in keys])
                rows = await members.find(tables.team_memberships.c.team_id == team_id)
                for user in await users.many([row["user_id"] for row in rows]):
                    left = [name for name in user["teams"] or () if name != team_id]
                    await users.change(user["user_id"], {"teams": left})
                    transaction.changed(f"user:{user['user_id']}")
                await members.leave(team_id, [row["user_id"] for row in rows])
                transaction.changed(f"team:{team_id}")
                await self._context.audit(transaction, "deleted", TABLE, team_id, team)
            await teams.archive(gone, self._context.deletion())
            await teams.remove(team_ids)
        return [plain(team) for team in gone]

    async def info(self, team_id: str, key_limit: int | None = None) -> Row:
        """A team with its keys and memberships."""
        await self._context.flush()
        async with self._context.read() as connection:
            team = await TeamRepository(connection).get(team_id)
            if team is None:
                raise not_found("team", "team_id")
            if not sees_team(self._context.caller, team):
                raise forbidden("this team is not yours to look at", "team_id")
            keys = await KeyRepository(connection).find(tables.keys.c.team_id == team_id)
            members = TeamMemberRepository(connection)
            rows = [await with_budget(members, row) for row in await members.find(members.table.c.team_id == team_id)]
            team = await with_permission(connection, team)
        shown = plain(team) | {"members_with_roles": members_of(team), "team_member_budget_table": None}
        return {
            "team_id": team_id, "team_info": shown, "keys": [plain(key) for key in keys[:key_limit]],
            "team_memberships": [plain(row) for row in rows],
        }  # fmt: skip

    async def page(self, filters: dict[str, Any]) -> tuple[list[Row], int]:
        """The teams that the caller may see, and how many there are."""
        caller = self._context.caller
        await self._context.flush()
        async with self._context.read() as connection:
            teams = TeamRepository(connection)
            within: dict[str, Any] = {}
            wanted = filters.get("user_id")
            if not sees_everything(caller):
                wanted = wanted or caller.user_id
                if wanted != caller.user_id and not caller.admin_of_organizations:
                    raise forbidden("a user may list only its own teams", "user_id")
            if wanted:
                user = await UserRepository(connection).get(wanted)
                within["team_id"] = list((user or {}).get("teams") or ())
            elif not sees_everything(caller):
                within["team_id"] = [caller.team_id] if caller.team_id else []
            equal = {name: filters.get(name) for name in ("team_id", "organization_id")}
            order = sorting(filters.get("sort_by"), filters.get("sort_order"), SORTABLE)
            listing = Listing(
                filters.get("page") or 1, filters.get("page_size") or 1000, equal=equal, within=within,
                like={"team_alias": filters.get("team_alias")}, where=_searched(filters), **order,
            )  # fmt: skip
            rows, total = await teams.page(listing)
        return [plain(row) | {"members_with_roles": members_of(row)} for row in rows], total

    async def v2(self, filters: dict[str, Any]) -> Row:
        """One page of teams."""
        rows, total = await self.page(filters)
        return dict(paged("teams", rows, total, filters["page"], filters["page_size"]))


def _check_routes(routes: list[str]) -> None:
    if any(route not in ROUTES_FOR_MEMBERS for route in routes):
        message = f"team_member_permissions: expected some of {', '.join(ROUTES_FOR_MEMBERS)}"
        raise bad_request(message, "team_member_permissions")


def _permitting(routes: list[str], team: Row) -> Row:
    known = team["team_member_permissions"] or ()
    return {"team_member_permissions": list(dict.fromkeys([*known, *routes]))}


def _searched(filters: dict[str, Any]) -> list[Any]:
    """That a team has `search` in its alias, or as its id or the beginning of it."""
    text, columns = filters.get("search"), tables.teams.c
    if not text:
        return []
    prefix = filters.get("search_team_id_match") == "prefix"
    by_id = columns.team_id.startswith(text, autoescape=True) if prefix else columns.team_id == text
    return [or_(columns.team_alias.icontains(text, autoescape=True), by_id)]
