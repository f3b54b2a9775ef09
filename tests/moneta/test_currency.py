"""Dollars and the virtual currency."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from moneta.currency import Currency, Rate, Rounding, seconds
from moneta.settings import CurrencySettings

PICO = st.integers(min_value=0, max_value=10**18)
RATES = st.decimals(min_value="0.000001", max_value="1000000", places=6)
ROUNDINGS: st.SearchStrategy[Rounding] = st.sampled_from(["half_even", "up"])
CURRENCIES = st.builds(
    lambda decimals, rounding, rate: Currency("ASKII", decimals, rounding, [Rate(0, rate)]),
    st.integers(0, 12), ROUNDINGS, RATES,
)  # fmt: skip


def exact(currency: Currency, pico: int) -> Fraction:
    """Units, not rounded."""
    numerator, denominator = currency._ratio(0)
    return Fraction(pico * numerator, denominator)


@given(CURRENCIES, PICO)
def test_an_amount_is_rounded_once_by_the_rule(currency: Currency, pico: int) -> None:
    off = currency.units(pico) - exact(currency, pico)
    assert abs(off) <= Fraction(1, 2) if currency.rounding == "half_even" else 0 <= off < 1


@given(CURRENCIES, st.lists(PICO, max_size=30))
def test_parts_add_up_to_the_whole(currency: Currency, picos: list[int]) -> None:
    shares = currency.split(picos)
    assert sum(shares) == currency.units(sum(picos))
    assert all(abs(share - exact(currency, pico)) <= 1 for share, pico in zip(shares, picos, strict=True))
    assert abs(sum(shares) - exact(currency, sum(picos))) < 1


@given(CURRENCIES, PICO, PICO)
def test_more_dollars_are_never_less(currency: Currency, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert currency.units(low) <= currency.units(high) <= currency.units_at_most(high)


@given(CURRENCIES, PICO)
def test_there_and_back_loses_at_most_a_unit(currency: Currency, pico: int) -> None:
    units = currency.units(pico)
    one_unit = currency.pico(1) + 1
    assert abs(currency.pico(units) - pico) <= one_unit


@given(st.integers(0, 10**18))
def test_dollars_as_currency_are_the_same(pico: int) -> None:
    assert Currency(decimals=12).units(pico) == pico
    assert Currency(decimals=12).pico(pico) == pico


@given(st.decimals(min_value=0, max_value=10**6, places=12))
def test_decimals_are_exact(usd: Decimal) -> None:
    currency = Currency(decimals=12, rates=[Rate(0, Decimal("2.5"))])
    assert abs(currency.convert_to_askii(usd) - usd * Decimal("2.5")) <= Decimal("1e-12")
    assert abs(currency.convert_to_usd(currency.convert_to_askii(usd)) - usd) <= Decimal("1e-12")


def test_bankers_rounding_and_up() -> None:
    rate = [Rate(0, Decimal(1))]
    bankers, up = Currency(decimals=0, rates=rate), Currency(decimals=0, rounding="up", rates=rate)
    half = 10**12 // 2
    assert [bankers.units(half * count) for count in (1, 3, 5, 7)] == [0, 2, 2, 4]
    assert [up.units(pico) for pico in (0, 1, 10**12, 10**12 + 1)] == [0, 1, 1, 2]
    assert bankers.units(half + 1) == 1


def test_an_old_event_keeps_its_rate() -> None:
    january, june = seconds(datetime.date(2026, 1, 1)), seconds(datetime.date(2026, 6, 1))
    currency = Currency(rates=[Rate(june, Decimal(120)), Rate(january, Decimal(100))])
    dollar = 10**12
    moments = (january - 1, january, june - 0.001, june, june + 10**8)
    assert [currency.amount(currency.units(dollar, at)) for at in moments] == [100, 100, 100, 120, 120]
    assert currency.convert_to_askii("0.5", june) == 60
    assert currency.convert_to_usd("60", june) == Decimal("0.5")


@pytest.mark.parametrize("rates", [[], [Rate(0, Decimal(0))], [Rate(0, Decimal("nan"))], [Rate(0, Decimal(1))] * 2])
def test_rates_that_are_none_are_refused(rates: list[Rate]) -> None:
    with pytest.raises(ValueError, match="rate"):
        Currency(rates=rates)


@pytest.mark.parametrize("amount", ["-1", "nan", "inf"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Currency().convert_to_askii(amount)


def test_a_currency_that_the_database_cannot_count_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer decimals"):
        CurrencySettings.model_validate({"decimals": 9, "rates": [{"per_usd": 100}]}).currency()
