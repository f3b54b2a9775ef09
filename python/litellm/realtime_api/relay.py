"""Two websockets, each told what the other says, until one of them has had enough."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from litellm.llms.openai.realtime import add_usage
from litellm.realtime_api.unfinished import Unfinished

log = logging.getLogger("LiteLLM")

NORMAL = 1000
_READ = ('"response.created"', '"response.done"', '"session.created"')
_SENDABLE = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
"""Codes that a side may close with (RFC 6455, 7.4)."""


class Client(Protocol):
    """The client's side, as ASGI servers' websockets are."""

    async def receive(self) -> Any: ...
    async def send_text(self, data: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...
    async def close(self, code: int = NORMAL, reason: str | None = None) -> None: ...


class Heard:
    """What a session's events have told so far. `began` and `done` are called with each response, and say whether
    the session goes on; `done` gets its usage, and whether the provider told of it.
    """

    def __init__(
        self, began: Callable[[], Awaitable[bool]], done: Callable[[dict[str, Any], bool], Awaitable[bool]],
        unfinished: Unfinished,
    ) -> None:  # fmt: skip
        self._unfinished = unfinished
        self.usage: dict[str, Any] = {}
        self.responses = 0
        self.session_id: str | None = None
        self.stopped = False
        self._began, self._done = began, done

    async def hear(self, message: str) -> bool:
        """Reads one event of the provider; what cannot be read is passed over. False when the session has to end."""
        self._unfinished.said(message)
        if not any(name in message for name in _READ):
            return True
        try:
            event = json.loads(message)
        except ValueError:
            return True
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == "response.created":
            self.stopped = not await self._began()
            self._unfinished.open = not self.stopped
        elif kind == "response.done":
            await self._count(event, finished=True)
        elif kind == "session.created" and isinstance(event.get("session"), dict):
            self.session_id = event["session"].get("id")
        return not self.stopped

    async def _count(self, event: dict[str, Any], *, finished: bool) -> None:
        self.responses += 1
        used: dict[str, Any] = {}
        for total in (used, self.usage):
            add_usage(total, event)
        self._unfinished.ended(used)
        self.stopped = not await self._done(used, finished)

    def sent(self, message: str) -> None:
        """Notes one event of the client's."""
        self._unfinished.asked(message)

    async def close(self) -> None:
        """The session is over: a response that was under way is counted as far as it came."""
        event = self._unfinished.event()
        if event is not None:
            await self._count(event, finished=False)


async def relay(client: Client, provider: ClientConnection, heard: Heard) -> None:
    """Passes messages on both ways until one side closes; then closes the other with the same code.

    A session that `heard` stops is closed on the provider's side alone.
    """
    ways = (asyncio.create_task(_up(client, provider, heard)), asyncio.create_task(_down(client, provider, heard)))
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        ended = await asyncio.gather(*ways, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):  # a client that went while it was written to, or what an observer raised
            log.warning("a realtime session broke off: %s: %s", type(error).__name__, error)
    if ended[0] is True or heard.stopped:  # the client left, or has yet to be told why it has to
        await provider.close()
        return
    said = provider.close_code
    code = said if said is not None and said in _SENDABLE else NORMAL
    await provider.close()
    await client.close(code, (provider.close_reason or "")[:120])


async def _up(client: Client, provider: ClientConnection, heard: Heard) -> bool:
    """From the client to the provider; True when the client has left."""
    while True:
        message = await client.receive()
        if message.get("type") == "websocket.disconnect":
            return True
        text = message.get("text")
        said = text if text is not None else message.get("bytes")
        if said is not None:
            if text is not None:
                heard.sent(text)
            try:
                await provider.send(said)
            except ConnectionClosed:
                return False


async def _down(client: Client, provider: ClientConnection, heard: Heard) -> None:
    """From the provider to the client, until the provider closes."""
    try:
        async for message in provider:
            if isinstance(message, str):
                if not await heard.hear(message):
                    return
                await client.send_text(message)
            else:
                await client.send_bytes(message)
    except ConnectionClosed:
        return
