"""`litellm_rust.limits`: the native tables and their twins give the same answers."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from litellm_rust import _native
from litellm_rust._twins import limits as twin
from litellm_rust.limits import BudgetTable, LimitTable

MODULES: list[Any] = [_native, twin]
each_module = pytest.mark.parametrize("module", MODULES, ids=["native", "twin"])


class Clock:
    """Virtual time in seconds."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@each_module
def test_all_limits_or_none(module: Any) -> None:
    table = module.LimitTable(clock=Clock())
    first = table.check([("requests", 2, 60, 1), ("tokens", 100, 60, 80), ("parallel", 1, 0, 1)])
    assert (first.allowed, first.refused, first.remaining) == (True, None, [1, 20, 0])
    assert first.reset_s == [60.0, 60.0, 0.0]
    second = table.check([("requests", 2, 60, 1), ("tokens", 100, 60, 30)])
    assert (second.allowed, second.refused, second.remaining) == (False, 1, [1, 20])
    assert second.retry_after_s == 60.0
    assert table.used("requests", 60) == 1


@each_module
def test_parallel_requests_are_given_back(module: Any) -> None:
    table = module.LimitTable(clock=Clock())
    assert table.check([("k", 1, 0, 1)]).allowed
    refused = table.check([("k", 1, 0, 1)])
    assert (refused.allowed, refused.retry_after_s) == (False, None)
    table.refund("k", 0, 1)
    assert table.check([("k", 1, 0, 1)]).allowed


@each_module
def test_a_budget_reserves_and_settles_once(module: Any) -> None:
    clock = Clock(now=1_706_745_590.0)
    table = module.BudgetTable(clock=clock)
    table.set("key", 100, duration="1d")
    table.set("team", None)
    assert table.reserve("r1", ["key", "team"], 70) is None
    assert table.reserve("r2", ["team", "key"], 31) == ("key", (100, 0, 70, 1_706_745_600.0))
    assert table.settle("r1", 60)
    assert not table.settle("r1", 60)
    assert not table.release("r1")
    assert table.status("team") == (None, 60, 0, None)
    clock.now += 10
    assert table.status("key") == (100, 0, 0, 1_706_832_000.0)
    assert table.outstanding() == 0


@each_module
@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda m: m.LimitTable().check([("k", -1, 60, 1)]), ValueError),
        (lambda m: m.LimitTable().check([("k", 1, 60, -1)]), ValueError),
        (lambda m: m.LimitTable().check([("k", 1, float("nan"), 1)]), ValueError),
        (lambda m: m.LimitTable().check([("k", 1, -1, 1)]), ValueError),
        (lambda m: m.LimitTable().check([("k", float("nan"), 60, 1)]), TypeError),
        (lambda m: m.LimitTable().check([("k", 1 << 64, 60, 1)]), OverflowError),
        (lambda m: m.LimitTable().check([(b"k", 1, 60, 1)]), TypeError),
        (lambda m: m.LimitTable().check([("k", 1, 60)]), ValueError),
        (lambda m: m.LimitTable().check(1), TypeError),
        (lambda m: m.LimitTable().check([["k", 1, 60, 1]]), TypeError),
        (lambda m: m.LimitTable().check([("k", 1, "60", 1)]), TypeError),
        (lambda m: m.LimitTable().check([("\ud800", 1, 60, 1)]), UnicodeEncodeError),
        (lambda m: m.LimitTable().check([("k", "1", 60, 1)]), TypeError),
        (lambda m: m.LimitTable().check([("k", 1, float("inf"), 1)]), ValueError),
        (lambda m: m.LimitTable().check([("k", 1, 3e6, 1)]), ValueError),
        (lambda m: m.LimitTable().record("k", 60, -1), ValueError),
        (lambda m: m.LimitTable().refund("k", -1, 1), ValueError),
        (lambda m: m.LimitTable().used(1, 60), TypeError),
        (lambda m: m.LimitTable(clock=lambda: float("nan")).used("k", 60), ValueError),
        (lambda m: m.BudgetTable(reservation_ttl_s=0), ValueError),
        (lambda m: m.BudgetTable(reservation_ttl_s=float("nan")), ValueError),
        (lambda m: m.BudgetTable(reservation_ttl_s="1"), TypeError),
        (lambda m: m.BudgetTable().settle("r", -1), ValueError),
        (lambda m: m.BudgetTable().add_spend("k", 1.0), TypeError),
        (lambda m: m.BudgetTable().set("k", -1), ValueError),
        (lambda m: m.BudgetTable().set("k", 1.5), TypeError),
        (lambda m: m.BudgetTable().set("k", 1 << 130), OverflowError),
        (lambda m: m.BudgetTable().set("k", 1, duration="1y"), ValueError),
        (lambda m: m.BudgetTable().set("k", 1, reset_at=float("inf")), ValueError),
        (lambda m: m.BudgetTable().reserve("r", ["unknown"], 1), KeyError),
        (lambda m: m.BudgetTable().reserve("r", "unknown", 1), TypeError),
        (lambda m: m.BudgetTable().reserve("r", [], -1), ValueError),
        (lambda m: m.BudgetTable().status("unknown"), KeyError),
        (lambda m: m.next_reset("1d", float("nan")), ValueError),
    ],
)
def test_bad_input(module: Any, call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call(module)


@each_module
def test_a_forgotten_reservation_is_given_back_and_may_still_settle(module: Any) -> None:
    clock = Clock()
    table = module.BudgetTable(clock=clock, reservation_ttl_s=10)
    table.set("k", 100)
    assert [table.reserve(name, ["k"], 40) for name in "ab"] == [None, None]
    clock.now += 9.9
    assert table.reserve("c", ["k"], 40) is not None
    clock.now += 0.1
    assert table.status("k") == (100, 0, 0, None)
    assert table.settle("a", 30)
    assert table.status("k") == (100, 30, 0, None)
    clock.now += 10
    assert not table.settle("b", 30)
    assert table.outstanding() == 0
    for number in range(500):  # ended ones leave no trace
        table.reserve(str(number), ["k"], 1)
        table.release(str(number))
    assert table.status("k") == (100, 30, 0, None)


@each_module
def test_64_threads_are_never_over(module: Any) -> None:
    limits, budgets = module.LimitTable(), module.BudgetTable()
    budgets.set("k", 1000)
    allowed: list[bool] = []

    def work(index: int) -> None:
        for number in range(100):
            allowed.append(limits.check([("k", 1001, 60, 1), (f"own-{index}", 10**6, 60, 5)]).allowed)
            if budgets.reserve(f"{index}-{number}", ["k"], 3) is None and number % 2:
                budgets.settle(f"{index}-{number}", 2)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 1001
    _, spent, reserved, _ = budgets.status("k")
    assert spent + reserved <= 1000
    assert spent + reserved > 1000 - 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_table_in_use_survives_fork() -> None:
    limits, budgets = LimitTable(), BudgetTable()
    budgets.set("k", None)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            limits.check([("k", 10**9, 60, 1)])
            budgets.reserve("r", ["k"], 1)
            budgets.release("r")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                os._exit(0 if limits.check([("k", 10**9, 60, 1)]).allowed and budgets.release("other") is False else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        thread.join()


durations = st.one_of(
    st.tuples(st.integers(0, 100), st.sampled_from(["s", "m", "h", "d", "w", "mo", "y", ""])).map(
        lambda pair: f"{pair[0]}{pair[1]}"
    ),
    st.sampled_from(["hourly", "daily", "weekly", "monthly", "Daily ", "1D", "٣d", ""]),
)


@settings(max_examples=500, deadline=None)
@given(durations, st.integers(0, 4_000_000_000))
def test_periods_end_at_the_same_time(duration: str, now: int) -> None:
    found: list[Any] = []
    for module in MODULES:
        try:
            found.append(module.next_reset(duration, now))
        except ValueError:
            found.append(ValueError)
    assert found[0] == found[1]
    assert found[0] is ValueError or found[0] > now


keys = st.sampled_from("ab")
windows = st.sampled_from([0, 1, 10.5, 60])
amounts = st.integers(0, 4)
limit_steps = st.lists(
    st.one_of(
        st.tuples(st.just("check"), st.lists(st.tuples(keys, st.integers(0, 6), windows, amounts), max_size=4)),
        st.tuples(st.just("record"), keys, windows, amounts),
        st.tuples(st.just("refund"), keys, windows, amounts),
        st.tuples(st.just("used"), keys, windows),
        st.tuples(st.just("wait"), st.sampled_from([0.001, 0.25, 2.5, 15, 59.9, 4000, 5_000_000])),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(limit_steps)
def test_limits_agree_step_by_step(steps: list[tuple[Any, ...]]) -> None:
    clock = Clock()
    tables = [module.LimitTable(clock=clock) for module in MODULES]
    for name, *arguments in steps:
        if name == "wait":
            clock.now += arguments[0]
            continue
        native, reference = (getattr(table, name)(*arguments) for table in tables)
        if name == "check":
            fields = ("allowed", "refused", "retry_after_s", "remaining", "reset_s")
            native, reference = ([getattr(found, field) for field in fields] for found in (native, reference))
        assert native == reference, (name, arguments)


budget_steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.sampled_from("123"), st.lists(keys, max_size=3), amounts),
        st.tuples(st.just("settle"), st.sampled_from("123"), amounts),
        st.tuples(st.just("release"), st.sampled_from("123")),
        st.tuples(st.just("add_spend"), keys, amounts),
        st.tuples(st.just("remove"), keys),
        st.tuples(st.just("set"), keys, st.none() | st.integers(0, 10)),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 20, 90_000])),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(budget_steps)
def test_budgets_agree_step_by_step(steps: list[tuple[Any, ...]]) -> None:
    clock = Clock()
    tables = [module.BudgetTable(clock=clock, reservation_ttl_s=60) for module in MODULES]
    for table in tables:
        table.set("a", 8, duration="30s")
        table.set("b", 10**20)
    for name, *arguments in steps:
        if name == "wait":
            clock.now += arguments[0]
            continue
        found = []
        for table in tables:
            try:
                found.append(getattr(table, name)(*arguments))
            except (KeyError, ValueError) as error:
                found.append(type(error))
        assert found[0] == found[1], (name, arguments)
        assert len({table.outstanding() for table in tables}) == 1
