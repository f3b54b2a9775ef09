"""Requests per second of our httpx transports beside httpx's own, aiohttp and pyreqwest, in one run on one server.

    python benches/transport.py [--seconds 1.0] [--rounds 5]

Every client asks the same loopback server (`benches/loopback_server.rs`, built and started here) for the same small
JSON answer. The clients take turns, round after round; the table shows each one's median and its ratio to httpx, and
the processor time of this process for a request, which other work on the machine changes less than the rate.
"our pool" is the bare pool that the SDK's own calls use; "our transport" is given httpx's request objects directly;
"httpx + ours" is an httpx client over it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benches.support import loopback_server
from litellm_rust.pool import Limits, Pool
from litellm_rust.transport import AsyncHttpxTransport, HttpxTransport, SSESplitter

BODY = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}'
HEADERS = {"content-type": "application/json", "authorization": "Bearer sk-x"}
RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
Ask = Callable[[], Awaitable[Any]]
# Requests a second, and microseconds of processor time for each.
Measured = tuple[float, float]
Results = dict[tuple[str, int], list[Measured]]


class Stopwatch:
    """The rate and the processor time of what is counted from its making on."""

    def __init__(self) -> None:
        self._started, self._used = time.perf_counter(), time.process_time()

    def after(self, done: int) -> Measured:
        """The figures for `done` requests."""
        used, passed = time.process_time() - self._used, time.perf_counter() - self._started
        return done / passed, used / done * 1e6


async def rate(ask: Ask, concurrency: int, seconds: float) -> Measured:
    """The figures of `concurrency` tasks that ask one after the other."""
    end = time.perf_counter() + seconds
    done = 0

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await ask()
            done += 1

    stopwatch = Stopwatch()
    await asyncio.gather(*(work() for _ in range(concurrency)))
    return stopwatch.after(done)


async def measure_async(url: str, seconds: float, rounds: int) -> Results:
    """Every asynchronous client at every concurrency."""
    clients: dict[str, Ask] = {}
    closers: list[Callable[[], Awaitable[Any]]] = []
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    native = AsyncHttpxTransport(limits=limits)
    bare = AsyncHttpxTransport(limits=limits)
    for name, transport in {"httpx": None, "httpx + ours": native}.items():
        client = httpx.AsyncClient(transport=transport, limits=limits)
        clients[name] = lambda client=client: client.post(url, content=BODY, headers=HEADERS)  # type: ignore[misc]
        closers.append(client.aclose)

    async def direct() -> bytes:
        request = httpx.Request("POST", url, content=BODY, headers=HEADERS)
        return await (await bare.handle_async_request(request)).aread()

    pool = Pool(limits=Limits(max_keepalive_connections=100))
    clients["our transport"] = direct
    clients["our pool"] = lambda: pool.arequest("POST", url, RAW_HEADERS, BODY)
    try:
        import aiohttp
    except ImportError:
        print("aiohttp is not installed")
    else:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))

        async def ask_aiohttp() -> bytes:
            async with session.post(url, data=BODY, headers=HEADERS) as response:
                return await response.read()

        clients["aiohttp"] = ask_aiohttp
        closers.append(session.close)
    try:
        from pyreqwest.client import ClientBuilder
    except ImportError:
        print("pyreqwest is not installed")
    else:
        reqwest = ClientBuilder().build()

        async def ask_pyreqwest() -> Any:
            response = await reqwest.post(url).headers(HEADERS).body_bytes(BODY).build().send()
            return await response.bytes()

        clients["pyreqwest"] = ask_pyreqwest
        closers.append(reqwest.close)
    results: Results = {}
    for concurrency in (1, 50):
        for _ in range(rounds):
            for name, ask in clients.items():
                results.setdefault((name, concurrency), []).append(await rate(ask, concurrency, seconds))
    for close in closers:
        await close()
    return results


def measure_sync(url: str, seconds: float, rounds: int) -> Results:
    """Every synchronous client, one request after the other."""
    results: Results = {}
    native = HttpxTransport()
    clients: dict[str, Callable[[], Any]] = {}
    for name, transport in {"httpx": None, "httpx + ours": HttpxTransport()}.items():
        client = httpx.Client(transport=transport)
        clients[name] = lambda client=client: client.post(url, content=BODY, headers=HEADERS)  # type: ignore[misc]

    def direct() -> bytes:
        return native.handle_request(httpx.Request("POST", url, content=BODY, headers=HEADERS)).read()

    pool = Pool()
    clients["our transport"] = direct
    clients["our pool"] = lambda: pool.request("POST", url, RAW_HEADERS, BODY)
    try:
        from pyreqwest.client import SyncClientBuilder
    except ImportError:
        print("pyreqwest is not installed")
    else:
        reqwest = SyncClientBuilder().build()
        clients["pyreqwest"] = lambda: reqwest.post(url).headers(HEADERS).body_bytes(BODY).build().send().bytes()
    for _ in range(rounds):
        for name, ask in clients.items():
            end, done, stopwatch = time.perf_counter() + seconds, 0, Stopwatch()
            while time.perf_counter() < end:
                ask()
                done += 1
            results.setdefault((name, 1), []).append(stopwatch.after(done))
    return results


def show(title: str, results: Results) -> None:
    """A table of medians, and ratios to httpx."""
    print(f"\n{title:34}{'requests/s':>12}{'x httpx':>10}{'CPU µs':>10}{'x httpx':>10}")
    medians = {key: tuple(map(statistics.median, zip(*values, strict=True))) for key, values in results.items()}
    for (name, concurrency), (rates, used) in medians.items():
        base_rate, base_used = medians["httpx", concurrency]
        title = f"{name}, {concurrency} at once"
        print(f"{title:34}{rates:12.0f}{rates / base_rate:10.2f}{used:10.0f}{base_used / used:10.2f}")


def measure_sse() -> None:
    """Nanoseconds for each event of a chat stream, from bytes to Python strings."""
    chunk = b'{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"hi"}}]}'
    event = b"data: " + chunk + b"\n\n"
    stream = event * 20
    times = []
    for _ in range(200):
        splitter = SSESplitter()
        started = time.perf_counter_ns()
        for _ in range(10):
            splitter.feed(stream)
        times.append((time.perf_counter_ns() - started) / 200)
    print(f"\nserver-sent events: {statistics.median(times):.0f} ns an event of {len(event)} bytes")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with loopback_server() as base:
        url = f"{base}/v1/chat/completions"
        show("async", asyncio.run(measure_async(url, options.seconds, options.rounds)))
        show("sync", measure_sync(url, options.seconds, options.rounds))
    measure_sse()


if __name__ == "__main__":
    main()
