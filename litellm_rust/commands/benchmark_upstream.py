"""`python -m litellm_rust benchmark --upstream`: upstream's calls against a local provider, off and on in turn."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import litellm_rust
from litellm_rust.commands.benchmark_memory import measure_memory
from litellm_rust.commands.benchmark_proxy import NoProxy, measure_proxy
from litellm_rust.commands.benchmark_rows import HEADINGS, Effort, EnableTime, Row, effort, row_of
from litellm_rust.commands.chart import bar_chart
from litellm_rust.commands.provider import running
from litellm_rust.commands.status import load_upstream, upstream_version
from litellm_rust.commands.upstream_cases import Case, cases

_ENABLE_TIMES: Final = 9
_ENABLE_GOAL_MS: Final = 50.0
_CALLS_AT_MOST: Final = 5_000


async def _time(case: Case, calls: int) -> tuple[float, float]:
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        await case.call()
    # What a call left to be done after it returned belongs to it.
    await asyncio.sleep(0)
    return (time.perf_counter() - start) / calls, (time.process_time() - cpu) / calls


async def _calls(case: Case, effort: Effort) -> int:
    """How many calls fill a measurement; by processor time, which other processes do not lengthen."""
    await _time(case, effort.warm_calls)
    one = (await _time(case, effort.warm_calls))[1]
    return min(_CALLS_AT_MOST, max(2, int(effort.seconds / effort.pairs / 2 / max(one, 1e-6))))


async def _measure(case: Case, effort: Effort) -> Row:
    # A count for each: the slower mode would otherwise be measured for as much longer as it is slower.
    litellm_rust.disable()
    off_calls = await _calls(case, effort)
    litellm_rust.enable()
    on_calls = await _calls(case, effort)
    pairs = []
    for _ in range(effort.pairs):
        litellm_rust.disable()
        off = await _time(case, off_calls)
        litellm_rust.enable()
        await _time(case, effort.warm_calls)
        pairs.append((off, await _time(case, on_calls)))
    return row_of(case.name, pairs, 1e6 / case.units, case.goal)


def _enable_time() -> EnableTime:
    """How long `enable()` takes with upstream loaded, in milliseconds."""
    times = []
    for _ in range(_ENABLE_TIMES):
        litellm_rust.disable()
        start = time.perf_counter()
        litellm_rust.enable()
        times.append((time.perf_counter() - start) * 1e3)
    return EnableTime(statistics.median(times), _ENABLE_GOAL_MS)


def _rows(effort: Effort) -> Iterator[Row]:
    loop = asyncio.new_event_loop()
    with running() as base, contextlib.closing(loop):
        for case in cases(base):
            yield loop.run_until_complete(_measure(case, effort))
        yield measure_memory(base)
    yield from measure_proxy(effort)


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else "load unknown"


def print_upstream_benchmark(seconds: float, *, quick: bool, as_json: bool, svg: Path | None) -> int:
    """Print a row for each call as it is measured; write a chart to `svg` if given. Exit status 1 without upstream.

    With `as_json` the rows go to standard error, and all that was measured is printed at the end.
    """
    if not load_upstream():
        print("nothing to measure: litellm is not installed here")
        return 1
    title = f"litellm {upstream_version()}, litellm-rust {litellm_rust.__version__}, Python {platform.python_version()}"
    enable, load = _enable_time(), [_load()]
    rows: list[Row] = []
    people = sys.stderr if as_json else sys.stdout
    print(f"{title}; {load[0]}\nµs, medians of pairs, off and on in turn; MiB of the process\n", file=people)
    print(HEADINGS, file=people, flush=True)
    try:
        for row in _rows(effort(seconds, quick=quick)):
            rows.append(row)
            print(row.line(), file=people, flush=True)
    except NoProxy as reason:
        print(f"proxy: not measured: {reason}", file=people)
    load.append(_load())
    if svg is not None:
        svg.write_text(bar_chart(f"{title}; {load[0]}", rows), encoding="utf-8")
    missed = [row.name for row in rows if not row.met]
    print(f"\n{enable.line()}; {load[1]} at the end", file=people)
    print(f"goals missed: {', '.join(missed)}" if missed else "every goal is met", file=people)
    if as_json:
        shown = {"versions": title, "load": load, "rows": [asdict(row) for row in rows], "enable": asdict(enable)}
        print(json.dumps(shown, indent=2))
    return 0
