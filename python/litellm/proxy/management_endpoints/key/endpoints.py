"""The key routes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.route_access import is_admin
from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.management_endpoints.key.schemas import (
    BlockKeyRequest,
    GenerateKeyRequest,
    KeyFields,
    KeyRequest,
    RegenerateKeyRequest,
    UpdateKeyRequest,
)
from litellm.proxy.management_endpoints.key.service import KeyService
from litellm.proxy.request_context import authenticated, state_of

router = APIRouter(tags=["key management"])


def _service(request: Request) -> KeyService:
    return KeyService(state_of(request))


@router.post("/key/generate")
async def generate_key(body: GenerateKeyRequest, request: Request) -> dict[str, Any]:
    """A new virtual key, which is shown only now."""
    auth = await authenticated(request, "/key/generate")
    return await _service(request).generate(body, auth)


@router.get("/key/info")
async def key_info(request: Request, key: str | None = None) -> dict[str, Any]:
    """A key's limits and spend. Without `key`, or for a key that is no admin's, the asking key's own."""
    auth = await authenticated(request, "/key/info")
    wanted = key or auth.token or ""
    token = hash_token(wanted) if wanted.startswith("sk-") else wanted
    if not is_admin(auth) and token != auth.token:
        raise ProxyException("a key may look only at itself", "auth_error", "key", 403)
    return await _service(request).info(wanted)


@router.get("/key/list")
async def list_keys(
    request: Request,
    page: Annotated[int, Query(ge=1)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 10,
    user_id: str | None = None,
    team_id: str | None = None,
    key_alias: str | None = None,
    return_full_object: bool = False,
) -> dict[str, Any]:
    """One page of keys."""
    await authenticated(request, "/key/list")
    return await _service(request).page(page, size, user_id, team_id, key_alias, return_full_object)


@router.post("/key/update")
async def update_key(body: UpdateKeyRequest, request: Request) -> dict[str, Any]:
    """Change a key; what is not given stays."""
    auth = await authenticated(request, "/key/update")
    return await _service(request).update(body.key, body, auth)


@router.post("/key/delete")
async def delete_keys(body: KeyRequest, request: Request) -> dict[str, Any]:
    """Delete keys."""
    await authenticated(request, "/key/delete")
    if not body.keys and not body.key_aliases:
        raise ProxyException("keys: name the keys to delete, or key_aliases", "bad_request_error", "keys", 400)
    return await _service(request).delete(body.keys or [], body.key_aliases or [])


@router.post("/key/block")
async def block_key(body: BlockKeyRequest, request: Request) -> dict[str, Any]:
    """Stop a key."""
    auth = await authenticated(request, "/key/block")
    return await _service(request).update(body.key, KeyFields(blocked=True), auth)


@router.post("/key/unblock")
async def unblock_key(body: BlockKeyRequest, request: Request) -> dict[str, Any]:
    """Let a key go on."""
    auth = await authenticated(request, "/key/unblock")
    return await _service(request).update(body.key, KeyFields(blocked=False), auth)


@router.post("/key/regenerate")
@router.post("/key/{key}/regenerate")
async def regenerate_key(body: RegenerateKeyRequest, request: Request, key: str | None = None) -> dict[str, Any]:
    """A new key in the place of an old one."""
    auth = await authenticated(request, "/key/regenerate")
    wanted = key or body.key
    if not wanted:
        raise ProxyException("key: name the key to regenerate", "bad_request_error", "key", 400)
    return await _service(request).regenerate(wanted, body, auth)
