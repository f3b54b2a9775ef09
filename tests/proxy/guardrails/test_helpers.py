"""What custom guardrails import besides their base class."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litellm.proxy.guardrails.guardrail_helpers import should_proceed_based_on_metadata


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, True),
        ({"metadata": None}, True),
        ({"metadata": {"guardrails": {"mine": True}}}, True),
        ({"metadata": {"guardrails": {"mine": False}}}, False),
        ({"metadata": {"guardrails": {"other": True}}}, False),
        ({"metadata": {"guardrails": ["other"]}}, True),
    ],
)
def test_a_request_says_whether_a_guardrail_runs(data: dict[str, Any], expected: bool) -> None:
    assert asyncio.run(should_proceed_based_on_metadata(data, "mine")) is expected
