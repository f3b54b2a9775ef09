"""Bodies of the key routes, with upstream's fields."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from litellm.proxy.management_endpoints.common.fields import (
    Fields,
    Id,
    LimitFields,
    Money,
    Name,
    ObjectPermission,
)

NewKey = Annotated[str, StringConstraints(min_length=16, max_length=256, pattern=r"^sk-[!-~]+$")]


class KeyFields(LimitFields):
    """What a key has. Money is in USD, durations are as in `30d`."""

    key_alias: Name | None = None
    duration: str | None = None
    spend: Money | None = None
    user_id: Id | None = None
    team_id: Id | None = None
    organization_id: Id | None = None
    project_id: Id | None = None
    agent_id: Id | None = None
    budget_id: Id | None = None
    aliases: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    permissions: dict[str, Any] | None = None
    router_settings: dict[str, Any] | None = None
    allowed_routes: list[str] | None = None
    allowed_cache_controls: list[str] | None = None
    access_group_ids: list[str] | None = None
    object_permission: ObjectPermission | None = None
    disable_global_guardrails: bool | None = None
    soft_budget: Money | None = None
    temp_budget_increase: Money | None = None
    temp_budget_expiry: str | None = None
    allowed_passthrough_routes: list[str] | None = None
    auto_rotate: bool | None = None
    rotation_interval: str | None = None
    key_type: str | None = None


class GenerateKeyRequest(KeyFields):
    """POST /key/generate."""

    key: NewKey | None = None


class UpdateKeyRequest(KeyFields):
    """POST /key/update: only what is given changes."""

    key: str


class RegenerateKeyRequest(KeyFields):
    """POST /key/regenerate. The old key works for `grace_period` (as in `24h`) longer; without one, not at all."""

    key: str | None = None
    new_key: NewKey | None = None
    grace_period: str | None = None


class KeyRequest(Fields):
    """POST /key/delete."""

    keys: Annotated[list[str], Field(max_length=1000)] | None = None
    key_aliases: Annotated[list[str], Field(max_length=1000)] | None = None


class BlockKeyRequest(Fields):
    """POST /key/block and /key/unblock."""

    key: str


class BulkUpdateKeyRequest(Fields):
    """POST /key/bulk_update."""

    keys: Annotated[list[UpdateKeyRequest], Field(min_length=1, max_length=500)]


class ResetSpendRequest(Fields):
    """POST /key/{key}/reset_spend, and that of a member."""

    reset_to: Money = 0.0


class BulkUpdateTeamKeysRequest(Fields):
    """POST /team/key/bulk_update: the same change for several keys of a team, or for all of them."""

    team_id: Id
    key_ids: Annotated[list[str], Field(max_length=500)] | None = None
    all_keys_in_team: bool = False
    update_fields: KeyFields
