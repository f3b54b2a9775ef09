"""Prices of a plan: those of the reference, or none."""

from __future__ import annotations

import litellm
import pytest
from hypothesis import given, strategies as st
from litellm.proxy.metering import price, with_usage
from litellm.proxy.native.plan import linear_prices

counts = st.integers(0, 10**6)


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "o3"])
@given(prompt=counts, completion=counts, share=st.integers(0, 100))
def test_a_linear_price_is_the_references(model: str, prompt: int, completion: int, share: int) -> None:
    hidden = {"litellm_model_name": model, "llm_provider": "openai"}
    prices = linear_prices(hidden)
    assert prices is not None
    cached = prompt * share // 100
    usage = {
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }  # fmt: skip
    linear = (prompt - cached) * prices["input"] + cached * prices["cached"] + completion * prices["output"]
    assert linear == price(with_usage(usage), hidden)


def test_a_price_with_tiers_is_pythons() -> None:
    rows = litellm.model_cost.items()
    tier = "input_cost_per_token_above_200k_tokens"
    tiered = next(name for name, row in rows if row.get("litellm_provider") == "gemini" and row.get(tier))
    assert linear_prices({"litellm_model_name": tiered, "llm_provider": "gemini"}) is None


def test_custom_prices_are_known() -> None:
    own = {"input_cost_per_token": 2e-6, "output_cost_per_token": 3e-6}
    hidden = {"litellm_model_name": "my-model", "llm_provider": "openai", "custom_cost_per_token": own}
    assert linear_prices(hidden) == {"input": 2_000_000, "output": 3_000_000, "cached": 2_000_000}
