"""`litellm_rust.routing`: the native table and its twin give the same answers."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from litellm_rust import _native
from litellm_rust._twins import routing as twin

TABLES: list[Any] = [_native.RoutingTable, twin.RoutingTable]
each_table = pytest.mark.parametrize("table_class", TABLES, ids=["native", "twin"])
DETERMINISTIC = ("least-busy", "cost-based-routing", "usage-based-routing")


class Clock:
    """Virtual time in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@each_table
def test_a_deployment_cools_down_and_comes_back(table_class: Any) -> None:
    clock = Clock()
    table = table_class(clock=clock)
    table.add("m", "a")
    assert table.cool_down("a", 5)
    assert table.pick("m", "simple-shuffle") is None
    assert table.cooling() == [("a", 5.0)]
    clock.now = 5.0
    assert table.pick("m", "simple-shuffle") == "a"
    assert table.cooling() == []


@each_table
def test_usage_elsewhere_counts_in_the_minute(table_class: Any) -> None:
    clock = Clock()
    table = table_class(clock=clock)
    table.add("m", "a", rpm=10)
    table.add("m", "b", rpm=10)
    assert table.raise_usage("a", 10, 500)
    assert table.usage("a") == (10, 500)
    assert {table.pick("m", "usage-based-routing-v2") for _ in range(5)} == {"b"}
    table.raise_usage("a", 3, 3)
    assert table.usage("a") == (10, 500)
    clock.now = 60.0
    assert table.usage("a") == (0, 0)
    assert not table.raise_usage("gone", 1, 1)
    with pytest.raises(ValueError, match="requests"):
        table.raise_usage("a", -1, 0)


@each_table
def test_latencies_measured_elsewhere_count(table_class: Any) -> None:
    clock = Clock()
    table = table_class(clock=clock, latency_samples=2, latency_ttl_s=100)
    for name in ("a", "b"):
        table.add("m", name)
        table.report(name, ok=True, latency_s=1.0, ttft_s=0.5)
    assert table.learn("b", [9.0, 0.2, 0.4], [0.75])
    assert table.stats("b")["latency_s"] == pytest.approx(0.3)
    assert table.stats("b")["ttft_s"] == pytest.approx(0.625)
    assert table.usage("b") == (0, 0)
    assert table.pick("m", "latency-based-routing", reserve=False) == "b"
    assert table.pick("m", "latency-based-routing", stream=True, reserve=False) == "a"
    clock.now = 90.0
    assert table.learn("b", [], [])
    clock.now = 180.0
    assert {table.pick("m", "latency-based-routing", reserve=False) for _ in range(5)} == {"b"}
    assert not table.learn("gone", [1.0], [])
    with pytest.raises(ValueError, match="first_tokens"):
        table.learn("a", [], [-1.0])


@each_table
def test_lower_order_first_then_the_next(table_class: Any) -> None:
    table = table_class()
    table.add("m", "second", order=2)
    table.add("m", "last")
    table.add("m", "first", order=1)
    assert table.pick("m", "simple-shuffle") == "first"
    assert table.pick("m", "simple-shuffle", exclude=["first"]) == "second"
    assert table.pick("m", "least-busy", exclude=["first", "second"]) == "last"
    assert table.pick("m", "least-busy", among=["last", "unknown"]) == "last"


@each_table
def test_tags(table_class: Any) -> None:
    table = table_class()
    table.add("m", "free", tags=["free", "eu"])
    table.add("m", "paid", tags=["paid"])
    table.add("m", "default", tags=["default"])
    assert table.pick("m", "least-busy", tags=["paid", "eu"], match_any=True) in {"free", "paid"}
    assert table.pick("m", "least-busy", tags=["free", "eu"], match_any=False) == "free"
    assert table.pick("m", "least-busy", tags=["free", "paid"], match_any=False) is None
    assert table.pick("m", "least-busy", tags=["unheard-of"]) == "default"
    assert table.pick("m", "least-busy", tags=[]) == "default"
    assert table.pick("m", "least-busy", tags=[], exclude=["default"]) == "paid"


@each_table
def test_health_is_ignored_when_it_rules_out_everything(table_class: Any) -> None:
    table = table_class()
    table.add("m", "a")
    table.add("m", "b")
    table.set_healthy("a", False)
    assert {table.pick("m", "simple-shuffle") for _ in range(20)} == {"b"}
    table.set_healthy("b", False)
    assert {table.pick("m", "simple-shuffle") for _ in range(50)} == {"a", "b"}


@each_table
def test_latency_prefers_the_fastest_within_the_buffer(table_class: Any) -> None:
    table = table_class(latency_buffer=0.5)
    for name, latency, ttft in (("slow", 4.0, 0.1), ("fast", 1.0, 0.9), ("near", 1.5, 0.8)):
        table.add("m", name)
        table.report(name, ok=True, latency_s=latency, ttft_s=ttft)
    assert {table.pick("m", "latency-based-routing") for _ in range(60)} == {"fast", "near"}
    assert table.pick("m", "latency-based-routing", stream=True) == "slow"
    table.report("fast", ok=False, timed_out=True)
    assert table.pick("m", "latency-based-routing") == "near"


@each_table
@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda t: t.pick("m", "fastest"), ValueError),
        (lambda t: t.pick("unknown", "least-busy"), KeyError),
        (lambda t: t.pick("m", "least-busy", tokens=-1), ValueError),
        (lambda t: t.pick("m", "least-busy", tokens=1.5), TypeError),
        (lambda t: t.pick("m", "least-busy", tokens=1 << 70), OverflowError),
        (lambda t: t.pick("m", "least-busy", exclude="a"), TypeError),
        (lambda t: t.add("m", "b", weight=float("nan")), ValueError),
        (lambda t: t.add("m", "b", rpm=-1), ValueError),
        (lambda t: t.add("m", "b", tpm="many"), TypeError),
        (lambda t: t.add("m", "a"), ValueError),
        (lambda t: t.add(1, "b"), TypeError),
        (lambda t: t.cool_down("a", float("inf")), ValueError),
        (lambda t: t.report("a", ok=True, latency_s=float("nan")), ValueError),
        (lambda t: t.report("a", ok=1), TypeError),
        (lambda t: t.usage("unknown"), KeyError),
    ],
)
def test_bad_input(table_class: Any, call: Any, error: type[Exception]) -> None:
    table = table_class()
    table.add("m", "a")
    with pytest.raises(error):
        call(table)
    assert table.pick("m", "least-busy") == "a"


@pytest.mark.parametrize("setting", ["weight", "rpm", "tpm", None])
def test_shuffle_has_the_same_distribution(setting: str | None) -> None:
    shares = [1, 2, 3, 0, 10]
    for table_class in TABLES:
        table = table_class(seed=11)
        for number, share in enumerate(shares):
            table.add("m", str(number), **({setting: share} if setting else {}))
        picks = 100_000
        counts = Counter(table.pick("m", "simple-shuffle", reserve=False) for _ in range(picks))
        expected = [picks * share / sum(shares) for share in shares] if setting else [picks / 5] * 5
        chi_square = sum((counts[str(i)] - e) ** 2 / e for i, e in enumerate(expected) if e)
        assert chi_square < 23.5  # 99.99 % for 4 degrees of freedom; the seed is fixed
        assert set(counts) == {str(i) for i, e in enumerate(expected) if e}


DRAWN = ("latency-based-routing", "usage-based-routing-v2", "rate-limit-aware")


@each_table
@pytest.mark.parametrize("strategy", DRAWN)
@pytest.mark.parametrize("tokens", [0, 60])
def test_ties_are_drawn_evenly(table_class: Any, strategy: str, tokens: int) -> None:
    """Eight of twelve tie for the lowest key; of these, two lack room for 60 tokens."""
    table = table_class(seed=5, clock=Clock())
    for number in range(12):
        table.add("m", str(number), rpm=100, tpm=50 if number in (2, 5) else 1000)
    for number in range(8, 12):
        table.report(str(number), ok=True, latency_s=2, tokens=30)
        table.reserve(str(number))
    expected = [str(number) for number in range(8) if not tokens or number not in (2, 5)]
    picks = 100_000 if table_class is TABLES[0] else 20_000
    counts = Counter(table.pick("m", strategy, tokens=tokens, reserve=False) for _ in range(picks))
    assert sorted(counts) == expected
    share = picks / len(expected)
    assert sum((count - share) ** 2 / share for count in counts.values()) < 29.9  # 99.99 % for 7 degrees of freedom


@each_table
def test_latencies_within_the_buffer_are_drawn_evenly(table_class: Any) -> None:
    table = table_class(seed=6, clock=Clock(), latency_buffer=0.5)
    for number in range(200):
        table.add("m", str(number))
        table.report(str(number), ok=True, latency_s=1.0 if number < 3 else 1.4 if number < 6 else 2.0)
    picks = 60_000 if table_class is TABLES[0] else 6_000
    counts = Counter(table.pick("m", "latency-based-routing", reserve=False) for _ in range(picks))
    assert sorted(counts) == list("012345")
    share = picks / 6
    assert sum((count - share) ** 2 / share for count in counts.values()) < 25.8  # 99.99 % for 5 degrees of freedom


optional = st.none() | st.integers(0, 4)
ids = st.sampled_from("abcdef")
deployments = st.lists(
    st.fixed_dictionaries(
        {
            "rpm": optional,
            "tpm": optional,
            "max_parallel_requests": optional,
            "order": st.none() | st.integers(1, 2),
            "input_cost": optional,
            "tags": st.none() | st.lists(st.sampled_from(["x", "y", "default"])),
        }
    ),
    min_size=1,
    max_size=6,
)
actions = st.lists(
    st.one_of(
        st.tuples(
            st.just("pick"),
            st.sampled_from(DETERMINISTIC),
            st.fixed_dictionaries(
                {
                    "tokens": st.integers(0, 4),
                    "exclude": st.none() | st.lists(ids, max_size=3),
                    "among": st.none() | st.lists(ids, max_size=5),
                    "tags": st.none() | st.lists(st.sampled_from(["x", "y", "z"]), max_size=2),
                    "match_any": st.booleans(),
                }
            ),
        ),
        st.tuples(st.just("report"), ids, st.booleans(), st.integers(0, 3)),
        st.tuples(st.just("cool_down"), ids, st.sampled_from([0, 0.1, 30, 90])),
        st.tuples(st.just("set_healthy"), ids, st.booleans()),
        st.tuples(st.just("remove"), ids),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 0.2, 29.7, 60])),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(deployments, actions)
def test_native_and_twin_agree_step_by_step(configs: list[dict[str, Any]], steps: list[tuple[Any, ...]]) -> None:
    clock = Clock()
    tables = [table_class(clock=clock) for table_class in TABLES]
    for table in tables:
        for name, config in zip("abcdef", configs, strict=False):
            table.add("m", name, **config)
    for step in steps:
        match step:
            case "pick", strategy, options:
                native, reference = (table.pick("m", strategy, **options) for table in tables)
            case "report", name, ok, tokens:
                native, reference = (table.report(name, ok=ok, latency_s=0.5, tokens=tokens) for table in tables)
            case "wait", seconds:
                clock.now += seconds
                native, reference = (table.cooling() for table in tables)
            case method, *arguments:
                native, reference = (getattr(table, method)(*arguments) for table in tables)
        assert native == reference, step
    for name in "abcdef"[: len(configs)]:
        found = []
        for table in tables:
            try:
                found.append(table.stats(name))
            except KeyError:
                found.append(None)
        assert found[0] == found[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_starts_with_nothing_in_flight() -> None:
    from litellm_rust.routing import RoutingTable

    table = RoutingTable()
    table.add("m", "a", max_parallel_requests=1)
    assert table.pick("m", "least-busy") == "a"
    child = os.fork()
    if child == 0:
        os._exit(0 if table.pick("m", "least-busy") == "a" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert table.pick("m", "least-busy") is None
