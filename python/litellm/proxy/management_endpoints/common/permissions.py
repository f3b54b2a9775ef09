"""What keys, teams, users, … may use beside models: the row that they name, made, changed and shown with them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import ObjectPermissionRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.fields import ObjectPermission

_ID = "object_permission_id"


async def permission_columns(
    transaction: Transaction, given: ObjectPermission | None, before: Row | None = None
) -> Row:
    """The column that names a key's, a team's, … permission, of which only what is given changes."""
    if given is None:
        return {}
    rows, values = ObjectPermissionRepository(transaction.connection), given.model_dump(exclude_unset=True)
    values = {name: [] if value is None and name != "mcp_tool_permissions" else value for name, value in values.items()}
    known = (before or {}).get(_ID)
    if known and await rows.change(known, values) is not None:
        return {_ID: known}
    return {_ID: (await rows.add(values))[_ID]}


async def with_permission(connection: AsyncConnection, row: Row) -> Row:
    """The row with what its permission holds as `object_permission`."""
    known = row.get(_ID)
    return {**row, "object_permission": await ObjectPermissionRepository(connection).get(known) if known else None}
