"""Where Databricks is asked and who asks: every call's address and headers come from here."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from litellm.llms.wire import Signer
from litellm.secret_managers.token_exchange import ExchangedToken, TokenSource


class DatabricksBase:
    """The address and the headers of a call."""

    def databricks_validate_environment(
        self,
        api_key: str | None,
        api_base: str | None,
        endpoint_type: Literal["chat_completions", "embeddings"],
        custom_endpoint: bool | None,
        headers: Mapping[str, str] | None,
        custom_user_agent: str | None = None,
    ) -> tuple[str, dict[str, str]]:
        """`(address, headers)`, with the key, or a service principal's token, for which this may wait.

        Raises `TokenRefused` when there is no such token.
        """
        base = (api_base or "").rstrip("/")
        path = "/chat/completions" if endpoint_type == "chat_completions" else "/embeddings"
        url = base if custom_endpoint or base.endswith(path) else base + path
        made = {"content-type": "application/json", **(headers or {})}
        if custom_user_agent:
            made["user-agent"] = custom_user_agent
        if api_key:
            return url, {"authorization": f"Bearer {api_key}", **made}
        signer = workspace_signer(api_base, None)
        return url, made if signer is None else signer.sign("POST", url, made, b"")


_OWN = DatabricksBase.databricks_validate_environment


def workspace_signer(api_base: str | None, api_key: str | None) -> Signer | None:
    """What signs with a service principal's token: `DATABRICKS_CLIENT_ID` and `_SECRET`; None where there is a key."""
    client, secret = os.environ.get("DATABRICKS_CLIENT_ID"), os.environ.get("DATABRICKS_CLIENT_SECRET")
    if api_key or not client or not secret or not api_base:
        return None
    parts = urlsplit(api_base)
    form = (("grant_type", "client_credentials"), ("scope", "all-apis"))
    return ExchangedToken(
        TokenSource(f"{parts.scheme}://{parts.netloc}/oidc/v1/token", form=form, basic=(client, secret))
    )


def call_signer(
    api_base: str | None, api_key: str | None, kind: Literal["chat_completions", "embeddings"]
) -> Signer | None:
    """What signs a call: the function that was put in the place of ours, or a service principal's token."""
    if DatabricksBase.databricks_validate_environment is _OWN:
        return workspace_signer(api_base, api_key)
    return _Replaced(api_base, api_key, kind)


class _Replaced:
    """Asks the `databricks_validate_environment` that a package brought, for each request."""

    def __init__(self, api_base: str | None, api_key: str | None, kind: Any) -> None:
        self._base, self._key, self._kind = api_base, api_key, kind
        self._url = ""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers to send."""
        kept = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        validate = DatabricksBase().databricks_validate_environment
        self._url, made = validate(self._key, self._base, self._kind, False, kept)
        return made

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same, on an event loop."""
        return await asyncio.to_thread(self.sign, method, url, headers, body)

    def located(self, url: str) -> str:
        """Where the package says that the call goes."""
        return self._url or url
