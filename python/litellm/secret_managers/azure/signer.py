"""Azure AD (Entra ID) tokens on requests that are about to be sent.

Sources, in this order: a function given as `azure_ad_token_provider`; a service principal (`tenant_id`, `client_id`,
`client_secret`) or a user (`azure_username`, `azure_password`), given or in the environment; and, when
`litellm.enable_azure_ad_token_refresh` is set, azure-identity's default chain, which includes managed identities.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import litellm

SCOPE = "https://cognitiveservices.azure.com/.default"
INSTALL = "Signing in to Azure AD needs azure-identity: pip install 'litellm-rust-gateway[azure]'"
OPTIONS = ("azure_ad_token", "azure_ad_token_provider", "tenant_id", "client_id", "client_secret", "azure_username",
           "azure_password", "azure_scope")  # fmt: skip
"""Arguments of a call that say how to sign in."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who signs in. Without a secret and a password, azure-identity's default chain decides."""

    tenant_id: str | None
    client_id: str | None
    client_secret: str | None
    username: str | None
    password: str | None
    scope: str


class EntraSigner:
    """Adds a bearer token. The token's source keeps it until it is about to end."""

    __slots__ = ("_token",)

    def __init__(self, token: Callable[[], Any]) -> None:
        self._token = token

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the token. Raises `AuthenticationError` when there is none to be had."""
        return _with_token(headers, self._token())

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same; the token is asked for in a thread, so that the event loop goes on."""
        token = self._token() if inspect.iscoroutinefunction(self._token) else await asyncio.to_thread(self._token)
        return _with_token(headers, await token if inspect.isawaitable(token) else token)


def _with_token(headers: Mapping[str, str], token: Any) -> dict[str, str]:
    if not isinstance(token, str) or not token:
        raise litellm.AuthenticationError(
            message="azure_ad_token_provider: it gave no token", llm_provider="azure", model=None
        )
    return {**headers, "authorization": f"Bearer {token}"}


def entra_signer(options: Mapping[str, Any]) -> EntraSigner | None:
    """The signer for a call with these options; None when nothing says how to sign in."""
    given = options.get("azure_ad_token_provider")
    if given is not None:
        return EntraSigner(given)
    principal = Principal(
        tenant_id=_known(options, "tenant_id", "AZURE_TENANT_ID"),
        client_id=_known(options, "client_id", "AZURE_CLIENT_ID"),
        client_secret=_known(options, "client_secret", "AZURE_CLIENT_SECRET"),
        username=_known(options, "azure_username", "AZURE_USERNAME"),
        password=_known(options, "azure_password", "AZURE_PASSWORD"),
        scope=_known(options, "azure_scope", "AZURE_SCOPE") or SCOPE,
    )
    named = bool(principal.client_id and (principal.client_secret or (principal.username and principal.password)))
    if not named and not litellm.enable_azure_ad_token_refresh:
        return None
    return EntraSigner(token_source(principal))


def _known(options: Mapping[str, Any], name: str, variable: str) -> str | None:
    return options.get(name) or os.environ.get(variable) or None


@lru_cache(maxsize=64)
def token_source(principal: Principal) -> Callable[[], Any]:
    """A function that answers with a token of `principal`, which azure-identity renews in time."""
    try:
        from azure import identity
    except ImportError as error:
        raise litellm.AuthenticationError(message=INSTALL, llm_provider="azure", model=None) from error
    credential: Any
    if principal.client_id and principal.client_secret:
        credential = identity.ClientSecretCredential(principal.tenant_id, principal.client_id, principal.client_secret)
    elif principal.client_id and principal.username and principal.password:
        credential = identity.UsernamePasswordCredential(
            principal.client_id, principal.username, principal.password, tenant_id=principal.tenant_id
        )
    else:
        credential = identity.DefaultAzureCredential()
    source: Callable[[], Any] = identity.get_bearer_token_provider(credential, principal.scope)
    return source
