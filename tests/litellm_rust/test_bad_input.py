"""What a function is not made for raises the class that its twin raises, for every argument of every function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from litellm_rust import _native
from litellm_rust._twins import event_stream, limits, routing
from litellm_rust._twins.pretrained import ReferenceTokenizer
from litellm_rust._twins.tokens import ReferenceEncoding
from tests.litellm_rust.test_pretrained_tokens import word_piece

WORDS = word_piece().to_str()
NUMBERS = (True, 0, 1, -1, 1 << 63, -(1 << 63) - 1, 1 << 200, 0.0, 1.5, -0.5, 1j)
FLOATS = (float("nan"), float("inf"), float("-inf"))
TEXTS = ("", "x", "1", "\ud800", b"x", bytearray(b"x"))
OTHERS = (None, [], ["x"], [1], ["\ud800"], [b"x"], [None], (), {}, {"x": 1}, object(), len)
ODD = (*NUMBERS, *FLOATS, *TEXTS, *OTHERS)

# The class of a native object and of its twin, and a call of each method that both take.
Call = tuple[tuple[Any, ...], dict[str, Any]]
TABLES: dict[str, tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...], dict[str, Call]]] = {
    "LimitTable": (
        _native.LimitTable,
        limits.LimitTable,
        (),
        {
            "check": (([("k", 5, 60.0, 1)],), {}),
            "record": (("k", 60.0, 1), {}),
            "refund": (("k", 60.0, 1), {}),
            "used": (("k", 60.0), {}),
            "purge": ((), {}),
        },
    ),
    "BudgetTable": (
        _native.BudgetTable,
        limits.BudgetTable,
        (),
        {
            "set": (("k", 10), {"spent": 1, "duration": "1d", "reset_at": 4e9}),
            "remove": (("k",), {}),
            "reserve": (("r", ["k"], 1), {}),
            "settle": (("r", 1), {}),
            "release": (("r",), {}),
            "add_spend": (("k", 1), {}),
            "status": (("k",), {}),
            "outstanding": ((), {}),
        },
    ),
    "RoutingTable": (
        _native.RoutingTable,
        routing.RoutingTable,
        (),
        {
            "add": (
                ("g", "d"),
                {
                    "weight": 1.0,
                    "rpm": 1.0,
                    "tpm": 1.0,
                    "max_parallel_requests": 1,
                    "order": 1,
                    "input_cost": 1.0,
                    "output_cost": 1.0,
                    "tags": ["t"],
                },
            ),
            "set_weight": (("d", 1.0), {}),
            "remove": (("d",), {}),
            "pick": (
                ("g", "least-busy"),
                {
                    "tokens": 1,
                    "exclude": ["e"],
                    "among": ["d"],
                    "tags": ["t"],
                    "match_any": True,
                    "stream": True,
                    "reserve": True,
                },
            ),
            "reserve": (("d",), {}),
            "raise_usage": (("d", 1, 1), {}),
            "release": (("d",), {}),
            "report": (
                ("d",),
                {
                    "ok": True,
                    "latency_s": 1.0,
                    "ttft_s": 1.0,
                    "tokens": 1,
                    "completion_tokens": 1,
                    "timed_out": False,
                },
            ),
            "learn": (("d", [1.0], [0.5]), {}),
            "cool_down": (("d", 1.0), {}),
            "cooling": ((), {}),
            "set_healthy": (("d", True), {}),
            "usage": (("d",), {}),
            "stats": (("d",), {}),
        },
    ),
    "NativeEncoding": (
        _native.NativeEncoding,
        ReferenceEncoding,
        ("cl100k_base",),
        {
            "count": (("x",), {}),
            "count_many": ((["x"],), {}),
            "encode": (("x",), {}),
            "decode": (([1],), {}),
            "decode_bytes": (([1],), {}),
            "truncate": (("x", 1), {}),
        },
    ),
    "NativeTokenizer": (
        _native.NativeTokenizer,
        ReferenceTokenizer,
        (WORDS,),
        {
            "count": (("x",), {"special": True}),
            "count_many": ((["x"],), {"special": True}),
            "encode": (("x",), {"special": True}),
            "decode": (([1],), {"skip_special": True}),
            "truncate": (("x", 1), {}),
        },
    ),
    "EventStreamSplitter": (
        _native.EventStreamSplitter,
        event_stream.EventStreamSplitter,
        (),
        {"feed": ((b"x",), {})},
    ),
}
CONSTRUCTORS: dict[str, Call] = {
    "LimitTable": ((), {"clock": None}),
    "BudgetTable": ((), {"clock": None, "reservation_ttl_s": 1.0}),
    "RoutingTable": (
        (1,),
        {
            "clock": None,
            "latency_buffer": 0.0,
            "latency_samples": 1,
            "latency_ttl_s": 1.0,
            "ttft_percentile": 0.5,
        },
    ),
    "NativeEncoding": (("cl100k_base",), {}),
    "NativeTokenizer": ((WORDS,), {}),
    "EventStreamSplitter": ((), {"max_frame_bytes": 1024}),
}
# Not of the tables: without a twin, or named otherwise by it.
WITHOUT_TWIN = {"count_stretches", "count_messages", "ranks", "special_tokens"}


def variants(call: Call) -> list[Call]:
    """`call` with each argument odd in each way, with one too many and with one too few."""
    positional, named = call
    found: list[Call] = [call, ((*positional, 1), named), (positional, {**named, "unheard_of": 1})]
    if positional:
        found.append((positional[:-1], named))
    for odd in ODD:
        found += [((*positional[:at], odd, *positional[at + 1 :]), named) for at in range(len(positional))]
        found += [(positional, {**named, name: odd}) for name in named]
    return found


def outcome(function: Callable[..., Any], call: Call) -> Any:
    """The class of what is raised; None for an answer."""
    try:
        function(*call[0], **call[1])
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return type(error)
    return None


@pytest.mark.parametrize("name", TABLES)
def test_methods_raise_what_their_twins_raise(name: str) -> None:
    native, twin, arguments, calls = TABLES[name]
    tables = [make(*arguments) for make in (native, twin)]
    differences = []
    for method, call in calls.items():
        for odd in variants(call):
            found, expected = (outcome(getattr(table, method), odd) for table in tables)
            if found != expected:
                differences.append(f"{method}{odd}: {found}, twin {expected}")
    assert differences == []


@pytest.mark.parametrize("name", TABLES)
def test_constructors_raise_what_their_twins_raise(name: str) -> None:
    native, twin, *_ = TABLES[name]
    differences = []
    for odd in variants(CONSTRUCTORS[name]):
        found, expected = outcome(native, odd), outcome(twin, odd)
        if found != expected:
            differences.append(f"{odd}: {found}, twin {expected}")
    assert differences == []


def test_periods_raise_what_the_twin_raises() -> None:
    for odd in variants((("1d", 1e9), {})):
        assert outcome(_native.next_reset, odd) == outcome(limits.next_reset, odd), odd


@pytest.mark.parametrize("name", TABLES)
def test_no_method_is_left_out(name: str) -> None:
    public = {method for method in dir(TABLES[name][0]) if not method.startswith("_")}
    methods = {method for method in public if callable(getattr(TABLES[name][0], method))}
    assert methods == set(TABLES[name][3]) | (methods & WITHOUT_TWIN)
