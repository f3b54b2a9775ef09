"""The tag routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.tag.schemas import TagDeleteRequest, TagInfoRequest, TagRequest
from litellm.proxy.management_endpoints.tag.service import TagService

router = guarded_router("tag management")


@router.post("/tag/new")
async def new_tag(body: TagRequest, context: InContext) -> dict[str, Any]:
    """A new tag."""
    return {"message": f"created the tag {body.name}", "tag": await TagService(context).new(body)}


@router.post("/tag/update")
async def update_tag(body: TagRequest, context: InContext) -> dict[str, Any]:
    """Change a tag; what is not given stays."""
    return {"message": f"updated the tag {body.name}", "tag": await TagService(context).update(body)}


@router.post("/tag/info")
async def tag_info(body: TagInfoRequest, context: InContext) -> dict[str, dict[str, Any]]:
    """Tags by their names."""
    return await TagService(context).info(body.names)


@router.get("/tag/list")
async def list_tags(context: InContext) -> list[dict[str, Any]]:
    """Every tag."""
    return await TagService(context).list_all()


@router.post("/tag/delete")
async def delete_tag(body: TagDeleteRequest, context: InContext) -> dict[str, Any]:
    """Delete a tag."""
    await TagService(context).delete(body.name)
    return {"message": f"deleted the tag {body.name}"}
