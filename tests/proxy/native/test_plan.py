"""Prices of a plan: those of the reference, or none."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from hypothesis import given, strategies as st
from litellm.pipeline.preview import OpenAIRequest, openai_request
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


BASE = {"api_base": "http://127.0.0.1:9/v1", "api_key": "k"}


async def asked(**arguments: Any) -> OpenAIRequest | None:
    return openai_request({**BASE, **arguments}, {})


async def test_a_deployment_is_asked_as_the_sdk_would_ask_it() -> None:
    request = await asked(model="openai/gpt-4o", timeout=7)
    assert request is not None
    assert (request.url, request.model, request.timeout_s) == ("http://127.0.0.1:9/v1/chat/completions", "gpt-4o", 7.0)
    assert ("authorization", "Bearer k") in request.headers
    assert {"temperature", "tools", "tool_choice", "max_tokens", "response_format"} <= request.params


@pytest.mark.parametrize(
    "arguments",
    [
        {"model": "anthropic/claude-sonnet-4-5"},
        {"model": "openai/gpt-4o", "extra_body": {"x": 1}},
        {"model": "openai/gpt-4o", "temperature": 0.1},
        {"model": "openai/gpt-4o", "mock_response": "hi"},
        {"model": "openai/responses/gpt-4o"},
        {"model": "openai/gpt-4o", "extra_query": {"a": "b"}},
        {"model": "nobody/knows"},
    ],
    ids=str,
)
async def test_a_deployment_that_needs_more_than_a_models_name_is_pythons(arguments: dict[str, Any]) -> None:
    assert await asked(**arguments) is None


async def test_parameters_that_are_changed_are_pythons() -> None:
    request = await asked(model="openai/o3")
    assert request is None or not {"max_tokens", "temperature"} & request.params
