"""`general_settings.enable_oauth2_proxy_auth`: a trusted proxy before the gateway has signed the caller in, and says in
headers who it is. Which header is which field, `oauth2_config_mappings` say; who may say it, `trusted_proxy_ranges`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.gate import among, networks
from litellm.proxy.auth.jwt.identities import Asked, Identities

FIELDS = {
    "user_id": "user_id", "user_email": "user_email", "team_id": "team", "team_alias": "team_alias",
    "org_id": "organization",
}  # fmt: skip
"""What headers may say, beside `models`: who it is, never what it may."""
MAX_LENGTH = 256


def headers_of_fields(settings: Mapping[str, Any]) -> dict[str, str]:
    """Field → header. Raises ValueError for settings that trust nobody, or let headers say too much."""
    if not settings.get("trusted_proxy_ranges"):
        raise ValueError("trusted_proxy_ranges: enable_oauth2_proxy_auth has to know its proxies")
    found = {str(name): str(header).lower() for name, header in (settings.get("oauth2_config_mappings") or {}).items()}
    if not found or not found.keys() <= {*FIELDS, "models"}:
        expected = ", ".join((*FIELDS, "models"))
        raise ValueError(f"oauth2_config_mappings: expected headers for some of {expected}")
    return found


class ProxyHeaders:
    """Knows callers by the headers of a trusted proxy."""

    def __init__(self, settings: Mapping[str, Any], identities: Identities) -> None:
        self._identities, self._headers = identities, headers_of_fields(settings)
        self._proxies = networks(settings.get("trusted_proxy_ranges") or (), "trusted_proxy_ranges")

    def close(self) -> None:
        """Other settings take this one's place."""
        self._identities.close()

    async def authenticate(self, request: HTTPConnection) -> UserAPIKeyAuth | None:
        """Who asks; None where no trusted proxy says it. Raises ProxyException 403 for a team that is not known."""
        if request.client is None or not among(request.client.host, self._proxies):
            return None
        given = {name: request.headers[header].strip()[:MAX_LENGTH].replace("\x00", "")
                 for name, header in self._headers.items() if request.headers.get(header)}  # fmt: skip
        if not any(name in FIELDS for name in given):
            return None
        asked = Asked(**{FIELDS[name]: value for name, value in given.items() if name in FIELDS})
        known = await self._identities.get(asked)
        if (asked.team or asked.team_alias) and not known.team_known:
            raise ProxyException("there is no such team", "auth_error", "team_id", 403)
        auth = known.auth
        user_id, user_email = auth.user_id or asked.user_id, auth.user_email or asked.user_email
        auth = dataclasses.replace(auth, user_id=user_id, user_email=user_email)
        models = frozenset(name.strip() for name in given.get("models", "").split(",") if name.strip())
        return dataclasses.replace(auth, allowed_models=(*auth.allowed_models, models)) if models else auth
