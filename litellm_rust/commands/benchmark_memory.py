"""What upstream takes in memory and in start-up with acceleration and without: a process each, on the same calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Final

from litellm_rust.commands.benchmark_rows import Row, Times, row_of

_CALLS: Final = 100
_PAIRS: Final = 2
_SCRIPT: Final = """
import asyncio, json, sys, time
accelerated, base, calls = sys.argv[1] == "on", sys.argv[2], int(sys.argv[3])
start, cpu = time.perf_counter(), time.process_time()
if accelerated:
    import litellm_rust
    litellm_rust.enable()
import litellm
call = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Hello"}], "api_base": base, "api_key": "k"}
async def main():
    for _ in range(calls):
        await litellm.acompletion(**call)
        async for _ in await litellm.acompletion(**call, stream=True):
            pass
asyncio.run(main())
took = time.perf_counter() - start, time.process_time() - cpu
try:
    pages = int(open("/proc/self/statm").read().split()[1])
    import resource
    print(json.dumps([*took, pages * resource.getpagesize() / 2**20]))
except OSError:
    print(json.dumps([*took, None]))
"""


def _run(mode: str, base: str) -> tuple[Times, float | None]:
    """Time, processor time and memory of a process that imports upstream and makes calls."""
    command = [sys.executable, "-c", _SCRIPT, mode, base, str(_CALLS)]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_RUST_ENABLE": "0"}
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    wall, cpu, mib = json.loads(ended.stdout.splitlines()[-1])
    return (wall, cpu), mib


def measure_memory(base: str) -> Row:
    """A row for a whole process: import, and as many streams as plain calls at `base`; a call's share of it."""
    runs = [(_run("off", base), _run("on", base)) for _ in range(_PAIRS)]
    memory = runs[-1][0][1], runs[-1][1][1]
    name = f"a call of {2 * _CALLS}, with start and import"
    return row_of(name, [(off[0], on[0]) for off, on in runs], 1e6 / (2 * _CALLS), 1.0, memory)
