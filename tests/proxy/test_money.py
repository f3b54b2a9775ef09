"""Dollars and pico-dollars."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from litellm.proxy.money import pico_to_usd, pico_to_usd_text, usd_to_pico


@given(st.integers(min_value=0, max_value=10**15))
def test_what_a_float_can_hold_survives_the_way_there_and_back(pico: int) -> None:
    assert usd_to_pico(pico_to_usd(pico)) == pico


def test_prices_are_exact() -> None:
    assert usd_to_pico(2.5e-06) == 2_500_000
    assert usd_to_pico("0.00000015") == 150_000
    assert pico_to_usd_text(22_500_000) == "2.25e-05"


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "-0.1"])
def test_what_is_no_amount_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        usd_to_pico(amount)
