"""The account that keeps what an OpenAI-shaped request is about: a deployment's, or a provider's of the config."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai import stored
from litellm.proxy._types import ProxyException
from litellm.proxy.deployment_used import deployment_facts
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.pass_through_endpoints.credentials import MIN_SECRET, Credential
from litellm.proxy.pass_through_endpoints.place import Place
from litellm.proxy.pass_through_endpoints.target import address
from litellm.proxy.state import GatewayState
from litellm.secret_managers.azure.signer import entra_signer
from litellm.types.provider_registry import PROVIDERS

_SECTIONS = ("files_settings", "finetune_settings")
"""Top-level lists of the config with the accounts of providers."""
_GEMINI = ("https://generativelanguage.googleapis.com", "GEMINI_API_BASE")
PROVIDERS_SERVED = stored.PROVIDERS | {"gemini", "mistral"}


def account_of(state: GatewayState, provider: str, model: str | None, prefix: str, rest: str, query: str) -> Place:
    """Where `rest` goes. Raises InvalidRequestError for a provider that is not served so, ProxyException 503 for one
    without credentials."""
    deployment = _first(state, model)
    if deployment is not None:
        params: Mapping[str, Any] = deployment["litellm_params"]
        named, _, own = str(params["model"]).partition("/")
        provider, model = (params.get("custom_llm_provider") or named, own) if own else ("openai", named)
        facts = deployment_facts(deployment) | {"model_id": (deployment.get("model_info") or {}).get("id")}
    else:
        params, facts, model = _settings(state, provider), {}, None
    if provider not in PROVIDERS_SERVED:
        message = (
            f"custom_llm_provider: {provider[:100]!r} does not serve this; {', '.join(sorted(PROVIDERS_SERVED))} do"
        )
        raise InvalidRequestError(message, "custom_llm_provider")
    call = _call(provider, params)
    if provider == "gemini":
        base = call.api_base or os.environ.get(_GEMINI[1]) or _GEMINI[0]
        url, headers = address(base, f"{prefix.lstrip('/')}/{rest}", query), {"x-goog-api-key": call.api_key or ""}
    else:
        url, headers = _openai_url(call, rest, query), stored.headers(call)
    return Place(url, _credential(call, headers), provider, model, facts)


def _first(state: GatewayState, model: str | None) -> Mapping[str, Any] | None:
    """The deployment that keeps what is made under a served model's name: always the same one."""
    if model is None or model not in state.catalog.names:
        return None
    return next(iter(state.catalog.deployments_of(model)), None)


def _settings(state: GatewayState, provider: str) -> Mapping[str, Any]:
    """What the config says of a provider's account."""
    for section in _SECTIONS:
        for entry in state.config.sections.get(section) or ():
            if isinstance(entry, dict) and entry.get("custom_llm_provider") == provider:
                return entry
    return {}


def _call(provider: str, params: Mapping[str, Any]) -> EndpointCall:
    row = PROVIDERS.get(provider)
    key_env, base_env = (row.key_env, row.base_env) if row is not None else ((), ())
    key = params.get("api_key") or next((value for name in key_env if (value := os.environ.get(name))), None)
    base = params.get("api_base") or next((value for name in base_env if (value := os.environ.get(name))), None)
    return EndpointCall(
        provider, "", {}, {}, base or (row.api_base if row is not None else None), key, options=dict(params)
    )


def _openai_url(call: EndpointCall, rest: str, query: str) -> str:
    if not call.api_base:
        raise ProxyException(f"no base URL of {call.provider} is known", "service_unavailable", None, 503)
    if call.provider != "azure":
        return address(call.api_base, rest, query)
    return stored.url(call, f"/{rest}", dict(parse_qsl(query, keep_blank_values=True)))


def _credential(call: EndpointCall, headers: Mapping[str, str]) -> Credential:
    secrets = (call.api_key,) if call.api_key and len(call.api_key) >= MIN_SECRET else ()
    signer = entra_signer(call.options) if call.provider == "azure" and "api-key" not in headers else None
    if not call.api_key and signer is None and "authorization" not in headers:
        names = " or ".join(PROVIDERS[call.provider].key_env) if call.provider in PROVIDERS else "its key"
        raise ProxyException(
            f"this gateway has no credentials for {call.provider}; set {names}", "service_unavailable", None, 503
        )
    return Credential(headers, signer, secrets)
