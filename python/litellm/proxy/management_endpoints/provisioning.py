"""What signing in makes: users and teams that the identity provider knows and the database does not have yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import ADMIN
from litellm.proxy.db.repositories import TeamRepository, UserRepository
from litellm.proxy.management_endpoints.common.context import Context
from litellm.proxy.management_endpoints.team.members import TeamMembers
from litellm.proxy.management_endpoints.team.schemas import NewTeamRequest
from litellm.proxy.management_endpoints.team.service import TeamService
from litellm.proxy.management_endpoints.user.schemas import NewUserRequest
from litellm.proxy.management_endpoints.user.service import TABLE as USERS, UserService
from litellm.proxy.state import GatewayState

ACTOR = "identity provider"


class Provisioning:
    """Makes users and teams in the name of the identity provider, or of `actor`."""

    def __init__(self, state: GatewayState, actor: str = ACTOR) -> None:
        self._context = Context(state, UserAPIKeyAuth(user_role=ADMIN, user_id=actor), actor)

    async def user(self, user_id: str, email: str | None, role: str | None = None) -> None:
        """An internal user, by `litellm_settings.default_internal_user_params`; nothing when it is there."""
        given: dict[str, Any] = {"user_id": user_id, "user_email": email, "auto_create_key": False}
        await self._once(
            UserService(self._context).new(NewUserRequest(**given | ({"user_role": role} if role else {})))
        )

    async def team(self, team_id: str, alias: str | None = None) -> None:
        """A team, by `litellm_settings.default_team_params`; nothing when it is there."""
        given = self._context.state.config.litellm_settings.get("default_team_params") or {}
        given = {key: value for key, value in given.items() if key in NewTeamRequest.model_fields and value is not None}
        given |= {"team_id": team_id, "team_alias": alias or team_id}
        await self._once(TeamService(self._context).new(NewTeamRequest(**given)))

    async def membership(self, user_id: str, join: Sequence[str], leave: Sequence[str], role: str | None) -> None:
        """Put a user into teams and out of others, and give it a role; a team that is not there is passed over."""
        context, members = self._context, TeamMembers(self._context)
        async with context.write() as transaction:
            users, teams = UserRepository(transaction.connection), TeamRepository(transaction.connection)
            for team_id in sorted(row["team_id"] for row in await teams.many(join)):
                await members.join(transaction, team_id, [{"user_id": user_id, "role": "user"}])
            for team_id in sorted(leave):
                await members.leave(transaction, team_id, user_id)
            before = await users.get(user_id, lock=True)
            if role is not None and before is not None and before["user_role"] != role:
                after = await users.change(user_id, {"user_role": role})
                await context.audit(transaction, "updated", USERS, user_id, before, after)
            transaction.changed(f"user:{user_id}")

    async def _once(self, making: Any) -> None:
        """Another request may make the same at the same time."""
        try:
            await making
        except ProxyException as error:
            if error.code != "400":
                raise
