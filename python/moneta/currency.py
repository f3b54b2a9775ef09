"""US dollars to a virtual currency and back, in integers: amounts in USD are pico-dollars, virtual ones smallest units.

A rate holds from its date until the next one's, so that an old event keeps its rate. Each amount is rounded once, by
the configured rule; `split` rounds the parts of an amount so that they add up to the rounded whole.
"""

from __future__ import annotations

import bisect
import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_even", "up"]

PICO_PER_USD = 10**12
MAX_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Rate:
    """So much of the currency for a dollar, from a moment on (seconds since 1970; the first holds before it too)."""

    since: float
    per_usd: Decimal


class Currency:
    """A virtual currency of `decimals` places. Raises ValueError for rates that are none."""

    def __init__(
        self, name: str = "ASKII", decimals: int = 6, rounding: Rounding = "half_even",
        rates: Sequence[Rate] = (Rate(0.0, Decimal(1)),),
    ) -> None:  # fmt: skip
        if not rates or any(not rate.per_usd.is_finite() or rate.per_usd <= 0 for rate in rates):
            raise ValueError("a currency needs rates above 0")
        if not 0 <= decimals <= MAX_DECIMALS:
            raise ValueError(f"decimals: 0 to {MAX_DECIMALS}")
        ordered = sorted(rates, key=lambda rate: rate.since)
        self.name, self.decimals, self.rounding = name, decimals, rounding
        self._since = [rate.since for rate in ordered]
        if len(set(self._since)) != len(ordered):
            raise ValueError("two rates begin at the same moment")
        scale = Fraction(10**decimals, PICO_PER_USD)
        self._ratios = [
            (ratio.numerator, ratio.denominator) for ratio in (Fraction(rate.per_usd) * scale for rate in ordered)
        ]

    def _ratio(self, at: float | None) -> tuple[int, int]:
        """Units for a pico-dollar at that moment, as a fraction."""
        if len(self._ratios) == 1:
            return self._ratios[0]
        found = bisect.bisect_right(self._since, time.time() if at is None else at) - 1
        return self._ratios[max(found, 0)]

    def units(self, pico: int, at: float | None = None) -> int:
        """Smallest units for `pico` pico-dollars, by the rate of `at` (seconds since 1970; now), rounded."""
        numerator, denominator = self._ratio(at)
        whole, rest = divmod(pico * numerator, denominator)
        if not rest:
            return whole
        if self.rounding == "up":
            return whole + 1
        twice = 2 * rest
        return whole + (twice > denominator or (twice == denominator and whole % 2 == 1))

    def units_at_most(self, pico: int, at: float | None = None) -> int:
        """Smallest units that surely cover `pico` pico-dollars: rounded up whatever the rule is."""
        numerator, denominator = self._ratio(at)
        return -(-pico * numerator // denominator)

    def split(self, picos: Sequence[int], at: float | None = None) -> list[int]:
        """The parts of an amount in units: they add up to the rounded whole, and each is less than one unit off."""
        shares: list[int] = []
        total = before = 0
        for pico in picos:
            total += pico
            upto = self.units(total, at)
            shares.append(upto - before)
            before = upto
        return shares

    def pico(self, units: int, at: float | None = None) -> int:
        """Pico-dollars for smallest units, to the nearest."""
        numerator, denominator = self._ratio(at)
        whole, rest = divmod(units * denominator, numerator)
        return whole + (2 * rest > numerator or (2 * rest == numerator and whole % 2 == 1))

    def amount(self, units: int) -> Decimal:
        """Units as an amount of the currency, with all its places."""
        return Decimal(units).scaleb(-self.decimals)

    def text(self, units: int) -> str:
        """Units as plain digits: `12.500000`."""
        return f"{self.amount(units):f}"

    def units_of(self, amount: Decimal | str | int) -> int:
        """An amount of the currency in smallest units; what is finer is cut off, towards less. Raises ValueError."""
        given = Decimal(amount)
        if not given.is_finite():
            raise ValueError(f"not an amount: {amount!r}")
        scaled = Fraction(given) * 10**self.decimals
        return int(scaled.numerator // scaled.denominator)

    def convert_to_askii(self, usd: Decimal | str | int, at: float | None = None) -> Decimal:
        """The currency for an amount of dollars by the rate of `at`, rounded to its smallest unit.

        Dollars finer than a pico-dollar are rounded to it first. Raises ValueError for a negative amount or none.
        """
        given = Decimal(usd)
        if not given.is_finite() or given < 0:
            raise ValueError(f"not an amount of money: {usd!r}")
        pico = int((given * PICO_PER_USD).to_integral_value(rounding=ROUND_HALF_EVEN))
        return self.amount(self.units(pico, at))

    def convert_to_usd(self, askii: Decimal | str | int, at: float | None = None) -> Decimal:
        """The dollars for an amount of the currency by the rate of `at`, to the nearest pico-dollar."""
        return Decimal(self.pico(self.units_of(askii), at)).scaleb(-12)


def seconds(moment: datetime.date | datetime.datetime) -> float:
    """Seconds since 1970 of a date (its midnight in UTC) or a time (in UTC unless it says otherwise)."""
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime(moment.year, moment.month, moment.day)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp()
