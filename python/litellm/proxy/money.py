"""Dollars at the edge, integer pico-dollars (10⁻¹² USD) inside."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

PICO_PER_USD = 1_000_000_000_000


def usd_to_pico(usd: float | str | Decimal) -> int:
    """The nearest whole pico-dollar of a non-negative amount. Raises ValueError for anything else."""
    amount = Decimal(str(usd))
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"not an amount of money: {usd!r}")
    return int((amount * PICO_PER_USD).to_integral_value(rounding=ROUND_HALF_EVEN))


def pico_to_usd(pico: int) -> float:
    """For upstream's float fields."""
    return pico / PICO_PER_USD


def pico_to_usd_text(pico: int) -> str:
    """As upstream writes it in headers: the shortest text of the float."""
    return repr(pico_to_usd(pico))
