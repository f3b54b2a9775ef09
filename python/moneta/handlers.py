"""Moneta in the gateway: what `litellm.proxy.hooks.billing.Billing` asks for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.events import EVERYTHING
from litellm.proxy.startup import load_object
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from moneta.admin_endpoints import make_admin_router
from moneta.balances import Balances, Short
from moneta.charging import Charge, Charging
from moneta.client import MonetaClient
from moneta.endpoints import make_router
from moneta.entitlement import EntitlementCache, Known
from moneta.errors import MonetaError
from moneta.events import EventWriter
from moneta.metrics import Metrics
from moneta.outbox import OutboxQueries
from moneta.sender import Sender
from moneta.settings import Settings, problems_of, read_settings
from moneta.standing import Entitlement, refusal_of, short_of_credits
from moneta.tables import make_tables

log = logging.getLogger("moneta")

TOPIC = "moneta:"
"""With a customer: what is known of it is no longer true. Told to every process on the database."""
TEND_EVERY_S = 1.0
_UNKNOWN: tuple[type[Exception], ...] = (MonetaError, *DATABASE_ERRORS)
"""What leaves a customer's standing unknown."""


class PaymentRequired(ProxyException):
    """A call that is not paid for: 402, and what is missing."""

    def __init__(self, refusal: Entitlement) -> None:
        super().__init__(refusal.message, "insufficient_quota", None, 402)
        self.openai_code = refusal.code


class Moneta:
    """The billing of one gateway process."""

    topic = TOPIC

    def __init__(self, settings: Settings, charging: Charging) -> None:
        self.settings, self.charging = settings, charging
        self.currency = settings.currency.currency()
        self.client = MonetaClient(settings, self.currency)
        self.metrics = Metrics()
        self.cache = EntitlementCache(self._load, settings.entitlement)
        self.routers: Sequence[APIRouter] = (make_router(self), make_admin_router(self))
        self._writer = EventWriter(settings.event_code, self.currency, settings.report_failures)
        self._limits = settings.entitlement.enabled and settings.entitlement.balance != "off"
        self._tender: asyncio.Task[None] | None = None

    async def start(self, database: Database, owner: str) -> None:
        """Make the tables, and begin to send."""
        self.database = database
        async with database.write() as transaction:
            await make_tables(transaction.connection)
        self._balances = Balances(database, owner)
        self._sender = Sender(self.client, database, owner, self.metrics)
        database.events.subscribe(self._heard)
        self._sender.start()
        self._tender = asyncio.create_task(self._tend())

    def wake(self) -> None:
        """Look into the outbox at once: there is more in it."""
        self._sender.wake()

    async def stop(self) -> None:
        """End; what is not sent waits for the next start."""
        if self._tender is not None:
            self._tender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._tender
        await self.cache.close()
        await self._sender.stop()

    # Before a call

    async def admit(
        self, auth: UserAPIKeyAuth, request_id: str, model: str, estimate_pico: int
    ) -> dict[str, Any] | None:
        """Whether the call is paid for; its estimate is reserved then. What its settlement says of its billing.

        Raises ProxyException 402 when it is not, 503 when that cannot be known and `fail_closed` is set.
        """
        charge = await self.charging.charge(auth)
        if charge is None:
            self._unmapped()
            return None
        at = f"{time.time():.3f}"
        if self.settings.entitlement.enabled:
            known = self.cache.fresh(charge) or await self._known(charge)
            if known is not None:
                self._check(charge, known, model)
                if known.limit is not None:
                    units = self.currency.units_at_most(estimate_pico, float(at))
                    await self._reserve(request_id, charge, known, units)
        return {"customer": charge.customer, "subscription": charge.subscription, "at": at}

    def _unmapped(self) -> None:
        self.metrics.calls_unmapped += 1
        if self.settings.unmapped == "refuse":
            message = f"nobody is billed for this call: it has no {self.settings.charge_by}, by which calls are charged"
            self._refuse(Entitlement("no_billing_account", message))

    async def _known(self, charge: Charge, newer_than_s: float | None = None) -> Known | None:
        """The customer's standing; None for one that is not known and need not be."""
        try:
            return await self.cache.get(charge, newer_than_s=newer_than_s)
        except _UNKNOWN as error:
            last = self.cache.last(charge)
            if self.settings.entitlement.when_unavailable == "fail_open":
                self.metrics.calls_unchecked += last is None
                log.warning("a call of %r goes by what was known last: %s", charge.customer, error)
                return last
            self.metrics.calls_unavailable += 1
            log.error("a call of %r is refused: %s", charge.customer, error)
            message = "billing is away, and it cannot be known whether this call is paid for"
            raise ProxyException(message, "service_unavailable", None, 503) from error

    def _check(self, charge: Charge, known: Known, model: str) -> None:
        refusal = refusal_of(
            charge.customer, known.standing, model, without_wallet=self.settings.entitlement.without_wallet
        )
        if refusal is not None:
            self._refuse(refusal)

    def _refuse(self, refusal: Entitlement) -> None:
        self.metrics.calls_refused += 1
        raise PaymentRequired(refusal)

    async def _reserve(self, request_id: str, charge: Charge, known: Known, units: int) -> None:
        """Set the estimate aside; before a refusal, Lago is asked whether there is more by now."""
        for last_try in (False, True):
            try:
                return await self._balances.reserve(request_id, charge.customer, known.limit or 0, units)
            except Short as short:
                again = None if last_try else await self._known(charge, self.settings.entitlement.refusal_ttl_s)
                if again is None or again is known or again.limit is None:
                    return self._refuse(
                        short_of_credits(self.currency, charge.customer, short.left, short.reserved, short.needed)
                    )
                known = again
        return None

    async def _load(self, charge: Charge) -> Known:
        """Ask Lago, and count what it cannot know yet. Raises MonetaError, and what an absent database raises."""
        clock, told_before = time.monotonic(), time.time() - self.settings.entitlement.balance_lag_s
        try:
            standing = await self.client.astanding(charge.customer, charge.subscription)
        except MonetaError as error:
            self.metrics.lago_fails(error)
            raise
        self.metrics.lago_answers()
        limit = None
        if standing.units is not None:
            limit = await self._balances.limit(charge.customer, standing.units, told_before)
            before = self.cache.last(charge)
            if before is not None and before.limit is not None and limit < before.limit:
                self._balances.recheck(charge.customer)
        return Known(standing, limit, clock)

    def _heard(self, topic: str) -> None:
        if topic == EVERYTHING:
            self.cache.forget_all()
        elif topic.startswith(TOPIC):
            self.cache.forget(topic.removeprefix(TOPIC))

    # After a call

    def release(self, request_id: str) -> None:
        """An admitted call is not made after all."""
        self._balances.release(request_id)

    def settled(self, row: Mapping[str, Any]) -> None:
        """An admitted call has ended."""
        billing = row.get("billing")
        if billing and self._limits:
            self._balances.settle(row["request_id"], self.currency.units(row["spend_pico"], float(billing["at"])))

    def moving(self) -> AbstractAsyncContextManager[Any]:
        """Entered before the transaction of a batch begins, left after its end."""
        return self._balances.moving()

    async def write(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]], *, ours: bool) -> None:
        """Put the events of a batch of settlements into the outbox, and what they cost on the customers' accounts."""
        events = [event for row in rows if (event := self._writer.event(row)) is not None]
        await OutboxQueries(connection).add(events, time.time())
        if self._limits:
            await self._balances.spend(connection, self._spent(rows), ours=ours)

    def written(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """The batch is committed."""
        if self._limits:
            self._balances.spent(self._spent(rows))
        if rows:
            self._sender.wake()

    def _spent(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, int]]:
        return {
            row["request_id"]: (billing["customer"], self.currency.units(row["spend_pico"], float(billing["at"])))
            for row in rows
            if (billing := row["metadata"].get("billing"))
        }

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(TEND_EVERY_S)
            try:
                await self._balances.tend()
            except DATABASE_ERRORS as error:
                log.error("balances cannot be tended: %s", type(error).__name__)

    def readiness(self) -> Mapping[str, Any]:
        """What `/health/readiness` says of billing."""
        return self.metrics.report(self.settings.entitlement.when_unavailable)

    def metrics_text(self) -> str:
        """This process's metrics in Prometheus' text format."""
        return self.metrics.text()


def settings_of(config: ProxyConfig) -> Settings:
    """The billing settings of a config. Raises ConfigError with every mistake."""
    section, file = config.sections.get("moneta"), config.file or "config"
    if section is not None and not isinstance(section, Mapping):
        raise ConfigError([ConfigProblem(file, 0, "moneta", "expected a mapping")])
    try:
        settings = read_settings(section)
        settings.currency.currency()
    except ValidationError as error:
        raise ConfigError([ConfigProblem(file, 0, key, said) for key, said in problems_of(error)]) from error
    except ValueError as error:
        raise ConfigError([ConfigProblem(file, 0, "moneta.currency.rates", str(error))]) from error
    return settings


def billing(config: ProxyConfig) -> Moneta:
    """The billing that a config asks for. Raises ConfigError."""
    settings = settings_of(config)
    mapper = load_object(settings.mapping, config, "moneta.mapping") if settings.mapping else None
    return Moneta(settings, Charging(settings, mapper))
