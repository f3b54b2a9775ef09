"""Run by the interpreter that has upstream: makes calls, and prints what came of them and what the provider saw."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import importlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VOLATILE = {"_response_ms", "litellm_overhead_time_ms", "callback_duration_ms", "litellm_call_id", "created_at"}
USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 9,
    "total_tokens": 21,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "accepted_prediction_tokens": 0},
}
SEEN: list[Any] = []
# Scenarios of a module of their own.
STREAMED = ("whole_streams", "counted_streams", "interrupted_streams")
HANDLED = ("handlers", "handler_calls")


def choice(index: int = 0, **message: Any) -> dict[str, Any]:
    reason = "tool_calls" if "tool_calls" in message else "stop"
    return {"index": index, "message": {"role": "assistant", **message}, "logprobs": None, "finish_reason": reason}


def reply(choices: list[dict[str, Any]], usage: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    base = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "gpt-4o-2024-08-06"}
    return {**base, "choices": choices, "usage": usage or USAGE, "system_fingerprint": "fp_1", **more}


CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
CACHED = {**USAGE, "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0}}
REPLIES: dict[str, Any] = {
    "plain": reply([choice(content="Hello there", refusal=None, annotations=[])], service_tier="default"),
    "bare": reply([choice(content="Größe 世界 😀\n")], {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}),
    "two": reply([choice(content="one"), choice(1, content="two")]),
    "tools": reply([choice(content=None, tool_calls=[CALL])]),
    "cached": reply([choice(content="from the cache")], CACHED),
    "think": reply([choice(content="<think>so</think>yes")]),
    "reasoning": reply([choice(content="yes", reasoning_content="so")]),
    "empty": reply([choice(content="")]),
    "flex": reply([choice(content="slowly")], service_tier="flex"),
    "length": reply([{**choice(content="cut"), "finish_reason": "length"}]),
    "extra": reply([choice(content="more")], citations=["a"]),
}


def events(*deltas: Any, usage: Any = False, obfuscation: bool = False) -> bytes:
    base = {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1700000001, "model": "gpt-4o-2024-08-06"}
    lines = []
    for number, delta in enumerate(deltas):
        reason = delta.pop("reason", None)
        chunk = {**base, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]}
        lines.append({**chunk, "obfuscation": "x" * number} if obfuscation else chunk)
    if usage:
        lines = [{**line, "usage": None} for line in lines] if isinstance(usage, dict) else lines
        padding = {"obfuscation": "xyz"} if obfuscation else {}
        lines.append({**base, "choices": [], "usage": USAGE if usage is True else usage, **padding})
    return b"".join(b"data: " + json.dumps(line).encode() + b"\n\n" for line in lines) + b"data: [DONE]\n\n"


def words(*texts: str) -> list[dict[str, Any]]:
    start: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    return [*start, *[{"content": text} for text in texts], {"reason": "stop"}]


PIECE = {"index": 0, "function": {"arguments": '{"a"'}}
STREAMS: dict[str, bytes] = {
    "text": events(*words("Hel", "lo", " \"wor\\ld\"", "\n", "é😀", "\u2028", " end")),
    "long": events(*words(*[f" word{n}" for n in range(40)], " the", " end"), usage=True),
    "usage": events(*words("a", "b", "c", "d"), usage=True),
    "hidden": events(*words("a", "b", "c", "d"), obfuscation=True),
    "repeat": events(*words(*["same"] * 5, "other", *["x"] * 5)),
    "tools": events(
        {"role": "assistant", "content": "Let me see"}, {"content": " now"}, {"content": " then"},
        {"tool_calls": [{**CALL, "index": 0}]}, {"tool_calls": [PIECE]}, {"reason": "tool_calls"},
    ),
    "calls": events(
        {"role": "assistant", "content": None, "tool_calls": [{**CALL, "index": 0}]},
        *[{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in ('{"a', '": "', "é\\n", '"}')],
        {"tool_calls": [{**CALL, "index": 1, "id": "call_2"}]},
        *[{"tool_calls": [{"index": 1, "function": {"arguments": part}}]} for part in ('{"b"', ": ", "1", "", "}")],
        {"reason": "tool_calls"}, usage=True,
    ),
    "crlf": events(*words("a", "b", "c")).replace(b"\n", b"\r\n"),
    "error": events(*words("a", "b", "c"))[:-14] + b'data: {"error": {"message": "broken", "code": 500}}\n\n',
    "comment": b": ping\n\n" + events(*words("a", "b", "c")).replace(b'data: {', b': ping\n\ndata: {'),
}  # fmt: skip


class Provider(BaseHTTPRequestHandler):
    """Answers by the model that is asked for: `reply/<name>`, `stream/<name>`, `status/<code>`, and a few by name."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() != "host"}
        SEEN.append({"path": self.path, "headers": sorted(headers.items()), "body": body, "order": list(body)})
        kind, _, name = body["model"].partition("/")
        if kind == "stream":
            self._send(200, STREAMS[name], "text/event-stream")
        elif kind == "status":
            error = {"error": {"message": f"no {name}", "type": "oops", "param": None, "code": "c"}}
            self._send(int(name), json.dumps(error).encode(), "application/json", ("retry-after", "0"))
        elif kind == "flaky" and len(SEEN) % 2:
            self._send(500, b'{"error": {"message": "try again"}}', "application/json")
        elif kind == "html":
            self._send(200, b"<html>no</html>", "text/html")
        elif kind == "broken":
            self._send(200, b'{"id": "x", "choices": [', "application/json")
        elif kind == "gzip":
            packed = gzip.compress(json.dumps(REPLIES["plain"]).encode())
            self._send(200, packed, "application/json", ("content-encoding", "gzip"))
        elif kind == "breaking":
            self._break(name)
        elif kind == "slow":
            threading.Event().wait(1.5)
            self._send(200, json.dumps(REPLIES["plain"]).encode(), "application/json")
        else:
            self._send(200, json.dumps(REPLIES.get(name, REPLIES["plain"])).encode(), "application/json")

    def _break(self, how: str) -> None:
        """A stream that is cut off, or says nothing more; then SEEN says whether the client has gone."""
        self.send_response_only(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events(*words("a", "b", "c")).split(b"\n\n")[:3]:
            self.wfile.write(b"%x\r\n%b\n\n\r\n" % (len(event) + 2, event))
        self.close_connection = True
        if how == "silent":
            self.connection.settimeout(5)
            with contextlib.suppress(OSError):
                SEEN.append({"gone": self.connection.recv(1) == b"", "headers": []})
        elif how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def break_reply(self, how: str) -> None:
        """A reply that breaks off in its body or before its head, or a whole one whose connection is then closed."""
        body = json.dumps(REPLIES["plain"]).encode()
        self.close_connection = True
        if how == "left":
            self._send(200, body, "application/json")
            return
        if how != "none":
            self.send_response_only(200)
            self.send_header("content-type", "application/json")
            chunked = how == "chunks"
            self.send_header(*(("transfer-encoding", "chunked") if chunked else ("content-length", str(len(body)))))
            self.end_headers()
            self.wfile.write(b"%x\r\n%b\r\n" % (50, body[:50]) if chunked else body[:50])
        if how == "silent":
            self.connection.settimeout(5)
            with contextlib.suppress(OSError):
                self.connection.recv(1)
        elif how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _send(self, status: int, body: bytes, kind: str, *headers: tuple[str, str]) -> None:
        with contextlib.suppress(OSError):
            self.send_response_only(status)
            own = (("content-type", kind), ("x-request-id", "r1"), ("x-ratelimit-remaining-requests", "99"))
            for name, value in (*own, *headers, ("content-length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def provider() -> Iterator[str]:
    """A provider's address on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


def shown(value: Any) -> Any:
    """Everything that can be seen of a value, but for what differs from run to run."""
    if hasattr(value, "__pydantic_fields__"):
        parts = {"class": type(value).__name__, "repr": "" if "created" in value.__dict__ else repr(value)}
        for slot in ("__dict__", "__pydantic_extra__", "__pydantic_private__"):
            parts[slot] = shown(getattr(value, slot))
        return {**parts, "set": sorted(value.__pydantic_fields_set__)}
    if isinstance(value, dict):
        made_here = value.get("object") == "chat.completion.chunk" or value.get("created", 0) > 1700000001
        hide = VOLATILE | ({"created", "id"} if made_here else set())
        return {name: "<volatile>" if name in hide else shown(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(each) for each in value]
    if isinstance(value, BaseException):
        told = {name: shown(vars(value)[name]) for name in sorted(vars(value)) if name not in ("request", "response")}
        text = str(value).split("time taken")[0]
        return {"class": type(value).__name__, "bases": [b.__name__ for b in type(value).__mro__], "text": text, **told}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__


def attempt(call: Callable[[], Any]) -> Any:
    """What a call returns or raises."""
    try:
        result = call()
        return shown(asyncio.run(result) if asyncio.iscoroutine(result) else result)
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        return shown(error)


def main(scenario: str, mode: str) -> None:
    """Run one scenario, `mode` off, on or shadow, and print the observation as the last line."""
    import litellm_rust
    from litellm_rust import flags

    if mode != "off":
        can = set(flags.FEATURES) - (flags.NEVER_SHADOWED if mode == "shadow" else set())
        litellm_rust.enable(features=dict.fromkeys(can, mode))
    kind = "proxy_" if scenario.startswith("proxy") else "stream_" if scenario in STREAMED else ""
    kind = "handler_" if scenario in HANDLED else kind
    module = importlib.import_module(f"{kind}scenarios")
    with provider() as base:
        observed = getattr(module, scenario)(base)
    counts = litellm_rust.metrics()
    native = {name: count["native_calls"] for name, count in counts.items()}
    shadowed = {name: count["shadowed"] for name, count in counts.items()}
    differing = [each for count in counts.values() for each in count["recent_differences"]]
    seen = [
        {**each, "headers": [h for h in each["headers"] if h[0] not in ("content-length", "connection")]}
        for each in SEEN
    ]
    told = {"observed": observed, "seen": seen, "native": native, "shadowed": shadowed, "differing": differing}
    text = json.dumps(told, default=str)
    print(text.replace(base, "http://provider"))
