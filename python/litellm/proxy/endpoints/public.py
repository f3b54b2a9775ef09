"""What anybody may know: providers, and the models that the operator shows to everybody."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import PlainTextResponse

from litellm.proxy._types import ProxyException
from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.estimate import known_facts
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.model_access import may_call_served
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.state import GatewayState
from litellm.proxy.version import VERSION
from litellm.types.provider_registry import PROVIDERS, ProviderRow
from litellm.types.providers import PROVIDER_NAMES
from litellm.types.router import ModelGroupInfo

router = guarded_router("public")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "azure": ("api_base", "api_version", "api_key"), "azure_text": ("api_base", "api_version", "api_key"),
    "bedrock": ("aws_region_name", "aws_access_key_id", "aws_secret_access_key", "aws_role_name"),
    "sagemaker": ("aws_region_name", "aws_access_key_id", "aws_secret_access_key"),
    "vertex_ai": ("vertex_project", "vertex_location", "vertex_credentials"),
    "watsonx": ("api_base", "api_key", "project_id"), "databricks": ("api_base", "api_key"),
}  # fmt: skip
"""Providers that ask for other things than an address and a key."""
WARN_WITHIN_DAYS = 30


@router.get("/public/providers")
async def providers() -> list[str]:
    """The names of all providers."""
    return sorted(PROVIDER_NAMES)


@router.get("/public/providers/fields")
async def provider_fields() -> list[dict[str, Any]]:
    """What each provider asks for, for a form that makes a deployment."""
    return [_form(name, PROVIDERS.get(name)) for name in sorted(PROVIDER_NAMES)]


@router.get("/public/model_hub")
async def model_hub(request: Request) -> list[dict[str, Any]]:
    """The models of `litellm_settings.public_model_groups`."""
    found = public_groups(state_of(request))
    return [info.model_dump(exclude_none=True) | {"is_public_model_group": True} for info in found]


@router.get("/public/model_hub/info")
async def model_hub_info(request: Request) -> dict[str, Any]:
    """What stands above the public models."""
    links = state_of(request).config.litellm_settings.get("public_model_groups_links")
    return {
        "docs_title": "LiteLLM gateway", "custom_docs_description": None, "litellm_version": VERSION,
        "useful_links": links or {},
    }  # fmt: skip


@router.get("/robots.txt")
async def robots(request: Request) -> PlainTextResponse:
    """What crawlers may read: nothing, where `general_settings.block_robots` says so. Raises ProxyException 404."""
    if not state_of(request).config.general_settings.block_robots:
        raise ProxyException("Not Found", "not_found_error", None, 404)
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


@router.get("/get/latest_release_info")
async def latest_release(request: Request) -> dict[str, Any]:
    """The version that runs: the gateway asks nobody for a newer one."""
    await authenticated(request)
    return {"version": VERSION, "new_features": 0, "bug_fixes": 0, "other_updates": 0, "release_url": ""}


@router.get("/model/deprecations")
@router.get("/v1/model/deprecations")
async def deprecations(request: Request, warn_within_days: int = WARN_WITHIN_DAYS) -> dict[str, Any]:
    """The served models that their providers end: those that are over, those that soon will be, and the others."""
    auth, state = await authenticated(request), state_of(request)
    found: dict[str, list[dict[str, Any]]] = {"deprecated": [], "imminent": [], "upcoming": []}
    today = datetime.datetime.now(datetime.timezone.utc).date()
    for entry in state.catalog.model_list:
        end = _end_of(entry) if may_call_served(state, auth, entry["model_name"]) else None
        if end is None:
            continue
        days = (end - today).days
        status = "deprecated" if days < 0 else ("imminent" if days <= warn_within_days else "upcoming")
        found[status].append({
            "model_name": entry["model_name"], "litellm_model": entry["litellm_params"]["model"],
            "deprecation_date": end.isoformat(), "days_until_deprecation": days, "status": status,
        })  # fmt: skip
    return {name: sorted(rows, key=lambda row: row["days_until_deprecation"]) for name, rows in found.items()}


def _end_of(entry: Mapping[str, Any]) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(known_facts(entry).get("deprecation_date")))
    except ValueError:
        return None


def public_groups(state: GatewayState) -> list[ModelGroupInfo]:
    """The models of `litellm_settings.public_model_groups` that are served."""
    shown = set(state.catalog.shown())
    names = (name for name in state.config.litellm_settings.get("public_model_groups") or () if name in shown)
    found = (state.router.get_model_group_info(name) for name in names)
    return [info for info in found if info is not None]


def _form(name: str, row: ProviderRow | None) -> dict[str, Any]:
    needs_key = bool(row and row.key_env)
    keys = _FIELDS.get(name, ("api_base", "api_key"))
    fields = [
        {
            "key": key, "label": key.replace("_", " ").capitalize(), "placeholder": None, "tooltip": None,
            "required": key == "api_key" and needs_key, "field_type": "password" if is_secret(key) else "text",
            "options": None, "default_value": row.api_base if row and key == "api_base" else None,
        }
        for key in keys
    ]  # fmt: skip
    return {
        "provider": name, "provider_display_name": name, "litellm_provider": name, "credential_fields": fields,
        "default_model_placeholder": f"{name}/model",
    }  # fmt: skip
