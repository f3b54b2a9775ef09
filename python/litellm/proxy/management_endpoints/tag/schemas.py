"""Bodies of the tag routes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from litellm.proxy.management_endpoints.budget.schemas import BudgetFields
from litellm.proxy.management_endpoints.common.fields import Fields, Id, Name


class TagRequest(BudgetFields):
    """POST /tag/new and /tag/update. `models` are the ids of the deployments that the tag leads to."""

    name: Id
    description: Annotated[str, Field(max_length=4096)] | None = None
    models: list[Name] | None = None
    model_info: dict[str, Any] | None = None
    budget_id: Id | None = None


class TagInfoRequest(Fields):
    """POST /tag/info."""

    names: Annotated[list[str], Field(max_length=1000)]


class TagDeleteRequest(Fields):
    """POST /tag/delete."""

    name: Id
