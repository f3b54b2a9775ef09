"""Who is billed for a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.spend_tracking.settlement import clean

from moneta.settings import Settings

CUSTOMER, SUBSCRIPTION = "lago_customer_id", "lago_subscription_id"
"""Fields of a key's or a team's metadata that name whom Lago bills."""
MAX_ID = 255

Mapper = Callable[[UserAPIKeyAuth], Any]
_FIELDS: Mapping[str, Callable[[UserAPIKeyAuth], str | None]] = {
    "api_key": lambda auth: auth.token,
    "user_id": lambda auth: auth.user_id,
    "team_id": lambda auth: auth.team_id,
    "organization_id": lambda auth: auth.org_id,
    "end_user_id": lambda auth: auth.end_user_id,
}


@dataclass(frozen=True, slots=True)
class Charge:
    """A customer of Lago's and one of its subscriptions, by their external ids."""

    customer: str
    subscription: str


class Charging:
    """By `mapping` if one is configured, else by the key's metadata, the team's, and the id that `charge_by` names."""

    def __init__(self, settings: Settings, mapper: Mapper | None = None) -> None:
        self._id_of = _FIELDS[settings.charge_by]
        self._customer, self._subscription = settings.customer, settings.subscription
        self._mapper = mapper

    async def charge(self, auth: UserAPIKeyAuth) -> Charge | None:
        """Whom a call of `auth` is billed to; None when nobody is known."""
        if self._mapper is not None:
            given = self._mapper(auth)
            if inspect.isawaitable(given):
                given = await given
            return _charge(given) if given else None
        known = self._id_of(auth)
        customer = _text(auth.metadata.get(CUSTOMER)) or _text(auth.team_metadata.get(CUSTOMER))
        subscription = _text(auth.metadata.get(SUBSCRIPTION)) or _text(auth.team_metadata.get(SUBSCRIPTION))
        if not known and not customer:
            return None
        customer = customer or self._customer.format(id=known)
        subscription = subscription or self._subscription.format(id=known or customer)
        return _charge({"customer": customer, "subscription": subscription})


def _charge(given: Any) -> Charge:
    """What a mapping answers: a customer, or a mapping of `customer` and `subscription`. Raises ValueError."""
    named = {"customer": given} if isinstance(given, str) else given
    if isinstance(named, Mapping) and (customer := _text(named.get("customer"))):
        subscription = _text(named.get("subscription")) or customer
        return Charge(clean(customer, MAX_ID), clean(subscription, MAX_ID))
    raise ValueError("moneta.mapping must answer a customer, or {'customer': …, 'subscription': …}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
