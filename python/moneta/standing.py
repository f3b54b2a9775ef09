"""How a customer stands with Lago, and whether that allows a call."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Protocol

from litellm.proxy.money import usd_to_pico

from moneta.errors import LagoNotFound, MonetaError

if TYPE_CHECKING:
    from moneta.currency import Currency
    from moneta.settings import Settings

NO_SUBSCRIPTION, NOT_IN_PLAN, NO_WALLET, NO_CREDITS = (
    "no_active_subscription", "model_not_in_plan", "no_wallet", "insufficient_credits",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """`models`: patterns that the plan allows, None for all. `units`: the balance, None where it does not limit."""

    active: bool = True
    models: tuple[str, ...] | None = None
    units: int | None = None
    has_wallet: bool = True

    def allows(self, model: str) -> bool:
        """Whether the plan has the model."""
        return self.models is None or any(fnmatch.fnmatchcase(model, pattern) for pattern in self.models)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The answer: `code` is empty for yes; `message` says what is missing."""

    code: str = ""
    message: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the call may be made."""
        return not self.code


class Teller(Protocol):
    """What standings are read and judged by: `MonetaClient` is one."""

    settings: Settings
    currency: Currency


def standing_of(teller: Teller, subscription: Any = None, entitlements: Any = None, balance: Any = None) -> Standing:
    """Read Lago's answers; one that was not asked for is None, one that Lago does not know a LagoNotFound."""
    settings = teller.settings
    units, has_wallet = None, True
    if balance is not None:
        units = _balance(teller, balance)
        has_wallet = units is not None
    models = None if entitlements is None else tuple(_models(entitlements, settings.entitlement.model_feature))
    return Standing(subscription is None or _is_active(subscription), models, units, has_wallet)


def _is_active(answer: Any) -> bool:
    found = answer.get("subscription") if isinstance(answer, Mapping) else None
    return isinstance(found, Mapping) and found.get("status") == "active"


def _models(answer: Any, feature: str | None) -> Iterator[str]:
    """Patterns of models: names of privileges that are on, and the texts, parted by commas, of the others."""
    if isinstance(answer, LagoNotFound):
        return
    for entitlement in answer.get("entitlements") or ():
        if entitlement.get("code") != feature:
            continue
        for privilege in entitlement.get("privileges") or ():
            value = privilege.get("value")
            if value is True or value == "true":
                yield str(privilege.get("code"))
            elif isinstance(value, str) and value != "false":
                yield from (part.strip() for part in value.split(",") if part.strip())


def _balance(teller: Teller, answer: Any) -> int | None:
    """Units in all active wallets that are good for our metric, or in the one balance of another profile."""
    if isinstance(answer, LagoNotFound):
        return None
    if "wallets" not in answer:
        found = answer.get("balance")
        if isinstance(found, Mapping):
            found = next(
                (found[name] for name in ("credits_ongoing_balance", "amount", "balance") if name in found), None
            )
        return None if found is None else _units(teller, found)
    good = [wallet for wallet in answer["wallets"] if _is_good(wallet, teller.settings.event_code)]
    return sum(_units(teller, wallet["credits_ongoing_balance"]) for wallet in good) if good else None


def _is_good(wallet: Mapping[str, Any], code: str) -> bool:
    if wallet.get("status") != "active":
        return False
    expires = wallet.get("expiration_at")
    if expires and datetime.datetime.fromisoformat(expires.replace("Z", "+00:00")) <= _now():
        return False
    metrics = (wallet.get("applies_to") or {}).get("billable_metric_codes")
    return not metrics or code in metrics


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _units(teller: Teller, amount: Any) -> int:
    currency = teller.currency
    try:
        return currency.units_of(amount if isinstance(amount, (str, int)) else str(amount))
    except (ValueError, InvalidOperation) as error:
        raise MonetaError("Lago's balance is no number") from error


def decide(teller: Teller, customer: str, standing: Standing, model: str, estimated_cost: Decimal | str) -> Entitlement:
    """Judge a call that may cost `estimated_cost` USD by `standing` alone."""
    currency = teller.currency
    refusal = refusal_of(customer, standing, model, without_wallet=teller.settings.entitlement.without_wallet)
    if refusal is not None:
        return refusal
    needed = currency.units_at_most(usd_to_pico(estimated_cost))
    if standing.units is not None and needed > standing.units:
        return short_of_credits(currency, customer, standing.units, 0, needed)
    return Entitlement()


def refusal_of(customer: str, standing: Standing, model: str, *, without_wallet: str) -> Entitlement | None:
    """Why no call to `model` is allowed, whatever it costs; None when only the balance decides."""
    if not standing.active:
        return Entitlement(NO_SUBSCRIPTION, f"the customer {customer!r} has no active subscription")
    if not standing.allows(model):
        message = f"the plan of the customer {customer!r} does not include the model {model[:200]!r}"
        return Entitlement(NOT_IN_PLAN, message)
    if not standing.has_wallet and without_wallet == "refuse":
        return Entitlement(NO_WALLET, f"the customer {customer!r} has no active wallet with prepaid credits")
    return None


def short_of_credits(currency: Currency, customer: str, left: int, reserved: int, needed: int) -> Entitlement:
    """Too little is left; all in units."""
    missing = needed + reserved - left
    message = (
        f"not enough {currency.name}: the customer {customer!r} has {currency.text(left)}, calls under way may use "
        f"{currency.text(reserved)} of it, and this call may cost {currency.text(needed)}; "
        f"{currency.text(missing)} {currency.name} are missing"
    )
    return Entitlement(NO_CREDITS, message)
