"""What `doctor` runs: every native feature beside its twin on this machine, on the same calls."""

from __future__ import annotations

import http.client
import http.server
import importlib.util
import random
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from litellm_rust import _native
from litellm_rust._twins import limits as limits_twin, routing as routing_twin
from litellm_rust._twins.event_stream import EventStreamSplitter

_STEPS: Final = 2_000
_TEXTS: Final = (
    "",
    "Ärger: 12345678 tokenizer'll DON'T\n\n  def f(x):\treturn  日本語 😀 नमस्ते <|endoftext|> ",
    "a" * 3_000,
    "".join(map(chr, range(0x20, 0x2FFF, 7))),
)

_MESSAGES: Final[Sequence[Mapping[str, Any]]] = [
    {"role": "system", "name": "ann", "content": _TEXTS[1] * 40, "tool_calls": None},
    {"role": "user", "content": [{"type": "text", "text": _TEXTS[3]}]},
    {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": '{"a": 1}'}}]},
]


class Difference(Exception):  # a verdict, not an error of the caller
    """The native side and its twin do not agree; the message says where."""


class _Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def _outcome(method: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    try:
        found = method(*args, **kwargs)
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        return type(error)
    if type(found).__name__ == "Decision":
        return found.allowed, found.refused, found.retry_after_s, found.remaining, found.reset_s
    return found


def _compare(native: Any, twin: Any, steps: Iterator[tuple[str, Sequence[Any], Mapping[str, Any]]]) -> None:
    for name, args, kwargs in steps:
        ours, theirs = (_outcome(getattr(table, name), args, kwargs) for table in (native, twin))
        if ours != theirs:
            raise Difference(f"{type(twin).__name__}.{name} gave {ours!r}, the twin {theirs!r}")


def check_routing() -> str:
    """Deterministic strategies over random load."""
    clock, draw = _Clock(), random.Random(1)

    def steps() -> Iterator[tuple[str, Sequence[Any], Mapping[str, Any]]]:
        ids = [f"d{number}" for number in range(20)]
        for name in ids:
            config = {"rpm": draw.randint(1, 50), "tpm": draw.randint(1, 5000), "input_cost": draw.randint(0, 3)}
            yield "add", ("m", name), config
        for _ in range(_STEPS):
            clock.now += draw.choice((0.0, 0.1, 7.0))
            strategy = draw.choice(("least-busy", "cost-based-routing", "usage-based-routing"))
            yield "pick", ("m", strategy), {"tokens": draw.randint(0, 100), "exclude": draw.sample(ids, 2)}
            yield "report", (draw.choice(ids),), {"ok": draw.random() < 0.9, "latency_s": 0.5, "tokens": 30}
            yield "stats", (draw.choice(ids),), {}
            if draw.random() < 0.05:
                yield "cool_down", (draw.choice(ids), 5.0), {}

    _compare(_native.RoutingTable(clock=clock), routing_twin.RoutingTable(clock=clock), steps())
    return f"{_STEPS} picks and reports"


def check_rate_limiting() -> str:
    """Windows and budgets under random use."""
    clock, draw = _Clock(), random.Random(2)

    def limits() -> Iterator[tuple[str, Sequence[Any], Mapping[str, Any]]]:
        for _ in range(_STEPS):
            clock.now += draw.choice((0.0, 0.3, 11.0))
            row = [(draw.choice("abc"), draw.randint(0, 20), draw.choice((0, 10.0, 60.0)), draw.randint(0, 5))]
            yield "check", (row * draw.randint(1, 3),), {}
            yield "refund", (draw.choice("abc"), 0, 1), {}
            yield "used", (draw.choice("abc"), 60.0), {}

    def budgets() -> Iterator[tuple[str, Sequence[Any], Mapping[str, Any]]]:
        for key in "abc":
            yield "set", (key, 10**14), {"duration": "1h"}
        for number in range(_STEPS):
            clock.now += draw.choice((0.0, 5.0, 400.0))
            yield "reserve", (str(number), draw.sample("abcd", 2), draw.randint(0, 10**13)), {}
            yield "settle", (str(draw.randint(0, number)), draw.randint(0, 10**13)), {}
            yield "status", (draw.choice("abc"),), {}

    _compare(_native.LimitTable(clock=clock), limits_twin.LimitTable(clock=clock), limits())
    _compare(_native.BudgetTable(clock=clock), limits_twin.BudgetTable(clock=clock), budgets())
    return f"{_STEPS} checks and reservations"


def check_token_counting() -> str:
    """Every encoding that the tiktoken package has at hand."""
    if importlib.util.find_spec("tiktoken") is None:
        return "not compared: the tiktoken package is not installed"
    from litellm_rust import tokens
    from litellm_rust._twins.tokens import ReferenceEncoding

    for name in _native.ENCODINGS:
        native, twin = _native.NativeEncoding(name), ReferenceEncoding(name)
        for text in _TEXTS:
            if native.encode(text) != twin.encode(text):
                raise Difference(f"{name} encodes {text[:20]!r}… otherwise")
            if native.count_stretches(text, 7) != sum(twin.count(text[at : at + 7]) for at in range(0, len(text), 7)):
                raise Difference(f"{name} counts stretches of {text[:20]!r}… otherwise")
        ours, theirs = (tokens.message_counter(encoding).prompt(_MESSAGES) for encoding in (native, twin))
        if ours != theirs:
            raise Difference(f"{name} counts {ours} tokens in messages, the twin {theirs}")
    return f"{len(_native.ENCODINGS)} encodings, texts and messages"


class _Echo(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(201)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-seen", self.headers["x-sent"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Be quiet."""


def check_transport() -> str:
    """A request to a server in this process beside the standard library's client, and the stream splitters."""
    from litellm_rust.pool import Pool, TransportFailure

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port, body, headers = server.server_port, bytes(range(256)) * 40, {"x-sent": "yes"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        theirs = response.status, response.getheader("x-seen"), response.read()
        connection.close()
        pool = Pool(trust_env=False)
        try:
            reply = pool.request("POST", f"http://127.0.0.1:{port}/", [(b"x-sent", b"yes")], body)
        except TransportFailure as failure:
            raise Difference(f"a request to this machine fails: {failure}") from None
        ours = reply.status, dict(reply.headers)[b"x-seen"].decode(), b"".join(reply.iter_bytes())
        pool.close()
    finally:
        server.shutdown()
        server.server_close()
    if ours != theirs:
        raise Difference("an answer arrives changed")
    _check_splitters()
    return "a request, server-sent events and event-stream frames"


def _check_splitters() -> None:
    events = _native.SSESplitter()
    text = "event: a\r\ndata: ü\r\ndata: 2\r\n\r\n:c\n\ndata\n\n".encode()
    found = [event for at in range(len(text)) for event in events.feed(text[at : at + 1])]
    if found != [("a", "ü\n2"), ("", "")]:
        raise Difference(f"server-sent events come out as {found}")
    name, value, payload = b":event-type", b"chunk", b'{"x":1}'
    header = bytes([len(name)]) + name + b"\x07" + struct.pack("!H", len(value)) + value
    head = struct.pack("!II", 16 + len(header) + len(payload), len(header))
    frame = head + struct.pack("!I", zlib.crc32(head)) + header + payload
    frame += struct.pack("!I", zlib.crc32(frame))
    ours, theirs = (splitter.feed(frame * 3) for splitter in (_native.EventStreamSplitter(), EventStreamSplitter()))
    if ours != theirs:
        raise Difference("event-stream frames come out otherwise")


CHECKS: Final[Mapping[str, Callable[[], str]]] = {
    "token_counting": check_token_counting,
    "routing": check_routing,
    "rate_limiting": check_rate_limiting,
    "transport": check_transport,
}
