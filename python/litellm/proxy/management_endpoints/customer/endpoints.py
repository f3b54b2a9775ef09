"""The customer routes, each also by the name of `end_user`."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.customer.schemas import CustomerFields, CustomersRequest
from litellm.proxy.management_endpoints.customer.service import CustomerService

router = guarded_router("customer management")


@router.post("/customer/new")
@router.post("/end_user/new", include_in_schema=False)
async def new_customer(body: CustomerFields, context: InContext) -> dict[str, Any]:
    """A new end user."""
    return await CustomerService(context).new(body)


@router.post("/customer/update")
@router.post("/end_user/update", include_in_schema=False)
async def update_customer(body: CustomerFields, context: InContext) -> dict[str, Any]:
    """Change an end user; what is not given stays."""
    return await CustomerService(context).update(body)


@router.get("/customer/info")
@router.get("/end_user/info", include_in_schema=False)
async def customer_info(context: InContext, end_user_id: str) -> dict[str, Any]:
    """An end user with its budget."""
    return await CustomerService(context).info(end_user_id)


@router.get("/customer/list")
@router.get("/end_user/list", include_in_schema=False)
async def list_customers(context: InContext) -> list[dict[str, Any]]:
    """Every end user."""
    return await CustomerService(context).list_all()


@router.post("/customer/delete")
@router.post("/end_user/delete", include_in_schema=False)
async def delete_customers(body: CustomersRequest, context: InContext) -> dict[str, Any]:
    """Delete end users."""
    count = await CustomerService(context).delete(body.user_ids)
    return {"deleted_customers": count, "message": f"deleted {count} customers"}


@router.post("/customer/block")
@router.post("/end_user/block", include_in_schema=False)
async def block_customers(body: CustomersRequest, context: InContext) -> dict[str, Any]:
    """Stop end users."""
    return {"blocked_users": await CustomerService(context).block(body.user_ids, blocked=True)}


@router.post("/customer/unblock")
@router.post("/end_user/unblock", include_in_schema=False)
async def unblock_customers(body: CustomersRequest, context: InContext) -> dict[str, Any]:
    """Let end users go on."""
    rows = await CustomerService(context).block(body.user_ids, blocked=False)
    return {"blocked_users": [], "unblocked_users": rows}
