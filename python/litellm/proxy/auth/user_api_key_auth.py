"""From a request's headers to who asks."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from litellm.proxy._types import ProxyException, UserAPIKeyAuth


async def authenticate(headers: Mapping[str, str], route: str, state: Any) -> UserAPIKeyAuth:
    """Who sends `headers`. Raises ProxyException 401."""
    given = (
        headers.get("authorization", "").removeprefix("Bearer ") or headers.get("x-api-key") or headers.get("api-key")
    )
    if not given:
        raise ProxyException("no API key was sent", "auth_error", "api_key", 401)
    if not hmac.compare_digest(given.encode(), state.master_key.encode()):
        raise ProxyException("the API key is not valid", "auth_error", "api_key", 401)
    return UserAPIKeyAuth(user_role="proxy_admin")
