"""The audit-log routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.audit.service import AuditService
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.common.listing import Page, Size

router = guarded_router("audit logging")


@router.get("/audit")
async def audit_logs(
    context: InContext,
    page: Page = 1,
    page_size: Size = 10,
    changed_by: str | None = None,
    changed_by_api_key: str | None = None,
    action: str | None = None,
    table_name: str | None = None,
    object_id: str | None = None,
    start_date: str | None = None,
    end_date: str | None = None,
    sort_by: str | None = None,
    sort_order: str = "desc",
) -> dict[str, Any]:
    """One page of changes, newest first; of those from `start_date` to `end_date`, days or times in ISO 8601."""
    filters = {name: value for name, value in locals().items() if name != "context"}
    return await AuditService(context).page(filters)


@router.get("/audit/{id}")
async def audit_log(id: str, context: InContext) -> dict[str, Any]:
    """One change."""
    return await AuditService(context).one(id)
