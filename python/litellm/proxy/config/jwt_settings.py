"""`general_settings.litellm_jwtauth`, typed: how a token's claims become a user, a team, an organisation and a role."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class RoleMapping(_Settings):
    """A role of the identity provider, and what it is here."""

    role: str
    internal_role: Literal["proxy_admin", "team", "internal_user"]


class RolePair(_Settings):
    """A role of the identity provider, and the user role that it gives."""

    jwt_role: str
    litellm_role: Literal[
        "proxy_admin", "proxy_admin_viewer", "org_admin", "internal_user", "internal_user_viewer", "team", "customer"
    ]


class ScopeMapping(_Settings):
    """What a scope allows."""

    scope: str
    models: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None


class ClaimFields(_Settings):
    """Where a token says who its holder is; a dot goes into a claim, as in `resource_access.client.roles`."""

    user_id_jwt_field: str | None = None
    user_email_jwt_field: str | None = None
    team_id_jwt_field: str | None = None
    team_ids_jwt_field: str | None = None
    org_id_jwt_field: str | None = None
    end_user_id_jwt_field: str | None = None
    virtual_key_claim_field: str | None = None


UnknownHolder = Literal["fallback_team_mapping", "reject"]


class Issuer(ClaimFields):
    """One identity provider of several: tokens that name it as `iss` are checked with its keys."""

    issuer: str = Field(min_length=1)
    jwks_url: str | None = None
    audience: str | tuple[str, ...] | None = None
    disable_audience_validation: bool = False
    unregistered_jwt_client_behavior: UnknownHolder | None = None

    @model_validator(mode="after")
    def _has_audience(self) -> Issuer:
        if not self.audience and not self.disable_audience_validation:
            raise ValueError("audience is required, or disable_audience_validation: true")
        return self

    @property
    def keys_url(self) -> str:
        """Where its keys are; by default the provider's discovery document says."""
        return self.jwks_url or f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


class JwtSettings(ClaimFields):
    """`general_settings.litellm_jwtauth`. Times are in seconds."""

    admin_jwt_scope: str = "litellm_proxy_admin"
    admin_allowed_routes: tuple[str, ...] = (
        "management_routes", "spend_tracking_routes", "global_spend_tracking_routes", "info_routes",
    )  # fmt: skip
    team_allowed_routes: tuple[str, ...] = ("openai_routes", "info_routes", "mcp_routes")
    public_allowed_routes: tuple[str, ...] = ("public_routes",)
    team_id_default: str | None = None
    team_alias_jwt_field: str | None = None
    team_id_upsert: bool = False
    team_claim_fallback: bool = False
    fallback_to_db_teams: bool = False
    org_alias_jwt_field: str | None = None
    user_id_upsert: bool = False
    upsert_sso_user_to_team: bool = False
    user_allowed_email_domain: str | None = None
    user_roles_jwt_field: str | None = None
    user_allowed_roles: tuple[str, ...] | None = None
    sync_user_role_and_teams: bool = False
    jwt_litellm_role_map: tuple[RolePair, ...] = ()
    object_id_jwt_field: str | None = None
    roles_jwt_field: str | None = None
    role_mappings: tuple[RoleMapping, ...] = ()
    enforce_rbac: bool = False
    scope_mappings: tuple[ScopeMapping, ...] = ()
    enforce_scope_based_access: bool = False
    enforce_team_based_model_access: bool = False
    custom_validate: str | None = None
    public_key_ttl: float = Field(default=600, ge=0, allow_inf_nan=False)
    public_key_stale_ttl: float = Field(default=3600, ge=0, allow_inf_nan=False)
    leeway: float = Field(default=0, ge=0, le=600, allow_inf_nan=False)
    oidc_userinfo_enabled: bool = False
    oidc_userinfo_endpoint: str | None = None
    oidc_userinfo_cache_ttl: float = Field(default=300, ge=0, allow_inf_nan=False)
    virtual_key_mapping_cache_ttl: float = Field(default=300, ge=0, allow_inf_nan=False)
    unregistered_jwt_client_behavior: UnknownHolder = "fallback_team_mapping"
    issuers: tuple[Issuer, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, given: Any) -> Any:
        """`jwt_client_id_field` is the earlier name of `virtual_key_claim_field`."""
        if not isinstance(given, dict) or "jwt_client_id_field" not in given:
            return given
        rest = {name: value for name, value in given.items() if name != "jwt_client_id_field"}
        return {"virtual_key_claim_field": given["jwt_client_id_field"], **rest}

    @model_validator(mode="after")
    def _is_whole(self) -> JwtSettings:
        if self.oidc_userinfo_enabled and not self.oidc_userinfo_endpoint:
            raise ValueError("oidc_userinfo_enabled needs oidc_userinfo_endpoint")
        if self.role_mappings and not (self.roles_jwt_field or self.user_roles_jwt_field):
            raise ValueError("role_mappings needs roles_jwt_field: where a token holds its roles")
        return self
