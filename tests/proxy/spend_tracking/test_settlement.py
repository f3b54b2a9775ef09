"""The row of a settlement holds what every database can."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st
from litellm.litellm_core_utils.usage_counts import MAX_TOKENS
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.metering import Metered
from litellm.proxy.spend_tracking.settlement import settlement_row

COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
odd = st.one_of(st.integers(), st.floats(), st.text(max_size=3), st.none(), st.integers(2**30, 2**32))


@given(st.dictionaries(st.sampled_from(COUNTS), odd))
def test_counts_of_tokens_fit_their_columns(usage: dict[str, Any]) -> None:
    row = settlement_row({}, UserAPIKeyAuth(), "id", "m", Metered(usage).usage, 1, "success", {})
    assert all(type(row[name]) is int and 0 <= row[name] <= MAX_TOKENS for name in COUNTS)
