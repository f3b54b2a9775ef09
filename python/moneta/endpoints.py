"""`/moneta/…`: webhooks from Lago, and usage and balance for whoever asks."""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from litellm.proxy._types import ProxyException
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.request_context import authenticated

from moneta.errors import LagoNotFound, MonetaError
from moneta.outbox import OutboxQueries, WebhookQueries
from moneta.webhooks import Signatures, customer_of, names_of, refused_events

if TYPE_CHECKING:
    from moneta.charging import Charge
    from moneta.handlers import Moneta

log = logging.getLogger("moneta.webhooks")

ADMIN = "proxy_admin"


def make_router(moneta: Moneta) -> APIRouter:
    """The routes for one gateway's billing."""
    router = guarded_router("billing")
    signatures = Signatures(moneta.settings, moneta.client.apublic_key)

    @router.post("/moneta/webhook")
    async def webhook(request: Request) -> dict[str, Any]:
        """Take a webhook from Lago. 401 for a bad signature, 409 for one that was taken before."""
        body = await request.body()
        try:
            await signatures.check(body, request.headers)
        except MonetaError as error:
            raise ProxyException("Lago's public key cannot be had", "service_unavailable", None, 503) from error
        return await _take(moneta, body, names_of(body, request.headers))

    @router.get("/moneta/usage")
    async def usage(request: Request, end_user_id: str | None = None) -> Any:
        """The caller's usage in the current billing period, as Lago reports it."""
        charge = await _charge(moneta, request, end_user_id)
        return await _asked(moneta.client.ausage(charge.customer, charge.subscription))

    @router.get("/moneta/balance")
    async def balance(request: Request, end_user_id: str | None = None) -> dict[str, Any]:
        """The caller's balance in the virtual currency."""
        charge = await _charge(moneta, request, end_user_id)
        amount = await _asked(moneta.client.abalance(charge.customer))
        return {
            "customer": charge.customer, "currency": moneta.currency.name,
            "balance": None if amount is None else f"{amount:f}",
        }  # fmt: skip

    @router.get("/moneta/metrics")
    async def metrics(request: Request) -> Response:
        """This process's billing metrics in Prometheus' text format."""
        auth = await authenticated(request)
        if auth.user_role != ADMIN:
            raise ProxyException("billing metrics are for admins", "auth_error", None, 403)
        return PlainTextResponse(moneta.metrics.text())

    return router


async def _charge(moneta: Moneta, request: Request, end_user_id: str | None) -> Charge:
    auth = await authenticated(request)
    if end_user_id is not None:
        if auth.user_role != ADMIN:
            raise ProxyException("end_user_id is for admins", "auth_error", "end_user_id", 403)
        auth = dataclasses.replace(auth, end_user_id=end_user_id)
    charge = await moneta.charging.charge(auth)
    if charge is None:
        raise ProxyException("nobody is billed for this key's calls", "not_found_error", None, 404)
    return charge


async def _asked(question: Any) -> Any:
    try:
        return await question
    except LagoNotFound as error:
        raise ProxyException("Lago does not know this customer", "not_found_error", None, 404) from error
    except MonetaError as error:
        raise ProxyException("billing is away", "service_unavailable", None, 503) from error


async def _take(moneta: Moneta, body: bytes, names: list[str]) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise ProxyException("the webhook is no JSON object", "invalid_request_error", None, 400)
    customer, now = customer_of(message), time.time()
    async with moneta.database.write() as transaction:
        if not await WebhookQueries(transaction.connection).take(names, now, moneta.settings.webhook.keep_s):
            raise ProxyException("this webhook was taken before", "invalid_request_error", None, 409)
        await OutboxQueries(transaction.connection).bury(refused_events(message), now)
        if customer:
            transaction.changed(f"{moneta.topic}{customer}")
    log.info("webhook %s for %s", message.get("webhook_type"), customer)
    return {"status": "ok"}
