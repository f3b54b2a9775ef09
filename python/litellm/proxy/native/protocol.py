"""Connections that the native front hands over: uvicorn serves them, and gives them back between two requests."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from litellm.proxy.native.attempt import ATTEMPT, Attempt
from litellm.proxy.server.bounded_http import BoundedHttp

log = logging.getLogger("litellm.proxy.native")

GiveBack = Callable[[socket.socket], None]


class HandedOver(BoundedHttp):
    """A connection of which `read` was read already; `attempt` was made for its first request."""

    read: bytes = b""
    attempt: Attempt | None = None
    give_back: GiveBack | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The connection is served here from now on."""
        super().connection_made(transport)
        if self.read:
            self.data_received(self.read)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._close_attempt()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        if self.attempt is not None:
            scope: Any = self.scope
            scope[ATTEMPT], self.attempt = self.attempt, None

    def on_response_complete(self) -> None:
        """A request is answered: the next one may be the native front's."""
        super().on_response_complete()
        transport: Any = self.transport
        if self.give_back is not None and self._is_between_requests():
            transport.pause_reading()  # what comes from now on is not for this end
            self.loop.call_soon(self._go_back, self.give_back)

    def _is_between_requests(self) -> bool:
        answered = self.cycle is not None and self.cycle.response_complete and self.cycle.keep_alive
        return (
            answered and self._in_head and not self._pending and not self.pipeline and not self.transport.is_closing()
        )

    def _go_back(self, give_back: GiveBack) -> None:
        """Keep the connection open by another descriptor, and close this end's, once the answer is out."""
        transport: Any = self.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size():  # a client that reads slowly: it stays here
            transport.resume_reading()
            return
        with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as same:
            transport.abort()
            try:
                give_back(same)
            except OSError as error:  # the front has stopped: so does the connection
                log.debug("a connection could not go back: %s", error)

    def _close_attempt(self) -> None:
        attempt, self.attempt = self.attempt, None
        if attempt is not None:
            attempt.close()


class Handovers:
    """Makes uvicorn's connections of sockets. `server` is the running one."""

    def __init__(self, server: uvicorn.Server) -> None:
        self._server = server
        self.give_back: GiveBack | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def connected(self, connection: socket.socket, read: bytes, attempt: Attempt | None) -> None:
        """Serve a connection here."""
        task = asyncio.ensure_future(self._serve(connection, read, attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: socket.socket, read: bytes, attempt: Attempt | None) -> None:
        server = self._server

        def protocol() -> HandedOver:
            made = HandedOver(config=server.config, server_state=server.server_state, app_state=server.lifespan.state)
            made.read, made.attempt, made.give_back = read, attempt, self.give_back
            return made

        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(protocol, connection)
        except OSError:  # gone by now
            connection.close()
            if attempt is not None:
                attempt.close()
