"""The access-group routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.access_group.schemas import AccessGroupFields, NewAccessGroupRequest
from litellm.proxy.management_endpoints.access_group.service import AccessGroupService
from litellm.proxy.management_endpoints.common.context import InContext

router = guarded_router("access group management")


@router.post("/v1/access_group", status_code=201)
async def new_access_group(body: NewAccessGroupRequest, context: InContext) -> dict[str, Any]:
    """A new group."""
    return await AccessGroupService(context).new(body)


@router.get("/v1/access_group")
async def list_access_groups(context: InContext) -> list[dict[str, Any]]:
    """Every group."""
    return await AccessGroupService(context).list_all()


@router.get("/v1/access_group/{access_group_id}")
async def access_group_info(access_group_id: str, context: InContext) -> dict[str, Any]:
    """A group."""
    return await AccessGroupService(context).info(access_group_id)


@router.put("/v1/access_group/{access_group_id}")
async def update_access_group(access_group_id: str, body: AccessGroupFields, context: InContext) -> dict[str, Any]:
    """Change a group; what is not given stays."""
    return await AccessGroupService(context).update(access_group_id, body)


@router.delete("/v1/access_group/{access_group_id}", status_code=204)
async def delete_access_group(access_group_id: str, context: InContext) -> None:
    """Delete a group."""
    await AccessGroupService(context).delete(access_group_id)
