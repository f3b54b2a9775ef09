"""Warnings when a budget comes to its end, or a soft budget is passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litellm.proxy.db.budget_repository import BudgetQueries
from litellm.proxy.db.database import Database
from litellm.proxy.money import pico_to_usd
from litellm.proxy.observability.alerting import Alerts
from litellm.proxy.spend_tracking.accounts import NO_BUDGET, Account

NEARLY = 0.95, 0.85
"""Shares of a budget that are worth a warning each."""
MAX_WATCHED = 50_000
KIND = "budget_alerts"
_GROUPS = {"user": "internal_user", "end_user": "customer", "window": "budget_window"}


class BudgetAlerts:
    """Looks at the spend of accounts after each batch of settlements. Every account is looked at only when it grew."""

    def __init__(self, database: Database, alerts: Alerts, *, hard_too: bool) -> None:
        """`hard_too`: warn of budgets that come to their end; soft budgets are always looked at."""
        self._database, self._alerts, self._hard_too = database, alerts, hard_too
        self._watched: dict[str, Account] = {}

    def watch(self, accounts: Iterable[Account]) -> None:
        """A call counts against these."""
        for account in accounts:
            if account.soft_pico is not None or self._hard_too:
                if len(self._watched) >= MAX_WATCHED:
                    self._watched.clear()
                self._watched[account.name] = account

    async def grown(self, sums: Mapping[str, int]) -> None:
        """These accounts' spend has grown. Raises what the database raises."""
        accounts = [self._watched.pop(name) for name in sums if name in self._watched]
        if not accounts:
            return
        async with self._database.read() as connection:
            queries = BudgetQueries(connection)
            spends = [await queries.spent(account) for account in accounts]
        for account, spent in zip(accounts, spends, strict=True):
            self._judge(account, spent)

    def _judge(self, account: Account, spent: int) -> None:
        if account.soft_pico is not None and spent >= account.soft_pico:
            self._tell(account, spent, "soft_budget_crossed", "Soft budget crossed", account.soft_pico)
        limit = account.limit_pico
        if not self._hard_too or account.base_pico >= NO_BUDGET:
            return
        if spent >= limit:
            self._tell(account, spent, "budget_crossed", "Budget crossed", limit)
            return
        share = next((share for share in NEARLY if spent >= share * limit), None)
        if share is not None:
            self._tell(account, spent, "threshold_crossed", f"{share:.0%} of the budget used", limit)

    def _tell(self, account: Account, spent: int, event: str, said: str, limit: int) -> None:
        text = f"{said}: {account.said}, spend {pico_to_usd(spent)}, budget {pico_to_usd(limit)} (USD)"
        parts = account.entity_id.split("\x1f")
        told: dict[str, Any] = {
            "event": event, "event_group": _GROUPS.get(account.kind, account.kind), "event_message": text,
            "spend": pico_to_usd(spent), "max_budget": pico_to_usd(account.limit_pico),
            "soft_budget": None if account.soft_pico is None else pico_to_usd(account.soft_pico),
            "token": parts[0] if account.kind == "key" else None,
            "user_id": parts[-1] if account.kind in ("user", "team_member", "organization_member") else None,
            "team_id": parts[0] if account.kind in ("team", "team_member") else None,
            "organization_id": parts[0] if account.kind in ("organization", "organization_member") else None,
            "customer_id": parts[0] if account.kind == "end_user" else None,
        }  # fmt: skip
        self._alerts.send(KIND, f"{account.name}:{event}:{said}:{limit}", text, told)
