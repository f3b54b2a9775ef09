"""What videos and readings of documents cost, by the rules alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from litellm.cost_rules import LARGE_PICTURE, ocr_cost, video_cost

USUAL, LARGE = {"output_cost_per_video_per_second": 0.3}, {"output_cost_per_video_per_second": 0.5}
CATALOGUE: dict[str, Any] = {"m": USUAL, "m-high-res": LARGE}


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(0, 10**6))
def test_a_video_costs_by_second_and_size(width: int, height: int, seconds: int) -> None:
    cost = video_cost("m", USUAL, CATALOGUE, seconds=seconds, resolution=None, size=f"{width}x{height}")
    assert cost == seconds * Decimal("0.5" if min(width, height) >= LARGE_PICTURE else "0.3")
    assert video_cost("n", USUAL, CATALOGUE, seconds=seconds, resolution="4k", size=f"{width}x{height}") == (
        seconds * Decimal("0.3")
    )


@pytest.mark.parametrize(("resolution", "price"), [("1080p", "0.12"), ("720p", "0.1"), (None, "0.1")])
def test_a_resolution_may_have_a_price(resolution: str | None, price: str) -> None:
    entry = {"output_cost_per_second": 0.1, "output_cost_per_second_1080p": 0.12}
    assert video_cost("v", entry, {}, seconds="8", resolution=resolution, size=None) == 8 * Decimal(price)


@pytest.mark.parametrize("size", [None, "", "x", "odd", "2000", "2000x", "2000x2000x2000", 5])
def test_a_size_that_is_none_is_the_usual(size: Any) -> None:
    assert video_cost("m", USUAL, CATALOGUE, seconds=1, resolution=None, size=size) == Decimal("0.3")


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_reading_costs_by_page(pages: int, annotated: int) -> None:
    entry = {"ocr_cost_per_page": 0.004, "annotation_cost_per_page": 0.005}
    used = {"pages_processed": pages, "pages_processed_annotation": annotated, "credits": 9}
    assert ocr_cost(entry, used) == pages * Decimal("0.004") + annotated * Decimal("0.005")
    assert ocr_cost({"ocr_cost_per_credit": 0.015}, used) == 9 * Decimal("0.015")
    assert ocr_cost(entry, {}) == 0
