"""Picking a deployment: the native table beside its twin, in one run. The router around it: `benches/router.py`.

    python benches/routing.py [--rounds 9] [--twin-largest 1000]

Each row is a pick with the report of how it went, as a router makes them; `pick` is the pick alone. "few ties" is a
group of which only three deployments have the lowest key. Microseconds of this thread's processor time, so that other
work on the machine counts little; medians of the rounds, taken in turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from litellm_rust import _native
from litellm_rust._twins import routing as twin

SIZES = (1, 1_000, 100_000)
MEMORY = """
import os
from litellm_rust._native import RoutingTable
from litellm_rust.routing import STRATEGIES
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
table = RoutingTable()
before = resident()
for number in range(100_000):
    table.add("group", f"deployment-{number}", weight=1, rpm=1e9, tpm=1e9, input_cost=1)
for number in range(100_000):
    table.report(f"deployment-{number}", ok=True, latency_s=0.5, ttft_s=0.1, tokens=10)
idle = resident() - before
for strategy in STRATEGIES:
    table.pick("group", strategy)
print(idle / 100_000, (resident() - before) / 100_000)
"""


def build(table_class: Any, size: int) -> Any:
    """A table with one group of `size` deployments."""
    table = table_class(1)
    for number in range(size):
        table.add("group", f"d{number}", weight=1 + number % 3, rpm=1e9, tpm=1e9, input_cost=number % 7, output_cost=1)
    return table


def leave_few_ties(table: Any, size: int) -> None:
    """Give all deployments but three a use, so that these three tie for the lowest key."""
    for number in range(3, size):
        table.report(f"d{number}", ok=True, latency_s=1 + number % 97, tokens=10 + number)


def seconds(call: Callable[[], Any], least: float) -> float:
    """Seconds a call, over at least `least` seconds."""
    number, started = 0, time.thread_time()
    while (elapsed := time.thread_time() - started) < least:
        for _ in range(20 if number else 1):
            call()
        number += 20 if number else 1
    return elapsed / number


def calls_of(table: Any, strategy: str) -> dict[str, Callable[[], Any]]:
    """The calls to measure on one table."""

    def pick_and_report() -> None:
        picked = table.pick("group", strategy)
        table.report(picked, ok=True, latency_s=0.5, tokens=10)

    return {"pick": lambda: table.pick("group", strategy, reserve=False), "pick and report": pick_and_report}


def measure(size: int, *, few_ties: bool, rounds: int, with_twin: bool) -> None:
    """Print the rows of one size."""
    tables = {"native": build(_native.RoutingTable, size)}
    if with_twin:
        tables["twin"] = build(twin.RoutingTable, size)
    if few_ties:
        for table in tables.values():
            leave_few_ties(table, size)
    for strategy in twin.STRATEGIES:
        calls = {name: calls_of(table, strategy) for name, table in tables.items()}
        for kind in ("pick",) if few_ties else ("pick", "pick and report"):
            times: dict[str, list[float]] = {name: [] for name in tables}
            for _ in range(rounds):
                for name in tables:
                    times[name].append(seconds(calls[name][kind], 0.01) * 1e6)
            native = statistics.median(times["native"])
            twins = f"{statistics.median(times['twin']):12.1f}" if with_twin else f"{'':12}"
            title = f"{size:,} {'few ties ' if few_ties else ''}{strategy}, {kind}"
            print(f"{title:62}{native:10.2f}{min(times['native']):10.2f}{twins}", flush=True)


def measure_buffer(size: int, rounds: int) -> None:
    """Print the row of a latency buffer: any deployment whose latency is within half of the lowest is as good."""
    table = _native.RoutingTable(1, latency_buffer=0.5)
    for number in range(size):
        table.add("group", f"d{number}", rpm=1e9, tpm=1e9)
        table.report(f"d{number}", ok=True, latency_s=0.1 + number % 997 / 997, tokens=10)
    times = []
    for _ in range(rounds):
        times.append(seconds(lambda: table.pick("group", "latency-based-routing", reserve=False), 0.01) * 1e6)
    print(
        f"{f'{size:,} latency-based-routing with a buffer, pick':62}{statistics.median(times):10.2f}{min(times):10.2f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--twin-largest", type=int, default=1_000)
    options = parser.parse_args()
    print(f"{'µs':62}{'median':>10}{'best':>10}{'twin':>12}")
    for size in SIZES:
        measure(size, few_ties=False, rounds=options.rounds, with_twin=size <= options.twin_largest)
        if size > 3:
            measure(size, few_ties=True, rounds=options.rounds, with_twin=False)
            measure_buffer(size, options.rounds)
    if os.path.exists("/proc/self/statm"):
        printed = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
        idle, all_strategies = map(float, printed.stdout.split())
        print(f"\nbytes a deployment: {idle:.0f}, with every strategy in use {all_strategies:.0f}")


if __name__ == "__main__":
    main()
