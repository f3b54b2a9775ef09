"""Requests a second of upstream's proxy, plain and run by `python -m litellm_rust run`, against a local provider.

.venv-upstream/bin/python benches/upstream/proxy.py --connections 16 --requests 400
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from litellm_rust.commands.provider import running

START_LIMIT_S = 180.0
CONFIG = """
model_list:
  - model_name: g
    litellm_params: {{model: openai/gpt-4o, api_base: "{base}", api_key: sk-1}}
general_settings: {{master_key: sk-master}}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def proxy(config: Path, accelerated: bool) -> Iterator[int]:
    """The proxy in a process group of its own; gives its port once it answers."""
    port = free_port()
    litellm = [str(Path(sys.executable).parent / "litellm"), "--config", str(config), "--port", str(port)]
    command = [sys.executable, "-m", "litellm_rust", "run", *litellm] if accelerated else litellm
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    try:
        give_up = time.monotonic() + START_LIMIT_S
        while time.monotonic() < give_up:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.5)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


async def load(port: int, connections: int, requests: int, *, stream: bool) -> float:
    """Requests a second over `connections` connections."""
    body = {"model": "g", "messages": [{"role": "user", "content": "Hello"}], **({"stream": True} if stream else {})}
    content = json.dumps(body).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer sk-master\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    left = iter(range(requests))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            writer.write(head.encode() + content)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert b" 200 " in answer[:20], answer
            if b"content-length:" in answer:
                size = int(answer.split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(size)
            else:
                await reader.readuntil(b"\r\n0\r\n\r\n")
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return requests / (time.perf_counter() - start)


def main() -> None:
    """Print a line for each kind of request, off and on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--requests", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running() as base:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.format(base=base), encoding="utf-8")
        for accelerated in (False, True):
            with proxy(config, accelerated) as port:
                for stream in (False, True):
                    asyncio.run(load(port, options.connections, options.connections * 3, stream=stream))
                rate = asyncio.run(load(port, options.connections, options.requests, stream=False))
                streamed = asyncio.run(load(port, options.connections, options.requests // 4, stream=True))
                print(f"{'on ' if accelerated else 'off'} {rate:8.1f} requests/s {streamed:8.1f} streams/s", flush=True)


if __name__ == "__main__":
    main()
