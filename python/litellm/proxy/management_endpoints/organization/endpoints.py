"""The organization routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.organization.members import OrganizationMembers
from litellm.proxy.management_endpoints.organization.schemas import (
    NewOrganizationRequest,
    OrganizationInfoRequest,
    OrganizationMemberAddRequest,
    OrganizationMemberDeleteRequest,
    OrganizationMemberUpdateRequest,
    OrganizationsRequest,
    UpdateOrganizationRequest,
)
from litellm.proxy.management_endpoints.organization.service import OrganizationService

router = guarded_router("organization management")


@router.post("/organization/new")
async def new_organization(body: NewOrganizationRequest, context: InContext) -> dict[str, Any]:
    """A new organization with its budget."""
    return await OrganizationService(context).new(body)


@router.patch("/organization/update")
async def update_organization(body: UpdateOrganizationRequest, context: InContext) -> dict[str, Any]:
    """Change an organization; what is not given stays."""
    return await OrganizationService(context).update(body)


@router.get("/organization/info")
async def organization_info(context: InContext, organization_id: str) -> dict[str, Any]:
    """An organization with its members and teams."""
    return await OrganizationService(context).info(organization_id)


@router.post("/organization/info")
async def organizations_info(body: OrganizationInfoRequest, context: InContext) -> list[dict[str, Any]]:
    """Several organizations."""
    service = OrganizationService(context)
    return [await service.info(organization_id) for organization_id in body.organizations]


@router.get("/organization/list")
async def list_organizations(
    context: InContext, org_id: str | None = None, org_alias: str | None = None
) -> list[dict[str, Any]]:
    """The organizations that the caller may see."""
    return await OrganizationService(context).list_all(org_id, org_alias)


@router.delete("/organization/delete")
async def delete_organizations(body: OrganizationsRequest, context: InContext) -> list[dict[str, Any]]:
    """Delete organizations with their teams."""
    return await OrganizationService(context).delete(body.organization_ids)


@router.post("/organization/member_add")
async def add_organization_members(body: OrganizationMemberAddRequest, context: InContext) -> dict[str, Any]:
    """Add members."""
    return await OrganizationMembers(context).add(body)


@router.patch("/organization/member_update")
async def update_organization_member(body: OrganizationMemberUpdateRequest, context: InContext) -> dict[str, Any]:
    """Change a member's role or budget."""
    return await OrganizationMembers(context).update(body)


@router.delete("/organization/member_delete")
async def delete_organization_member(body: OrganizationMemberDeleteRequest, context: InContext) -> dict[str, Any]:
    """Take a member out."""
    return await OrganizationMembers(context).remove(body)
