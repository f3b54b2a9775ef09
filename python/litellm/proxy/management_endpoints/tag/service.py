"""What the tag routes do."""

from __future__ import annotations

from typing import Any

from litellm.proxy.db.repositories import BudgetRepository, TagRepository, with_budget
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.budget.service import budget_for
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of
from litellm.proxy.management_endpoints.tag.schemas import TagRequest

TABLE = "LiteLLM_TagTable"
_COLUMNS: dict[str, Any] = {"description": None, "models": [], "model_info": None}


class TagService:
    """Tags."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: TagRequest) -> Row:
        """A new tag."""
        async with self._context.write() as transaction:
            tags = TagRepository(transaction.connection)
            if await tags.get(request.name) is not None:
                raise bad_request("name: there is such a tag already", "name")
            row: Row = {"models": []} | self._columns(request) | {"tag_name": request.name}
            if request.budget_id and await BudgetRepository(transaction.connection).get(request.budget_id) is None:
                raise not_found("budget", "budget_id")
            row["budget_id"] = await budget_for(transaction, request, self._context.actor, request.budget_id)
            made = await tags.add(row | {"created_by": self._context.actor})
            transaction.changed(f"tag:{request.name}")
            await self._context.audit(transaction, "created", TABLE, request.name, None, made)
            return shown(await with_budget(tags, made))

    def _columns(self, request: TagRequest) -> Row:
        columns = columns_of(request, _COLUMNS, metadata_fields=())
        columns.pop("budget_reset_at", None)
        return columns

    async def update(self, request: TagRequest) -> Row:
        """Change what is given."""
        async with self._context.write() as transaction:
            tags = TagRepository(transaction.connection)
            before = await tags.get(request.name, lock=True)
            if before is None:
                raise not_found("tag", "name")
            current = request.budget_id or before["budget_id"]
            budget_id = await budget_for(transaction, request, self._context.actor, current)
            after = await tags.change(request.name, self._columns(request) | {"budget_id": budget_id})
            transaction.changed(f"tag:{request.name}")
            await self._context.audit(transaction, "updated", TABLE, request.name, before, after)
            return shown(await with_budget(tags, after or before))

    async def info(self, names: list[str]) -> dict[str, Row]:
        """Tags by their names."""
        await self._context.flush()
        async with self._context.read() as connection:
            tags = TagRepository(connection)
            rows = await tags.many(names)
            if len(rows) < len(set(names)):
                raise not_found("tag", "names")
            return {row["tag_name"]: shown(await with_budget(tags, row)) for row in rows}

    async def list_all(self) -> list[Row]:
        """Every tag."""
        await self._context.flush()
        async with self._context.read() as connection:
            tags = TagRepository(connection)
            rows, _ = await tags.page(Listing())
            return [shown(await with_budget(tags, row)) for row in rows]

    async def delete(self, name: str) -> None:
        """Delete a tag."""
        async with self._context.write() as transaction:
            gone = await TagRepository(transaction.connection).remove([name])
            if not gone:
                raise not_found("tag", "name")
            transaction.changed(f"tag:{name}")
            await self._context.audit(transaction, "deleted", TABLE, name, gone[0])


def shown(row: Row) -> Row:
    """A tag as upstream answers it: its name is `name`."""
    return {"name": row["tag_name"]} | {name: value for name, value in plain(row).items() if name != "tag_name"}
