"""`general_settings.custom_auth`: the operator's own function says who asks."""

from __future__ import annotations

import dataclasses
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection

from litellm.proxy._types import LitellmUserRoles, ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.identity import principal
from litellm.proxy.auth.identity_repository import keyless, rows_behind
from litellm.proxy.errors import details_of

if TYPE_CHECKING:
    from litellm.proxy.db.database import Database

log = logging.getLogger("litellm.proxy.auth.custom")

Function = Callable[..., Any]
_COPIED = (
    "key_name", "key_alias", "user_id", "team_id", "models", "aliases", "permissions", "metadata", "expires",
    "allowed_routes", "blocked", "tpm_limit", "rpm_limit", "max_parallel_requests", "project_id",
)  # fmt: skip


class CustomAuth:
    """Asks `function(request, api_key)`, which gives a `UserAPIKeyAuth`, a virtual key to go on with, or raises.

    `mode` is `on`, or `auto`: then keys that the function refuses are looked up as virtual keys.
    """

    def __init__(self, function: Function, database: Database, mode: str = "on") -> None:
        self._function, self._database, self.falls_back = function, database, mode == "auto"

    async def authenticate(self, request: HTTPConnection, key: str) -> UserAPIKeyAuth | str:
        """Who asks, or the virtual key to look up. Raises ProxyException: of the error's status, else 401."""
        try:
            given = self._function(request, key)
            if inspect.isawaitable(given):
                given = await given
        except Exception as error:
            if (known := details_of(error)) is not None:
                raise ProxyException(known.message, known.type or "auth_error", known.param, known.status) from error
            log.warning("custom_auth refused a request: %s: %s", type(error).__name__, error)
            raise ProxyException("the API key is refused", "auth_error", "api_key", 401) from error
        if isinstance(given, str):
            return given
        if not isinstance(given, UserAPIKeyAuth):
            log.error("custom_auth gave %s, not a UserAPIKeyAuth", type(given).__name__)
            raise ProxyException("the API key is refused", "auth_error", "api_key", 401)
        return await self._complete(given)

    async def _complete(self, given: UserAPIKeyAuth) -> UserAPIKeyAuth:
        """With the budgets and limits of the user, team and organisation that the function names."""
        row = keyless(**{name: getattr(given, name) for name in _COPIED})
        row |= {"token": given.token, "organization_id": given.org_id}
        async with self._database.read() as connection:
            found = principal(await rows_behind(connection, row))
        role = given.user_role.value if isinstance(given.user_role, LitellmUserRoles) else given.user_role
        return dataclasses.replace(
            found, user_role=role or found.user_role, end_user_id=given.end_user_id, metadata=given.metadata,
            user_email=given.user_email or found.user_email,
        )  # fmt: skip


def mode_of(settings: Mapping[str, Any]) -> str:
    """`custom_auth_settings.mode` of `general_settings`; `on` where it is not set."""
    given = settings.get("custom_auth_settings") or {}
    return str(given.get("mode") or "on") if isinstance(given, dict) else "on"
