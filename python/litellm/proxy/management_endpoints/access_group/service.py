"""What the access-group routes do."""

from __future__ import annotations

from typing import Any

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import AccessGroupRepository, KeyRepository, TeamRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.access_group.schemas import AccessGroupFields, NewAccessGroupRequest
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of

TABLE = "LiteLLM_AccessGroupTable"
_COLUMNS: dict[str, Any] = {
    "access_group_name": None, "description": None, "access_model_names": [], "access_mcp_server_ids": [],
    "access_agent_ids": [], "assigned_team_ids": [], "assigned_key_ids": [],
}  # fmt: skip


class AccessGroupService:
    """Access groups. A group lists its teams and keys, each of which lists the group too: that is what is looked up."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: NewAccessGroupRequest) -> Row:
        """A new group."""
        async with self._context.write() as transaction:
            groups = AccessGroupRepository(transaction.connection)
            if await groups.first(access_group_name=request.access_group_name) is not None:
                raise bad_request("access_group_name: there is such a group already", "access_group_name")
            row = columns_of(request, _COLUMNS, metadata_fields=())
            made = await groups.add(row | {"created_by": self._context.actor, "updated_by": self._context.actor})
            await self._assign(transaction, {}, made)
            await self._context.audit(transaction, "created", TABLE, made["access_group_id"], None, made)
        return plain(made)

    async def update(self, group_id: str, request: AccessGroupFields) -> Row:
        """Change what is given."""
        async with self._context.write() as transaction:
            groups = AccessGroupRepository(transaction.connection)
            before = await groups.get(group_id, lock=True)
            if before is None:
                raise not_found("access group", "access_group_id")
            changes = columns_of(request, _COLUMNS, metadata_fields=()) | {"updated_by": self._context.actor}
            after = await groups.change(group_id, changes) or before
            await self._assign(transaction, before, after)
            await self._context.audit(transaction, "updated", TABLE, group_id, before, after)
        return plain(after)

    async def delete(self, group_id: str) -> None:
        """Delete a group; nobody has it then."""
        async with self._context.write() as transaction:
            gone = await AccessGroupRepository(transaction.connection).remove([group_id])
            if not gone:
                raise not_found("access group", "access_group_id")
            await self._assign(transaction, gone[0], {"access_group_id": group_id})
            await self._context.audit(transaction, "deleted", TABLE, group_id, gone[0])

    async def _assign(self, transaction: Transaction, before: Row, after: Row) -> None:
        """Note the group on its teams and keys, and take it from those that are not among them any more."""
        group_id: str = after["access_group_id"]
        transaction.changed(f"access_group:{group_id}")
        for column, repository in (
            ("assigned_team_ids", TeamRepository(transaction.connection)),
            ("assigned_key_ids", KeyRepository(transaction.connection)),
        ):
            old, new = set(before.get(column) or ()), set(after.get(column) or ())
            rows = await repository.many(sorted(old ^ new))
            if len({row[repository.key] for row in rows} & (new - old)) < len(new - old):
                raise not_found("team or key", column)
            for row in rows:
                held = [name for name in row["access_group_ids"] or () if name != group_id]
                held += [group_id] if row[repository.key] in new else []
                await repository.change(row[repository.key], {"access_group_ids": held})
                kind = "team" if column == "assigned_team_ids" else "key"
                transaction.changed(f"{kind}:{row[repository.key]}")

    async def info(self, group_id: str) -> Row:
        """A group."""
        async with self._context.read() as connection:
            row = await AccessGroupRepository(connection).get(group_id)
        if row is None:
            raise not_found("access group", "access_group_id")
        return plain(row)

    async def list_all(self) -> list[Row]:
        """Every group."""
        async with self._context.read() as connection:
            rows, _ = await AccessGroupRepository(connection).page(Listing())
        return [plain(row) for row in rows]
