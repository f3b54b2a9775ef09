"""What the operator's settings give to users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.user.schemas import NewUserRequest, UpdateUserRequest

INTERNAL, ADMIN = "internal_user", "proxy_admin"


def with_defaults(request: NewUserRequest, settings: Mapping[str, Any]) -> NewUserRequest:
    """The request with `default_internal_user_params`, unless it makes a proxy admin, and an internal user's budget.

    `settings`: `litellm_settings`.
    """
    added: dict[str, Any] = {}
    if request.user_role != ADMIN:
        for name, value in (settings.get("default_internal_user_params") or {}).items():
            if name in NewUserRequest.model_fields and value is not None and getattr(request, name) in (None, []):
                added[name] = value
    if (request.user_role or added.get("user_role") or INTERNAL) == INTERNAL:
        budget = {name: value for name, value in _budget(settings).items() if getattr(request, name) is None}
        added = budget | added
    return NewUserRequest(**{**request.model_dump(exclude_unset=True), **added}) if added else request


def of_a_new_role(request: UpdateUserRequest, before: Row, settings: Mapping[str, Any]) -> UpdateUserRequest:
    """The request with an internal user's budget, where it makes one of a user who had another role and no budget."""
    if request.user_role != INTERNAL or before["user_role"] == INTERNAL:
        return request
    added = {
        name: value
        for name, value in _budget(settings).items()
        if name not in request.model_fields_set and before[name] is None
    }
    return UpdateUserRequest(**{**request.model_dump(exclude_unset=True), **added}) if added else request


def _budget(settings: Mapping[str, Any]) -> dict[str, Any]:
    budget = settings.get("max_internal_user_budget", settings.get("default_max_internal_user_budget"))
    given = {"max_budget": budget, "budget_duration": settings.get("internal_user_budget_duration")}
    return {name: value for name, value in given.items() if value is not None}
