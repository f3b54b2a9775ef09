"""What the audit-log routes tell."""

from __future__ import annotations

import datetime
from typing import Any

from litellm.proxy.db.repositories import AuditRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
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
        equal, changed = {name: filters[name] for name in _FILTERS}, AuditRepository.table.c.updated_at
        where = []
        if filters["start_date"]:
            where.append(changed >= _moment(filters["start_date"], "start_date"))
        if filters["end_date"]:
            where.append(changed <= _moment(filters["end_date"], "end_date"))
        listing = Listing(page, size, equal=equal, where=where, **order)
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


def _moment(text: str, param: str) -> datetime.datetime:
    """A time in UTC; of a day its first moment, or its last for an end. Raises ProxyException 400."""
    try:
        if len(text) <= len("2026-01-31"):
            at = datetime.time.max if param == "end_date" else datetime.time.min
            return datetime.datetime.combine(datetime.date.fromisoformat(text), at)
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return found.astimezone(datetime.timezone.utc).replace(tzinfo=None) if found.tzinfo else found
    except (ValueError, OverflowError) as error:
        raise bad_request(
            f"{param}: expected a day or a time, as in 2026-01-31 or 2026-01-31T12:00:00Z", param
        ) from error
