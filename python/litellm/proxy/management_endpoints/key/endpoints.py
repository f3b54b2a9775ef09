"""The key routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from litellm.proxy._types import ProxyException
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.listing import Page, Size
from litellm.proxy.management_endpoints.key.queries import KeyQueries
from litellm.proxy.management_endpoints.key.schemas import (
    BlockKeyRequest,
    BulkUpdateKeyRequest,
    BulkUpdateTeamKeysRequest,
    GenerateKeyRequest,
    KeyRequest,
    RegenerateKeyRequest,
    ResetSpendRequest,
    UpdateKeyRequest,
)
from litellm.proxy.management_endpoints.key.service import KeyService

router = guarded_router("key management")


@router.post("/key/generate")
async def generate_key(body: GenerateKeyRequest, context: InContext) -> dict[str, Any]:
    """A new virtual key, which is shown only now."""
    return await KeyService(context).generate(body)


@router.post("/key/service-account/generate")
async def generate_service_account_key(body: GenerateKeyRequest, context: InContext) -> dict[str, Any]:
    """A key that belongs to a team and to no user."""
    if not body.team_id:
        raise bad_request("team_id: a service account needs a team", "team_id")
    if body.user_id:
        raise bad_request("user_id: a service account has no user", "user_id")
    body.metadata = {**(body.metadata or {}), "service_account_id": body.key_alias or body.team_id}
    return await KeyService(context).generate(body)


@router.get("/key/info")
async def key_info(context: InContext, key: str | None = None) -> dict[str, Any]:
    """A key's limits and spend; without `key`, the asking key's own."""
    return await KeyQueries(context).info(key)


Expand = Annotated[list[Literal["user"]] | None, Query()]
"""What is put into each key's row, which is then told whole."""


@router.get("/key/list")
async def list_keys(
    context: InContext,
    page: Page = 1,
    size: Size = 10,
    user_id: str | None = None,
    team_id: str | None = None,
    organization_id: str | None = None,
    project_id: str | None = None,
    agent_id: str | None = None,
    key_hash: str | None = None,
    key_alias: str | None = None,
    search: str | None = None,
    status: str | None = None,
    expires: str | None = None,
    sort_by: str | None = None,
    sort_order: str = "desc",
    return_full_object: bool = False,
    include_created_by_keys: bool = False,
    include_team_keys: bool = False,
    access_group_id: str | None = None,
    expand: Expand = None,
    substring_matching: bool = False,
) -> dict[str, Any]:
    """One page of the keys that the caller may see."""
    filters = {name: value for name, value in locals().items() if name != "context"}
    return await KeyQueries(context).page(filters)


@router.get("/key/aliases")
async def key_aliases(
    context: InContext, page: Page = 1, size: Size = 50, search: str | None = None, team_id: str | None = None
) -> dict[str, Any]:
    """The aliases of the keys that the caller may see."""
    return await KeyQueries(context).aliases(page, size, search, team_id)


@router.post("/key/health")
async def key_health(context: InContext) -> dict[str, Any]:
    """Whether the asking key works, which it does when this answers."""
    return {"key": "healthy", "logging_callbacks": None}


@router.post("/key/update")
async def update_key(body: UpdateKeyRequest, context: InContext) -> dict[str, Any]:
    """Change a key; what is not given stays."""
    return await KeyService(context).update(body)


@router.post("/key/bulk_update")
async def bulk_update_keys(body: BulkUpdateKeyRequest, context: InContext) -> dict[str, Any]:
    """Change several keys, each for itself: those that cannot be changed are named with the reason."""
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for request in body.keys:
        try:
            done.append({"key": request.key, "key_info": await KeyService(context).update(request)})
        except ProxyException as error:
            failed.append({"key": request.key, "key_info": None, "failed_reason": error.message})
    return {"total_requested": len(body.keys), "successful_updates": done, "failed_updates": failed}


@router.post("/key/delete")
async def delete_keys(body: KeyRequest, context: InContext) -> dict[str, Any]:
    """Delete keys."""
    if not body.keys and not body.key_aliases:
        raise bad_request("keys: name the keys to delete, or key_aliases", "keys")
    return await KeyService(context).delete(body.keys or [], body.key_aliases or [])


@router.post("/key/block")
async def block_key(body: BlockKeyRequest, context: InContext) -> dict[str, Any]:
    """Stop a key."""
    return await KeyService(context).block(body.key, blocked=True)


@router.post("/key/unblock")
async def unblock_key(body: BlockKeyRequest, context: InContext) -> dict[str, Any]:
    """Let a key go on."""
    return await KeyService(context).block(body.key, blocked=False)


@router.post("/key/regenerate")
@router.post("/key/{key}/regenerate")
async def regenerate_key(body: RegenerateKeyRequest, context: InContext, key: str | None = None) -> dict[str, Any]:
    """A new key in the place of an old one."""
    wanted = key or body.key
    if not wanted:
        raise bad_request("key: name the key to regenerate", "key")
    return await KeyService(context).regenerate(wanted, body)


@router.post("/key/{key}/reset_spend")
async def reset_key_spend(key: str, body: ResetSpendRequest, context: InContext) -> dict[str, Any]:
    """Set a key's spend to less than it is."""
    return await KeyService(context).reset_spend(key, body.reset_to)


@router.post("/team/key/bulk_update")
async def bulk_update_team_keys(body: BulkUpdateTeamKeysRequest, context: InContext) -> dict[str, Any]:
    """Change several keys of a team: those that cannot be changed are named with the reason."""
    if bool(body.key_ids) == body.all_keys_in_team:
        raise bad_request("key_ids: name the keys, or set all_keys_in_team", "key_ids")
    given = body.update_fields.model_dump(exclude_unset=True)
    requests = [
        UpdateKeyRequest(**given | {"key": token})
        for token in await KeyQueries(context).of_team(body.team_id, body.key_ids)
    ]
    return await bulk_update_keys(BulkUpdateKeyRequest.model_construct(keys=requests), context)
