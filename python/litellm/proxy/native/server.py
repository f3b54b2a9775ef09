"""uvicorn behind the native front, in one process."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI

from litellm.proxy.native.front import NativeFront
from litellm.proxy.native.protocol import Handovers
from litellm.proxy.server.uvicorn_server import DRAIN_TIMEOUT_S, AnnouncingServer

log = logging.getLogger("litellm.proxy.native")


class NativeServer(AnnouncingServer):
    """Listens by the native front, and serves what that hands over."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None], app: FastAPI) -> None:
        super().__init__(config, ready)
        self._app = app
        self._front: NativeFront | None = None
        self._listeners: list[socket.socket] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then the front; without a front, as uvicorn does."""
        listener = self._bound()
        self.config.port = listener.getsockname()[1]
        await uvicorn.Server.startup(self, sockets=[])
        if not self.started:
            return
        state = self._app.state.gateway
        handovers = Handovers(self)
        try:
            listener.listen(self.config.backlog)
            self._front = NativeFront(state, handovers.connected, keep_alive_s=self.config.timeout_keep_alive)
        except (ImportError, TypeError, ValueError) as error:  # no such server here, or a table that is no native one
            log.warning("the native front cannot be used: %s", error)
            await self._listen(listener)
        else:
            handovers.give_back = self._front.give_back
            state.native = self._front
            self._front.start([listener])
        self._listeners.append(listener)
        self._ready(self.config.port)

    def _bound(self) -> socket.socket:
        """A socket on the address of the config. Ends the process, with a word about it, where that is taken."""
        address = (self.config.host, self.config.port)
        family = socket.AF_INET6 if ":" in self.config.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            listener.close()
            reason = (error.strerror or str(error)).lower()
            log.error("error while attempting to bind on address %s: %s", address, reason)
            sys.exit(1)
        return listener

    async def _listen(self, listener: socket.socket) -> None:
        def protocol() -> asyncio.Protocol:
            made: Any = self.config.http_protocol_class
            protocol: asyncio.Protocol = made(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return protocol

        self.servers = [await asyncio.get_running_loop().create_server(protocol, sock=listener)]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what the front answers come to its end, then what the application answers."""
        for listener in self._listeners:
            listener.close()
        if self._front is not None:
            await self._front.stop(DRAIN_TIMEOUT_S)
        await super().shutdown(sockets)
        if self._front is not None:
            self._front.close()
