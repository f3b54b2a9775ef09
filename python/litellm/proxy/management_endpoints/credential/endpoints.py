"""The credential routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.credential.schemas import CredentialFields, NewCredentialRequest
from litellm.proxy.management_endpoints.credential.service import CredentialService

router = guarded_router("credential management")


@router.post("/credentials")
async def new_credential(body: NewCredentialRequest, context: InContext) -> dict[str, Any]:
    """A new credential."""
    await CredentialService(context).new(body)
    return {"success": True, "message": "Credential created successfully"}


@router.get("/credentials")
async def list_credentials(context: InContext) -> dict[str, Any]:
    """Every credential, without secrets."""
    return {"success": True, "credentials": await CredentialService(context).list_all()}


@router.get("/credentials/by_name/{credential_name}")
async def credential_by_name(credential_name: str, context: InContext) -> dict[str, Any]:
    """A credential, without secrets."""
    return await CredentialService(context).by_name(credential_name)


@router.get("/credentials/by_model/{model_id}")
async def credential_by_model(model_id: str, context: InContext) -> dict[str, Any]:
    """What a served deployment calls its provider with, without secrets."""
    return CredentialService(context).by_model(model_id)


@router.patch("/credentials/{credential_name}")
async def update_credential(credential_name: str, body: CredentialFields, context: InContext) -> dict[str, Any]:
    """Change a credential, for every deployment that names it."""
    await CredentialService(context).update(credential_name, body)
    return {"success": True, "message": "Credential updated successfully"}


@router.delete("/credentials/{credential_name}")
async def delete_credential(credential_name: str, context: InContext) -> dict[str, Any]:
    """Delete a credential."""
    await CredentialService(context).delete(credential_name)
    return {"success": True, "message": "Credential deleted successfully"}
