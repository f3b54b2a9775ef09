"""Bodies of the budget routes."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import Count, Fields, Id, Money, Name, Parallel


class BudgetFields(Fields):
    """What a budget has. Money is in USD, durations are as in `30d`."""

    max_budget: Money | None = None
    soft_budget: Money | None = None
    max_parallel_requests: Parallel | None = None
    tpm_limit: Count | None = None
    rpm_limit: Count | None = None
    tpd_limit: Count | None = None
    budget_duration: str | None = None
    budget_reset_at: datetime.datetime | None = None
    model_max_budget: dict[str, Any] | None = None
    allowed_models: list[Name] | None = None


class BudgetRequest(BudgetFields):
    """POST /budget/new and /budget/update."""

    budget_id: Id | None = None


class BudgetInfoRequest(Fields):
    """POST /budget/info."""

    budgets: Annotated[list[str], Field(max_length=1000)]


class BudgetDeleteRequest(Fields):
    """POST /budget/delete."""

    id: Id
