"""What the budget routes do, and how other entities get a budget of their own."""

from __future__ import annotations

import datetime
from typing import Any

from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import BudgetRepository
from litellm.proxy.db.repository import Listing, Row
from litellm.proxy.management_endpoints.budget.schemas import BudgetFields, BudgetRequest
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found, plain
from litellm.proxy.management_endpoints.common.fields import columns_of

TABLE = "LiteLLM_BudgetTable"
_COLUMNS: dict[str, Any] = {
    "max_budget": None, "soft_budget": None, "max_parallel_requests": None, "tpm_limit": None, "rpm_limit": None,
    "tpd_limit": None, "budget_duration": None, "budget_reset_at": None, "model_max_budget": None,
    "allowed_models": [],
}  # fmt: skip
BUDGET_FIELDS = frozenset(_COLUMNS)


def budget_columns(request: BudgetFields) -> Row:
    """The columns that a request sets; a time with a zone is taken to UTC."""
    found = columns_of(request, _COLUMNS, metadata_fields=())
    given = request.budget_reset_at
    if given is not None:
        aware = given if given.tzinfo else given.replace(tzinfo=datetime.timezone.utc)
        found["budget_reset_at"] = aware.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return found


async def budget_for(transaction: Transaction, request: BudgetFields, actor: str, current: str | None) -> str | None:
    """The id of an entity's budget: its current one changed, or a new one, where `request` sets any of its fields."""
    changes = budget_columns(request)
    if not changes:
        return current
    budgets = BudgetRepository(transaction.connection)
    if current is not None:
        await budgets.change(current, changes | {"updated_by": actor})
        transaction.changed(f"budget:{current}")
        return current
    made = await budgets.add(changes | {"created_by": actor, "updated_by": actor})
    budget_id: str = made["budget_id"]
    return budget_id


class BudgetService:
    """Budgets."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, request: BudgetRequest) -> Row:
        """A new budget."""
        actor = self._context.actor
        async with self._context.write() as transaction:
            budgets = BudgetRepository(transaction.connection)
            if request.budget_id and await budgets.get(request.budget_id) is not None:
                raise bad_request("budget_id: there is such a budget already", "budget_id")
            named = {"budget_id": request.budget_id} if request.budget_id else {}
            made = await budgets.add(budget_columns(request) | named | {"created_by": actor, "updated_by": actor})
            await self._context.audit(transaction, "created", TABLE, made["budget_id"], None, made)
        return plain(made)

    async def update(self, request: BudgetRequest) -> Row:
        """Change what is given."""
        if not request.budget_id:
            raise bad_request("budget_id: name the budget to change", "budget_id")
        async with self._context.write() as transaction:
            budgets = BudgetRepository(transaction.connection)
            before = await budgets.get(request.budget_id, lock=True)
            if before is None:
                raise not_found("budget", "budget_id")
            changes = budget_columns(request) | {"updated_by": self._context.actor}
            after = await budgets.change(request.budget_id, changes)
            transaction.changed(f"budget:{request.budget_id}")
            await self._context.audit(transaction, "updated", TABLE, request.budget_id, before, after)
        return plain(after or before)

    async def info(self, ids: list[str]) -> list[Row]:
        """The budgets of these ids that there are."""
        async with self._context.read() as connection:
            return [plain(row) for row in await BudgetRepository(connection).many(ids)]

    async def list_all(self) -> list[Row]:
        """Every budget, newest first."""
        async with self._context.read() as connection:
            rows, _ = await BudgetRepository(connection).page(Listing())
            return [plain(row) for row in rows]

    async def settings(self, budget_id: str) -> list[Row]:
        """A budget's fields, each with its type and value, as the dashboard shows them."""
        found = await self.info([budget_id])
        if not found:
            raise not_found("budget", "budget_id")
        kinds = {"max_budget": "Float", "soft_budget": "Float", "budget_duration": "String"}
        names = [name for name in _COLUMNS if name not in ("allowed_models", "model_max_budget", "budget_reset_at")]
        return [
            {
                "field_name": name, "field_type": kinds.get(name, "Integer"), "field_value": found[0][name],
                "field_description": name.replace("_", " "), "stored_in_db": True, "field_default_value": None,
            }
            for name in names
        ]  # fmt: skip

    async def delete(self, budget_id: str) -> Row:
        """Delete a budget; what had it has none then. An organisation's is not deleted."""
        async with self._context.write() as transaction:
            budgets = BudgetRepository(transaction.connection)
            if await budgets.users_of([budget_id]):
                raise bad_request("id: an organization has this budget", "id")
            await budgets.detach([budget_id])
            gone = await budgets.remove([budget_id])
            if not gone:
                raise not_found("budget", "id")
            transaction.changed(f"budget:{budget_id}")
            await self._context.audit(transaction, "deleted", TABLE, budget_id, gone[0])
        return plain(gone[0])
