"""`python -m litellm_rust benchmark`: LiteLLM's own code beside the accelerated one, in one process, in turn."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import litellm_rust
from litellm_rust.commands.benchmark_cases import CASES, Case
from litellm_rust.commands.status import load_upstream, upstream_version

_ROUNDS = 15


@dataclass(frozen=True)
class Row:
    """One measured case; times are medians over the rounds, in microseconds a call."""

    name: str
    python_us: float
    rust_us: float
    ratio: float
    """Median of the rounds' ratios: how many times faster with acceleration."""


def measure(case: Case, seconds: float) -> Row:
    """Run `case` off and on in turn for about `seconds`."""
    call = case.make()
    calls = max(1, int(seconds / _ROUNDS / 2 / max(_time(call, 3), 1e-7)))
    pairs = []
    for _ in range(_ROUNDS):
        litellm_rust.disable()
        off = _time(call, calls)
        litellm_rust.enable()
        _time(call, 1)
        pairs.append((off, _time(call, calls)))
    off, on = (statistics.median(times) for times in zip(*pairs, strict=True))
    return Row(case.name, off * 1e6, on * 1e6, statistics.median(off / on for off, on in pairs))


def _time(call: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def _installed_cases() -> Iterator[Case]:
    installed = {feature for feature, state in litellm_rust.status().items() if state.installed}
    return (case for case in CASES if case.feature in installed)


def print_benchmark(seconds: float, *, as_json: bool) -> int:
    """Print a row for each case whose feature is installed. Exit status 1 when none is."""
    if not load_upstream() or not (cases := list(_installed_cases())):
        print("nothing to measure: no feature is installed (see `python -m litellm_rust doctor`)")
        return 1
    versions = (
        f"litellm {upstream_version()}, litellm-rust {litellm_rust.__version__}, Python {platform.python_version()}"
    )
    rows = []
    if not as_json:
        print(f"{versions}; µs a call, median of {_ROUNDS} rounds, off and on in turn\n")
        print(f"{'':44}{'Python':>12}{'Rust':>12}{'faster':>10}")
    for case in cases:
        row = measure(case, seconds)
        rows.append(row)
        if not as_json:
            print(f"{row.name:44}{row.python_us:12.1f}{row.rust_us:12.1f}{row.ratio:9.1f}x", flush=True)
    if as_json:
        print(json.dumps({"versions": versions, "rows": [asdict(row) for row in rows]}, indent=2))
    return 0
