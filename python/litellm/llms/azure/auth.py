"""Azure's authentication: a key in its own header, a token, or a signer that fetches one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from litellm.llms.wire import WireRequest
from litellm.secret_managers.azure.signer import entra_signer


def auth_headers(api_key: str | None, options: Mapping[str, Any], *, bearer: bool = False) -> dict[str, str]:
    """The headers that prove who calls; none when a token has yet to be fetched. `bearer` sends the key as a token."""
    if api_key:
        return {"authorization": f"Bearer {api_key}"} if bearer else {"api-key": api_key}
    token = options.get("azure_ad_token") or os.environ.get("AZURE_AD_TOKEN")
    if callable(token):
        token = token()
    return {"authorization": f"Bearer {token}"} if token else {}


def signed_in(request: WireRequest, options: Mapping[str, Any]) -> WireRequest:
    """`request`, with a signer when it has neither key nor token."""
    if not any(name.lower() in ("api-key", "authorization") for name in request.headers):
        request.signer = entra_signer(options)
    return request
