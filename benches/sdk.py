"""The SDK beside upstream: import, calls without and over HTTP, streams, costs.

    python benches/sdk.py --upstream .venv-upstream/bin/python [--rounds 3]

Each side runs in processes of its own, in turn, against one server in another process: ours with the Rust features,
ours with the Python twins, upstream. Medians of the rounds. Times are the processor time of the client's process
(beside them the clock's, where it matters), because the machine may have other work.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

MESSAGES = [{"role": "user", "content": "Say hello."}]
CHUNKS, FEW_CHUNKS = 200, 20
STREAMS = 1_000
TWINS = {f"LITELLM_RUST_{name}": "false" for name in ("TOKEN_COUNTING", "ROUTING", "RATE_LIMITING", "TRANSPORT")}
REPLY = json.dumps(
    {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "gpt-4o",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }
).encode()  # fmt: skip


# --------------------------------------------------------------------------- the provider


def _chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4o",
        "choices": [choice],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


_WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(REPLY), REPLY)


def _stream(chunks: int) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        + b"".join(_framed(_chunk({"content": f"w{index} "})) for index in range(chunks))
        + _framed(_chunk({}, "stop"))
        + _framed(b"data: [DONE]\n\n")
        + b"0\r\n\r\n"
    )


_STREAM, _SHORT_STREAM = _stream(CHUNKS), _stream(FEW_CHUNKS)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await reader.readuntil(b"\r\n\r\n"):
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        stream = _SHORT_STREAM if b"/few/" in head else _STREAM
        writer.write(stream if b'"stream":true' in body.replace(b" ", b"") else _WHOLE)
        await writer.drain()


async def _connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await _answer(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve() -> None:
    """Answers on a free port, which it prints, until it is killed."""
    server = await asyncio.start_server(_connected, "127.0.0.1", 0, backlog=2 * STREAMS)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# --------------------------------------------------------------------------- one side


def each(call: Callable[[], Any], budget_s: float = 1.0) -> float:
    """Processor time of one call in microseconds."""
    for _ in range(5):
        call()
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < budget_s:
        for _ in range(20):
            call()
        count += 20
    return spent / count * 1e6


async def each_async(call: Callable[[], Awaitable[Any]], budget_s: float = 1.0) -> tuple[float, float]:
    """Processor and clock time of one call in microseconds, one call after another."""
    for _ in range(5):
        await call()
    count, began, clock = 0, time.process_time(), time.perf_counter()
    while time.process_time() - began < budget_s:
        await call()
        count += 1
    return (time.process_time() - began) / count * 1e6, (time.perf_counter() - clock) / count * 1e6


async def over_http(litellm: Any, base: str) -> dict[str, float]:
    """Whole replies beside the bare client's, one stream after another, and a thousand streams at once."""
    import httpx

    options = {"model": "openai/gpt-4o", "messages": MESSAGES, "api_base": f"{base}/v1", "api_key": "k"}
    body = {"model": "gpt-4o", "messages": MESSAGES}
    found: dict[str, float] = {}
    async with httpx.AsyncClient() as client:

        async def bare() -> Any:
            return (await client.post(f"{base}/v1/chat/completions", json=body)).json()

        found["bare httpx (CPU us)"], found["bare httpx (clock us)"] = await each_async(bare)
    cpu, clock = await each_async(lambda: litellm.acompletion(**options))
    found["acompletion over HTTP (CPU us)"], found["acompletion over HTTP (clock us)"] = cpu, clock

    async def stream(path: str = "/v1") -> int:
        options["api_base"] = base + path
        return len([None async for _ in await litellm.acompletion(**options, stream=True)])

    cpu, _ = await each_async(stream, 2.0)
    found["a streamed chunk over HTTP (CPU us)"] = cpu / CHUNKS
    began = time.process_time()
    counts = await asyncio.gather(*(stream("/few/v1") for _ in range(STREAMS)))
    found["1,000 streams of 20 chunks at once, a stream (CPU us)"] = (time.process_time() - began) / STREAMS * 1e6
    found["1,000 streams at once, streams cut short"] = float(sum(count < FEW_CHUNKS for count in counts))
    return found


def measure(base: str) -> dict[str, float]:
    """Every row by name."""
    began, cpu = time.perf_counter(), time.process_time()
    import litellm

    found = {
        "import litellm (CPU ms)": (time.process_time() - cpu) * 1e3,
        "import litellm (clock ms)": (time.perf_counter() - began) * 1e3,
        "import litellm (MB)": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    cpu = time.process_time()
    litellm.completion(model="openai/gpt-4o", messages=MESSAGES, mock_response="hi")
    found["the first call after it (CPU ms)"] = (time.process_time() - cpu) * 1e3
    found["completion(mock_response) (CPU us)"] = each(
        lambda: litellm.completion(model="openai/gpt-4o", messages=MESSAGES, mock_response="hi")
    )
    response = litellm.completion(model="openai/gpt-4o", messages=MESSAGES, mock_response="hi")
    found["completion_cost (CPU us)"] = each(lambda: litellm.completion_cost(response, "gpt-4o"))
    found.update(asyncio.run(over_http(litellm, base)))
    return found


# --------------------------------------------------------------------------- all sides


def compare(upstream: str, rounds: int) -> dict[str, dict[str, float]]:
    """Rows by side, each the median of its rounds."""
    plain = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    sides = {"ours": (sys.executable, {}), "ours, Python only": (sys.executable, TWINS), "upstream": (upstream, {})}
    gathered: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        base = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for _ in range(rounds):
            for side, (python, flags) in sides.items():
                ran = subprocess.run(
                    [python, str(Path(__file__)), "--measure", base],
                    env={**os.environ, **plain, **flags}, stdout=subprocess.PIPE, check=True, text=True, timeout=600,
                )  # fmt: skip
                gathered[side].append(json.loads(ran.stdout.splitlines()[-1]))
        server.kill()
    return {
        side: {row: statistics.median(one[row] for one in found) for row in found[0]}
        for side, found in gathered.items()
    }


def table(found: dict[str, dict[str, float]]) -> str:
    """The rows as Markdown, with upstream's share."""
    lines = [f"| | {' | '.join(found)} | upstream / ours |", "| --- |" + " --- |" * (len(found) + 1)]
    for row in found["ours"]:
        figures = [side[row] for side in found.values()]
        ratio = f"{figures[-1] / figures[0]:.1f}x" if figures[0] else "–"
        lines.append(f"| {row} | {' | '.join(f'{figure:,.1f}' for figure in figures)} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    """Reads the command line, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", help="a Python in whose environment LiteLLM 1.106.2 is installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", metavar="BASE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
    elif options.measure:
        print(json.dumps(measure(options.measure)))
    else:
        print(table(compare(options.upstream or sys.executable, options.rounds)))


if __name__ == "__main__":
    main()
