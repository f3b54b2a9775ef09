"""A provider on loopback that speaks OpenAI's and Anthropic's wire formats, and misbehaves on demand.

    python -m tests.support.provider [--port N]        prints "listening on http://127.0.0.1:N" and serves until killed

What it does is chosen by a path prefix, so that every deployment has its own behaviour while model names stay real:

    http://127.0.0.1:N/~delay=2,chunk_delay=0.05/v1/chat/completions

| option | effect |
| --- | --- |
| status=N, retry_after=S | an error of that status in the format's own shape |
| delay=S | wait before the answer's head |
| chunk_delay=S | wait before each piece of a stream |
| words=N | answer with N words instead of an echo |
| cut=N | drop the connection after N pieces of a stream (0: before the head) |
| flaky=N | the first N requests under this prefix answer 500 |
| malformed, html, empty | a broken body (in a stream: a broken event) with status 200 |
| hang | accept and never answer |
| no_usage | a stream without usage |

The key `sk-wrong` is refused with 401. `GET /_requests` lists what was asked (newest last, at most 1,000) with
`aborted` for those whose client left early; `DELETE /_requests` forgets them.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from tests.support import endpoint_replies, replies
from tests.support.http11 import Exchange, Request, serve

LONG = 3600.0


def parse_options(path: str) -> tuple[dict[str, Any], str, str]:
    """(options, their prefix, the rest of the path) of a request path."""
    found = re.match(r"/~([^/]*)(/.*)$", path)
    if not found:
        return {}, "", path
    pairs = (item.partition("=") for item in found[1].split(",") if item)
    return {name: value or True for name, _, value in pairs}, found[1], found[2]


class Provider:
    """The answers, and the record of what was asked."""

    def __init__(self) -> None:
        self.requests: collections.deque[dict[str, Any]] = collections.deque(maxlen=1000)
        self.failures: collections.Counter[str] = collections.Counter()

    async def handle(self, request: Request, exchange: Exchange) -> None:
        """Answer one request."""
        options, prefix, path = parse_options(request.path.split("?")[0])
        if path == "/_requests":
            if request.method == "DELETE":
                self.requests.clear()
            await exchange.send_json(200, list(self.requests))
            return
        record = {
            "method": request.method,
            "path": path,
            "query": request.path.partition("?")[2],
            "prefix": prefix,
            "headers": request.headers,
            "body": request.json(),
            "form": endpoint_replies.form_of(request),
            "aborted": False,
            "finished": False,
            "time": time.time(),
        }
        self.requests.append(record)
        try:
            await self._answer(request, exchange, options, prefix, path)
            record["finished"] = True
        except (ConnectionError, asyncio.CancelledError):
            record["aborted"] = True
            raise

    async def _answer(
        self, request: Request, exchange: Exchange, options: dict[str, Any], prefix: str, path: str
    ) -> None:
        anthropic = "/messages" in path
        if options.get("hang"):
            await asyncio.sleep(LONG)
        if "delay" in options:
            await asyncio.sleep(float(options["delay"]))
        if options.get("cut") == "0":
            exchange.cut()
            return
        status = self._status(request, options, prefix)
        if status != 200:
            if "retry_after" in options:
                exchange.headers["retry-after"] = str(options["retry_after"])
            await exchange.send_json(status, _error(status, anthropic))
            return
        if request.method == "GET" and path.endswith("/models"):
            await exchange.send_json(200, {"object": "list", "data": [{"id": "gpt-4o", "object": "model"}]})
            return
        body = request.json()
        if (plain := endpoint_replies.plain_answer(request, path)) is not None:
            content, media_type = _broken_body(options, False) or plain
            sent = content if isinstance(content, bytes) else json.dumps(content).encode()
            await exchange.send(200, sent, media_type)
            return
        if not isinstance(body, dict):
            await exchange.send_json(400, _error(400, anthropic))
            return
        if broken := _broken_body(options, bool(body.get("stream"))):
            await exchange.send(200, *broken)
            return
        try:
            await self._reply(exchange, body, options, path)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # a field of an odd shape
            await exchange.send_json(400, _error(400, anthropic))

    def _status(self, request: Request, options: dict[str, Any], prefix: str) -> int:
        key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if key == "sk-wrong":
            return 401
        if "flaky" in options and self.failures[prefix] < int(options["flaky"]):
            self.failures[prefix] += 1
            return 500
        return int(options.get("status", 200))

    async def _reply(self, exchange: Exchange, body: dict[str, Any], options: dict[str, Any], path: str) -> None:
        if path.endswith("/messages/count_tokens"):
            await exchange.send_json(200, {"input_tokens": replies.prompt_tokens(body)})
        elif path.endswith("/messages"):
            if body.get("stream"):
                lines = (
                    f"event: {name}\ndata: {json.dumps(data)}\n\n"
                    for name, data in replies.anthropic_events(body, options)
                )
                await _stream(exchange, lines, options)
            else:
                await exchange.send_json(200, replies.anthropic_message(body, options))
        elif path.endswith("/chat/completions"):
            if body.get("stream"):
                await _stream(exchange, (f"data: {data}\n\n" for data in replies.openai_chunks(body, options)), options)
            else:
                await exchange.send_json(200, replies.openai_chat(body, options))
        elif path.endswith("/completions") and body.get("stream"):
            chunks = (f"data: {json.dumps(chunk)}\n\n" for chunk in endpoint_replies.text_chunks(body))
            await _stream(exchange, itertools.chain(chunks, ["data: [DONE]\n\n"]), options)
        elif path.endswith("/completions"):
            await exchange.send_json(200, replies.openai_completion(body))
        elif path.endswith("/responses"):
            events = (
                f"event: {name}\ndata: {json.dumps({'type': name, 'sequence_number': number, **data})}\n\n"
                for number, (name, data) in enumerate(endpoint_replies.response_events(body))
            )
            await _stream(exchange, events, options)
        elif path.endswith("/embeddings"):
            await exchange.send_json(200, replies.openai_embeddings(body))
        else:
            await exchange.send_json(404, _error(404, False))


def _error(status: int, anthropic: bool) -> dict[str, Any]:
    message = f"provider says {status}"
    if anthropic:
        kinds = {
            400: "invalid_request_error",
            401: "authentication_error",
            404: "not_found_error",
            429: "rate_limit_error",
        }
        return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message}}
    return {"error": {"message": message, "type": "provider_error", "param": None, "code": str(status)}}


def _broken_body(options: dict[str, Any], stream: bool) -> tuple[bytes, str] | None:
    if options.get("html"):
        return b"<html><body>Bad gateway</body></html>", "text/html"
    if options.get("empty"):
        return b"", "application/json"
    if options.get("malformed") and not stream:
        return b'{"id": "chatcmpl-1", "choices": [', "application/json"
    return None


async def _stream(exchange: Exchange, events: Iterable[str], options: dict[str, Any]) -> None:
    events = list(events)  # a request that cannot be answered fails before its answer begins
    await exchange.start_stream()
    pause, cut = float(options.get("chunk_delay", 0)), int(options.get("cut", -1))
    for index, event in enumerate(events):
        if index == cut:
            exchange.cut()
            return
        if pause:
            await asyncio.sleep(pause)
        if exchange.writer.transport.is_closing():
            raise ConnectionResetError
        await exchange.chunk(b"data: {broken\n\n" if options.get("malformed") and index == 2 else event.encode())
    await exchange.end_stream()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """A provider process for the length of a `with` block; gives its base address."""
    command = [sys.executable, "-m", "tests.support.provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rsplit(" ", 1)[1].strip()
        finally:
            process.kill()


async def main(port: int) -> None:
    """Serve until killed."""
    server = await serve(Provider().handle, "127.0.0.1", port)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(parser.parse_args().port))
