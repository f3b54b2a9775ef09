"""The config routes."""

from __future__ import annotations

from typing import Any, Literal

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request, not_found
from litellm.proxy.management_endpoints.config.schemas import (
    AddressRequest,
    CallbackRequest,
    DeleteFieldRequest,
    DiscountsRequest,
    EnabledRequest,
    MarginsRequest,
    UpdateConfigRequest,
    UpdateFieldRequest,
)
from litellm.proxy.management_endpoints.config.service import ConfigService

router = guarded_router("config.yaml")
_UNPRICED = "block_requests_for_models_without_pricing"


@router.post("/config/update")
async def update_config(body: UpdateConfigRequest, context: InContext) -> dict[str, Any]:
    """Change settings; what is not given stays."""
    await ConfigService(context).update(body.model_dump(exclude_none=True))
    return {"message": "Config updated successfully"}


@router.post("/reload/config")
async def reload_config(context: InContext) -> dict[str, Any]:
    """Read the config's files again, now. 400 with every mistake that is in them."""
    try:
        await context.state.live.reload()
    except ConfigError as error:
        raise bad_request(str(error) or str(error.__cause__), None) from error
    return {"status": "success", "models": len(context.state.catalog.model_list)}


@router.post("/reload/model_cost_map")
async def reload_prices(context: InContext) -> dict[str, Any]:
    """Read the catalogue of models and prices again."""
    import litellm

    litellm.model_cost = litellm.get_model_cost_map()
    context.state.prices.forget()
    return {"status": "success", "models_count": len(litellm.model_cost)}


@router.post("/config/field/update")
async def update_field(body: UpdateFieldRequest, context: InContext) -> dict[str, Any]:
    """Change one general setting."""
    await ConfigService(context).update({body.config_type: {body.field_name: body.field_value}})
    return {"message": f"Field {body.field_name} updated successfully", "status": "success"}


@router.get("/config/field/info")
async def field_info(field_name: str, context: InContext) -> dict[str, Any]:
    """One general setting; secrets are hidden."""
    return await ConfigService(context).field(field_name)


@router.post("/config/field/delete")
async def delete_field(body: DeleteFieldRequest, context: InContext) -> dict[str, Any]:
    """Let the file's value of a general setting hold again."""
    await ConfigService(context).forget_field(body.field_name)
    return {"message": f"Field {body.field_name} deleted successfully", "status": "success"}


@router.get("/config/list")
async def list_fields(
    context: InContext, config_type: Literal["general_settings"] = "general_settings"
) -> list[dict[str, Any]]:
    """Every general setting; secrets are hidden."""
    return await ConfigService(context).fields()


@router.get("/get/config/callbacks")
async def callbacks(context: InContext) -> dict[str, Any]:
    """The callbacks in use."""
    return ConfigService(context).callbacks()


@router.post("/config/callback/delete")
async def delete_callback(body: CallbackRequest, context: InContext) -> dict[str, Any]:
    """Stop using a callback that the database names."""
    return await ConfigService(context).remove_callback(body.callback_name)


@router.get("/get/allowed_ips")
async def allowed_ips(context: InContext) -> dict[str, Any]:
    """The addresses that are let in."""
    return {"data": ConfigService(context).addresses()}


@router.post("/add/allowed_ip")
async def add_allowed_ip(body: AddressRequest, context: InContext) -> dict[str, Any]:
    """Let an address or a range in; with the first one, no other is."""
    service = ConfigService(context)
    known = service.addresses() or []
    await service.set_addresses([*known, body.ip] if body.ip not in known else known)
    return {"message": f"IP {body.ip} address added successfully", "status": "success"}


@router.post("/delete/allowed_ip")
async def delete_allowed_ip(body: AddressRequest, context: InContext) -> dict[str, Any]:
    """Let an address in no more."""
    service = ConfigService(context)
    known = service.addresses() or []
    if body.ip not in known:
        raise not_found("address", "ip")
    await service.set_addresses([address for address in known if address != body.ip])
    return {"message": f"IP {body.ip} deleted successfully", "status": "success"}


@router.get("/config/cost_discount_config")
async def discounts(context: InContext) -> dict[str, Any]:
    """Provider → share that is taken off its prices."""
    return {"values": ConfigService(context).section("litellm_settings").get("cost_discount_config") or {}}


@router.patch("/config/cost_discount_config")
async def update_discounts(body: DiscountsRequest, context: InContext) -> dict[str, Any]:
    """Set the discounts, all of them."""
    await ConfigService(context).update({"litellm_settings": {"cost_discount_config": body.root}})
    return {"message": "Cost discount configuration updated successfully", "status": "success", "values": body.root}


@router.get("/config/cost_margin_config")
async def margins(context: InContext) -> dict[str, Any]:
    """Provider → what is put on its prices."""
    return {"values": ConfigService(context).section("litellm_settings").get("cost_margin_config") or {}}


@router.patch("/config/cost_margin_config")
async def update_margins(body: MarginsRequest, context: InContext) -> dict[str, Any]:
    """Set the margins, all of them."""
    values = body.model_dump(exclude_unset=True)
    await ConfigService(context).update({"litellm_settings": {"cost_margin_config": values}})
    return {"message": "Cost margin configuration updated successfully", "status": "success", "values": values}


@router.get("/config/block_requests_for_models_without_pricing")
async def blocks_unpriced(context: InContext) -> dict[str, bool]:
    """Whether models without a price are refused."""
    return {"enabled": bool(ConfigService(context).section("litellm_settings").get(_UNPRICED))}


@router.patch("/config/block_requests_for_models_without_pricing")
async def block_unpriced(body: EnabledRequest, context: InContext) -> dict[str, bool]:
    """Refuse models without a price, or let them be called."""
    await ConfigService(context).update({"litellm_settings": {_UNPRICED: body.enabled}})
    return {"enabled": body.enabled}
