"""The budget routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.budget.schemas import BudgetDeleteRequest, BudgetInfoRequest, BudgetRequest
from litellm.proxy.management_endpoints.budget.service import BudgetService
from litellm.proxy.management_endpoints.common.context import InContext

router = guarded_router("budget management")


@router.post("/budget/new")
async def new_budget(body: BudgetRequest, context: InContext) -> dict[str, Any]:
    """A new budget."""
    return await BudgetService(context).new(body)


@router.post("/budget/update")
async def update_budget(body: BudgetRequest, context: InContext) -> dict[str, Any]:
    """Change a budget, for everything that has it."""
    return await BudgetService(context).update(body)


@router.post("/budget/info")
async def budget_info(body: BudgetInfoRequest, context: InContext) -> list[dict[str, Any]]:
    """Budgets by their ids."""
    return await BudgetService(context).info(body.budgets)


@router.get("/budget/list")
async def list_budgets(context: InContext) -> list[dict[str, Any]]:
    """Every budget."""
    return await BudgetService(context).list_all()


@router.get("/budget/settings")
async def budget_settings(context: InContext, budget_id: str) -> list[dict[str, Any]]:
    """A budget's fields, one by one."""
    return await BudgetService(context).settings(budget_id)


@router.post("/budget/delete")
async def delete_budget(body: BudgetDeleteRequest, context: InContext) -> dict[str, Any]:
    """Delete a budget."""
    return await BudgetService(context).delete(body.id)
