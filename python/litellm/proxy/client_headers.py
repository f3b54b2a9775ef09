"""Which of a client's headers go on to the provider, where the operator wants them to."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any

from litellm.proxy.auth.user_api_key_auth import KEY_HEADERS
from litellm.proxy.request_metadata import visible_headers
from litellm.proxy.state import GatewayState

_OWN = ("x-litellm-", "x-stainless-")
"""Those for the gateway, and those that the provider's own client writes."""
_SETTING = "forward_client_headers_to_llm_api"
_PROVIDER_AUTH = "forward_llm_provider_auth_headers"
_ORGANIZATION = "openai-organization"
_PROVIDER_KEYS = ("x-api-key", "x-goog-api-key", "api-key", "ocp-apim-subscription-key")
"""What providers take credentials in, beside `authorization`, which is the gateway's own."""


def forward_headers(state: GatewayState, body: dict[str, Any], headers: Mapping[str, str]) -> None:
    """Add the client's `x-…` and `anthropic-beta` headers to `body["extra_headers"]`, where the settings ask for it.

    `general_settings.forward_client_headers_to_llm_api: true` asks for all models,
    `litellm_settings.model_group_settings.forward_client_headers_to_llm_api: [names]` for some.
    `forward_openai_org_id` sends `openai-organization` on, `forward_llm_provider_auth_headers` a client's own key of
    the provider, when it is not what the gateway knows the client by.
    """
    found = _own_accounts(state, headers)
    if _wanted(state, body.get("model")):
        found |= {
            name: value
            for name, value in visible_headers(headers).items()
            if name == "anthropic-beta" or (name.startswith("x-") and not name.startswith(_OWN))
        }
    if found:
        body["extra_headers"] = {**found, **(body.get("extra_headers") or {})}


def _own_accounts(state: GatewayState, headers: Mapping[str, str]) -> dict[str, str]:
    general, settings = state.config.general_settings.raw, state.config.litellm_settings
    names = [_ORGANIZATION] if general.get("forward_openai_org_id") is True else []
    if general.get(_PROVIDER_AUTH) or settings.get(_PROVIDER_AUTH):
        own = general.get("litellm_key_header_name")
        known_by = (
            own.lower() if isinstance(own, str) else next((name for name in KEY_HEADERS if headers.get(name)), None)
        )
        names += [name for name in _PROVIDER_KEYS if name != known_by]
    return {name: headers[name] for name in names if headers.get(name)}


def _wanted(state: GatewayState, model: Any) -> bool:
    if state.config.general_settings.raw.get(_SETTING) is True:
        return True
    groups = state.config.litellm_settings.get("model_group_settings")
    names = groups.get(_SETTING) if isinstance(groups, Mapping) else None
    return bool(names) and isinstance(model, str) and any(fnmatch.fnmatchcase(model, str(name)) for name in names or ())
