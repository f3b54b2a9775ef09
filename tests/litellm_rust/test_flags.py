"""Feature flags: what is read from where, what a canary is, and tables in shadow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from litellm_rust import flags
from litellm_rust.counters import feature_metrics
from litellm_rust.flags import Flag
from litellm_rust.limits import BudgetTable, LimitTable
from litellm_rust.routing import RoutingTable


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = {feature: flags.flag(feature) for feature in flags.FEATURES}
    yield
    flags.set_flags(before)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, Flag("on")),
        (False, Flag("off")),
        ("TRUE", Flag("on")),
        (" off ", Flag("off")),
        ("1", Flag("on")),
        ("no", Flag("off")),
        ("shadow", Flag("shadow")),
        ("canary:10", Flag("canary", 10)),
        ("Canary:0.5", Flag("canary", 0.5)),
        (Flag("shadow"), Flag("shadow")),
    ],
)
def test_a_flag_reads(value: Any, expected: Flag) -> None:
    assert Flag.parse(value) == expected
    assert Flag.parse(str(expected)) == expected


@pytest.mark.parametrize("value", ["", "maybe", "canary", "canary:", "canary:101", "canary:-1", "canary:nan", "on:5"])
def test_a_flag_refuses(value: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Flag.parse(value)
    with pytest.raises(ValueError, match="routing"):
        flags.set_flags({"routing": value})


def test_set_flags_changes_all_or_nothing() -> None:
    with pytest.raises(ValueError, match="unknown feature 'teleport'"):
        flags.set_flags({"routing": "off", "teleport": "on"})
    with pytest.raises(TypeError, match="rate_limiting"):
        flags.set_flags({"routing": "off", "rate_limiting": 3})  # type: ignore[dict-item]
    assert flags.enabled("routing")
    with pytest.raises(ValueError, match="transport cannot run in shadow"):
        flags.set_flags({"transport": "shadow"})


@pytest.mark.parametrize(
    ("value", "expected"), [("canary:25", "canary:25"), ("false", "off"), ("on", "on"), ("shadow", "shadow")]
)
def test_the_environment_sets_flags(value: str, expected: str) -> None:
    assert _python("from litellm_rust import flags; print(flags.flag('routing'))", value) == expected


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failure:
        _python("from litellm_rust import flags", "sometimes")
    assert "LITELLM_RUST_ROUTING: expected on, off, shadow or canary:<percent>" in failure.value.stderr


def _python(script: str, routing: str) -> str:
    environment = {**os.environ, "LITELLM_RUST_ROUTING": routing}
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    return ended.stdout.strip()


@given(key=st.text(), less=st.floats(0, 100), more=st.floats(0, 100))
def test_a_growing_canary_keeps_its_keys(key: str, less: float, more: float) -> None:
    less, more = sorted((less, more))
    if Flag("canary", less).covers("routing", key):
        assert Flag("canary", more).covers("routing", key)
    assert Flag("canary", 100).covers("routing", key)
    assert not Flag("canary", 0).covers("routing", key)


def test_features_have_canaries_of_their_own() -> None:
    flag = Flag("canary", 50)
    keys = list(map(str, range(1000)))
    both = sum(flag.covers("routing", key) and flag.covers("transport", key) for key in keys)
    assert 150 < both < 350
    # Fixed for all time and processes.
    assert [key for key in keys[:10] if flag.covers("routing", key)] == ["1", "2", "3", "5", "8"]


def test_without_a_key_the_machine_decides() -> None:
    flags.set_flags({"routing": "canary:100"})
    assert flags.native("routing")
    assert flags.native("routing", "somebody")
    flags.set_flags({"routing": "canary:0"})
    assert flags.enabled("routing")
    assert not flags.native("routing")


def test_tables_in_shadow_agree_and_answer_as_the_twin() -> None:
    flags.set_flags({"routing": "shadow", "rate_limiting": "shadow"})
    before = {feature: feature_metrics(feature).differences.value for feature in ("routing", "rate_limiting")}
    limits, budgets, routing = LimitTable(), BudgetTable(), RoutingTable()
    for number in range(30):
        limits.check([("a", 10, 60.0, 1), (f"b{number % 3}", 100, 0.05, 7)])
        limits.record("a", 5, 2)
    budgets.set("a", 100)
    for number in range(5):
        budgets.reserve(str(number), ["a"], 30)
    budgets.settle("1", 20)
    with pytest.raises(KeyError):
        budgets.reserve("9", ["nobody"], 1)
    for number in range(4):
        routing.add("g", f"d{number}", rpm=10 * (number + 1), weight=number, input_cost=number)
    for strategy in ("simple-shuffle", "least-busy", "cost-based-routing", "usage-based-routing-v2") * 5:
        picked = routing.pick("g", strategy, exclude=iter(["d3"]))
        assert picked in {"d0", "d1", "d2"}
        routing.report(picked, ok=True, latency_s=0.5, tokens=10)
    assert len(routing) == 4
    assert {f: feature_metrics(f).differences.value for f in before} == before
    assert feature_metrics("rate_limiting").shadowed.value >= 60
