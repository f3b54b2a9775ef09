"""What Lago said of each customer, remembered: fresh for a while, then used while it is asked again.

One request at a time is under way for a customer, however many calls wait for it. A failure is remembered for
`retry_s`, so that a Lago that is away is not asked by every call.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from moneta.charging import Charge
from moneta.errors import MonetaError
from moneta.settings import EntitlementSettings
from moneta.standing import Standing

log = logging.getLogger("moneta.entitlement")


@dataclass(frozen=True, slots=True)
class Known:
    """A standing as of `at` (monotonic seconds). `limit`: see `moneta.balances`; None without one."""

    standing: Standing
    limit: int | None
    at: float


Load = Callable[[Charge], Awaitable[Known]]


class EntitlementCache:
    """Standings by customer and subscription; the least recently used go first when there are too many."""

    def __init__(self, load: Load, settings: EntitlementSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._load, self._settings, self._clock = load, settings, clock
        self._known: OrderedDict[Charge, Known] = OrderedDict()
        self._stale: set[Charge] = set()
        self._flights: dict[Charge, asyncio.Future[Known]] = {}
        self._failures: OrderedDict[Charge, tuple[float, MonetaError]] = OrderedDict()

    def fresh(self, charge: Charge) -> Known | None:
        """What may be used without waiting; asks again in the background when it is old."""
        known = self._known.get(charge)
        if known is None or charge in self._stale:
            return None
        age = self._clock() - known.at
        if age <= self._settings.ttl_s:
            return known
        if age > self._settings.ttl_s + self._settings.stale_s:
            return None
        if charge not in self._flights and self._failure(charge) is None:
            self._flight(charge)
        return known

    async def get(self, charge: Charge, *, newer_than_s: float | None = None) -> Known:
        """The standing, asked for if it is not known, or not known from the last `newer_than_s`. Raises MonetaError."""
        known = self.fresh(charge)
        if known is not None and (newer_than_s is None or self._clock() - known.at <= newer_than_s):
            return known
        failure = self._failure(charge)
        if failure is not None:
            raise failure
        return await asyncio.shield(self._flights.get(charge) or self._flight(charge))

    def last(self, charge: Charge) -> Known | None:
        """What was known last, however old."""
        return self._known.get(charge)

    def forget(self, customer: str) -> None:
        """What is known of a customer is no longer true."""
        self._stale.update(charge for charge in self._known if charge.customer == customer)

    def forget_all(self) -> None:
        """Nothing that is known may be true any more."""
        self._stale.update(self._known)

    async def close(self) -> None:
        """Ask nothing more."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _failure(self, charge: Charge) -> MonetaError | None:
        until, error = self._failures.get(charge, (0.0, None))
        return error if self._clock() < until else None

    def _flight(self, charge: Charge) -> asyncio.Future[Known]:
        flight = asyncio.ensure_future(self._ask(charge))
        self._flights[charge] = flight
        flight.add_done_callback(lambda done: self._landed(charge, done))
        return flight

    async def _ask(self, charge: Charge) -> Known:
        self._stale.discard(charge)  # what is forgotten while the question is under way stays forgotten
        return await self._load(charge)

    def _landed(self, charge: Charge, done: asyncio.Future[Known]) -> None:
        self._flights.pop(charge, None)
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._keep(charge, done.result())
        elif isinstance(error, MonetaError):
            self._failures[charge] = (self._clock() + self._settings.retry_s, error)
            while len(self._failures) > self._settings.max_customers:
                self._failures.popitem(last=False)
        else:
            log.error("what Lago knows of %r is not known: %s", charge.customer, error, exc_info=error)

    def _keep(self, charge: Charge, known: Known) -> None:
        self._failures.pop(charge, None)
        self._known[charge] = known
        self._known.move_to_end(charge)
        while len(self._known) > self._settings.max_customers:
            gone, _ = self._known.popitem(last=False)
            self._stale.discard(gone)
