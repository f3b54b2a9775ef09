"""Bodies of the model routes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import Fields, Id


class ModelFields(Fields):
    """A deployment as in `model_list`; `model_info.id` names it."""

    model_name: Id | None = None
    litellm_params: dict[str, Any] | None = None
    model_info: dict[str, Any] | None = None


class NewModelRequest(ModelFields):
    """POST /model/new."""

    model_name: Id
    litellm_params: dict[str, Any]


class ModelIdRequest(Fields):
    """POST /model/delete, /model/block and /model/unblock."""

    id: Id


class PublicModelsRequest(Fields):
    """POST /model_group/make_public."""

    model_groups: Annotated[list[Id], Field(max_length=10_000)]
