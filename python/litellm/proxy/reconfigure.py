"""Puts a config into force in a running gateway."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from litellm.proxy.agents.active import config_agents
from litellm.proxy.auth.setup import check_functions, custom_auth, gate_of, jwt_auth, oauth2_auth, proxy_headers
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.guardrails.active import config_specs
from litellm.proxy.management_endpoints.provisioning import Provisioning
from litellm.proxy.policies.active import config_policies
from litellm.proxy.response_cache import CACHE_SETTINGS, configured_cache, embed_by
from litellm.proxy.search_endpoints.tools import config_tools
from litellm.proxy.startup import (
    KEY_TTL_S,
    apply_litellm_settings,
    check_values,
    named_settings,
    own_accounts,
    own_limits,
    router_of,
    router_settings,
)
from litellm.proxy.state import GatewayState
from litellm.types.router import UpdateRouterConfig


def know_callers(state: GatewayState) -> None:
    """The ways in which callers are known, as the config has them now."""
    state.custom_auth = custom_auth(state)
    ttl_s = float(state.config.general_settings.raw.get("user_api_key_cache_ttl") or KEY_TTL_S)
    before = (state.jwt, state.oauth2, state.proxy_headers)
    state.jwt = jwt_auth(state, Provisioning(state), ttl_s)
    state.oauth2, state.proxy_headers = oauth2_auth(state, ttl_s), proxy_headers(state, ttl_s)
    for way in before:
        if way is not None:
            way.close()


_SIGN_IN = (
    "enable_jwt_auth", "litellm_jwtauth", "role_permissions", "custom_auth", "custom_auth_settings",
    "enable_oauth2_auth", "enable_oauth2_proxy_auth", "oauth2_config_mappings", "trusted_proxy_ranges",
)  # fmt: skip


def _cache_settings(old: Mapping[str, Any], config: ProxyConfig) -> dict[str, Any]:
    """All settings of the cache when one of them changed; one that was switched on and no longer is, is off."""
    now = {name: config.litellm_settings.get(name) for name in CACHE_SETTINGS}
    return {} if all(old.get(name) == value for name, value in now.items()) else now


def _changed_routing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What the router has to be told; what all models fall back to is one of its fallbacks."""
    changed = {
        name: value
        for name, value in new.items()
        if value != old.get(name) and name not in ("model_group_alias", "search_tools")
    }
    everybodys = new.get("default_fallbacks")
    if changed.pop("default_fallbacks", None) or ("fallbacks" in changed and everybodys):
        changed["fallbacks"] = [*(new.get("fallbacks") or ()), {"*": list(everybodys or ())}]
    return changed


def check_config(state: GatewayState, config: ProxyConfig) -> None:
    """Raises ConfigError for what `apply_config` could not put into force; changes nothing."""
    check_values(config)
    check_functions(config)
    config_specs(config)
    config_policies(config)
    config_agents(config)
    config_tools(config)
    named_settings(config)
    own_accounts(config)
    if _cache_settings(state.config.litellm_settings, config).get("cache"):
        configured_cache(config)
    old, new = router_settings(state.config), router_settings(config)
    taken = {name: value for name, value in new.items() if name in UpdateRouterConfig.model_fields}
    if any(old.get(name) != value for name, value in taken.items()):
        router_of(dataclasses.replace(config, model_list=(), router_settings=taken)).discard()


def apply_config(state: GatewayState, config: ProxyConfig) -> None:
    """Put a changed config into force; requests under way are not disturbed. Raises ConfigError, ValueError."""
    check_config(state, config)
    before, now = state.config.general_settings.raw, config.general_settings.raw
    state.catalog.replace(config)
    old = state.config.litellm_settings
    new = {name: value for name, value in config.litellm_settings.items() if old.get(name) != value}
    new = {name: value for name, value in new.items() if name not in CACHE_SETTINGS}
    cache = {} if state.stored_cache.values else _cache_settings(old, config)
    apply_litellm_settings(dataclasses.replace(config, litellm_settings=new | cache))
    embed_by(state.router)
    if changed := _changed_routing(router_settings(state.config), router_settings(config)):
        state.router.update_settings(**changed)
    if state.config.sections.get("guardrails") != config.sections.get("guardrails"):
        state.guardrails.configure(config)
    state.policies.configure(config)
    state.agents.configure(config)
    state.search_tools.configure(config)
    state.config, state.gate = config, gate_of(config)
    state.own_accounts, state.own_limits = own_accounts(config), own_limits(config)
    if any(before.get(name) != now.get(name) for name in _SIGN_IN):
        know_callers(state)
