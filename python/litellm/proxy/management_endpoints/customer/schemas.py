"""Bodies of the customer routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from litellm.proxy.management_endpoints.budget.schemas import BudgetFields
from litellm.proxy.management_endpoints.common.fields import Fields, Id, Money, Name, ObjectPermission


class CustomerFields(BudgetFields):
    """What an end user has; its budget is its own, or the one of `budget_id`."""

    user_id: Id
    alias: Name | None = None
    blocked: bool | None = None
    budget_id: Id | None = None
    spend: Money | None = None
    allowed_model_region: Literal["eu", "us"] | None = None
    default_model: Name | None = None
    models: list[Name] | None = None
    object_permission: ObjectPermission | None = None


class CustomersRequest(Fields):
    """POST /customer/delete, /customer/block and /customer/unblock."""

    user_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
