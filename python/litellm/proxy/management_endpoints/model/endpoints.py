"""The model routes that change deployments; those that tell of them are in `endpoints/models.py`."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.config.service import ConfigService
from litellm.proxy.management_endpoints.model.schemas import (
    ModelFields,
    ModelIdRequest,
    NewModelRequest,
    PublicModelsRequest,
)
from litellm.proxy.management_endpoints.model.service import ModelService

router = guarded_router("model management")


@router.post("/model/new")
async def new_model(body: NewModelRequest, context: InContext) -> dict[str, Any]:
    """A new deployment, served at once."""
    return await ModelService(context).new(body)


@router.post("/model/update")
async def update_model(body: ModelFields, context: InContext) -> dict[str, Any]:
    """Change the deployment that `model_info.id` names."""
    return await ModelService(context).update(None, body)


@router.patch("/model/{model_id}/update")
async def patch_model(model_id: str, body: ModelFields, context: InContext) -> dict[str, Any]:
    """Change a deployment."""
    return await ModelService(context).update(model_id, body)


@router.post("/model/delete")
async def delete_model(body: ModelIdRequest, context: InContext) -> dict[str, Any]:
    """Delete a deployment."""
    await ModelService(context).delete(body.id)
    return {"message": f"Model: {body.id} deleted successfully"}


@router.post("/model/block")
async def block_model(body: ModelIdRequest, context: InContext) -> dict[str, Any]:
    """Serve a deployment no more."""
    return await ModelService(context).block(body.id, blocked=True)


@router.post("/model/unblock")
async def unblock_model(body: ModelIdRequest, context: InContext) -> dict[str, Any]:
    """Serve a deployment again."""
    return await ModelService(context).block(body.id, blocked=False)


@router.post("/model_group/make_public")
async def make_public(body: PublicModelsRequest, context: InContext) -> dict[str, Any]:
    """Show these models, and no others, to anybody at `/public/model_hub`."""
    known = set(context.state.catalog.shown())
    for name in body.model_groups:
        if name not in known:
            raise bad_request(f"model_groups: no model {name!r} is served here", "model_groups")
    await ConfigService(context).update({"litellm_settings": {"public_model_groups": body.model_groups}})
    message = "Successfully updated public model groups"
    return {"message": message, "public_model_groups": body.model_groups, "updated_by": context.caller.user_id}
