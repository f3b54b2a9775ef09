"""`/moneta/…` for admins: what waits and what is dead, what customers spent, and dead letters sent again."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, not_found
from litellm.proxy.management_endpoints.common.fields import Fields, Id
from litellm.proxy.management_endpoints.common.listing import Page, Size, paged
from pydantic import Field

from moneta.errors import LagoNotFound, MonetaError
from moneta.outbox import BalanceQueries, OutboxQueries

if TYPE_CHECKING:
    from moneta.handlers import Moneta

log = logging.getLogger("moneta.admin")

DEAD_LETTERS = "litellm_rust_billing_dead_letters"


class ReplayRequest(Fields):
    """POST /moneta/replay: the dead letters of these events, or all of them."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None


def make_admin_router(moneta: Moneta) -> APIRouter:
    """The routes for one gateway's billing."""
    router = guarded_router("billing")

    @router.get("/moneta/status")
    async def status(context: InContext) -> dict[str, Any]:
        """Whether Lago answers this process, what waits for it, and what it refused."""
        async with context.read() as connection:
            moneta.metrics.count(await OutboxQueries(connection).counts())
        report = moneta.metrics.report(moneta.settings.entitlement.when_unavailable)
        return {
            **report, "currency": moneta.currency.name, "charge_by": moneta.settings.charge_by,
            "event_code": moneta.settings.event_code,
        }  # fmt: skip

    @router.get("/moneta/customers")
    async def customers(
        context: InContext, page: Page = 1, page_size: Size = 25, search: str | None = None
    ) -> dict[str, Any]:
        """What each customer has spent, of which Lago does not have what waits and what is dead."""
        async with context.read() as connection:
            rows, total = await BalanceQueries(connection).page(page, page_size, search)
        shown = [
            {"customer": row["customer"], "currency": moneta.currency.name, "waiting_events": row["waiting_events"],
             "dead_letters": row["dead_letters"],
             **{name: moneta.currency.text(row[name]) for name in ("spent", "waiting", "dead")}}
            for row in rows
        ]  # fmt: skip
        return dict(paged("customers", shown, total, page, page_size))

    @router.get("/moneta/wallets")
    async def wallets(customer: str, context: InContext) -> dict[str, Any]:
        """What a customer's wallets hold in all, as Lago tells now."""
        answer: dict[str, Any] = {"customer": customer, "currency": moneta.currency.name, "balance": None}
        try:
            amount = await moneta.client.abalance(customer)
        except LagoNotFound as error:
            raise not_found("customer: Lago does not know it", "customer") from error
        except MonetaError as error:
            log.warning("the wallets of %s are not known: %s", customer, error)
            return {**answer, "lago": "unavailable"}
        return {**answer, "lago": "connected", "balance": None if amount is None else f"{amount:f}"}

    @router.get("/moneta/dead_letters")
    async def dead_letters(context: InContext, page: Page = 1, page_size: Size = 25) -> dict[str, Any]:
        """The events that Lago refused, the latest first, each with the reason."""
        async with context.read() as connection:
            queries = OutboxQueries(connection)
            rows = await queries.letters(page_size, (page - 1) * page_size)
            total = (await queries.counts()).dead
        shown = [
            {name: row[name] for name in ("transaction_id", "customer", "subscription", "reason", "attempts",
                                          "failed_at")}
            | {"amount": moneta.currency.text(row["units"]), "currency": moneta.currency.name}
            for row in rows
        ]  # fmt: skip
        return dict(paged("dead_letters", shown, total, page, page_size))

    @router.post("/moneta/replay")
    async def replay(body: ReplayRequest, context: InContext) -> dict[str, Any]:
        """Send dead letters again."""
        async with context.write() as transaction:
            queries = OutboxQueries(transaction.connection)
            sent = await queries.replay(body.ids, moneta.settings.event_code, time.time())
            if sent:
                after = {"sent_again": sent, "transaction_ids": body.ids or "all"}
                await context.audit(transaction, "updated", DEAD_LETTERS, "replay", None, after)
        moneta.wake()
        return {"sent_again": sent}

    return router
