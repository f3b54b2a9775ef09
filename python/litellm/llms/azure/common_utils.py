"""Azure AD tokens under the names that LiteLLM users import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.secret_managers.azure.signer import SCOPE, entra_signer
from litellm.secret_managers.main import get_secret_str
from litellm.secret_managers.token_exchange import ExchangedToken, TokenSource

_OIDC = "oidc/"


def get_azure_ad_token(litellm_params: Any) -> str | None:
    """The token that a call with these parameters would send; None when they say nothing of one.

    A token that starts with `oidc/` names an assertion to be exchanged.
    """
    given = dict(litellm_params) if isinstance(litellm_params, Mapping) else litellm_params.model_dump()
    token = given.get("azure_ad_token") or os.environ.get("AZURE_AD_TOKEN")
    if callable(token):
        token = token()
    if isinstance(token, str) and token.startswith(_OIDC):
        return get_azure_ad_token_from_oidc(
            token, given.get("client_id"), given.get("tenant_id"), given.get("azure_scope")
        )
    if token:
        return str(token)
    signer = entra_signer(given)
    if signer is None:
        return None
    return signer.sign("POST", "", {}, b"")["authorization"].removeprefix("Bearer ")


def get_azure_ad_token_from_oidc(
    azure_ad_token: str,
    azure_client_id: str | None = None,
    azure_tenant_id: str | None = None,
    scope: str | None = None,
) -> str:
    """Azure's token for an OpenID Connect assertion: `oidc/env/NAME` or `oidc/file/PATH`, exchanged and kept.

    Raises `AuthenticationError`, naming what is missing, when there is no assertion, client or tenant.
    """
    client = azure_client_id or os.environ.get("AZURE_CLIENT_ID")
    tenant = azure_tenant_id or os.environ.get("AZURE_TENANT_ID")
    assertion = _assertion(azure_ad_token)
    for name, value in (("client_id", client), ("tenant_id", tenant), ("azure_ad_token", assertion)):
        if not value:
            raise litellm.AuthenticationError(message=f"{name}: not set", llm_provider="azure", model=None)
    authority = os.environ.get("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com")
    form = (
        ("client_id", str(client)),
        ("grant_type", "client_credentials"),
        ("scope", scope or SCOPE),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", str(assertion)),
    )
    signed = ExchangedToken(TokenSource(f"{authority}/{tenant}/oauth2/v2.0/token", form=form)).sign("POST", "", {}, b"")
    return signed["authorization"].removeprefix("Bearer ")


def _assertion(named: str) -> str | None:
    """The assertion that `oidc/env/NAME` or `oidc/file/PATH` names."""
    kind, _, where = named.removeprefix(_OIDC).partition("/")
    if kind == "file" and where:
        with open(where, encoding="utf-8") as file:
            return file.read().strip()
    if kind in ("env", "env_path") and where:
        value = get_secret_str(where)
        return value if kind == "env" or not value else _assertion(f"{_OIDC}file/{value}")
    raise litellm.AuthenticationError(
        message=f"azure_ad_token: {named!r} is neither oidc/env/NAME, oidc/env_path/NAME nor oidc/file/PATH",
        llm_provider="azure",
        model=None,
    )
