"""Requests of upstream's HTTP handlers, and calls to the providers behind them; run inside `observe.py`."""

from __future__ import annotations

import asyncio
import gzip
import importlib.metadata
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from unittest import mock

import httpx
import litellm
from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler, HTTPHandler
from observe import SEEN, Provider, shown  # type: ignore[import-not-found]

# Upstream once took for whole what aiohttp saw cut off.
OLD = importlib.metadata.version("litellm").startswith(("1.80.", "1.93."))
TEXT = {"type": "text", "text": "Hello there"}
CLAUDE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-4-5",
    "content": [TEXT],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 12, "output_tokens": 9},
}
CLAUDE_EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {**CLAUDE, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    *[
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
        for text in ("Größe", " 世界", "\n", ' "q"', " end")
    ],
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 5},
    },
    {"type": "message_stop"},
]
GEMINI_USAGE = {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}
GEMINI_PARTS = [
    {
        "candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": text}]}, **end}],
        "usageMetadata": GEMINI_USAGE,
        "modelVersion": "gemini-2.5-flash",
        "responseId": "r1",
    }
    for text, end in (("Grö", {}), ("ße", {}), (" end", {"finishReason": "STOP"}))
]
ASKED = {"messages": [{"role": "user", "content": "Größe?"}], "api_key": "k", "max_tokens": 9, "num_retries": 0}
_UNSTEADY = re.compile(r" object at 0x\w+|<\w+Error: 400.*|\(.* bytes, .*\)|\(incomplete .*\)")
# How the provider answers a request to `/<name>`, after the body has come.
HEADERS = (("content-type", "application/json"), ("X-Own", "a"), ("x-own", "b"), ("Set-Cookie", "c=1; Path=/"))


def _events(parts: list[dict[str, Any]], *, named: bool) -> Iterator[bytes]:
    for part in parts:
        name = f"event: {part['type']}\n".encode() if named else b""
        yield name + b"data: " + json.dumps(part).encode() + b"\n\n"


def _chunked(self: Any, pieces: Iterable[bytes]) -> None:
    self.send_response_only(200)
    self.send_header("content-type", "text/event-stream")
    self.send_header("transfer-encoding", "chunked")
    self.end_headers()
    for piece in pieces:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
    self.wfile.write(b"0\r\n\r\n")


def _answer(self: Any) -> None:
    """By the path: a status, a way to break off, or a provider's reply."""
    content = self.rfile.read(int(self.headers.get("content-length", 0)))
    headers = sorted((name.lower(), value) for name, value in self.headers.items() if name.lower() != "host")
    SEEN.append({"path": self.path, "headers": headers, "body": content.decode("latin-1")})
    how = self.path.partition("?")[0].rpartition("/")[2]
    streamed = b'"stream": true' in content or b'"stream":true' in content
    if how == "messages" and streamed:
        _chunked(self, _events(CLAUDE_EVENTS, named=True))
    elif how == "messages":
        self._send(200, json.dumps(CLAUDE).encode(), "application/json")
    elif how.endswith(":generateContent"):
        self._send(200, json.dumps(GEMINI_PARTS[2]).encode(), "application/json")
    elif how.endswith(":streamGenerateContent"):
        _chunked(self, _events(GEMINI_PARTS, named=False))
    elif how.isdigit():
        self._send(int(how), b'{"error": {"message": "no", "type": "overloaded_error"}}', *HEADERS[0][1:], *HEADERS[1:])
    elif how == "moved":
        self._send(307, b"", "text/plain", ("location", "/v1/200"))
    elif how == "gzip":
        self._send(200, gzip.compress(b'{"a": 1}'), "application/json", ("content-encoding", "gzip"))
    elif how == "stream":
        _chunked(self, (b"data: 1\n", b"\ndata: \xc3", b"\xa9\r\n\r\n", b"last"))
    else:
        self.break_reply(how)


def _told(response: Any) -> dict[str, Any]:
    """What can be seen of a response."""
    return {
        "class": type(response).__qualname__,
        "status": [response.status_code, response.is_success, response.reason_phrase, response.http_version],
        "headers": sorted((name, value) for name, value in response.headers.multi_items() if name != "date"),
        "text": [response.encoding, response.text, response.is_closed, response.is_stream_consumed],
        "request": [str(response.request.url), response.request.method, len(response.request.headers)],
        "sent": sorted(name for name in response.request.headers if name != "user-agent"),
        "more": [response.history, response.next_request, response.elapsed.total_seconds() > 0],
        "cookies": dict(response.cookies),
    }


def _failure(error: Exception) -> dict[str, Any]:
    told = {name: getattr(error, name, None) for name in ("message", "text", "status_code", "headers")}
    response = getattr(error, "response", None)
    request = str(error.request.url) if isinstance(error, httpx.RequestError) and error._request else None
    # Where the certificates are in memory, and how much had come of a body that broke off as it began.
    text = _UNSTEADY.sub("", str(error).partition("time taken")[0])
    told["message"] = str(told["message"]).partition("time taken")[0]
    body = None if response is None else [response.status_code, response.text, str(response.request.url)]
    return {"class": type(error).__name__, "str": text, "body": body, "request": request, **shown(told)}


async def _posted(handler: Any, url: str, **more: Any) -> Any:
    try:
        response = await handler.post(url, **more)
        if more.get("stream"):
            return [type(response).__qualname__, response.is_closed, [line async for line in response.aiter_lines()]]
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        return _failure(error)
    return _told(response)


def _posted_now(handler: Any, url: str, **more: Any) -> Any:
    try:
        response = handler.post(url, **more)
        if more.get("stream"):
            return [type(response).__qualname__, response.is_closed, list(response.iter_lines())]
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        return _failure(error)
    return _told(response)


# What comes of connections that are reset, or closed as soon as they are opened, is a race of the systems.
WAYS = ("200", "404", "429", "500", "moved", "gzip", "stream", "cut", "chunks", "none", "200")
BODIES: tuple[dict[str, Any], ...] = (
    {"json": {"a": "Größe"}},
    {"data": '{"a": 1}', "headers": {"content-type": "application/json", "X-Own": "1"}},
    {"data": {"a": "1"}, "params": {"q": "a b'c"}},
    {"json": {}, "headers": {"User-Agent": "own"}, "timeout": 5.0},
)


def handlers(base: str) -> Any:
    """Requests through handlers: what they return and raise, by way of answering and by form of the request."""

    async def run() -> list[Any]:
        handler = AsyncHTTPHandler(timeout=5.0)
        observed = [
            [way, await _posted(handler, f"{base}/{way}", json={"a": 1})]
            for way in WAYS
            if not OLD or way not in ("cut", "chunks")
        ]
        observed += [
            [way, await _posted(handler, f"{base}/{way}", json={}, stream=True)] for way in ("stream", "500", "gzip")
        ]
        observed += [await _posted(handler, f"{base}/200", **body) for body in BODIES]
        observed += [await _posted(handler, f"{base}/silent?key=secret", json={}, timeout=0.3)]
        observed += [await _posted(handler, "http://127.0.0.1:9/x", json={})]
        hooked: list[str] = []

        async def hook(request: Any) -> None:
            hooked.append(str(request.url))

        special = AsyncHTTPHandler(event_hooks={"request": [hook]})
        observed += [await _posted(special, f"{base}/200", json={}), hooked]
        with mock.patch.object(httpx.AsyncClient, "send", side_effect=ValueError("replaced")):
            observed += [await _posted(handler, f"{base}/200", json={})]
        await handler.close()
        observed += [await _posted(handler, f"{base}/200", json={})]
        return observed

    def run_now() -> list[Any]:
        handler = HTTPHandler(timeout=5.0)
        observed = [[way, _posted_now(handler, f"{base}/{way}", json={"a": 1})] for way in WAYS]
        observed += [
            [way, _posted_now(handler, f"{base}/{way}", json={}, stream=True)] for way in ("stream", "500", "gzip")
        ]
        observed += [_posted_now(handler, f"{base}/200", **body) for body in BODIES]
        observed += [_posted_now(handler, f"{base}/silent?key=secret", json={}, timeout=0.3)]
        observed += [_posted_now(handler, "http://127.0.0.1:9/x", json={})]
        with mock.patch.object(httpx.Client, "send", side_effect=ValueError("replaced")):
            observed += [_posted_now(handler, f"{base}/200", json={})]
        own = HTTPHandler(client=httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(418))))
        observed += [_posted_now(own, f"{base}/200", json={})]
        handler.close()
        return [*observed, _posted_now(handler, f"{base}/200", json={})]

    with mock.patch.object(Provider, "do_POST", _answer):
        # One event loop after the other: connections are not bound to one.
        return [asyncio.run(run()), run_now(), asyncio.run(run())]


def _shown_chunks(chunks: list[Any]) -> Any:
    """All of a stream's chunks, without the name that upstream draws for it."""
    return json.loads(json.dumps(shown(chunks), default=str).replace(chunks[0].id, "<drawn>"))


async def _called(**call: Any) -> Any:
    try:
        made = await litellm.acompletion(**call)
        return _shown_chunks([chunk async for chunk in made]) if call.get("stream") else shown(made)
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        return shown(error)


def _called_now(**call: Any) -> Any:
    try:
        made = litellm.completion(**call)
        return _shown_chunks(list(made)) if call.get("stream") else shown(made)
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        return shown(error)


def handler_calls(base: str) -> Any:
    """Calls to providers without an SDK, whole and streamed, that succeed and that do not."""
    asked: list[dict[str, Any]] = []
    for model, address in (("anthropic/claude-opus-4-5", base + "/messages"), ("gemini/gemini-2.5-flash", base)):
        asked += [{"model": model, "api_base": address, "stream": stream} for stream in (False, True)]
    asked += [{"model": "anthropic/claude-opus-4-5", "api_base": f"{base}/{status}/"} for status in (401, 429, 529)]

    async def run() -> list[Any]:
        return [await _called(**ASKED, **call) for call in asked]

    with mock.patch.object(Provider, "do_POST", _answer):
        return [asyncio.run(run()), [_called_now(**ASKED, **call) for call in asked]]
