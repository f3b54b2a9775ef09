"""The team routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.fields import Id
from litellm.proxy.management_endpoints.common.listing import Page, Size
from litellm.proxy.management_endpoints.key.schemas import ResetSpendRequest
from litellm.proxy.management_endpoints.team.members import TeamMembers
from litellm.proxy.management_endpoints.team.schemas import (
    BulkMemberAddRequest,
    BulkPermissionsRequest,
    DeleteTeamsRequest,
    Member,
    MemberAddRequest,
    MemberDeleteRequest,
    MemberUpdateRequest,
    NewTeamRequest,
    PermissionsRequest,
    TeamFields,
    TeamModelsRequest,
    TeamRequest,
    UpdateTeamRequest,
)
from litellm.proxy.management_endpoints.team.service import TeamService
from litellm.proxy.management_endpoints.user.service import UserService

KeyLimit = Annotated[int | None, Query(gt=0)]
router = guarded_router("team management")


@router.post("/team/new")
async def new_team(body: NewTeamRequest, context: InContext) -> dict[str, Any]:
    """A new team."""
    return await TeamService(context).new(body)


@router.post("/team/update")
async def update_team(body: UpdateTeamRequest, context: InContext) -> dict[str, Any]:
    """Change a team; what is not given stays."""
    return await TeamService(context).update(body)


@router.get("/team/info")
async def team_info(context: InContext, team_id: str, key_limit: KeyLimit = None) -> dict[str, Any]:
    """A team with its keys, at most `key_limit` of them, and memberships."""
    return await TeamService(context).info(team_id, key_limit)


@router.get("/team/list")
async def list_teams(
    context: InContext, user_id: str | None = None, organization_id: str | None = None, team_alias: str | None = None
) -> list[dict[str, Any]]:
    """The teams that the caller may see."""
    filters = {"user_id": user_id, "organization_id": organization_id, "team_alias": team_alias}
    rows, _ = await TeamService(context).page(filters)
    return rows


@router.get("/v2/team/list")
async def list_teams_in_pages(
    context: InContext,
    page: Page = 1,
    page_size: Size = 10,
    user_id: str | None = None,
    organization_id: str | None = None,
    team_id: str | None = None,
    team_alias: str | None = None,
    search: str | None = None,
    search_team_id_match: Literal["exact", "prefix"] = "exact",
    sort_by: str | None = None,
    sort_order: str = "asc",
) -> dict[str, Any]:
    """One page of teams; `search`: a part of the alias, or the id."""
    return await TeamService(context).v2({name: value for name, value in locals().items() if name != "context"})


@router.get("/team/available")
async def available_teams(context: InContext) -> list[dict[str, Any]]:
    """Teams that anybody may join: none."""
    return []


@router.post("/team/delete")
async def delete_teams(body: DeleteTeamsRequest, context: InContext) -> list[dict[str, Any]]:
    """Delete teams with their keys."""
    return await TeamService(context).delete(body.team_ids)


@router.post("/team/block")
async def block_team(body: TeamRequest, context: InContext) -> dict[str, Any]:
    """Stop all keys of a team."""
    return await TeamService(context).block(body.team_id, blocked=True)


@router.post("/team/unblock")
async def unblock_team(body: TeamRequest, context: InContext) -> dict[str, Any]:
    """Let a team's keys go on."""
    return await TeamService(context).block(body.team_id, blocked=False)


@router.post("/team/model/add")
async def add_team_models(body: TeamModelsRequest, context: InContext) -> dict[str, Any]:
    """Let a team call more models."""
    return await TeamService(context).models(body.team_id, body.models, [])


@router.post("/team/model/delete")
async def delete_team_models(body: TeamModelsRequest, context: InContext) -> dict[str, Any]:
    """Let a team call fewer models."""
    return await TeamService(context).models(body.team_id, [], body.models)


@router.post("/team/member_add")
async def add_team_members(body: MemberAddRequest, context: InContext) -> dict[str, Any]:
    """Add members to a team."""
    return await TeamMembers(context).add(body)


@router.post("/team/bulk_member_add")
async def add_many_team_members(body: BulkMemberAddRequest, context: InContext) -> dict[str, Any]:
    """Add many members, or all users, to a team."""
    members = body.members or []
    if body.all_users:
        members = [Member(user_id=user_id) for user_id in await UserService(context).everybody()]
    request = MemberAddRequest(team_id=body.team_id, member=members, max_budget_in_team=body.max_budget_in_team)
    done = await TeamMembers(context).add(request)
    results = [{"user_id": user["user_id"], "success": True, "error": None} for user in done["updated_users"]]
    return {
        "team_id": body.team_id, "results": results, "total_requested": len(members),
        "successful_additions": len(results), "failed_additions": 0, "updated_team": done,
    }  # fmt: skip


@router.post("/team/member_delete")
async def delete_team_member(body: MemberDeleteRequest, context: InContext) -> dict[str, Any]:
    """Take a member out of a team."""
    return await TeamMembers(context).remove(body)


@router.post("/team/member_update")
async def update_team_member(body: MemberUpdateRequest, context: InContext) -> dict[str, Any]:
    """Change a member's role, or what it may spend in the team."""
    return await TeamMembers(context).update(body)


@router.post("/team/{team_id}/member/{user_id}/reset_spend")
@router.post("/team/{team_id}/member/{user_id}/reset_budget")
async def reset_member_spend(
    team_id: str, user_id: str, context: InContext, body: ResetSpendRequest | None = None
) -> dict[str, Any]:
    """Set a member's spend in the team to less than it is."""
    return await TeamMembers(context).reset_spend(team_id, user_id, body.reset_to if body else 0.0)


@router.get("/team/{team_id}/members/me")
async def my_membership(team_id: str, context: InContext) -> dict[str, Any]:
    """The caller's own membership."""
    return await TeamMembers(context).me(team_id)


@router.get("/team/permissions_list")
async def team_permissions(context: InContext, team_id: str) -> dict[str, Any]:
    """What a team lets its members do."""
    return await TeamService(context).permissions(team_id)


@router.post("/team/permissions_update")
async def update_team_permissions(body: PermissionsRequest, context: InContext) -> dict[str, Any]:
    """Say what a team lets its members do."""
    return await TeamService(context).permit(body.team_id, body.team_member_permissions)


@router.post("/team/permissions_bulk_update")
async def add_permissions(body: BulkPermissionsRequest, context: InContext) -> dict[str, Any]:
    """Add to what several teams let their members do."""
    if bool(body.team_ids) == body.apply_to_all_teams:
        raise bad_request("team_ids: name the teams, or set apply_to_all_teams", "team_ids")
    return await TeamService(context).permit_more(body.permissions, body.team_ids or None)


@router.patch("/team/{team_id}")
async def patch_team(team_id: Id, body: TeamFields, context: InContext) -> dict[str, Any]:
    """Change a team; what is not given stays."""
    given = body.model_dump(exclude_unset=True)
    return await TeamService(context).update(UpdateTeamRequest(**given | {"team_id": team_id}))
