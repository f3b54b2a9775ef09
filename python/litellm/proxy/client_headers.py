"""Which of a client's headers go on to the provider, where the operator wants them to."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any

from litellm.proxy.request_metadata import visible_headers
from litellm.proxy.state import GatewayState

_OWN = ("x-litellm-", "x-stainless-")
"""Those for the gateway, and those that the provider's own client writes."""
_SETTING = "forward_client_headers_to_llm_api"


def forward_headers(state: GatewayState, body: dict[str, Any], headers: Mapping[str, str]) -> None:
    """Add the client's `x-…` and `anthropic-beta` headers to `body["extra_headers"]`, where the settings ask for it.

    `general_settings.forward_client_headers_to_llm_api: true` asks for all models,
    `litellm_settings.model_group_settings.forward_client_headers_to_llm_api: [names]` for some.
    """
    if not _wanted(state, body.get("model")):
        return
    found = {
        name: value
        for name, value in visible_headers(headers).items()
        if name == "anthropic-beta" or (name.startswith("x-") and not name.startswith(_OWN))
    }
    if found:
        body["extra_headers"] = {**found, **(body.get("extra_headers") or {})}


def _wanted(state: GatewayState, model: Any) -> bool:
    if state.config.general_settings.raw.get(_SETTING) is True:
        return True
    groups = state.config.litellm_settings.get("model_group_settings")
    names = groups.get(_SETTING) if isinstance(groups, Mapping) else None
    return bool(names) and isinstance(model, str) and any(fnmatch.fnmatchcase(model, str(name)) for name in names or ())
