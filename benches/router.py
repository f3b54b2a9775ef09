"""Picking a deployment, setting a list and calling through the router, beside upstream where that is what is imported.

    python benches/router.py [--json]

Run it once with this package and once with upstream LiteLLM; both print the same rows, in microseconds per call.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

import litellm

MESSAGES = [{"role": "user", "content": "Say hello."}]
SIZES = (1, 100, 1_000, 10_000)
BUDGET_S = 1.0


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
    """The median time of one call, over at most a second."""
    call()
    samples, end = [], time.perf_counter() + BUDGET_S
    while time.perf_counter() < end and len(samples) < 20_000:
        started = time.perf_counter()
        call()
        samples.append(time.perf_counter() - started)
    return statistics.median(samples) * 1e6


async def microseconds_async(call: Callable[[], Any]) -> float:
    """As `microseconds`, for a coroutine function."""
    for _ in range(20):
        await call()
    samples, end = [], time.perf_counter() + BUDGET_S
    while time.perf_counter() < end and len(samples) < 20_000:
        started = time.perf_counter()
        await call()
        samples.append(time.perf_counter() - started)
    return statistics.median(samples) * 1e6


def measure() -> dict[str, float]:
    """Every row by name."""
    found: dict[str, float] = {}
    for size in SIZES:
        started = time.perf_counter()
        router = litellm.Router(model_list=rows(size))
        found[f"set_model_list {size} (ms)"] = (time.perf_counter() - started) * 1e3
        found[f"get_available_deployment {size} (us)"] = microseconds(
            lambda router=router: router.get_available_deployment("chat", MESSAGES)  # type: ignore[misc]
        )
    router = litellm.Router(model_list=rows(2))
    direct = asyncio.run(
        microseconds_async(lambda: litellm.acompletion(model="openai/gpt-4o", messages=MESSAGES, mock_response="hi"))
    )
    routed = asyncio.run(microseconds_async(lambda: router.acompletion("chat", MESSAGES)))
    found["acompletion, direct (us)"], found["acompletion, routed (us)"] = direct, routed
    found["acompletion, the router's share (us)"] = routed - direct
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    found = measure()
    if parser.parse_args().json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name:45} {value:12.1f}")


if __name__ == "__main__":
    main()
