"""Bodies of the organization routes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from litellm.proxy.management_endpoints.budget.schemas import BudgetFields
from litellm.proxy.management_endpoints.common.fields import Fields, Id, Money, Name, ObjectPermission


class OrganizationFields(BudgetFields):
    """What an organization has, its budget included."""

    organization_alias: Name | None = None
    budget_id: Id | None = None
    models: list[Name] | None = None
    metadata: dict[str, Any] | None = None
    model_rpm_limit: dict[str, int] | None = None
    model_tpm_limit: dict[str, int] | None = None
    object_permission: ObjectPermission | None = None


class NewOrganizationRequest(OrganizationFields):
    """POST /organization/new."""

    organization_id: Id | None = None
    organization_alias: Annotated[Name, Field(min_length=1)]


class UpdateOrganizationRequest(OrganizationFields):
    """PATCH /organization/update: only what is given changes."""

    organization_id: Id
    spend: Money | None = None


class OrganizationsRequest(Fields):
    """DELETE /organization/delete."""

    organization_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]


class OrganizationInfoRequest(Fields):
    """POST /organization/info."""

    organizations: Annotated[list[str], Field(max_length=1000)]


class OrganizationMember(Fields):
    """A member, named by its id or its address. `role`: `org_admin`, `internal_user`, `internal_user_viewer`."""

    role: str = Field("internal_user", pattern="^(org_admin|internal_user|internal_user_viewer)$")
    user_id: Id | None = None
    user_email: Annotated[str, Field(max_length=320)] | None = None


class OrganizationMemberAddRequest(Fields):
    """POST /organization/member_add."""

    organization_id: Id
    member: OrganizationMember | Annotated[list[OrganizationMember], Field(max_length=500)]
    max_budget_in_organization: Money | None = None


class OrganizationMemberDeleteRequest(Fields):
    """DELETE /organization/member_delete."""

    organization_id: Id
    user_id: Id | None = None
    user_email: str | None = None


class OrganizationMemberUpdateRequest(OrganizationMemberDeleteRequest):
    """PATCH /organization/member_update."""

    role: str | None = Field(None, pattern="^(org_admin|internal_user|internal_user_viewer)$")
    max_budget_in_organization: Money | None = None
