"""Upstream's proxy under load: plain, and run by `python -m litellm_rust run`, in turn."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from litellm_rust.commands.benchmark_rows import Effort, Row, Times, row_of
from litellm_rust.commands.provider import CHUNKS, running

CONNECTIONS: Final = 16
_PAIRS_AT_MOST: Final = 5
_START_LIMIT_S: Final = 240.0
_CONFIG: Final = """
model_list:
  - model_name: g
    litellm_params: {{model: openai/gpt-4o, api_base: "{base}", api_key: sk-1}}
general_settings: {{master_key: sk-master}}
"""
_ENVIRONMENT: Final = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_RUST_ENABLE": "0"}


class NoProxy(Exception):  # a verdict, not an error of the caller
    """Upstream's proxy cannot be measured here; the message says why."""


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs in a process group of its own."""

    port: int
    child: subprocess.Popen[bytes]

    @property
    def process(self) -> int:
        """Its process id: what runs it takes its own place."""
        return self.child.pid

    def cpu_s(self) -> float:
        """Processor time that it has used; 0 where the system does not tell."""
        stat = Path(f"/proc/{self.process}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self) -> float | None:
        """Its memory; None where the system does not tell."""
        statm = Path(f"/proc/{self.process}/statm")
        pages = int(statm.read_text().split()[1]) if statm.exists() else None
        return None if pages is None else pages * os.sysconf("SC_PAGESIZE") / 2**20


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def _proxy(program: str, config: Path, *, accelerated: bool) -> Iterator[Proxy]:
    """The proxy, not yet listening. Whoever asks waits with `_ready`."""
    port = _free_port()
    command = [program, "--config", str(config), "--port", str(port), "--host", "127.0.0.1"]
    if accelerated:
        command = [sys.executable, "-m", "litellm_rust", "run", *command]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_ENVIRONMENT},
        start_new_session=True,
    )
    try:
        yield Proxy(port, process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _ready(proxy: Proxy) -> None:
    """Wait until it listens. Raises NoProxy."""
    give_up = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < give_up:
        if proxy.child.poll() is not None:
            raise NoProxy(f"it ended with status {proxy.child.returncode}; is litellm[proxy] installed?")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", proxy.port), 1):
            return
        time.sleep(0.2)
    raise NoProxy(f"it does not listen within {_START_LIMIT_S:.0f} seconds")


async def _load(proxy: Proxy, requests: int, *, stream: bool) -> Times:
    """Time and the proxy's processor time of one request, over all the connections at once."""
    body = {"model": "g", "messages": [{"role": "user", "content": "Hello"}], **({"stream": True} if stream else {})}
    content = json.dumps(body).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer sk-master\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    left = iter(range(requests))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        for _ in left:
            writer.write(head.encode() + content)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            if b" 200 " not in answer[:20]:
                raise RuntimeError(answer.partition(b"\r\n")[0].decode())
            if b"content-length:" in answer:
                await reader.readexactly(int(answer.split(b"content-length:")[1].split(b"\r\n")[0]))
            else:
                await reader.readuntil(b"\r\n0\r\n\r\n")
        writer.close()

    start, cpu = time.perf_counter(), proxy.cpu_s()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return (time.perf_counter() - start) / requests, (proxy.cpu_s() - cpu) / requests


def _measure(name: str, off: Proxy, on: Proxy, effort: Effort, goal: float, *, stream: bool) -> Row:
    for proxy in (off, on):
        asyncio.run(_load(proxy, effort.warm_calls * CONNECTIONS, stream=stream))
    slow = asyncio.run(_load(off, CONNECTIONS, stream=stream))[0]
    requests = max(2 * CONNECTIONS, int(effort.seconds / slow))
    pairs = [
        (asyncio.run(_load(off, requests, stream=stream)), asyncio.run(_load(on, requests, stream=stream)))
        for _ in range(min(effort.pairs, _PAIRS_AT_MOST))
    ]
    return row_of(name, pairs, 1e6, goal, (off.resident_mib(), on.resident_mib()))


def measure_proxy(effort: Effort) -> Iterator[Row]:
    """A row for requests and one for streams. Raises NoProxy where upstream's proxy does not run."""
    found = Path(sys.executable).parent / "litellm"
    program = str(found) if found.exists() else shutil.which("litellm")
    if program is None or os.name == "nt":
        raise NoProxy("there is no command litellm" if program is None else "not on Windows")
    with tempfile.TemporaryDirectory() as folder, running() as base:
        config = Path(folder) / "config.yaml"
        config.write_text(_CONFIG.format(base=base), encoding="utf-8")
        with (
            _proxy(program, config, accelerated=False) as off,
            _proxy(program, config, accelerated=True) as on,
        ):
            for proxy in (off, on):
                _ready(proxy)
            yield _measure(f"proxy, a request of {CONNECTIONS} at once", off, on, effort, 3, stream=False)
            yield _measure(f"proxy, a stream of {CHUNKS} chunks", off, on, effort, 4, stream=True)
