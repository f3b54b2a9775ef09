"""What the audit-log routes tell."""

from __future__ import annotations

from typing import Any

from litellm.proxy.db.repositories import AuditRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.common.context import Context, not_found, plain
from litellm.proxy.management_endpoints.common.listing import paged, sorting

SORTABLE = frozenset({"updated_at", "changed_by", "action", "table_name", "object_id"})
_FILTERS = ("changed_by", "changed_by_api_key", "action", "table_name", "object_id")


class AuditService:
    """The audit log."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def page(self, filters: dict[str, Any]) -> Row:
        """One page of changes."""
        page, size = filters["page"], filters["page_size"]
        order = sorting(filters["sort_by"] or "updated_at", filters["sort_order"], SORTABLE)
        listing = Listing(page, size, equal={name: filters[name] for name in _FILTERS}, **order)
        async with self._context.read() as connection:
            rows, total = await AuditRepository(connection).page(listing)
        return dict(paged("audit_logs", [plain(row) for row in rows], total, page, size))

    async def one(self, name: str) -> Row:
        """One change."""
        async with self._context.read() as connection:
            row = await AuditRepository(connection).get(name)
        if row is None:
            raise not_found("audit log", "id")
        return plain(row)
