"""A ledger that bills, in this process, without the HTTP side."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import Database
from litellm.proxy.money import usd_to_pico
from litellm.proxy.spend_tracking.ledger import Ledger
from moneta.handlers import Moneta, billing

from tests.support.lago import API_KEY


class Rig:
    """One process's billing; amounts are in USD."""

    def __init__(self, database: Database, moneta: Moneta, ledger: Ledger) -> None:
        self.database, self.moneta, self.ledger = database, moneta, ledger

    async def call(self, customer: str = "c1", *, may_cost: str = "1", costs: str = "1", model: str = "m") -> str:
        """One call from its reservation to its settlement; its request id. Raises what `Ledger.reserve` does."""
        reservation = await self.reserve(customer, may_cost=may_cost, model=model)
        await reservation.settle({"prompt_tokens": 1}, usd_to_pico(costs))
        return str(reservation.request_id)

    async def reserve(self, customer: str = "c1", *, may_cost: str = "1", model: str = "m", **auth: Any) -> Any:
        """The reservation of a call."""
        who = UserAPIKeyAuth(token="t", end_user_id=customer, **auth)
        return await self.ledger.reserve(who, str(uuid.uuid4()), model, usd_to_pico(may_cost))


def section(api_base: str, **more: Any) -> dict[str, Any]:
    """A config's section; what Lago was told counts at once, as in the stand-in."""
    outbox = {"flush_interval_s": 0.01, "retry_min_s": 0.02, "retry_max_s": 0.2}
    entitlement = {"balance_lag_s": 0.0, "refusal_ttl_s": 0.0, "retry_s": 0.05} | more.pop("entitlement", {})
    known = {"api_base": api_base, "api_key": API_KEY, "event_code": "llm_usage", "timeout_s": 10}
    return known | {"outbox": outbox, "entitlement": entitlement} | more


@contextlib.asynccontextmanager
async def running(
    folder: Path, section: dict[str, Any] | None, url: str | None = None, **litellm: Any
) -> AsyncIterator[Rig]:
    """A rig on a database: the one at `url`, else SQLite in `folder`."""
    database = Database(url or f"sqlite:///{folder / 'litellm.db'}", folder)
    await database.start()
    sections = {} if section is None else {"moneta": section}
    moneta = billing(ProxyConfig(sections=sections, litellm_settings=litellm))
    ledger = Ledger(database, folder, billing=moneta)
    await ledger.start()
    try:
        yield Rig(database, moneta, ledger)
    finally:
        await ledger.stop()
        await database.stop()
