"""Bodies of the routes of token mappings, with upstream's fields."""

from __future__ import annotations

from pydantic import model_validator

from litellm.proxy.management_endpoints.common.fields import Fields, Id, Name


class NewMappingRequest(Fields):
    """POST /jwt/key/mapping/new: holders of the claim use the key, given as itself or as its SHA-256 in `token`."""

    jwt_claim_name: Id
    jwt_claim_value: Id
    key: Id | None = None
    token: Id | None = None
    jwt_issuer: Name | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _names_a_key(self) -> NewMappingRequest:
        if not self.key and not self.token:
            raise ValueError("key or token is required")
        return self


class UpdateMappingRequest(Fields):
    """POST /jwt/key/mapping/update: only what is given changes."""

    id: Id
    key: Id | None = None
    token: Id | None = None
    jwt_issuer: Name | None = None
    description: str | None = None
    is_active: bool | None = None


class DeleteMappingRequest(Fields):
    """POST /jwt/key/mapping/delete."""

    id: Id
