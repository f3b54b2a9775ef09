"""What the customer routes do."""

from __future__ import annotations

from typing import Any

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import BudgetRepository, EndUserRepository, with_budget
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.budget.service import budget_for
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of
from litellm.proxy.management_endpoints.common.permissions import permission_columns, with_permission
from litellm.proxy.management_endpoints.customer.schemas import CustomerFields

TABLE = "LiteLLM_EndUserTable"
_COLUMNS: dict[str, Any] = {
    "alias": None, "blocked": False, "spend": 0.0, "allowed_model_region": None, "default_model": None, "models": [],
}  # fmt: skip


class CustomerService:
    """End users."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: CustomerFields) -> Row:
        """A new end user."""
        async with self._context.write() as transaction:
            customers = EndUserRepository(transaction.connection)
            if await customers.get(request.user_id) is not None:
                raise bad_request("user_id: there is such a customer already", "user_id")
            row = columns_of(request, _COLUMNS, metadata_fields=()) | {"user_id": request.user_id}
            row["budget_id"] = await self._budget(transaction, request, None)
            row |= await permission_columns(transaction, request.object_permission)
            made = await customers.add(row)
            transaction.changed(f"end_user:{request.user_id}")
            await self._context.audit(transaction, "created", TABLE, request.user_id, None, made)
            return plain(await with_budget(customers, made))

    async def _budget(self, transaction: Transaction, request: CustomerFields, current: str | None) -> str | None:
        if request.budget_id:
            if await BudgetRepository(transaction.connection).get(request.budget_id) is None:
                raise not_found("budget", "budget_id")
            return request.budget_id
        return await budget_for(transaction, request, self._context.actor, current)

    async def update(self, request: CustomerFields) -> Row:
        """Change what is given."""
        await self._context.flush()
        async with self._context.write() as transaction:
            customers = EndUserRepository(transaction.connection)
            before = await customers.get(request.user_id, lock=True)
            if before is None:
                raise not_found("customer", "user_id")
            changes = columns_of(request, _COLUMNS, metadata_fields=())
            changes["budget_id"] = await self._budget(transaction, request, before["budget_id"])
            changes |= await permission_columns(transaction, request.object_permission, before)
            after = await customers.change(request.user_id, changes)
            transaction.changed(f"end_user:{request.user_id}")
            await self._context.audit(transaction, "updated", TABLE, request.user_id, before, after)
            return plain(await with_budget(customers, after or before))

    async def info(self, user_id: str) -> Row:
        """An end user with its budget."""
        await self._context.flush()
        async with self._context.read() as connection:
            customers = EndUserRepository(connection)
            row = await customers.get(user_id)
            if row is None:
                raise not_found("customer", "end_user_id")
            return plain(await with_permission(connection, await with_budget(customers, row)))

    async def list_all(self) -> list[Row]:
        """Every end user."""
        await self._context.flush()
        async with self._context.read() as connection:
            customers = EndUserRepository(connection)
            rows, _ = await customers.page(Listing(descending=False))
            return [plain(await with_budget(customers, row)) for row in rows]

    async def block(self, user_ids: list[str], *, blocked: bool) -> list[Row]:
        """Stop end users, known or not, or let them go on."""
        async with self._context.write() as transaction:
            customers = EndUserRepository(transaction.connection)
            rows = []
            for user_id in dict.fromkeys(user_ids):
                await customers.ensure(user_id)
                row = await customers.change(user_id, {"blocked": blocked})
                rows += [row] if row else []
                transaction.changed(f"end_user:{user_id}")
                await self._context.audit(transaction, "blocked", TABLE, user_id, None, row)
        return [plain(row) for row in rows]

    async def delete(self, user_ids: list[str]) -> int:
        """Delete end users; how many. All must exist."""
        async with self._context.write() as transaction:
            customers = EndUserRepository(transaction.connection)
            gone = await customers.remove(user_ids)
            if len(gone) < len(set(user_ids)):
                raise not_found("customer", "user_ids")
            for row in gone:
                transaction.changed(f"end_user:{row['user_id']}")
                await self._context.audit(transaction, "deleted", TABLE, row["user_id"], row)
        return len(gone)
