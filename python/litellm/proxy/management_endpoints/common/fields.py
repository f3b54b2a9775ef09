"""From a request's fields to columns: durations to times, and the fields that upstream keeps inside `metadata`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.warnings import UnsupportedFieldAttributeWarning

from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import bad_request
from litellm.proxy.spend_tracking.budget_windows import after, next_reset, utc_now

# FastAPI hides it where it makes what reads a body; bodies below are made later than that, at their first use.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

Money = Annotated[float, Field(ge=0, allow_inf_nan=False, le=1e12)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Parallel = Annotated[int, Field(ge=0, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""An id or an alias: no control characters."""
Id = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]

METADATA_FIELDS = (
    "model_rpm_limit", "model_tpm_limit", "rpm_limit_type", "tpm_limit_type", "guardrails", "tags", "prompts",
    "enforced_params", "disable_global_guardrails", "logging", "allowed_passthrough_routes", "temp_budget_increase",
    "temp_budget_expiry", "soft_budget",
)  # fmt: skip
"""Fields that have no column of their own; upstream keeps them in `metadata`."""
METADATA_LIMITS = (
    "model_rpm_limit", "model_tpm_limit", "rpm_limit_type", "tpm_limit_type", "temp_budget_increase",
    "temp_budget_expiry", "soft_budget",
)  # fmt: skip
"""Those of them that limit what is used."""


class Fields(BaseModel):
    """A body. What upstream knows and this gateway does not use is let through."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=(), defer_build=True)

    def json(self, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """The fields as a mapping: what functions written for LiteLLM, as `custom_key_generate`, ask a body for."""
        return self.model_dump(**kwargs)


class ObjectPermission(Fields):
    """What may be used beside models, all where none are named; `blocked_tools` are those that may not be offered."""

    agents: list[Id] | None = None
    agent_access_groups: list[Id] | None = None
    mcp_servers: list[Id] | None = None
    mcp_access_groups: list[Id] | None = None
    mcp_tool_permissions: dict[str, Any] | None = None
    mcp_toolsets: list[Id] | None = None
    vector_stores: list[Id] | None = None
    models: list[Id] | None = None
    blocked_tools: list[Id] | None = None
    search_tools: list[Id] | None = None
    skills: list[Id] | None = None


class LimitFields(Fields):
    """Limits that keys, users and teams have. Money is in USD, durations are as in `30d`."""

    models: list[Name] | None = None
    max_budget: Money | None = None
    budget_duration: str | None = None
    max_parallel_requests: Parallel | None = None
    tpm_limit: Count | None = None
    rpm_limit: Count | None = None
    metadata: dict[str, Any] | None = None
    model_max_budget: dict[str, Any] | None = None
    budget_limits: list[dict[str, Any]] | None = None
    blocked: bool | None = None
    model_rpm_limit: dict[str, int] | None = None
    model_tpm_limit: dict[str, int] | None = None
    guardrails: list[str] | None = None
    tags: list[str] | None = None
    prompts: list[str] | None = None
    policies: list[str] | None = None
    enforced_params: list[str] | None = None


def columns_of(
    request: BaseModel, columns: Mapping[str, Any], *, metadata_fields: tuple[str, ...] = METADATA_FIELDS,
    before: Row | None = None,
) -> Row:  # fmt: skip
    """The columns that `request` sets. `columns`: their names, with what stands for null where it cannot be null.

    Raises ProxyException 400 for a duration that is none, or a budget without an amount.
    """
    given = request.model_dump(exclude_unset=True)
    found = {name: given[name] for name in columns if name in given}
    found = {name: columns[name] if value is None else value for name, value in found.items()}
    inside = {name: given[name] for name in metadata_fields if given.get(name) is not None and name not in columns}
    if inside:
        base = found.get("metadata") or dict((before or {}).get("metadata") or {})
        found["metadata"] = {**base, **inside}
    if "budget_duration" in given:
        reset_at = reset_time(given["budget_duration"])
        found |= {"budget_reset_at": reset_at} if "budget_duration" in columns else {}
    if "duration" in given:
        found["expires"] = expiry(given["duration"])
    for entry in found.get("budget_limits") or ():
        if not isinstance(entry, dict) or not isinstance(entry.get("max_budget"), (int, float)):
            raise bad_request("budget_limits: each entry needs budget_duration and max_budget", "budget_limits")
        reset_time(entry.get("budget_duration"), "budget_limits")
    _check_model_budgets(found.get("model_max_budget"))
    return found


def _check_model_budgets(budgets: Any) -> None:
    for model, given in budgets.items() if isinstance(budgets, dict) else ():
        parts = given if isinstance(given, dict) else {"budget_limit": given}
        limit = parts.get("max_budget", parts.get("budget_limit"))
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not 0 <= limit <= 1e12:
            raise bad_request(
                f"model_max_budget: {model[:100]!r} needs a budget_limit of 0 or more", "model_max_budget"
            )
        reset_time(parts.get("budget_duration") or parts.get("time_period"), "model_max_budget")


def reset_time(duration: str | None, param: str = "budget_duration") -> Any:
    """When a budget of this duration that starts now is over; None without one. Raises ProxyException 400."""
    try:
        return next_reset(utc_now(), duration) if duration else None
    except ValueError as error:
        raise bad_request(f"{param}: {error}", param) from error


def expiry(duration: str | None) -> Any:
    """When a key of this duration that is made now expires; None without one. Raises ProxyException 400."""
    try:
        return after(utc_now(), duration) if duration and duration != "-1" else None
    except ValueError as error:
        raise bad_request(f"duration: {error}", "duration") from error
