"""Which HTTP server carries the gateway best: the same small ASGI application under each, one worker, one client.

    python benches/proxy_server.py [--seconds 4] [--connections 1 16 64]

Prints requests per second, latency (p50, p99), events per second of streams, and the resident memory of the server
with all its processes. The application does what every request of the gateway does at least: read a JSON body, answer
JSON with a few headers; or send 50 server-sent events.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

EVENTS = 50
BODY = orjson.dumps({"model": "m", "messages": [{"role": "user", "content": "hello " * 40}]})
ANSWER: dict[str, Any] = {"id": "1", "choices": [{"index": 0, "message": {"content": "hello " * 40}}]}
EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"hello"}}]}\n\n'
UVICORN = "import uvicorn; uvicorn.run('proxy_server:app', port={port}, log_level='error', lifespan='off', {more})"
SERVERS = {
    "uvicorn h11 asyncio": UVICORN.replace("{more}", "http='h11', loop='asyncio'"),
    "uvicorn httptools asyncio": UVICORN.replace("{more}", "http='httptools', loop='asyncio'"),
    "uvicorn httptools uvloop": UVICORN.replace("{more}", "http='httptools', loop='uvloop'"),
    "granian asyncio": "from granian import Granian; Granian('proxy_server:app', port={port}, interface='asgi', "
    "loop='asyncio', log_enabled=False).serve()",
    "granian uvloop": "from granian import Granian; Granian('proxy_server:app', port={port}, interface='asgi', "
    "loop='uvloop', log_enabled=False).serve()",
    "granian embedded uvloop": "import asyncio, uvloop; from granian.server.embed import Server; import proxy_server; "
    "uvloop.run(Server(proxy_server.app, port={port}, interface='asginl', log_enabled=False).serve())",
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application under test."""
    if scope["type"] != "http":
        return
    raw = b""
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if not message.get("more_body"):
            break
    if scope["path"] == "/stream":
        headers = [(b"content-type", b"text/event-stream"), (b"x-litellm-call-id", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(EVENTS):
            await send({"type": "http.response.body", "body": EVENT, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    body = orjson.dumps({**ANSWER, "model": orjson.loads(raw)["model"]}) if raw else b"{}"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(f"x-litellm-{index}".encode(), b"value") for index in range(8)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def one_client(port: int, path: str, until: float, latencies: list[float]) -> None:
    """Ask over one kept connection until the time is up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
    request = head.encode() + BODY
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        if path == "/stream":
            await reader.readuntil(b"0\r\n\r\n")
        else:
            lower = answer.lower()
            start = lower.index(b"content-length:") + 15
            await reader.readexactly(int(lower[start : lower.index(b"\r", start)]))
        latencies.append(time.perf_counter() - started)
    writer.close()


async def load(port: int, path: str, connections: int, seconds: float) -> tuple[float, float, float]:
    """(requests per second, p50 ms, p99 ms)."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(one_client(port, path, until, latencies) for _ in range(connections)))
    cuts = statistics.quantiles(latencies, n=100)
    return len(latencies) / seconds, cuts[49] * 1000, cuts[98] * 1000


@contextmanager
def server(code: str) -> Iterator[tuple[int, int]]:
    """A server process: (its port, its process group)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", code.format(port=port)], cwd=Path(__file__).parent, start_new_session=True
    )
    try:
        for _ in range(200):
            try:
                httpx.post(f"http://127.0.0.1:{port}/", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def resident_mb(group: int) -> float:
    """Resident memory of a process group in MB (Linux)."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total / 1e6


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 16, 64])
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print(f"{'server':28}{'connections':>12}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'events/s':>11}{'MB':>7}")
    for name, code in SERVERS.items():
        if options.only not in name:
            continue
        with server(code) as (port, group):
            asyncio.run(load(port, "/", 4, 0.5))
            for connections in options.connections:
                rate, p50, p99 = asyncio.run(load(port, "/", connections, options.seconds))
                streams, _, _ = asyncio.run(load(port, "/stream", connections, options.seconds / 2))
                print(f"{name:28}{connections:12}{rate:12.0f}{p50:9.3f}{p99:9.3f}{streams * EVENTS:11.0f}"
                      f"{resident_mb(group):7.0f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
