"""Bodies of the key routes, with upstream's fields."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class KeyFields(BaseModel):
    """What a key has. Money is in USD, durations are as in `30d`."""

    model_config = ConfigDict(extra="ignore")

    key_alias: str | None = Field(None, max_length=256)
    duration: str | None = None
    models: list[str] | None = None
    spend: float | None = Field(None, ge=0, allow_inf_nan=False)
    max_budget: float | None = Field(None, ge=0, allow_inf_nan=False)
    budget_duration: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    organization_id: str | None = None
    max_parallel_requests: int | None = Field(None, ge=0)
    tpm_limit: int | None = Field(None, ge=0)
    rpm_limit: int | None = Field(None, ge=0)
    metadata: dict[str, Any] | None = None
    aliases: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    permissions: dict[str, Any] | None = None
    allowed_routes: list[str] | None = None
    blocked: bool | None = None


class GenerateKeyRequest(KeyFields):
    """POST /key/generate."""

    key: str | None = Field(None, min_length=16, max_length=256, pattern=r"^sk-[!-~]+$")


class UpdateKeyRequest(KeyFields):
    """POST /key/update: only what is given changes."""

    key: str


class RegenerateKeyRequest(KeyFields):
    """POST /key/regenerate."""

    key: str | None = None
    new_key: str | None = Field(None, min_length=16, max_length=256, pattern=r"^sk-[!-~]+$")


class KeyRequest(BaseModel):
    """POST /key/delete."""

    keys: list[str] | None = None
    key_aliases: list[str] | None = None


class BlockKeyRequest(BaseModel):
    """POST /key/block and /key/unblock."""

    key: str
