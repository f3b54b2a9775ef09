"""Bodies of the config routes, with upstream's fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from litellm.proxy.management_endpoints.common.fields import Fields, Id


class UpdateConfigRequest(Fields):
    """POST /config/update: the keys that change, by section."""

    general_settings: dict[str, Any] | None = None
    litellm_settings: dict[str, Any] | None = None
    router_settings: dict[str, Any] | None = None
    environment_variables: dict[str, str] | None = None


class UpdateFieldRequest(Fields):
    """POST /config/field/update."""

    field_name: Id
    field_value: Any
    config_type: Literal["general_settings"] = "general_settings"


class DeleteFieldRequest(Fields):
    """POST /config/field/delete: the file's value holds again."""

    field_name: Id
    config_type: Literal["general_settings"] = "general_settings"


class CallbackRequest(Fields):
    """POST /config/callback/delete."""

    callback_name: Id


class AddressRequest(Fields):
    """POST /add/allowed_ip and /delete/allowed_ip."""

    ip: Id


class EnabledRequest(Fields):
    """PATCH /config/block_requests_for_models_without_pricing."""

    enabled: bool


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class DiscountsRequest(RootModel[dict[str, Share]]):
    """PATCH /config/cost_discount_config: provider → share that is taken off."""


class MarginParts(Fields):
    """A provider's margin of two parts."""

    percentage: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0
    fixed_amount: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] = 0.0


class MarginsRequest(RootModel[dict[str, Annotated[float, Field(ge=0, le=10)] | MarginParts]]):
    """PATCH /config/cost_margin_config: provider, or `global` → share that is put on, or its parts."""
