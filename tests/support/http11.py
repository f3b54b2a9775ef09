"""A small HTTP/1.1 server on asyncio streams: what a scripted provider needs, and quick enough for benchmarks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass
class Request:
    """One request as it was read off the wire; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, or None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Exchange:
    """Where a handler writes its answer. `aborted` tells whether the client left before the end."""

    writer: asyncio.StreamWriter
    keep_alive: bool = True
    aborted: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def _head(self, status: int, headers: dict[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in (self.headers | headers).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        """A whole answer at once."""
        self.writer.write(self._head(status, {"content-type": content_type, "content-length": str(len(body))}) + body)
        await self.writer.drain()

    async def send_json(self, status: int, value: Any) -> None:
        """A whole answer of JSON."""
        await self.send(status, json.dumps(value).encode())

    async def start_stream(self, content_type: str = "text/event-stream") -> None:
        """The head of a chunked answer."""
        self.writer.write(self._head(200, {"content-type": content_type, "transfer-encoding": "chunked"}))
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        """One piece of a chunked answer."""
        self.writer.write(b"%x\r\n" % len(data) + data + b"\r\n")
        await self.writer.drain()

    async def end_stream(self) -> None:
        """The end of a chunked answer."""
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    def cut(self) -> None:
        """Drop the connection without finishing the answer."""
        self.keep_alive = False
        self.writer.transport.abort()


Handler = Callable[[Request, Exchange], Awaitable[None]]


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, or None at its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length") or 0))
    return Request(method, path, headers, body)


async def serve(handler: Handler, host: str, port: int, *, ssl: SSLContext | None = None) -> asyncio.Server:
    """Listen and answer every request of every connection by `handler`."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_request(reader)) is not None:
                exchange = Exchange(writer)
                await handler(request, exchange)
                if not exchange.keep_alive:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the server ends
        finally:
            writer.close()

    return await asyncio.start_server(connection, host, port, limit=1 << 26, backlog=1024, ssl=ssl)


@contextlib.contextmanager
def serving(handler: Handler, *, ssl: SSLContext | None = None) -> Iterator[int]:
    """Answer by `handler`, in a thread of its own, for the length of a `with` block; gives the port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serve(handler, "127.0.0.1", 0, ssl=ssl))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        server.close()
        loop.run_until_complete(_cancel(asyncio.all_tasks(loop)))
        loop.close()


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
