"""Picking a deployment, setting a list and calling through the router, beside another LiteLLM.

    python benches/router.py [--json] [--beside PYTHON] [--sizes 1,100,1000,10000]

Measures the `litellm` that this interpreter imports; with `--beside`, that of another interpreter in the same run, in
turn, size by size. Microseconds of processor time per call (medians), and KiB of memory per deployment.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
MESSAGES = [{"role": "user", "content": "Say hello."}]
SIZES = (1, 100, 1_000, 10_000)
BUDGET_S = 1.0
ROUNDS, CALLS = 30, 50


def rows(size: int) -> list[dict[str, Any]]:
    """A group of `size` deployments that answer by themselves."""
    return [
        {
            "model_name": "chat",
            "litellm_params": {"model": "openai/gpt-4o", "api_key": f"k{index}", "mock_response": "hi"},
            "model_info": {"id": f"d{index}"},
        }
        for index in range(size)
    ]


def microseconds(call: Callable[[], Any]) -> float:
    """The median processor time of one call, over at most a second."""
    call()
    samples: list[float] = []
    end = time.perf_counter() + BUDGET_S
    while (time.perf_counter() < end or len(samples) < 3) and len(samples) < 20_000:
        started = time.process_time()
        call()
        samples.append(time.process_time() - started)
    return statistics.median(samples) * 1e6


def resident_kib() -> float:
    """The memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


async def shares(direct: Callable[[], Any], routed: Callable[[], Any]) -> tuple[float, float]:
    """(a direct call, a routed call): rounds of each in turn, the median of each."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, samples in zip((direct, routed), found, strict=True):
            started = time.process_time()
            for _ in range(CALLS):
                await call()
            samples.append((time.process_time() - started) / CALLS * 1e6)
    return statistics.median(found[0]), statistics.median(found[1])


def measure_size(size: int) -> dict[str, float]:
    """The rows of one size."""
    import litellm

    litellm.Router(model_list=rows(1)).get_available_deployment("chat", MESSAGES)
    given = rows(size)
    before = resident_kib()
    started = time.process_time()
    router = litellm.Router(model_list=given)
    found = {f"set_model_list {size} (ms)": (time.process_time() - started) * 1e3}
    if size >= 1_000:
        found[f"memory of one of {size} (KiB)"] = (resident_kib() - before) / size
    found[f"get_available_deployment {size}"] = microseconds(lambda: router.get_available_deployment("chat", MESSAGES))
    return found


def measure_calls() -> dict[str, float]:
    """The rows of `acompletion`."""
    import litellm

    router = litellm.Router(model_list=rows(2))
    direct, routed = asyncio.run(
        shares(
            lambda: litellm.acompletion(model="openai/gpt-4o", messages=MESSAGES, mock_response="hi"),
            lambda: router.acompletion("chat", MESSAGES),
        )
    )
    return {"acompletion, direct": direct, "acompletion, routed": routed, "the router's share": routed - direct}


def elsewhere(python: str, part: str) -> dict[str, float]:
    """A part measured by another interpreter, outside of this source tree."""
    command = [python, str(Path(__file__).resolve()), "--part", part, "--json"]
    result = subprocess.run(command, check=True, capture_output=True, text=True, cwd="/tmp")
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--beside", metavar="PYTHON", type=os.path.abspath)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        found = measure_calls() if options.part == "calls" else measure_size(int(options.part))
        print(json.dumps(found))
        return
    found, other = {}, {}
    for part in [*options.sizes.split(","), "calls"]:
        found.update(elsewhere(sys.executable, part))
        if options.beside:
            other.update(elsewhere(options.beside, part))
    if options.json:
        print(json.dumps({"here": found, "beside": other}, indent=1))
        return
    for name, value in found.items():
        beside = other.get(name)
        print(f"{name:34} {value:12.1f}" + ("" if beside is None else f" {beside:14.1f} {beside / value:10.1f}x"))


if __name__ == "__main__":
    main()
