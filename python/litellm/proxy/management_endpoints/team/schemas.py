"""Bodies of the team routes."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import (
    Count,
    Fields,
    Id,
    LimitFields,
    Money,
    Name,
    ObjectPermission,
)

Ids = Annotated[list[str], Field(min_length=1, max_length=1000)]


class Member(Fields):
    """A member of a team, named by its id or its address."""

    role: Literal["admin", "user"] = "user"
    user_id: Id | None = None
    user_email: Annotated[str, Field(max_length=320)] | None = None


class TeamFields(LimitFields):
    """What a team has. Money is in USD, durations are as in `30d`."""

    team_alias: Name | None = None
    organization_id: Id | None = None
    soft_budget: Money | None = None
    tpd_limit: Count | None = None
    router_settings: dict[str, Any] | None = None
    access_group_ids: list[str] | None = None
    object_permission: ObjectPermission | None = None
    disable_global_guardrails: bool | None = None
    default_team_member_models: list[str] | None = None
    team_member_permissions: list[str] | None = None
    model_aliases: dict[str, Any] | None = None
    team_member_budget: Money | None = None
    team_member_budget_duration: str | None = None
    team_member_rpm_limit: Count | None = None
    team_member_tpm_limit: Count | None = None


class NewTeamRequest(TeamFields):
    """POST /team/new."""

    team_id: Id | None = None
    admins: list[str] = Field(default_factory=list)
    members: list[str] = Field(default_factory=list)
    members_with_roles: list[Member] = Field(default_factory=list)


class UpdateTeamRequest(TeamFields):
    """POST /team/update: only what is given changes."""

    team_id: Id
    spend: Money | None = None


class DeleteTeamsRequest(Fields):
    """POST /team/delete."""

    team_ids: Ids


class TeamRequest(Fields):
    """POST /team/block and /team/unblock."""

    team_id: Id


class TeamModelsRequest(TeamRequest):
    """POST /team/model/add and /team/model/delete."""

    models: list[Name]


class MemberAddRequest(TeamRequest):
    """POST /team/member_add."""

    member: Member | Annotated[list[Member], Field(max_length=500)]
    max_budget_in_team: Money | None = None
    budget_duration: str | None = None
    allowed_models: list[Name] | None = None


class BulkMemberAddRequest(TeamRequest):
    """POST /team/bulk_member_add: `members`, or `all_users`."""

    members: Annotated[list[Member], Field(max_length=500)] | None = None
    all_users: bool = False
    max_budget_in_team: Money | None = None


class MemberDeleteRequest(TeamRequest):
    """POST /team/member_delete."""

    user_id: Id | None = None
    user_email: str | None = None


class MemberUpdateRequest(MemberDeleteRequest):
    """POST /team/member_update."""

    role: Literal["admin", "user"] | None = None
    max_budget_in_team: Money | None = None
    budget_duration: str | None = None
    tpm_limit: Count | None = None
    rpm_limit: Count | None = None
    allowed_models: list[Name] | None = None
    temp_budget_increase: Money | None = None
    temp_budget_expiry: datetime.datetime | None = None


class PermissionsRequest(TeamRequest):
    """POST /team/permissions_update."""

    team_member_permissions: list[str]


class BulkPermissionsRequest(Fields):
    """POST /team/permissions_bulk_update: add to what teams let their members do."""

    permissions: list[str]
    team_ids: Annotated[list[Id], Field(max_length=500)] | None = None
    apply_to_all_teams: bool = False
