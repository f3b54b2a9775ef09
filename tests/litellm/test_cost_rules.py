"""Ways of billing that are a provider's own: by a model's size, by ranges, by the hour, by tokens instead of images."""

from __future__ import annotations

from datetime import datetime, timezone

import litellm
import pytest
from litellm.cost_rules import off_peak_prices, rates_of
from litellm.litellm_core_utils.size_prices import price_by_size


@pytest.mark.parametrize(
    ("provider", "model", "key"),
    [
        ("together_ai", "acme/tiny-3b", "together-ai-up-to-4b"),
        ("together_ai", "acme/chat-70B-turbo", "together-ai-41.1b-80b"),
        ("together_ai", "acme/huge-405b", None),
        ("together_ai", "acme/unsized", None),
        ("fireworks_ai", "acme-13b", "fireworks-ai-4.1b-to-16b"),
        ("fireworks_ai", "acme-405b", "fireworks-ai-above-16b"),
        ("fireworks_ai", "acme-8x22b", "fireworks-ai-56b-to-176b"),
        ("fireworks_ai", "acme", "fireworks-ai-default"),
        ("openai", "acme-7b", None),
    ],
)
def test_a_name_tells_its_class(provider: str, model: str, key: str | None) -> None:
    assert price_by_size(model, provider) == key


def test_embeddings_are_sized_in_millions() -> None:
    assert price_by_size("bge-150m", "together_ai", "embedding") == "together-ai-embedding-up-to-150m"


def test_prices_of_ranges() -> None:
    tiers = [
        {"range": [0, 1000], "input_cost_per_token": 1},
        {"range": [1000, 2000], "input_cost_per_token": 2},
    ]
    chosen = [
        rates_of({"tiered_pricing": tiers}, "x", tokens)["input_cost_per_token"] for tokens in (0, 1000, 1001, 9999)
    ]
    assert chosen == [1, 1, 2, 2]


OFF_PEAK = {
    "input_cost_per_token": 0.5,
    "windows": [
        {"hours_utc": ["00:00-01:00", "22:00-00:00"], "weekdays": [1, 2, 3, 4, 5]},
        {"hours_utc": "00:00-00:00", "weekdays": [6, 7]},
    ],
}


@pytest.mark.parametrize(
    ("day", "hour", "cheap"),
    [(5, 0, True), (5, 1, False), (5, 21, False), (5, 23, True), (10, 12, True), (11, 23, True)],
)
def test_prices_of_the_night(day: int, hour: int, cheap: bool) -> None:
    now = datetime(2026, 1, day, hour, 30, tzinfo=timezone.utc)  # the 5th is a Monday
    assert bool(off_peak_prices(OFF_PEAK, now)) is cheap


def test_the_day_of_the_week_is_that_of_its_zone() -> None:
    saturday_in_shanghai = datetime(2026, 1, 9, 20, tzinfo=timezone.utc)
    windows = [{"hours_utc": "00:00-00:00", "weekdays": [6, 7]}]
    assert not off_peak_prices({"windows": windows, "input_cost_per_token": 1}, saturday_in_shanghai)
    zoned = {"windows": windows, "input_cost_per_token": 1, "weekday_timezone": "Asia/Shanghai"}
    assert off_peak_prices(zoned, saturday_in_shanghai) == {"input_cost_per_token": 1}


def test_a_name_that_is_listed_elsewhere_is_not_guessed_to_be_free() -> None:
    with pytest.raises(litellm.ModelNotMappedError):
        litellm.cost_per_token("claude-sonnet-4-5", 10, 10, custom_llm_provider="groq")


def test_gateways_are_priced_like_whom_they_forward_to() -> None:
    own = litellm.cost_per_token("gpt-4o", 1000, 10, custom_llm_provider="openai")
    assert litellm.cost_per_token("gpt-4o", 1000, 10, custom_llm_provider="litellm_proxy") == own


def test_a_price_by_the_second_needs_no_model() -> None:
    response = litellm.ModelResponse(model="nobody-knows")
    assert litellm.completion_cost(response, "nobody-knows", custom_cost_per_second=0.01, total_time=2000) == 0.02


def test_limits_of_listed_models_without_one() -> None:
    assert litellm.get_max_tokens("gpt-4o-mini-tts") is None
    with pytest.raises(Exception, match="no-such-model"):
        litellm.get_max_tokens("no-such-model")


def test_tiers_of_search_results_hold_no_prices_of_tokens() -> None:
    entry = {"tiered_pricing": [{"max_results_range": [1, 25], "input_cost_per_query": 0.005}]}
    assert rates_of(entry, "exa_ai", 10) == entry
