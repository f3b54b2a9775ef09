"""Members of organisations."""

from __future__ import annotations

import uuid

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import OrganizationMemberRepository, OrganizationRepository, UserRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.budget.schemas import BudgetFields
from litellm.proxy.management_endpoints.budget.service import budget_for
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.rights import check_organization
from litellm.proxy.management_endpoints.organization.schemas import (
    OrganizationMember,
    OrganizationMemberAddRequest,
    OrganizationMemberDeleteRequest,
    OrganizationMemberUpdateRequest,
)

TABLE = "LiteLLM_OrganizationMembership"


class OrganizationMembers:
    """Members of organisations."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def add(self, request: OrganizationMemberAddRequest) -> Row:
        """Add members; a user that is not there yet is made."""
        given = request.member if isinstance(request.member, list) else [request.member]
        async with self._context.write() as transaction:
            await self._own(transaction, request.organization_id)
            members, users = OrganizationMemberRepository(transaction.connection), []
            added = []
            for member in given:
                user = await self._user(transaction, member)
                user_id = user["user_id"]
                if await members.first(organization_id=request.organization_id, user_id=user_id) is not None:
                    raise bad_request(f"member: {user_id!r} is in the organization already", "member")
                row = {"user_id": user_id, "organization_id": request.organization_id, "user_role": member.role}
                row["budget_id"] = await self._budget(transaction, request.max_budget_in_organization, None)
                added.append(await members.add(row))
                users.append(user)
                transaction.changed(f"user:{user_id}")
                await self._context.audit(
                    transaction, "created", TABLE, f"{request.organization_id}:{user_id}", None, row
                )
        return {
            "organization_id": request.organization_id, "updated_users": [plain(user) for user in users],
            "updated_organization_memberships": [plain(row) for row in added],
        }  # fmt: skip

    async def _user(self, transaction: Transaction, member: OrganizationMember) -> Row:
        users = UserRepository(transaction.connection)
        if not member.user_id and not member.user_email:
            raise bad_request("member: needs user_id or user_email", "member")
        found = await users.get(member.user_id) if member.user_id else await users.first(user_email=member.user_email)
        if found is not None:
            return found
        made = {"user_id": member.user_id or str(uuid.uuid4()), "user_email": member.user_email}
        return await users.add(made | {"user_role": "internal_user", "teams": []})

    async def _budget(self, transaction: Transaction, max_budget: float | None, current: str | None) -> str | None:
        if max_budget is None:
            return current
        return await budget_for(transaction, BudgetFields(max_budget=max_budget), self._context.actor, current)

    async def update(self, request: OrganizationMemberUpdateRequest) -> Row:
        """Change a member's role or budget."""
        async with self._context.write() as transaction:
            before = await self._member(transaction, request)
            changes: Row = {"user_role": request.role} if request.role else {}
            changes["budget_id"] = await self._budget(
                transaction, request.max_budget_in_organization, before["budget_id"]
            )
            members = OrganizationMemberRepository(transaction.connection)
            after = await members.change_member(request.organization_id, before["user_id"], changes)
            transaction.changed(f"user:{before['user_id']}")
            name = f"{request.organization_id}:{before['user_id']}"
            await self._context.audit(transaction, "updated", TABLE, name, before, after)
        return plain(after or before)

    async def remove(self, request: OrganizationMemberDeleteRequest) -> Row:
        """Take a member out."""
        async with self._context.write() as transaction:
            before = await self._member(transaction, request)
            members = OrganizationMemberRepository(transaction.connection)
            await members.leave(request.organization_id, [before["user_id"]])
            transaction.changed(f"user:{before['user_id']}")
            name = f"{request.organization_id}:{before['user_id']}"
            await self._context.audit(transaction, "deleted", TABLE, name, before)
        return plain(before)

    async def _own(self, transaction: Transaction, organization_id: str) -> None:
        if await OrganizationRepository(transaction.connection).get(organization_id, lock=True) is None:
            raise not_found("organization", "organization_id")
        check_organization(self._context.caller, organization_id)

    async def _member(self, transaction: Transaction, request: OrganizationMemberDeleteRequest) -> Row:
        await self._own(transaction, request.organization_id)
        user_id = request.user_id
        if not user_id and request.user_email:
            user = await UserRepository(transaction.connection).first(user_email=request.user_email)
            user_id = user["user_id"] if user else None
        members = OrganizationMemberRepository(transaction.connection)
        row = await members.first(organization_id=request.organization_id, user_id=user_id or "")
        if row is None:
            raise not_found("member of this organization", "user_id")
        return row
