"""Members of teams: who is in, in which role, and what each may spend there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from litellm.proxy.db import tables
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import KeyRepository, TeamMemberRepository, TeamRepository, UserRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.budget.schemas import BudgetFields
from litellm.proxy.management_endpoints.budget.service import budget_for
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.rights import check_team, members_of, role_in
from litellm.proxy.management_endpoints.key.service import KeyService
from litellm.proxy.management_endpoints.team.schemas import MemberAddRequest, MemberDeleteRequest, MemberUpdateRequest

TABLE = "LiteLLM_TeamTable"
ROUTES_FOR_MEMBERS = (
    "/key/generate", "/key/update", "/key/delete", "/key/info", "/key/regenerate",
    "/key/service-account/generate", "/key/{key_id}/regenerate", "/key/list", "/key/block", "/key/unblock",
    "/team/daily/activity", "/key/{key_id}/reset_spend",
)  # fmt: skip
"""What a team can let its members do with its keys."""


class TeamMembers:
    """Members of teams."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def add(self, request: MemberAddRequest) -> Row:
        """Add members; those that are in already get the budget that is asked for."""
        members = request.member if isinstance(request.member, list) else [request.member]
        async with self._context.write() as transaction:
            await self._team(transaction, request.team_id)
            given = [member.model_dump() for member in members]
            budget = BudgetFields(
                **request.model_dump(include={"budget_duration", "allowed_models"}, exclude_none=True)
            )
            added = await self.join(transaction, request.team_id, given, request.max_budget_in_team, budget)
            team = await TeamRepository(transaction.connection).get(request.team_id)
            users = await UserRepository(transaction.connection).many(added)
            memberships = TeamMemberRepository(transaction.connection)
            found = [await memberships.of(request.team_id, user_id) for user_id in added]
        return plain(team or {}) | {
            "updated_users": [plain(user) for user in users],
            "updated_team_memberships": [plain(row) for row in found if row is not None],
        }

    async def join(
        self, transaction: Transaction, team_id: str, members: Sequence[Row], max_budget: Any = None,
        budget: BudgetFields | None = None,
    ) -> list[str]:  # fmt: skip
        """Add members to a team, as a part of a larger change; their ids."""
        connection = transaction.connection
        teams, users, memberships = (
            TeamRepository(connection),
            UserRepository(connection),
            TeamMemberRepository(connection),
        )
        team = await teams.get(team_id, lock=True)
        if team is None:
            raise not_found("team", "team_id")
        roles = {str(item.get("user_id")): item for item in members_of(team)}
        default_budget = (team["metadata"] or {}).get("team_member_budget_id")
        asked = budget or BudgetFields()
        if max_budget is not None:
            asked = asked.model_copy(update={"max_budget": max_budget})
            asked.model_fields_set.add("max_budget")
        added = []
        for member in members:
            user = await self._user(users, member)
            user_id: str = user["user_id"]
            roles[user_id] = {
                "user_id": user_id,
                "user_email": user["user_email"],
                "role": member.get("role") or "user",
            }
            if team_id not in (user["teams"] or ()):
                await users.change(user_id, {"teams": [*(user["teams"] or ()), team_id]})
            known = await memberships.first(team_id=team_id, user_id=user_id)
            own = (known or {}).get("budget_id")
            own = None if own == default_budget else own  # the team's default is not changed through one member
            budget_id = await budget_for(transaction, asked, self._context.actor, own) or default_budget
            if known is None:
                await memberships.add({"team_id": team_id, "user_id": user_id, "budget_id": budget_id})
            elif budget_id != known["budget_id"]:
                await memberships.set_budget(team_id, user_id, budget_id)
            transaction.changed(f"user:{user_id}")
            added.append(user_id)
        after = await teams.change(team_id, {"members_with_roles": list(roles.values())})
        transaction.changed(f"team:{team_id}")
        await self._context.audit(transaction, "updated", TABLE, team_id, team, after)
        return added

    async def _user(self, users: UserRepository, member: Row) -> Row:
        """The user that is meant; one that is not there yet is made, as upstream does."""
        user_id, email = member.get("user_id"), member.get("user_email")
        if not user_id and not email:
            raise bad_request("member: needs user_id or user_email", "member")
        found = await users.get(user_id) if user_id else await users.first(user_email=email)
        if found is not None:
            return found
        made: Row = {
            "user_id": user_id or str(uuid.uuid4()),
            "user_email": email,
            "user_role": "internal_user",
            "teams": [],
        }
        return await users.add(made)

    async def remove(self, request: MemberDeleteRequest) -> Row:
        """Take a member out of a team, with the keys that it has there."""
        async with self._context.write() as transaction:
            await self._team(transaction, request.team_id)
            user_id = await self._named(transaction, request)
            await self.leave(transaction, request.team_id, user_id)
            team = await TeamRepository(transaction.connection).get(request.team_id)
        return plain(team or {})

    async def leave(self, transaction: Transaction, team_id: str, user_id: str) -> None:
        """End a membership, as a part of a larger change."""
        connection = transaction.connection
        teams, users = TeamRepository(connection), UserRepository(connection)
        team, user = await teams.get(team_id, lock=True), await users.get(user_id)
        if team is not None:
            left = [item for item in members_of(team) if item.get("user_id") != user_id]
            admins = [name for name in team["admins"] or () if name != user_id]
            after = await teams.change(team_id, {"members_with_roles": left, "admins": admins})
            await self._context.audit(transaction, "updated", TABLE, team_id, team, after)
        if user is not None:
            await users.change(user_id, {"teams": [name for name in user["teams"] or () if name != team_id]})
        columns = tables.keys.c
        keys = await KeyRepository(connection).find(columns.team_id == team_id, columns.user_id == user_id)
        await KeyService(self._context).remove(transaction, [row["token"] for row in keys])
        await TeamMemberRepository(connection).leave(team_id, [user_id])
        transaction.changed(f"team:{team_id}", f"user:{user_id}")

    async def update(self, request: MemberUpdateRequest) -> Row:
        """Change a member's role, or what it may spend in the team."""
        async with self._context.write() as transaction:
            team = await self._team(transaction, request.team_id)
            user_id = await self._named(transaction, request)
            memberships = TeamMemberRepository(transaction.connection)
            given = request.model_dump(exclude_unset=True)
            wanted = {name: given[name] for name in _BUDGET if name in given}
            if "max_budget_in_team" in given:
                wanted["max_budget"] = given["max_budget_in_team"]
            member = {"user_id": user_id, "role": request.role or role_in(team, user_id) or "user"}
            await self.join(transaction, request.team_id, [member], None, BudgetFields(**wanted))
            row = await memberships.of(request.team_id, user_id)
        budget = (row or {}).get("litellm_budget_table") or {}
        return {
            "team_id": request.team_id, "user_id": user_id, "user_email": request.user_email,
            "max_budget_in_team": budget.get("max_budget"), "tpm_limit": budget.get("tpm_limit"),
            "rpm_limit": budget.get("rpm_limit"), "budget_duration": budget.get("budget_duration"),
            "allowed_models": budget.get("allowed_models"), "role": member["role"],
        }  # fmt: skip

    async def reset_spend(self, team_id: str, user_id: str, reset_to: float) -> Row:
        """Set a member's spend in the team, at most to what it is."""
        await self._context.flush()
        async with self._context.write() as transaction:
            await self._team(transaction, team_id)
            memberships = TeamMemberRepository(transaction.connection)
            before = await memberships.first(team_id=team_id, user_id=user_id)
            if before is None:
                raise not_found("member", "user_id")
            if reset_to > before["spend"]:
                raise bad_request(f"reset_to: more than what was spent, {before['spend']}", "reset_to")
            await memberships.set_spend(team_id, user_id, reset_to)
            transaction.changed(f"team:{team_id}")
            await self._context.audit(transaction, "updated", "LiteLLM_TeamMembership", f"{team_id}:{user_id}", before)
        return {"team_id": team_id, "user_id": user_id, "spend": reset_to, "previous_spend": before["spend"]}

    async def me(self, team_id: str) -> Row:
        """The caller's own membership."""
        user_id = self._context.caller.user_id
        async with self._context.read() as connection:
            team = await TeamRepository(connection).get(team_id)
            row = await TeamMemberRepository(connection).of(team_id, user_id) if team and user_id else None
        if team is None or user_id is None or role_in(team, user_id) is None:
            raise not_found("team", "team_id")
        return {
            "team_id": team_id,
            "user_id": user_id,
            "role": role_in(team, user_id),
            "membership": row and plain(row),
        }

    async def _team(self, transaction: Transaction, team_id: str) -> Row:
        team = await TeamRepository(transaction.connection).get(team_id, lock=True)
        if team is None:
            raise not_found("team", "team_id")
        check_team(self._context.caller, team)
        return team

    async def _named(self, transaction: Transaction, request: MemberDeleteRequest) -> str:
        user_id = request.user_id
        if not user_id and request.user_email:
            user = await UserRepository(transaction.connection).first(user_email=request.user_email)
            user_id = user["user_id"] if user else None
        member = await TeamMemberRepository(transaction.connection).first(
            team_id=request.team_id, user_id=user_id or ""
        )
        if user_id is None or member is None:
            raise not_found("member of this team", "user_id")
        return user_id


_BUDGET = ("budget_duration", "tpm_limit", "rpm_limit", "allowed_models")
