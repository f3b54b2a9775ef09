"""The user routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy._types import ProxyException
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.listing import Page, Size
from litellm.proxy.management_endpoints.user.schemas import (
    BulkUpdateUsersRequest,
    DeleteUsersRequest,
    NewUserRequest,
    UpdateUserRequest,
)
from litellm.proxy.management_endpoints.user.service import UserService

router = guarded_router("internal user management")


@router.post("/user/new")
async def new_user(body: NewUserRequest, context: InContext) -> dict[str, Any]:
    """A new user, with a key unless `auto_create_key` is false."""
    return await UserService(context).new(body)


@router.get("/user/info")
async def user_info(context: InContext, user_id: str | None = None) -> dict[str, Any]:
    """A user with its keys and teams."""
    return await UserService(context).info(user_id)


@router.get("/user/list")
async def list_users(
    context: InContext,
    page: Page = 1,
    page_size: Size = 25,
    role: str | None = None,
    user_ids: str | None = None,
    sso_user_ids: str | None = None,
    user_email: str | None = None,
    search: str | None = None,
    team: str | None = None,
    organization_ids: str | None = None,
    sort_by: str | None = None,
    sort_order: str = "desc",
) -> dict[str, Any]:
    """One page of users."""
    filters = {name: value for name, value in locals().items() if name != "context"}
    return await UserService(context).page(filters)


@router.get("/user/available_users")
async def available_users(context: InContext) -> dict[str, Any]:
    """How many users there are; there is no limit to them."""
    total = len(await UserService(context).everybody())
    return {"total_users": None, "total_users_used": total, "total_users_remaining": None}


@router.post("/user/update")
async def update_user(body: UpdateUserRequest, context: InContext) -> dict[str, Any]:
    """Change a user; what is not given stays."""
    return await UserService(context).update(body)


@router.post("/user/bulk_update")
async def bulk_update_users(body: BulkUpdateUsersRequest, context: InContext) -> dict[str, Any]:
    """Change several users, each for itself."""
    service = UserService(context)
    requests = body.users or []
    if body.all_users:
        if body.user_updates is None:
            raise bad_request("user_updates: say what to change for all users", "user_updates")
        given = body.user_updates.model_dump(exclude_unset=True, exclude={"user_id", "user_email"})
        requests = [UpdateUserRequest(**given, user_id=user_id) for user_id in await service.everybody()]
    results = []
    for request in requests:
        result = {"user_id": request.user_id, "user_email": request.user_email, "success": True, "error": None}
        try:
            result["updated_user"] = (await service.update(request))["data"]
        except ProxyException as error:
            result |= {"success": False, "error": error.message}
        results.append(result)
    succeeded = sum(bool(result["success"]) for result in results)
    return {
        "results": results, "total_requested": len(results), "successful_updates": succeeded,
        "failed_updates": len(results) - succeeded,
    }  # fmt: skip


@router.post("/user/delete")
async def delete_users(body: DeleteUsersRequest, context: InContext) -> int:
    """Delete users; how many."""
    return await UserService(context).delete(body.user_ids)
