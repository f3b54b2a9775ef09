"""What bills calls, as far as the gateway knows it: an interface, and nothing that implements it.

A package that a section of the config names is imported and asked for its `billing(config)`; without one, `Unbilled`
stands in and costs nothing.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy.ext.asyncio import AsyncConnection

    from litellm.proxy._types import UserAPIKeyAuth
    from litellm.proxy.config.settings import ProxyConfig
    from litellm.proxy.db.database import Database

MODULE = "moneta.handlers"
SECTION = "moneta"
CALLBACK = "lago"
"""Upstream's name for billing, in `litellm_settings.success_callback` or `callbacks`."""

Row = Mapping[str, Any]


class Billing(Protocol):
    """Told of each call before it is sent and at its end, and of each batch of settlements as it is written."""

    routers: Sequence[APIRouter]
    """Routes that it adds to the gateway."""

    async def start(self, database: Database, owner: str) -> None:
        """Begin; the schema is up to date, nothing is settled yet. `owner`: this process's name on the database."""

    async def stop(self) -> None:
        """End; everything that could be settled is."""

    async def admit(
        self, auth: UserAPIKeyAuth, request_id: str, model: str, estimate_pico: int
    ) -> dict[str, Any] | None:
        """Set aside what a call may cost, in pico-dollars. What its settlement shall carry as `metadata.billing`.

        Raises ProxyException: 402 when the call is not paid for, 503 when that cannot be known.
        """

    def release(self, request_id: str) -> None:
        """An admitted call is not made after all."""

    def settled(self, row: Row) -> None:
        """An admitted call has ended; its settlement is in the journal, not in the database."""

    def moving(self) -> AbstractAsyncContextManager[Any]:
        """Entered before the transaction of a batch begins, left after its end."""

    async def write(self, connection: AsyncConnection, rows: Sequence[Row], *, ours: bool) -> None:
        """Add to the transaction that writes these settlements, each for the first time. `ours`: of this process."""

    def written(self, rows: Sequence[Row]) -> None:
        """That transaction is committed; these were this process's."""

    def readiness(self) -> Mapping[str, Any] | None:
        """What `/health/readiness` says of it; None for nothing."""

    def metrics_text(self) -> str:
        """This process's metrics in Prometheus' text format."""


class Unbilled:
    """No billing."""

    routers: Sequence[APIRouter] = ()

    async def start(self, database: Database, owner: str) -> None:
        """Nothing."""

    async def stop(self) -> None:
        """Nothing."""

    async def admit(
        self, auth: UserAPIKeyAuth, request_id: str, model: str, estimate_pico: int
    ) -> dict[str, Any] | None:
        """Every call."""
        return None

    def release(self, request_id: str) -> None:
        """Nothing."""

    def settled(self, row: Row) -> None:
        """Nothing."""

    def moving(self) -> AbstractAsyncContextManager[Any]:
        """Nothing."""
        return contextlib.nullcontext()

    async def write(self, connection: AsyncConnection, rows: Sequence[Row], *, ours: bool) -> None:
        """Nothing."""

    def written(self, rows: Sequence[Row]) -> None:
        """Nothing."""

    def readiness(self) -> Mapping[str, Any] | None:
        """Nothing."""
        return None

    def metrics_text(self) -> str:
        """Nothing."""
        return ""


UNBILLED = Unbilled()


def load_billing(config: ProxyConfig) -> Billing:
    """What bills the calls of a gateway with `config`. Raises ConfigError for settings that it refuses."""
    if SECTION not in config.sections and not _named(config.litellm_settings):
        return UNBILLED
    found: Billing = importlib.import_module(MODULE).billing(config)
    return found


def _named(settings: Mapping[str, Any]) -> bool:
    lists = (settings.get(name) for name in ("success_callback", "callbacks"))
    return any(given == CALLBACK or (isinstance(given, list) and CALLBACK in given) for given in lists)
