"""What every management service needs: the state, who asks, and the audit log."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.db.database import DATABASE_ERRORS, Transaction
from litellm.proxy.db.repositories import AuditRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.audit_callbacks import tell_of_changes
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.state import GatewayState

_CHANGED_BY = "litellm-changed-by"
DASHBOARD = "litellm-dashboard"
"""Who makes the keys of sessions; nobody may pass for it."""


async def _context(request: Request) -> Context:
    caller = await authenticated(request)
    given = request.headers.get(_CHANGED_BY)
    return Context(state_of(request), caller, None if given == DASHBOARD else given)


class Context:
    """One management request: its caller may use the route; what it may see or change there, the service decides."""

    def __init__(self, state: GatewayState, caller: UserAPIKeyAuth, changed_by: str | None = None) -> None:
        self.state, self.caller = state, caller
        self.changed_by = changed_by[:256] if changed_by else None
        self._noted: list[Row] = []

    @property
    def actor(self) -> str:
        """Who is noted as having made or changed something."""
        return self.changed_by or self.caller.user_id or self.caller.token or "litellm-proxy"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read from. Raises ProxyException 503 when the database is away."""
        try:
            async with self.state.database.read() as connection:
                yield connection
        except DataError as error:
            raise _no_value() from error
        except DATABASE_ERRORS as error:
            raise _away() from error

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """The request's one transaction. Raises ProxyException: 400 for what contradicts other rows, 503 when away."""
        try:
            async with self.state.database.write() as transaction:
                self._noted = []
                yield transaction
            tell_of_changes(self.state, self._noted)
        except IntegrityError as error:
            message = "the database refuses this: it names something that is not there, or that there is already"
            raise bad_request(message, None) from error
        except DataError as error:
            raise _no_value() from error
        except DATABASE_ERRORS as error:
            raise _away() from error

    async def flush(self) -> None:
        """Bring what was spent into the database, before its rows are looked at or changed."""
        try:
            await self.state.ledger.flush()
        except DATABASE_ERRORS as error:
            raise _away() from error

    async def audit(
        self, transaction: Transaction, action: str, table: str, object_id: str,
        before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Note a change (`created`, `updated`, `deleted`, `blocked`, `rotated`), with the rows before and after it."""
        if self.state.config.litellm_settings.get("store_audit_logs") is False:
            return
        self._noted.append(await AuditRepository(transaction.connection).add({
            "changed_by": self.actor, "changed_by_api_key": self.caller.token or "", "action": action,
            "table_name": table, "object_id": object_id, "before_value": before and plain(before),
            "updated_values": after and plain(after),
        }))  # fmt: skip

    def deletion(self) -> dict[str, Any]:
        """Who deletes, for the tables of deleted rows."""
        return {
            "deleted_by": self.caller.user_id, "deleted_by_api_key": self.caller.token,
            "litellm_changed_by": self.changed_by,
        }  # fmt: skip


InContext = Annotated[Context, Depends(_context)]

_SECRET = frozenset({"password", "credential_values", "litellm_params"})


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON, without secrets: times in ISO 8601 with their zone."""
    return {name: _plain(value) for name, value in row.items() if name not in _SECRET}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=datetime.timezone.utc).isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def bad_request(message: str, param: str | None) -> ProxyException:
    """400."""
    return ProxyException(message, "bad_request_error", param, 400)


def not_found(what: str, param: str | None = None) -> ProxyException:
    """404."""
    return ProxyException(f"there is no such {what}", "not_found_error", param, 404)


def forbidden(message: str, param: str | None = None) -> ProxyException:
    """403."""
    return ProxyException(message, "auth_error", param, 403)


def _no_value() -> ProxyException:
    return bad_request("the database refuses this: a value is none that its column can hold", None)


def _away() -> ProxyException:
    return ProxyException("the database is away", "no_db_connection", None, 503)
