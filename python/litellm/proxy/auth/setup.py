"""From `general_settings` to the ways in which a caller can be known."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from litellm.proxy.auth.custom_auth import CustomAuth, mode_of
from litellm.proxy.auth.gate import Gate
from litellm.proxy.auth.jwt.authenticator import JwtAuth, Provision
from litellm.proxy.auth.jwt.identities import Identities
from litellm.proxy.auth.oauth2 import OAuth2, endpoint_of
from litellm.proxy.auth.proxy_headers import ProxyHeaders, headers_of_fields
from litellm.proxy.config.jwt_settings import JwtSettings
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.named_objects import named_object

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState


_FUNCTIONS = (
    "custom_auth", "custom_key_generate", "custom_key_update", "custom_key_policy", "custom_team_metadata_validate",
)  # fmt: skip
"""Of `general_settings`, the names of functions."""
_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "enable_oauth2_auth": lambda general: endpoint_of(os.environ),
    "enable_oauth2_proxy_auth": headers_of_fields,
}
"""What raises ValueError for the settings that go with these."""


def gate_of(config: ProxyConfig) -> Gate:
    """What holds for every request. Raises ConfigError."""
    try:
        return Gate(config.general_settings.raw)
    except ValueError as error:
        raise ConfigError([config.problem("general_settings", str(error))]) from error


def check_functions(config: ProxyConfig) -> None:
    """Load what `general_settings` names, so that a mistake is told before the start. Raises ConfigError."""
    gate_of(config)
    general = config.general_settings.raw
    for name in _FUNCTIONS:
        if general.get(name):
            named_object(general[name], config, f"general_settings.{name}")
    for name, check in _CHECKS.items():
        try:
            if general.get(name) is True:
                check(general)
        except ValueError as error:
            raise ConfigError([config.problem(f"general_settings.{name}", str(error))]) from error
    validate = (general.get("litellm_jwtauth") or {}).get("custom_validate")
    if validate:
        named_object(validate, config, "litellm_jwtauth.custom_validate")


def jwt_auth(state: GatewayState, provision: Provision, ttl_s: float) -> JwtAuth | None:
    """For tokens of an identity provider, with `enable_jwt_auth`. Raises ConfigError."""
    general = state.config.general_settings.raw
    if general.get("enable_jwt_auth") is not True:
        return None
    settings = JwtSettings.model_validate(general.get("litellm_jwtauth") or {})
    identities = Identities(state.database, ttl_s, settings.virtual_key_mapping_cache_ttl)
    validate = settings.custom_validate
    return JwtAuth(
        settings, identities, state.identities, provision, general.get("role_permissions") or (),
        named_object(validate, state.config, "litellm_jwtauth.custom_validate") if validate else None,
    )  # fmt: skip


def oauth2_auth(state: GatewayState, ttl_s: float) -> OAuth2 | None:
    """For opaque tokens, with `enable_oauth2_auth`. Raises ConfigError."""
    if state.config.general_settings.raw.get("enable_oauth2_auth") is not True:
        return None
    return OAuth2(Identities(state.database, ttl_s, ttl_s))


def proxy_headers(state: GatewayState, ttl_s: float) -> ProxyHeaders | None:
    """For headers of a trusted proxy, with `enable_oauth2_proxy_auth`. Raises ConfigError."""
    general = state.config.general_settings.raw
    if general.get("enable_oauth2_proxy_auth") is not True:
        return None
    return ProxyHeaders(general, Identities(state.database, ttl_s, ttl_s))


def custom_auth(state: GatewayState) -> CustomAuth | None:
    """For `custom_auth`. Raises ConfigError."""
    name = state.config.general_settings.raw.get("custom_auth")
    if not name:
        return None
    function = named_object(name, state.config, "general_settings.custom_auth")
    return CustomAuth(function, state.database, mode_of(state.config.general_settings.raw))
