"""Usage that a provider tells, sound or not."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st
from litellm.litellm_core_utils.usage_counts import MAX_TOKENS, bounded_count, countable
from litellm.llms.openai.realtime import add_usage

names = st.sampled_from(["prompt_tokens", "inputTokens", "promptTokenCount", "prompt_tokens_details", "cost", "tier"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


def counts(usage: dict[str, Any]) -> list[Any]:
    inner = [count for value in usage.values() if isinstance(value, dict) for count in counts(value)]
    own = [value for name, value in usage.items() if name.endswith(("okens", "Count")) and not isinstance(value, dict)]
    return own + inner


@given(st.dictionaries(names, values, max_size=6))
def test_counts_are_whole_numbers_within_bounds(usage: dict[str, Any]) -> None:
    found = countable(usage)
    assert found is not None
    assert all(count is None or (type(count) is int and 0 <= count <= MAX_TOKENS) for count in counts(found))
    assert countable(found) is found
    assert found.get("cost") == usage.get("cost") or found["cost"] != found["cost"] or isinstance(found["cost"], dict)


def test_what_is_sound_stays_the_same_object() -> None:
    usage = {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 1},
    }
    assert countable(usage) is usage


def test_what_cannot_be_a_count() -> None:
    odd = {"prompt_tokens": "3", "completion_tokens": -1, "total_tokens": 4.0, "prompt_tokens_details": "none"}
    assert countable(odd) == {"total_tokens": 4}
    assert [countable(value) for value in ("free", [], 3, None)] == [None] * 4
    assert [bounded_count(value) for value in (10**30, float("inf"), float("nan"), True, "4", None, 5)] == [
        MAX_TOKENS, MAX_TOKENS, 0, 0, 0, 0, 5,
    ]  # fmt: skip


told = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "input_token_details", "output_token_details"]), values
)


@given(st.lists(st.one_of(told, values), max_size=3))
def test_a_realtime_session_adds_up_counts_only(usages: list[Any]) -> None:
    total: dict[str, Any] = {}
    for usage in usages:
        add_usage(total, {"response": {"usage": usage}})
    assert all(type(count) is int and 0 <= count <= 6 * MAX_TOKENS for count in counts(total))
