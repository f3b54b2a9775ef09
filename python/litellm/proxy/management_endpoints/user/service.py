"""What the user routes do."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import or_, select

from litellm.proxy.auth.route_access import is_admin, sees_everything
from litellm.proxy.db import tables
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import (
    KeyRepository,
    OrganizationMemberRepository,
    TeamMemberRepository,
    TeamRepository,
    UserRepository,
)
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, forbidden, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of
from litellm.proxy.management_endpoints.common.listing import paged, sorting
from litellm.proxy.management_endpoints.common.permissions import permission_columns, with_permission
from litellm.proxy.management_endpoints.common.rights import check_organization
from litellm.proxy.management_endpoints.key.schemas import GenerateKeyRequest
from litellm.proxy.management_endpoints.key.service import KeyService
from litellm.proxy.management_endpoints.team.members import TeamMembers
from litellm.proxy.management_endpoints.user.defaults import of_a_new_role, with_defaults
from litellm.proxy.management_endpoints.user.schemas import NewUserRequest, UpdateUserRequest, UserFields

TABLE = "LiteLLM_UserTable"
SORTABLE = frozenset({"user_id", "user_email", "created_at", "spend", "user_alias", "user_role"})
_COLUMNS: dict[str, Any] = {
    "models": [], "metadata": {}, "spend": 0.0, "policies": [], "model_max_budget": {}, "max_budget": None,
    "budget_duration": None, "max_parallel_requests": None, "tpm_limit": None, "rpm_limit": None, "user_email": None,
    "user_alias": None, "user_role": None, "sso_user_id": None,
}  # fmt: skip
_KEY_FIELDS = (
    "key_alias", "duration", "models", "team_id", "aliases", "config", "permissions", "allowed_routes", "metadata",
    "max_budget", "budget_duration", "max_parallel_requests", "tpm_limit", "rpm_limit",
)  # fmt: skip
_ADMIN_ROLES = ("proxy_admin", "proxy_admin_viewer")


class UserService:
    """Internal users."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: NewUserRequest) -> Row:
        """A new user, with a key unless none is wanted."""
        context = self._context
        if not is_admin(context.caller):
            self._check_organization_admin(request)
        request = with_defaults(request, context.state.config.litellm_settings)
        async with context.write() as transaction:
            users = UserRepository(transaction.connection)
            user_id = request.user_id or str(uuid.uuid4())
            if await users.get(user_id) is not None:
                raise bad_request("user_id: there is such a user already", "user_id")
            if request.user_email and await users.first(user_email=request.user_email) is not None:
                raise bad_request("user_email: there is a user with this address already", "user_email")
            row = {name: value for name, value in _COLUMNS.items() if value is not None}
            row |= columns_of(request, _COLUMNS) | {"user_id": user_id, "teams": []}
            row |= await permission_columns(transaction, request.object_permission)
            made = await users.add(row | {"user_role": request.user_role or "internal_user"})
            await self._join(transaction, user_id, request)
            transaction.changed(f"user:{user_id}")
            await context.audit(transaction, "created", TABLE, user_id, None, made)
            shown = plain(await users.get(user_id) or made)
            if request.auto_create_key:
                given = request.model_dump(exclude_unset=True, include=set(_KEY_FIELDS))
                # The user's own budget holds for all of its keys; a second one on the key would hide it.
                key = await KeyService(context).add(
                    transaction, GenerateKeyRequest(**given, user_id=user_id), allowed=True
                )
                shown |= {name: key[name] for name in ("key", "token", "key_name", "expires", "key_alias")}
        return shown

    def _check_organization_admin(self, request: NewUserRequest) -> None:
        if not request.organizations:
            raise forbidden("organizations: an organization's admin makes users in it", "organizations")
        for organization_id in request.organizations:
            check_organization(self._context.caller, organization_id)
        if request.user_role in _ADMIN_ROLES or request.teams or request.team_id or "spend" in request.model_fields_set:
            raise forbidden("only proxy admins may give this", "user_role")

    async def _join(self, transaction: Transaction, user_id: str, request: NewUserRequest) -> None:
        members = OrganizationMemberRepository(transaction.connection)
        for organization_id in request.organizations or ():
            role = request.user_role if request.user_role == "org_admin" else "internal_user"
            await members.add({"user_id": user_id, "organization_id": organization_id, "user_role": role})
        teams = TeamMembers(self._context)
        for entry in request.teams or ():
            team = entry if isinstance(entry, dict) else {"team_id": str(entry)}
            member = {"user_id": user_id, "role": team.get("user_role") or "user"}
            await teams.join(transaction, str(team.get("team_id")), [member], team.get("max_budget_in_team"))

    async def update(self, request: UpdateUserRequest) -> Row:
        """Change what is given."""
        await self._context.flush()
        async with self._context.write() as transaction:
            users = UserRepository(transaction.connection)
            before = await self._named(users, request)
            request = of_a_new_role(request, before, self._context.state.config.litellm_settings)
            changes = columns_of(_without_name(request), _COLUMNS, before=before)
            changes |= await permission_columns(transaction, request.object_permission, before)
            after = await users.change(before["user_id"], changes)
            transaction.changed(f"user:{before['user_id']}")
            await self._context.audit(transaction, "updated", TABLE, before["user_id"], before, after)
        return {"user_id": before["user_id"], "data": plain(after or before)}

    async def _named(self, users: UserRepository, request: UpdateUserRequest) -> Row:
        row = await users.get(request.user_id, lock=True) if request.user_id else None
        if row is None and not request.user_id and request.user_email:
            row = await users.first(user_email=request.user_email)
        if row is None:
            raise not_found("user", "user_id")
        return row

    async def everybody(self) -> list[str]:
        """The ids of all users."""
        async with self._context.read() as connection:
            rows, _ = await UserRepository(connection).page(Listing())
        return [row["user_id"] for row in rows]

    async def delete(self, user_ids: list[str]) -> int:
        """Delete users, with their keys and memberships; how many. All must exist."""
        await self._context.flush()
        async with self._context.write() as transaction:
            connection = transaction.connection
            gone = await UserRepository(connection).many(user_ids)
            if len(gone) < len(set(user_ids)):
                raise not_found("user", "user_ids")
            keys = await KeyRepository(connection).find(tables.keys.c.user_id.in_(user_ids))
            await KeyService(self._context).remove(transaction, [row["token"] for row in keys])
            for membership in await TeamMemberRepository(connection).of_users(user_ids):
                await TeamMembers(self._context).leave(transaction, membership["team_id"], membership["user_id"])
            members = OrganizationMemberRepository(connection)
            for row in await members.find(members.table.c.user_id.in_(user_ids)):
                await members.leave(row["organization_id"], [row["user_id"]])
            await UserRepository(connection).remove(user_ids)
            for row in gone:
                transaction.changed(f"user:{row['user_id']}")
                await self._context.audit(transaction, "deleted", TABLE, row["user_id"], row)
        return len(gone)

    async def info(self, user_id: str | None) -> Row:
        """A user with its keys and teams; by default the one that asks."""
        caller = self._context.caller
        wanted = user_id or caller.user_id
        if not sees_everything(caller) and (wanted is None or wanted != caller.user_id):
            raise forbidden("a user may look only at itself", "user_id")
        await self._context.flush()
        async with self._context.read() as connection:
            row = await UserRepository(connection).get(wanted or "")
            if row is None and wanted != caller.user_id:
                raise not_found("user", "user_id")
            keys = await KeyRepository(connection).find(tables.keys.c.user_id == wanted)
            teams = await TeamRepository(connection).many(list((row or {}).get("teams") or ()))
            row = row and await with_permission(connection, row)
        return {
            "user_id": wanted, "user_info": row and plain(row), "keys": [plain(key) for key in keys],
            "teams": [plain(team) for team in teams],
        }  # fmt: skip

    async def page(self, filters: dict[str, Any]) -> Row:
        """One page of users; of an organisation's users for its admins."""
        page, size = filters["page"], filters["page_size"]
        await self._context.flush()
        async with self._context.read() as connection:
            where = await self._visible(connection)
            ids = filters.get("user_ids")
            search = filters.get("search")
            columns = tables.users.c
            if search:
                names = (columns.user_id, columns.user_email, columns.user_alias)
                where.append(or_(*(name.icontains(search, autoescape=True) for name in names)))
            where += await self._members(connection, filters.get("team"), filters.get("organization_ids"))
            listing = Listing(
                page, size, equal={"user_role": filters.get("role"), "sso_user_id": filters.get("sso_user_ids")},
                like={"user_email": filters.get("user_email")},
                within={"user_id": ids.split(",") if ids else None}, where=where,
                **sorting(filters.get("sort_by"), filters.get("sort_order"), SORTABLE),
            )  # fmt: skip
            rows, total = await UserRepository(connection).page(listing)
            keys = KeyRepository(connection)
            counts = [len(await keys.find(tables.keys.c.user_id == row["user_id"])) for row in rows]
        shown = [plain(row) | {"key_count": count} for row, count in zip(rows, counts, strict=True)]
        return dict(paged("users", shown, total, page, size))

    async def _members(self, connection: Any, team: str | None, organizations: str | None) -> list[Any]:
        """That a user is a member of a team, and of one of some organisations."""
        found = []
        members, others = tables.team_memberships.c, tables.organization_memberships.c
        if team:
            row = await TeamRepository(connection).get(team)
            named = [
                member["user_id"] for member in (row or {}).get("members_with_roles") or () if member.get("user_id")
            ]
            ids = select(members.user_id).where(members.team_id == team)
            found.append(or_(tables.users.c.user_id.in_(ids), tables.users.c.user_id.in_(named)))
        if organizations:
            wanted = [name.strip() for name in organizations.split(",")]
            ids = select(others.user_id).where(others.organization_id.in_(wanted))
            found.append(tables.users.c.user_id.in_(ids))
        return found

    async def _visible(self, connection: Any) -> list[Any]:
        caller = self._context.caller
        if sees_everything(caller):
            return []
        if not caller.admin_of_organizations:
            raise forbidden("only admins may list users")
        members = OrganizationMemberRepository(connection)
        rows = await members.find(members.table.c.organization_id.in_(caller.admin_of_organizations))
        return [tables.users.c.user_id.in_([row["user_id"] for row in rows])]


def _without_name(request: UpdateUserRequest) -> UserFields:
    """The changes: an address that names the user is none."""
    given = request.model_dump(exclude_unset=True)
    if not request.user_id:
        given.pop("user_email", None)
    return UserFields(**given)
