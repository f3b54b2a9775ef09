"""Lago's API, blocking and asynchronous, over the SDK's shared HTTP clients.

Every method has a twin whose name begins with `a`. All raise `MonetaError`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import httpx
from litellm.llms.custom_httpx.clients import pool

from moneta.currency import Currency
from moneta.errors import LagoNotFound, LagoRejected, LagoUnavailable
from moneta.events import Event
from moneta.settings import Settings
from moneta.standing import Entitlement, Standing, decide, standing_of
from moneta.wire import Call, Verdict, answer_of, batch_call, events_call, filled, paths_of, verdict

ATTEMPTS = 5
"""How often a page of a long list is asked for."""


class MonetaClient:
    """One Lago organisation. Nothing is cached and nothing is sent again here: see `moneta.handlers` for that."""

    def __init__(self, settings: Settings, currency: Currency | None = None) -> None:
        self.settings = settings
        self.currency = currency or settings.currency.currency()
        self._base = settings.api_base.rstrip("/") + "/api/v1"
        self._paths = paths_of(settings.paths)
        self._timeout = settings.timeout_s

    def _request(self, call: Call) -> dict[str, Any]:
        key = self.settings.api_key.get_secret_value()
        headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
        if call.body is not None:
            headers["content-type"] = "application/json"
        return {
            "method": call.method, "url": self._base + call.path, "headers": headers, "content": call.body,
            "timeout": self._timeout,
        }  # fmt: skip

    def send(self, call: Call) -> Any:
        """The JSON that Lago answers `call` with."""
        try:
            response = pool.sync().request(**self._request(call))
        except httpx.TransportError as error:
            raise LagoUnavailable(f"Lago does not answer: {type(error).__name__}") from error
        return answer_of(response)

    async def asend(self, call: Call) -> Any:
        """The JSON that Lago answers `call` with."""
        try:
            response = await pool.asynchronous().request(**self._request(call))
        except httpx.TransportError as error:
            raise LagoUnavailable(f"Lago does not answer: {type(error).__name__}") from error
        return answer_of(response)

    # Usage events

    def report_usage(self, *events: Event) -> Verdict:
        """Send up to 100 events now, once; the gateway's outbox does this durably."""
        try:
            self.send(batch_call([event.json() for event in events]))
        except LagoRejected as error:
            return verdict(error, len(events))
        return verdict(None, len(events))

    async def areport_usage(self, *events: Event) -> Verdict:
        """Send up to 100 events now, once."""
        return await self.asend_batch([event.json() for event in events])

    async def asend_batch(self, events: Sequence[str]) -> Verdict:
        """Send up to 100 events, each given as JSON, once."""
        try:
            await self.asend(batch_call(events))
        except LagoRejected as error:
            return verdict(error, len(events))
        return verdict(None, len(events))

    async def aevents(self, subscription: str, since: str, until: str) -> list[dict[str, Any]]:
        """All events of a subscription between two moments (ISO 8601), as Lago has them; tried again where it fails."""
        found: list[dict[str, Any]] = []
        page: int | None = 1
        while page:
            answer = await self._apatient(events_call(subscription, self.settings.event_code, since, until, page))
            found += answer["events"]
            page = (answer.get("meta") or {}).get("next_page")
        return found

    async def _apatient(self, call: Call) -> Any:
        """Ask several times while Lago is away or wants to be asked less."""
        for attempt in range(ATTEMPTS - 1):
            try:
                return await self.asend(call)
            except LagoUnavailable as error:
                pause = self.settings.outbox.retry_min_s * 2**attempt
                await asyncio.sleep(pause if error.retry_after_s is None else error.retry_after_s)
        return await self.asend(call)

    # Usage and balance

    def usage(self, customer: str, subscription: str) -> dict[str, Any]:
        """The current billing period's usage, as Lago reports it."""
        found: dict[str, Any] = self.send(self._usage_call(customer, subscription))
        return found

    async def ausage(self, customer: str, subscription: str) -> dict[str, Any]:
        """The current billing period's usage, as Lago reports it."""
        found: dict[str, Any] = await self.asend(self._usage_call(customer, subscription))
        return found

    def _usage_call(self, customer: str, subscription: str) -> Call:
        return Call("GET", filled(self._paths["usage"], customer=customer, subscription=subscription))

    def balance(self, customer: str) -> Decimal | None:
        """What the customer's active wallets hold in the virtual currency; None without a wallet."""
        return self._amount(standing_of(self, balance=self.send(self._balance_call(customer))))

    async def abalance(self, customer: str) -> Decimal | None:
        """What the customer's active wallets hold in the virtual currency; None without a wallet."""
        return self._amount(standing_of(self, balance=await self.asend(self._balance_call(customer))))

    def _balance_call(self, customer: str) -> Call:
        return Call("GET", filled(self._paths["balance"], customer=customer))

    def _amount(self, standing: Standing) -> Decimal | None:
        return None if standing.units is None else self.currency.amount(standing.units)

    # Entitlement

    def check_entitlement(
        self, customer: str, model: str, estimated_cost: Decimal | str, subscription: str | None = None
    ) -> Entitlement:
        """Whether Lago lets a call be made now that may cost `estimated_cost` USD. One to three requests."""
        answers = {name: self._answer(call) for name, call in self._standing_calls(customer, subscription)}
        return decide(self, customer, standing_of(self, **answers), model, estimated_cost)

    async def acheck_entitlement(
        self, customer: str, model: str, estimated_cost: Decimal | str, subscription: str | None = None
    ) -> Entitlement:
        """Whether Lago lets a call be made now that may cost `estimated_cost` USD. One to three requests."""
        return decide(self, customer, await self.astanding(customer, subscription), model, estimated_cost)

    async def astanding(self, customer: str, subscription: str | None = None) -> Standing:
        """What Lago knows of a customer that matters before a call."""
        answers = {name: await self._aanswer(call) for name, call in self._standing_calls(customer, subscription)}
        return standing_of(self, **answers)

    def _answer(self, call: Call) -> Any:
        try:
            return self.send(call)
        except LagoNotFound as error:
            return error

    async def _aanswer(self, call: Call) -> Any:
        try:
            return await self.asend(call)
        except LagoNotFound as error:
            return error

    def _standing_calls(self, customer: str, subscription: str | None) -> Iterator[tuple[str, Call]]:
        asked, known = self.settings.entitlement, subscription or customer
        if asked.subscription:
            yield "subscription", Call("GET", filled("/subscriptions/{id}", id=known))
        if asked.model_feature:
            yield "entitlements", Call("GET", filled("/subscriptions/{id}/entitlements", id=known))
        if asked.balance != "off":
            yield "balance", self._balance_call(customer)

    async def apublic_key(self) -> str:
        """The key that webhooks are signed with, base64 of a PEM document."""
        answer = await self.asend(Call("GET", "/webhooks/json_public_key"))
        return str(answer["webhook"]["public_key"])
