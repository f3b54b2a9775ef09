"""`python -m litellm_rust benchmark --upstream`: upstream's calls against a local provider, off and on in turn."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import litellm_rust
from litellm_rust.commands.benchmark_cases import text_of
from litellm_rust.commands.chart import bar_chart
from litellm_rust.commands.provider import CHUNKS, running
from litellm_rust.commands.status import load_upstream, upstream_version

_PAIRS: Final = 9
_MESSAGES: Final = [{"role": "user", "content": "Hello, how are you today?"}]


@dataclass(frozen=True)
class Row:
    """One measured call: medians over the pairs, in microseconds of time and of CPU; `ratio` is of the pairs' times."""

    name: str
    off_us: float
    on_us: float
    ratio: float
    off_cpu_us: float
    on_cpu_us: float


@dataclass(frozen=True)
class _Case:
    name: str
    call: Callable[[], Awaitable[object]]
    units: int = 1
    """How many units (chunks, say) one call yields."""


def _sync(function: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    async def call() -> object:
        return function()

    return call


def _cases(base: str) -> Iterator[_Case]:
    # Modules of a foreign package, looked up by name.
    litellm: Any = importlib.import_module("litellm")
    call = {"model": "openai/gpt-4o", "messages": _MESSAGES, "api_base": base, "api_key": "sk-1"}
    long = [{"role": "user", "content": text_of(225_000)}]

    def router(size: int) -> Any:
        params = {"model": "openai/gpt-4o", "api_base": base}
        return litellm.Router(
            [{"model_name": "g", "litellm_params": {**params, "api_key": f"sk-{n}"}} for n in range(size)]
        )

    async def stream() -> None:
        async for _ in await litellm.acompletion(**call, stream=True):
            pass

    def stream_sync() -> None:
        for _ in litellm.completion(**call, stream=True):
            pass

    yield _Case("acompletion", lambda: litellm.acompletion(**call))
    yield _Case("completion", _sync(lambda: litellm.completion(**call)))
    yield _Case("completion, mock_response", _sync(lambda: litellm.completion(**call, mock_response="hi")))
    yield _Case(f"acompletion, a streamed chunk of {CHUNKS}", stream, CHUNKS)
    yield _Case(f"completion, a streamed chunk of {CHUNKS}", _sync(stream_sync), CHUNKS)
    response = litellm.completion(**call)
    yield _Case("completion_cost", _sync(lambda: litellm.completion_cost(response)))
    yield _Case("token_counter, short", _sync(lambda: litellm.token_counter(model="gpt-4o", messages=_MESSAGES)))
    yield _Case("token_counter, 225 KB", _sync(lambda: litellm.token_counter(model="gpt-4o", messages=long)))
    for size in (1, 1_000):
        one = router(size)
        of = f"of {size:,}"
        yield _Case(f"get_available_deployment {of}", _sync(lambda one=one: one.get_available_deployment("g")))  # type: ignore[misc]
        yield _Case(f"Router.acompletion {of}", lambda one=one: one.acompletion("g", _MESSAGES))  # type: ignore[misc]
        yield _Case(f"Router.completion {of}", _sync(lambda one=one: one.completion("g", _MESSAGES)))  # type: ignore[misc]
        one.discard()


async def _time(case: _Case, calls: int) -> tuple[float, float]:
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        await case.call()
    # What a call left to be done after it returned belongs to it.
    await asyncio.sleep(0)
    return (time.perf_counter() - start) / calls, (time.process_time() - cpu) / calls


async def _measure(case: _Case, seconds: float) -> Row:
    await _time(case, 3)
    calls = max(2, int(seconds / _PAIRS / 2 / max((await _time(case, 3))[0], 1e-6)))
    pairs = []
    for _ in range(_PAIRS):
        litellm_rust.disable()
        off = await _time(case, calls)
        litellm_rust.enable()
        await _time(case, 3)
        pairs.append((off, await _time(case, calls)))
    scale = 1e6 / case.units

    def median(mode: int, kind: int) -> float:
        return statistics.median(pair[mode][kind] for pair in pairs) * scale

    ratio = statistics.median(off[0] / on[0] for off, on in pairs)
    return Row(case.name, median(0, 0), median(1, 0), ratio, median(0, 1), median(1, 1))


async def _all(base: str, seconds: float, *, quiet: bool) -> list[Row]:
    rows = []
    for case in _cases(base):
        rows.append(row := await _measure(case, seconds))
        if not quiet:
            print(
                f"{row.name:42}{row.off_us:12,.1f}{row.on_us:12,.1f}{row.ratio:9.1f}x"
                f"{row.off_cpu_us:12,.1f}{row.on_cpu_us:12,.1f}",
                flush=True,
            )
    return rows


def resident_mib() -> float | None:
    """Memory of this process in MiB; None where the system does not tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * 4096 / 2**20 if statm.exists() else None


def print_upstream_benchmark(seconds: float, *, as_json: bool, svg: Path | None) -> int:
    """Print a row for each call; write a chart to `svg` if given. Exit status 1 without upstream."""
    if not load_upstream():
        print("nothing to measure: litellm is not installed here")
        return 1
    title = f"litellm {upstream_version()}, litellm-rust {litellm_rust.__version__}, Python {platform.python_version()}"
    if not as_json:
        print(f"{title}; µs, medians of {_PAIRS} pairs, off and on in turn\n")
        print(f"{'':42}{'off':>12}{'on':>12}{'faster':>10}{'CPU off':>12}{'CPU on':>12}")
    with running() as base:
        rows = asyncio.run(_all(base, seconds, quiet=as_json))
    if svg is not None:
        svg.write_text(bar_chart(title, [(row.name, row.ratio) for row in rows]), encoding="utf-8")
    memory = resident_mib()
    if as_json:
        print(json.dumps({"versions": title, "rows": [asdict(row) for row in rows], "resident_mib": memory}, indent=2))
    elif memory is not None:
        print(f"\n{memory:.0f} MiB resident at the end")
    return 0
