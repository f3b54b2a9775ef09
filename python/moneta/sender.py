"""Sends what is in the outbox, until Lago has it.

An event is claimed, sent, and marked as delivered. A process that dies in between leaves a claim that ends; the event
is then sent again, and Lago's `value_already_exist` says that it had arrived. What Lago refuses becomes a dead letter;
what it cannot take now is sent later, without end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Sequence

from litellm.proxy.db.database import DATABASE_ERRORS, Database

from moneta.client import MonetaClient
from moneta.errors import LagoUnavailable, MonetaError
from moneta.metrics import Metrics
from moneta.outbox import OutboxQueries, Waiting

log = logging.getLogger("moneta.sender")

CLAIM_MARGIN_S = 5.0
"""How much longer than a request may take an event is claimed for."""
TEND_EVERY_S = 5.0
RETRY_AFTER_S = 1.0
ALONE_AFTER = 3
"""Failures, of one event or of all, after which events are sent alone, so that none holds up the others."""
HEALTHY_S = 60.0
"""While Lago took something this recently, a failure speaks against the events that failed, not against Lago."""


class Sender:
    """This process's senders; `owner` is its name among the processes on the database."""

    def __init__(self, client: MonetaClient, database: Database, owner: str, metrics: Metrics) -> None:
        self._client, self._database, self._owner, self._metrics = client, database, owner, metrics
        self._settings = client.settings.outbox
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._failures = 0
        self._taken_at = float("-inf")

    def start(self) -> None:
        """Begin to send."""
        jobs = [self._send_forever() for _ in range(self._settings.senders)]
        self._tasks = [asyncio.create_task(job) for job in (*jobs, self._tend_forever())]

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    async def stop(self) -> None:
        """End; what is not sent waits for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(*DATABASE_ERRORS):
            async with self._database.write() as transaction:
                await OutboxQueries(transaction.connection).release(self._owner, time.time())

    async def drain(self, timeout_s: float) -> bool:
        """Send until nothing is due or the time is over; whether nothing waits any more."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if await self.send_once() == 0:
                await self.tend()
                if self._metrics.waiting == 0:
                    return True
                await asyncio.sleep(min(self._settings.retry_min_s, 0.2))
        return False

    async def _send_forever(self) -> None:
        while True:
            try:
                sent = await self.send_once()
            except DATABASE_ERRORS as error:
                log.error("the outbox cannot be read: %s", type(error).__name__)
                sent = 0
                await asyncio.sleep(RETRY_AFTER_S)
            except Exception:  # a bug here must not end the sending; the claims end, and what they hold is sent again
                log.exception("a batch was not sent")
                self._metrics.failures += 1
                sent = 0
                await asyncio.sleep(RETRY_AFTER_S)
            if sent < self._settings.batch_size:
                await self._nap(TEND_EVERY_S)
                await asyncio.sleep(self._settings.flush_interval_s)

    async def _nap(self, seconds: float) -> None:
        """Until there is something to send, or the time is over."""
        # Not `wait_for`: before Python 3.12 it loses a cancellation that comes with the event.
        timer = asyncio.get_running_loop().call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
            self._wake.clear()

    async def send_once(self) -> int:
        """Claim a batch and send it; how many events were in it."""
        now = time.time()
        until = now + self._settings_timeout()
        async with self._database.write() as transaction:
            queries = OutboxQueries(transaction.connection)
            batch = await queries.claim(self._owner, now, until, self._settings.batch_size)
        if not batch:
            return 0
        groups = self._groups(batch)
        while groups:
            group = groups.pop()
            try:
                groups += await self._send(group)
            except MonetaError as error:
                await self._failed(group, [event for rest in groups for event in rest], error)
                break
        return len(batch)

    def _groups(self, batch: Sequence[Waiting]) -> list[list[Waiting]]:
        """What is sent as one request, the last first. One by one, in any order, after Lago failed several times:
        one event that it cannot digest must not hold up the others."""
        if self._failures >= ALONE_AFTER:
            return [[event] for event in random.sample(batch, len(batch))]
        alone = [[event] for event in batch if event.attempts >= ALONE_AFTER]
        together = [event for event in batch if event.attempts < ALONE_AFTER]
        return [*alone, together] if together else alone

    def _settings_timeout(self) -> float:
        return self._client.settings.timeout_s + CLAIM_MARGIN_S

    async def _send(self, batch: list[Waiting]) -> list[list[Waiting]]:
        """Send events as one request; those that Lago wants apart from the others. Raises MonetaError."""
        answer = await self._client.asend_batch([event.event for event in batch])
        self._taken_at, self._failures = time.monotonic(), 0
        self._metrics.lago_answers()
        refused = {batch[place].transaction_id: reason for place, reason in answer.refused.items()}
        await self._settle([batch[place].transaction_id for place in answer.arrived], refused)
        return [[batch[place] for place in places] for places in answer.again]

    async def _settle(self, arrived: Sequence[str], refused: dict[str, str]) -> None:
        now = time.time()
        async with self._database.write() as transaction:
            queries = OutboxQueries(transaction.connection)
            await queries.delivered(arrived, now)
            await queries.bury(refused, now)
        self._metrics.delivered += len(arrived)
        self._metrics.refused += len(refused)
        for one, reason in refused.items():
            log.error("Lago refuses the event %s: %s", one, reason)

    async def _failed(self, batch: Sequence[Waiting], unsent: Sequence[Waiting], error: MonetaError) -> None:
        """Send these later. Only while Lago takes others do failures count, and too many make a dead letter."""
        healthy = time.monotonic() - self._taken_at < HEALTHY_S and isinstance(error, LagoUnavailable)
        counted = healthy and error.status is not None and error.status >= 500
        self._failures += 1
        self._metrics.lago_fails(error)
        now, pause = time.time(), self._pause(error)
        log.warning("%d events are sent again in %.1f s: %s", len(batch) + len(unsent), pause, error)
        ids = [event.transaction_id for event in batch]
        hopeless = counted and len(batch) == 1 and batch[0].attempts + 1 >= self._settings.max_attempts
        async with self._database.write() as transaction:
            queries = OutboxQueries(transaction.connection)
            if hopeless:
                await queries.bury({ids[0]: str(error)}, now)
            else:
                await queries.later(ids, now + pause, counted=counted)
            await queries.later([event.transaction_id for event in unsent], now + pause, counted=False)
        self._metrics.refused += int(hopeless)
        await asyncio.sleep(min(pause, self._settings.retry_max_s))

    def _pause(self, error: MonetaError) -> float:
        """Seconds until the next attempt: doubled with each failure, with jitter, or what Lago asks for."""
        if error.retry_after_s is not None:
            return error.retry_after_s + random.uniform(0, self._settings.retry_min_s)
        longest = min(self._settings.retry_min_s * 2 ** min(self._failures - 1, 16), self._settings.retry_max_s)
        return random.uniform(longest / 2, longest)

    async def _tend_forever(self) -> None:
        while True:
            try:
                await self.tend()
            except DATABASE_ERRORS as error:
                log.error("the outbox cannot be tended: %s", type(error).__name__)
            await asyncio.sleep(TEND_EVERY_S)

    async def tend(self) -> None:
        """Take over what ended processes had claimed, forget what arrived long ago, count what waits."""
        now = time.time()
        async with self._database.write() as transaction:
            queries = OutboxQueries(transaction.connection)
            await queries.release(None, now)
            keep = max(self._settings.keep_delivered_s, self._client.settings.entitlement.balance_lag_s)
            await queries.purge(now - keep)
            self._metrics.count(await queries.counts())
        if self._metrics.waiting:
            self._wake.set()
