"""The config's section `moneta`, and upstream's `LAGO_*` variables."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from moneta.currency import MAX_DECIMALS, Currency, Rate, Rounding, seconds

ChargeBy = Literal["api_key", "user_id", "team_id", "organization_id", "end_user_id"]
MAX_BATCH = 100
"""Events in one request, by Lago's documentation of `POST /events/batch`."""
MAX_UNITS_PER_USD = 10**10
"""So that the database's whole numbers hold what a customer spends in all: up to 900 million dollars."""
_VARIABLES = {
    "api_base": "LAGO_API_BASE", "api_key": "LAGO_API_KEY", "event_code": "LAGO_API_EVENT_CODE",
    "charge_by": "LAGO_API_CHARGE_BY",
}  # fmt: skip


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RateSettings(_Section):
    """What a dollar is worth from a date on."""

    since: datetime.datetime | datetime.date = Field(datetime.date(1970, 1, 1), alias="from")
    per_usd: Decimal = Field(gt=0)


class CurrencySettings(_Section):
    """The virtual currency."""

    name: str = "ASKII"
    decimals: int = Field(6, ge=0, le=MAX_DECIMALS)
    rounding: Rounding = "half_even"
    rates: list[RateSettings] = Field(default_factory=lambda: [RateSettings(per_usd=Decimal(1))], min_length=1)

    def currency(self) -> Currency:
        """The currency. Raises ValueError when two rates begin at the same moment, or a dollar is too many units."""
        if max(rate.per_usd for rate in self.rates) * 10**self.decimals > MAX_UNITS_PER_USD:
            raise ValueError(f"a dollar must not be more than {MAX_UNITS_PER_USD} smallest units: use fewer decimals")
        rates = [Rate(seconds(rate.since), rate.per_usd) for rate in self.rates]
        return Currency(self.name, self.decimals, self.rounding, rates)


class EntitlementSettings(_Section):
    """What is asked of Lago before a call. Times in seconds."""

    enabled: bool = True
    subscription: bool = True
    model_feature: str | None = None
    balance: Literal["wallets", "balance", "off"] = "wallets"
    without_wallet: Literal["refuse", "allow"] = "refuse"
    ttl_s: float = Field(60.0, gt=0)
    stale_s: float = Field(600.0, ge=0)
    balance_lag_s: float = Field(300.0, ge=0)
    refusal_ttl_s: float = Field(2.0, ge=0)
    retry_s: float = Field(1.0, ge=0)
    when_unavailable: Literal["fail_open", "fail_closed"] = "fail_closed"
    max_customers: int = Field(100_000, ge=1)


class OutboxSettings(_Section):
    """How events are sent. Times in seconds."""

    batch_size: int = Field(MAX_BATCH, ge=1, le=MAX_BATCH)
    flush_interval_s: float = Field(0.5, ge=0)
    senders: int = Field(2, ge=1, le=32)
    retry_min_s: float = Field(0.5, gt=0)
    retry_max_s: float = Field(60.0, gt=0)
    max_attempts: int = Field(20, ge=1)
    keep_delivered_s: float = Field(86_400.0, ge=0)


class WebhookSettings(_Section):
    """How webhooks are checked."""

    issuer: str | None = None
    hmac_key: SecretStr | None = None
    keep_s: float = Field(7 * 86_400.0, gt=0)


class Settings(_Section):
    """The whole section."""

    api_base: str
    api_key: SecretStr
    event_code: str
    charge_by: ChargeBy = "end_user_id"
    customer: str = "{id}"
    subscription: str = "{id}"
    mapping: str | None = None
    unmapped: Literal["refuse", "allow"] = "refuse"
    report_failures: bool = False
    timeout_s: float = Field(10.0, gt=0)
    paths: Literal["lago", "direct"] | dict[str, str] = "lago"
    currency: CurrencySettings = Field(default_factory=CurrencySettings)
    entitlement: EntitlementSettings = Field(default_factory=EntitlementSettings)
    outbox: OutboxSettings = Field(default_factory=OutboxSettings)
    webhook: WebhookSettings = Field(default_factory=WebhookSettings)


def read_settings(section: Mapping[str, Any] | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a config's section; what it leaves out comes from upstream's variables.

    Without a section (None) calls are only reported, as upstream's callback `lago` does. Raises pydantic's
    ValidationError.
    """
    known = {name: environ[variable] for name, variable in _VARIABLES.items() if environ.get(variable)}
    if section is None:
        known |= {"unmapped": "allow"}
        return Settings.model_validate(known | {"entitlement": {"enabled": False}})
    given = {name: value for name, value in section.items() if value is not None}
    return Settings.model_validate(known | given)


def problems_of(error: ValidationError) -> list[tuple[str, str]]:
    """(key, what is wrong with it) of each mistake; values are not repeated, they may be secret."""
    return [
        (".".join(["moneta", *(str(part) for part in item["loc"])]), _said(str(item["type"]), item["msg"]))
        for item in error.errors(include_input=False, include_url=False)
    ]


def _said(kind: str, message: str) -> str:
    return {"missing": "is required", "extra_forbidden": "unknown key"}.get(kind, message)
