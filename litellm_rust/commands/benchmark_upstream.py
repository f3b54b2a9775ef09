"""`python -m litellm_rust benchmark --upstream`: upstream's calls against a local provider, off and on in turn."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import platform
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import litellm_rust
from litellm_rust.commands.benchmark_proxy import measure_proxy
from litellm_rust.commands.benchmark_rows import HEADINGS, EnableTime, Row, row_of
from litellm_rust.commands.chart import bar_chart
from litellm_rust.commands.provider import running
from litellm_rust.commands.status import load_upstream, upstream_version
from litellm_rust.commands.upstream_cases import Case, cases

_PAIRS: Final = 9
_WARM_CALLS: Final = 3
_ENABLE_GOAL_MS: Final = 50.0


async def _time(case: Case, calls: int) -> tuple[float, float]:
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        await case.call()
    # What a call left to be done after it returned belongs to it.
    await asyncio.sleep(0)
    return (time.perf_counter() - start) / calls, (time.process_time() - cpu) / calls


async def _measure(case: Case, seconds: float) -> Row:
    await _time(case, _WARM_CALLS)
    calls = max(2, int(seconds / _PAIRS / 2 / max((await _time(case, _WARM_CALLS))[0], 1e-6)))
    pairs = []
    for _ in range(_PAIRS):
        litellm_rust.disable()
        off = await _time(case, calls)
        litellm_rust.enable()
        await _time(case, _WARM_CALLS)
        pairs.append((off, await _time(case, calls)))
    return row_of(case.name, pairs, 1e6 / case.units, case.goal)


def _enable_time() -> EnableTime:
    """How long `enable()` takes with upstream loaded, in milliseconds."""
    times = []
    for _ in range(_PAIRS):
        litellm_rust.disable()
        start = time.perf_counter()
        litellm_rust.enable()
        times.append((time.perf_counter() - start) * 1e3)
    return EnableTime(statistics.median(times), _ENABLE_GOAL_MS)


def _rows(seconds: float) -> Iterator[Row]:
    loop = asyncio.new_event_loop()
    with running() as base, contextlib.closing(loop):
        for case in cases(base):
            yield loop.run_until_complete(_measure(case, seconds))
    yield from measure_proxy(seconds)


def print_upstream_benchmark(seconds: float, *, as_json: bool, svg: Path | None) -> int:
    """Print a row for each call; write a chart to `svg` if given. Exit status 1 without upstream."""
    if not load_upstream():
        print("nothing to measure: litellm is not installed here")
        return 1
    title = f"litellm {upstream_version()}, litellm-rust {litellm_rust.__version__}, Python {platform.python_version()}"
    enable = _enable_time()
    rows = []
    if not as_json:
        print(f"{title}\nµs (a request to the proxy: its share of the time), medians of pairs, off and on in turn\n")
        print(HEADINGS)
    for row in _rows(seconds):
        rows.append(row)
        if not as_json:
            print(row.line(), flush=True)
    if svg is not None:
        svg.write_text(bar_chart(title, [(row.name, row.ratio) for row in rows]), encoding="utf-8")
    if as_json:
        shown = {"versions": title, "rows": [asdict(row) for row in rows], "enable": asdict(enable)}
        print(json.dumps(shown, indent=2))
    else:
        print(f"\n{enable.line()}")
        missed = [row.name for row in rows if not row.met]
        print(f"goals missed: {', '.join(missed)}" if missed else "every goal is met")
    return 0
