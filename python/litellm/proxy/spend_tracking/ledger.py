"""Reserve before a call, settle at its end, whatever the end is; exactly once, also through kill -9.

A reservation and a settlement are in the journal before they are acknowledged, and reach the database in batches. At
the start, journals of ended processes are brought to their end: settlements are applied, open reservations settled at
their last known cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.db.database import Database
from litellm.proxy.db.key_repository import KeyRepository
from litellm.proxy.db.spend_repository import SpendRepository
from litellm.proxy.money import pico_to_usd
from litellm.proxy.spend_tracking.budget_windows import next_reset, utc_now
from litellm.proxy.spend_tracking.budgets import Account, Budgets
from litellm.proxy.spend_tracking.journal import Journal, remove, unsettled

log = logging.getLogger("litellm.proxy.ledger")

FLUSH_EVERY_S = 0.1
RESET_EVERY_S = 30.0
RETRY_AFTER_S = 1.0
MAX_WAITING = 100_000
"""Settlements that may wait for a database that is away before new calls are refused."""


class Reservation:
    """What one request has set aside."""

    def __init__(self, ledger: Ledger, auth: UserAPIKeyAuth, request_id: str, model: str, pico: int) -> None:
        self._ledger, self._auth = ledger, auth
        self.request_id, self.model, self.pico = request_id, model, pico
        self._account: Account | None = ledger.budgets.reserve(auth, pico)

    def progress(self, pico: int) -> None:
        """A checkpoint: what the request has cost so far, in pico-dollars."""
        if self._account is not None:
            self._ledger.journal.write({"k": "p", "id": self.request_id, "pico": pico})

    async def settle(self, usage: Mapping[str, Any], cost_pico: int, status: str = "success", **details: Any) -> None:
        """The end: what the request has cost. A second call changes nothing."""
        account = self._account
        if account is None:
            return
        row = _row(self._auth, self.request_id, self.model, usage, cost_pico, status, details)
        self._ledger.settled(self.request_id, row)
        self._account = None
        account.reserved -= self.pico
        account.spent += cost_pico

    def release(self) -> None:
        """Give back what was set aside for a call that was never made."""
        account, self._account = self._account, None
        if account is not None:
            account.reserved -= self.pico


class Ledger:
    """The gateway's money. `folder` holds the journals."""

    def __init__(self, database: Database, folder: Path, *, fsync: bool = False) -> None:
        self._database = database
        self._spend = SpendRepository(database)
        self._keys = KeyRepository(database)
        self.journal = Journal(folder, fsync=fsync)
        self.budgets = Budgets()
        self._waiting: dict[str, dict[str, Any]] = {}
        self._wake = asyncio.Event()
        self._flushing = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the journal, and bring those of ended processes to their end."""
        self.journal.open()
        for path, lock in self.journal.abandoned():
            rows, open_reservations = unsettled(path)
            rows += [_recovered(record) for record in open_reservations]
            await self._spend.apply([_typed(row) for row in rows])
            if open_reservations:
                log.warning("settled %d calls that a killed process had left open", len(open_reservations))
            remove(path, lock)
        self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Write what waits, and close the journal."""
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        try:
            await self.flush()
        except (SQLAlchemyError, OSError) as error:
            log.error("%d settlements stay in the journal: %s", len(self._waiting), error)
        self.journal.close()

    async def is_connected(self) -> bool:
        """Whether the database answers."""
        return await self._database.is_connected()

    async def reserve(self, auth: UserAPIKeyAuth, request_id: str, model: str, estimate_pico: int) -> Reservation:
        """Set aside what a call may cost.

        Raises ProxyException 400 when the budget does not allow it, 503 when `MAX_WAITING` settlements wait.
        """
        if len(self._waiting) >= MAX_WAITING:
            raise ProxyException("the database is away, and too much waits for it", "service_unavailable", None, 503)
        reservation = Reservation(self, auth, request_id, model, estimate_pico)
        record = {"k": "r", "id": request_id, "model": _clean(model), "who": _identity(auth), "started": time.time()}
        try:
            self.journal.write(record)
        except OSError:
            reservation.release()
            raise
        return reservation

    def settled(self, request_id: str, row: dict[str, Any]) -> None:
        """Note a settlement, durably; the database gets it with the next batch."""
        self.journal.write({"k": "s", "id": request_id, "row": row})
        self._waiting[request_id] = row
        self._wake.set()

    async def flush(self) -> None:
        """Write everything that waits to the database. Raises SQLAlchemyError or OSError when it is away."""
        async with self._flushing:
            rows = list(self._waiting.values())
            if not rows:
                return
            await self._spend.apply([_typed(row) for row in rows])
            done = [row["request_id"] for row in rows]
            for one in done:
                self._waiting.pop(one, None)
            self.journal.done(done)

    async def _work(self) -> None:
        checked = 0.0
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), RESET_EVERY_S)
            self._wake.clear()
            await asyncio.sleep(FLUSH_EVERY_S)
            try:
                await self.flush()
                if time.monotonic() - checked > RESET_EVERY_S:
                    checked = time.monotonic()
                    await self.reset_due_budgets()
            except (SQLAlchemyError, OSError) as error:
                log.error("the database is away, %d settlements wait: %s", len(self._waiting), type(error).__name__)
                self._wake.set()
                await asyncio.sleep(RETRY_AFTER_S)

    async def reset_due_budgets(self) -> None:
        """Start the budget windows that are over anew."""
        now = utc_now()
        for row in await self._keys.due_resets(now):
            if row["budget_duration"]:
                changes = {"spend": 0.0, "budget_reset_at": next_reset(now, row["budget_duration"])}
                await self._keys.change(row["token"], changes)
                self.budgets.reset(row["token"])


def _identity(auth: UserAPIKeyAuth) -> dict[str, Any]:
    """Whom a call is counted for."""
    return {"api_key": auth.token or "", "user": auth.user_id or "", "team_id": auth.team_id}


def _row(
    auth: UserAPIKeyAuth,
    request_id: str,
    model: str,
    usage: Mapping[str, Any],
    cost_pico: int,
    status: str,
    details: Mapping[str, Any],
) -> dict[str, Any]:
    hidden: Mapping[str, Any] = details.get("hidden_params") or {}
    error = details.get("error")
    prompt, completion = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    metadata: dict[str, Any] = {"status": status, "user_api_key_alias": auth.key_alias}
    if error is not None:
        metadata["error_information"] = {"error_class": type(error).__name__}
    return {
        **_identity(auth),
        "request_id": request_id,
        "call_type": str(details.get("call_type") or "acompletion"),
        "spend": pico_to_usd(cost_pico),
        "spend_pico": cost_pico,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": int(usage.get("total_tokens") or prompt + completion),
        "startTime": float(details.get("started") or time.time()),
        "endTime": time.time(),
        "model": _clean(hidden.get("litellm_model_name") or model),
        "model_id": str(hidden.get("model_id") or ""),
        "model_group": _clean(details.get("model_group") or model),
        "custom_llm_provider": str(hidden.get("llm_provider") or ""),
        "api_base": str(hidden.get("api_base") or ""),
        "metadata": metadata,
        "cache_hit": str(bool(hidden.get("cache_hit"))),
        "request_tags": [],
        "status": "failure" if status == "failure" else "success",
    }


def _clean(value: Any) -> str:
    """Text that every database takes: without NUL, which PostgreSQL refuses."""
    return str(value).replace("\x00", "")


def _recovered(record: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a call whose process was killed: it cost what was last known of it."""
    now = time.time()
    return {
        **record["who"],
        "request_id": record["id"],
        "call_type": "acompletion",
        "spend": pico_to_usd(record["pico"]),
        "spend_pico": record["pico"],
        "startTime": record["started"],
        "endTime": now,
        "model": record["model"],
        "model_group": record["model"],
        "metadata": {"status": "failure", "error_information": {"error_class": "GatewayKilled"}},
        "request_tags": [],
        "status": "failure",
    }


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A journal's row with the columns' own types."""
    times = {
        name: datetime.datetime.fromtimestamp(row[name], datetime.timezone.utc).replace(tzinfo=None)
        for name in ("startTime", "endTime")
    }
    return {**_DEFAULTS, **row, **times}


_DEFAULTS: Mapping[str, Any] = {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
    "model_id": "",
    "custom_llm_provider": "",
    "api_base": "",
    "cache_hit": "False",
}
"""So that all rows of a batch have the same columns."""
