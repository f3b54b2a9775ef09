"""The gateway under load, beside upstream's proxy, in one run: one worker each, in turn, against the cheapest provider.

    python benches/gateway.py [--upstream .venv-upstream/bin/python] [--python] [--connections 1 16 64] [--seconds 5]

For Linux; the load comes from `wrk` (Debian: apt install wrk). Ours is asked with a virtual key that has a budget and
limits, and writes its spend logs to SQLite; upstream is asked with its master key and has no database, so it does less.
Prints, for each number of connections, the medians over the rounds: requests a second, p50 and p99 in ms, processor
time of the gateway for a request in ms, and its resident memory in MB. A stream is 200 chunks.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benches.support import loopback_server

START_LIMIT_S = 180.0
WARM = 50
MASTER_KEY = "sk-" + secrets.token_hex(16)
CONFIG = """
model_list:
  - model_name: g
    litellm_params: {{model: openai/gpt-4o, api_base: "{base}/v1", api_key: sk-1}}
general_settings: {{master_key: {key}}}
"""
KEY = {"max_budget": 1e6, "rpm_limit": 10**9, "tpm_limit": 10**12, "max_parallel_requests": 10**6, "models": ["g"]}
LUA = """wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer {key}"
wrk.body = '{{"model":"g","max_tokens":64,"messages":[{{"role":"user","content":"Hello there, how are you?"}}]{more}}}'
done = function(summary, latency)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors))
end
"""


@dataclass(frozen=True)
class Result:
    """One run: requests a second, latencies and processor time in ms, resident memory in MB."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    rss_mb: float


@dataclass(frozen=True)
class Gateway:
    """A running gateway and the key to ask it with."""

    pid: int
    port: int
    key: str
    start: str
    """What its start took."""
    native: bool = False
    """Whether Rust is to answer."""

    def measure(self, connections: int, seconds: float, *, stream: bool) -> Result:
        """Ask for `seconds` over `connections` connections. Raises SystemExit when a request failed."""
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(LUA.format(key=self.key, more=',"stream":true' if stream else ""))
            script.flush()
            url = f"http://127.0.0.1:{self.port}/v1/chat/completions"
            command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script.name, url]
            before = self.cpu_s()
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            cpu_s = self.cpu_s() - before
        found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", printed)
        if found is None:
            raise SystemExit(printed)
        requests, duration_us, p50_us, p99_us, errors = map(int, found.groups())
        if errors:
            raise SystemExit(f"{errors} of {requests} requests failed")
        rate, cpu_ms = requests * 1e6 / duration_us, cpu_s * 1e3 / max(requests, 1)  # the slowest may end none
        return Result(rate, p50_us / 1e3, p99_us / 1e3, cpu_ms, self.rss_mb())

    def warm(self) -> None:
        """Ask until all is loaded, and Rust answers where it is to. Raises HTTPStatusError when it is not answered."""
        for _ in range(WARM):
            if self._served_by() == "rust" or not self.native:
                return
            time.sleep(0.1)
        raise SystemExit("the native front does not answer")

    def _served_by(self) -> str | None:
        body = {"model": "g", "messages": [{"role": "user", "content": "Hello"}]}
        headers = {"authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"http://127.0.0.1:{self.port}/v1/chat/completions", json=body, headers=headers, timeout=60)
        served_by: str | None = answer.raise_for_status().headers.get("x-litellm-served-by")
        return served_by

    def _processes(self) -> list[Path]:
        return [Path(f"/proc/{pid}") for pid in [self.pid, *children(self.pid)]]

    def cpu_s(self) -> float:
        """Processor time so far, in seconds."""
        ticks = (line.rsplit(")", 1)[1].split()[11:13] for line in self._read("stat"))
        return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Resident memory, in MB."""
        return sum(int(line.split()[1]) for line in self._read("statm")) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _read(self, name: str) -> list[str]:
        return [(process / name).read_text() for process in self._processes()]


def children(pid: int) -> list[int]:
    """The processes below a process."""
    found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [below for one in found for below in children(one)]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def running(litellm: Path, folder: Path, *, virtual_key: bool, native: bool = False) -> Iterator[Gateway]:
    """The gateway that `litellm` (a console script) starts, until the block ends; ours with `native` by Rust."""
    port = free_port()
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    environment["LITELLM_RUST_GATEWAY"] = "on" if native else "off"
    command = [str(litellm), "--config", "config.yaml", "--port", str(port)]
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )  # fmt: skip
    base, began = f"http://127.0.0.1:{port}", time.monotonic()
    try:
        _wait(base, process)
        started = Gateway(process.pid, port, MASTER_KEY, "")
        start = f"{time.monotonic() - began:.1f} s, CPU {started.cpu_s():.1f} s, {started.rss_mb():.0f} MB"
        key = MASTER_KEY
        if virtual_key:
            made = httpx.post(f"{base}/key/generate", json=KEY, headers={"authorization": f"Bearer {MASTER_KEY}"})
            key = made.raise_for_status().json()["key"]
        yield Gateway(process.pid, port, key, start, native)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_LIMIT_S
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{base}/health/liveliness", timeout=5).raise_for_status()
            return
        time.sleep(0.1)
    raise SystemExit(f"the gateway at {base} did not start")


def main() -> None:
    """Print a line for each gateway, kind of request and number of connections."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", type=os.path.abspath, help="the Python of an environment with upstream LiteLLM")
    parser.add_argument("--python", action="store_true", help="measure ours without its native front as well")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed: apt install wrk")
    with tempfile.TemporaryDirectory() as name, loopback_server() as base, contextlib.ExitStack() as stack:
        folder = Path(name)
        for place in (folder, folder / "python"):
            place.mkdir(exist_ok=True)
            (place / "config.yaml").write_text(CONFIG.format(base=base, key=MASTER_KEY), encoding="utf-8")
        ours = Path(sys.executable).parent / "litellm"
        gateways = {"ours": stack.enter_context(running(ours, folder, virtual_key=True, native=True))}
        if options.upstream:
            theirs = Path(options.upstream).parent / "litellm"
            gateways["upstream"] = stack.enter_context(running(theirs, folder, virtual_key=False))
        if options.python:
            gateways["python"] = stack.enter_context(running(ours, folder / "python", virtual_key=True))
        for name, gateway in gateways.items():
            gateway.warm()
            print(f"{name:8} start: {gateway.start}; after a request {gateway.rss_mb():.0f} MB", flush=True)
        for stream in (False, True):
            for connections in options.connections:
                compare(gateways, connections, options.seconds, options.rounds, stream=stream)


def compare(gateways: dict[str, Gateway], connections: int, seconds: int, rounds: int, *, stream: bool) -> None:
    """Measure the gateways in turn and print their medians, and the ratio of the first to the second."""
    results: dict[str, list[Result]] = {name: [] for name in gateways}
    for gateway in gateways.values():
        gateway.warm()
    for _ in range(rounds):
        for name, gateway in gateways.items():
            results[name].append(gateway.measure(connections, seconds, stream=stream))
    kind = "streams " if stream else "requests"
    rates = {}
    for name, found in results.items():
        rate, p50, p99, cpu, rss = (
            statistics.median(getattr(result, field) for result in found)
            for field in ("rate", "p50_ms", "p99_ms", "cpu_ms", "rss_mb")
        )
        rates[name] = rate
        print(
            f"{name:8} {kind} {connections:3} at once: {rate:8.1f}/s  p50 {p50:8.2f}  p99 {p99:8.2f}  "
            f"CPU {cpu:7.3f} ms  {rss:6.1f} MB", flush=True,
        )  # fmt: skip
    for name, rate in rates.items():
        if name != "ours" and rate:
            print(f"         ours / {name}: {rates['ours'] / rate:.1f}x", flush=True)


if __name__ == "__main__":
    main()
