"""The routes of token mappings."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.common.listing import Page, Size
from litellm.proxy.management_endpoints.jwt_mapping.schemas import (
    DeleteMappingRequest,
    NewMappingRequest,
    UpdateMappingRequest,
)
from litellm.proxy.management_endpoints.jwt_mapping.service import MappingService

router = guarded_router("JWT key mapping")


@router.post("/jwt/key/mapping/new")
async def new_mapping(body: NewMappingRequest, context: InContext) -> dict[str, Any]:
    """Let the holders of a claim use a virtual key."""
    return await MappingService(context).new(body)


@router.post("/jwt/key/mapping/update")
async def update_mapping(body: UpdateMappingRequest, context: InContext) -> dict[str, Any]:
    """Change a mapping."""
    return await MappingService(context).update(body)


@router.post("/jwt/key/mapping/delete")
async def delete_mapping(body: DeleteMappingRequest, context: InContext) -> dict[str, Any]:
    """Delete a mapping."""
    return await MappingService(context).delete(body.id)


@router.get("/jwt/key/mapping/list")
async def list_mappings(context: InContext, page: Page = 1, size: Size = 50) -> dict[str, Any]:
    """A page of mappings."""
    return await MappingService(context).page(page, size)


@router.get("/jwt/key/mapping/info")
async def mapping_info(id: str, context: InContext) -> dict[str, Any]:
    """One mapping."""
    return await MappingService(context).info(id)
