"""From a settled call to Lago's event. The same row gives the same event, whenever it is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from litellm.proxy.money import usd_to_pico

from moneta.currency import Currency


@dataclass(frozen=True, slots=True)
class Event:
    """One usage event. `units`: its cost in the smallest units of the virtual currency."""

    transaction_id: str
    customer: str
    subscription: str
    code: str
    timestamp: str
    properties: Mapping[str, Any]
    units: int

    def body(self) -> dict[str, Any]:
        """As Lago takes it."""
        return {
            "transaction_id": self.transaction_id,
            "external_subscription_id": self.subscription,
            "code": self.code,
            "timestamp": self.timestamp,
            "properties": dict(self.properties),
        }

    def json(self) -> str:
        """`body` as text."""
        return json.dumps(self.body(), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class EventWriter:
    """Makes events of one billable metric (`code`) with costs in `currency`."""

    code: str
    currency: Currency
    report_failures: bool = False

    def event(self, row: Mapping[str, Any]) -> Event | None:
        """The event of a settlement or of a row of the spend log; None for a call that is not billed.

        A call that failed and cost nothing is reported only with `report_failures`.
        """
        billing = (row.get("metadata") or {}).get("billing")
        if not billing:
            return None
        pico = row.get("spend_pico")
        if pico is None:
            pico = usd_to_pico(max(row["spend"], 0.0))
        if row["status"] == "failure" and not pico and not self.report_failures:
            return None
        units = self.currency.units(pico, float(billing["at"]))
        return Event(
            row["request_id"], billing["customer"], billing["subscription"], self.code, billing["at"],
            self._properties(row, pico, units), units,
        )  # fmt: skip

    def _properties(self, row: Mapping[str, Any], pico: int, units: int) -> dict[str, Any]:
        usage = (row.get("metadata") or {}).get("usage_object") or {}
        found = {
            "model": row.get("model"),
            "model_group": row.get("model_group"),
            "provider": row.get("custom_llm_provider"),
            "api_key": row.get("api_key"),
            "user_id": row.get("user"),
            "team_id": row.get("team_id"),
            "organization_id": row.get("organization_id"),
            "end_user_id": row.get("end_user"),
            "prompt_tokens": row.get("prompt_tokens") or 0,
            "completion_tokens": row.get("completion_tokens") or 0,
            "total_tokens": row.get("total_tokens") or 0,
            "cached_tokens": _cached(usage),
            "reasoning_tokens": _inside(usage, "completion_tokens_details", "reasoning_tokens"),
            "response_cost": pico_text(pico),
            "cost_usd": pico_text(pico),
            f"cost_{self.currency.name.lower()}": self.currency.text(units),
            "currency": self.currency.name,
            "duration_ms": row.get("request_duration_ms") or 0,
            "status": row["status"],
        }
        return {name: value for name, value in found.items() if value not in (None, "")}


def pico_text(pico: int) -> str:
    """Pico-dollars as dollars in plain digits, exact."""
    return f"{Decimal(pico).scaleb(-12).normalize():f}"


def _cached(usage: Mapping[str, Any]) -> int:
    read = usage.get("cache_read_input_tokens")
    return int(read) if read else _inside(usage, "prompt_tokens_details", "cached_tokens")


def _inside(usage: Mapping[str, Any], group: str, name: str) -> int:
    details = usage.get(group)
    return int(details.get(name) or 0) if isinstance(details, Mapping) else 0
