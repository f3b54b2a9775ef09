"""uvicorn's HTTP protocol with bounds on what a client may send before it is answered, and for how long."""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEADER_BYTES = 64 * 1024
"""Of a request's line and its headers, names and values."""
MAX_HEADERS = 256
HEAD_TIMEOUT_S = 30.0
"""From a connection's start, or the first byte of a further request, until its headers are whole."""
BODY_TIMEOUT_S = 60.0
"""Between two pieces of a body."""
_REASONS = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class BoundedHttp(HttpToolsProtocol):
    """Answers 431 to too many or too long headers, and 408 to a request that does not come to its end."""

    head_timeout_s, body_timeout_s = HEAD_TIMEOUT_S, BODY_TIMEOUT_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        self._pending = 0
        """Bytes of an unfinished head: the parser keeps an unfinished header to itself."""
        self._size = 0
        self._in_head, self._moved = True, False
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(self.head_timeout_s, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        self._moved = True
        if self._in_head:
            self._pending += len(data)
        super().data_received(data)
        if self._in_head and self._pending > MAX_HEADER_BYTES:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._size, self._in_head = 0, True
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_timeout_s, self._late)

    def on_url(self, url: bytes) -> None:
        """A part of the request's line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._count(len(name) + len(value))
        if len(self.headers) >= MAX_HEADERS:
            self._refuse(431)
            raise httptools.HttpParserError("too many headers")
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_HEADER_BYTES:
            self._refuse(431)
            raise httptools.HttpParserError("the headers are too long")

    def on_headers_complete(self) -> None:
        """The head is whole: the body may take longer, as long as it moves."""
        super().on_headers_complete()
        self._in_head, self._pending = False, 0
        self._disarm()
        self._timer = self.loop.call_later(self.body_timeout_s, self._stalled)

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._in_head, self._pending = True, 0
        self._disarm()

    def handle_websocket_upgrade(self) -> None:
        """The connection is another protocol's from here on."""
        self._disarm()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """The answer to what is no HTTP; nothing after an answer of our own."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _stalled(self) -> None:
        waiting: Any = self.cycle
        paused = self.flow is not None and self.flow.read_paused
        if self._moved or paused or waiting is None or not waiting.more_body:  # it moves, or waits for us
            self._moved = False
            self._timer = self.loop.call_later(self.body_timeout_s, self._stalled)
            return
        self._late()

    def _late(self) -> None:
        self._timer = None
        self._refuse(408)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int) -> None:
        if self.transport.is_closing():
            return
        busy = self.cycle is not None and not self.cycle.response_complete
        if not (busy and self.cycle.response_started):
            line = b"HTTP/1.1 %d %b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % (status, _REASONS[status])
            self.transport.write(line)
        self.transport.close()
