"""A provider on this machine for benchmarks: answers OpenAI's chat and Anthropic's messages at next to no cost.

Prints its port and serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

CHUNKS: Final = 100
_ID: Final = {"id": "chatcmpl-1", "created": 1700000000, "model": "gpt-4o-2024-08-06", "system_fingerprint": "fp_1"}
_USAGE: Final = {
    "prompt_tokens": 12,
    "completion_tokens": 9,
    "total_tokens": 21,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}


_CLAUDE: Final = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-4-5",
    "content": [{"type": "text", "text": "Hello there, how can I help you today?"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 12, "output_tokens": 9},
}


def _document(document: dict[str, Any]) -> bytes:
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _reply() -> bytes:
    message = {"role": "assistant", "content": "Hello there, how can I help you today?", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return _document({**_ID, "object": "chat.completion", "choices": [choice], "usage": _USAGE})


def _event(delta: dict[str, Any], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return b"data: " + json.dumps({**_ID, "object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


def _chunked(*events: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(event), event) for event in events) + b"0\r\n\r\n"


def _claude_event(kind: str, **event: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **event})}\n\n".encode()


def _claude_stream() -> bytes:
    words = [{"type": "text_delta", "text": f" word{number}"} for number in range(CHUNKS)]
    return _chunked(
        _claude_event("message_start", message={**_CLAUDE, "content": [], "stop_reason": None}),
        _claude_event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *[_claude_event("content_block_delta", index=0, delta=word) for word in words],
        _claude_event("content_block_stop", index=0),
        _claude_event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": CHUNKS}),
        _claude_event("message_stop"),
    )


def _stream(*ends: bytes) -> bytes:
    words = [_event({"content": f" word{number}"}) for number in range(CHUNKS)]
    end = (_event({}, "stop"), *ends, b"data: [DONE]\n\n")
    return _chunked(_event({"role": "assistant", "content": ""}), *words, *end)


def _counted() -> bytes:
    usage = {**_ID, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}
    return _stream(f"data: {json.dumps(usage)}\n\n".encode())


class _Protocol(asyncio.Protocol):
    _WHOLE: Final = {False: _reply(), True: _document(_CLAUDE)}
    _STREAMED: Final = {False: _stream(), True: _claude_stream()}
    _COUNTED: Final = _counted()

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            start = head.find(b"content-length:")
            size = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
            if len(self._buffer) < end + 4 + size:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + size], self._buffer[end + 4 + size :]
            is_claude = b"/messages " in head[: head.find(b"\r\n")]
            if b"include_usage" in body:
                reply = self._COUNTED
            elif b'"stream":true' in body or b'"stream": true' in body:
                reply = self._STREAMED[is_claude]
            else:
                reply = self._WHOLE[is_claude]
            self._transport.write(reply)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The provider in a process of its own; gives its `api_base`."""
    process = subprocess.Popen([sys.executable, "-m", __name__], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())
