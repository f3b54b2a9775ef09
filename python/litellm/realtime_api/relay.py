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
from litellm.types.realtime import Screened, SessionScreen

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


class _Sides:
    """The two websockets, and what is noted and looked at of what goes from one to the other."""

    def __init__(self, client: Client, provider: ClientConnection, heard: Heard, screen: SessionScreen | None) -> None:
        self.client, self.provider, self._heard, self.screen = client, provider, heard, screen

    async def to_provider(self, said: str | bytes) -> None:
        """Sends an event on, noted for what it costs."""
        if isinstance(said, str):
            self._heard.sent(said)
        await self.provider.send(said)

    async def pass_on(self, screened: Screened) -> bool:
        """Sends what a screen lets pass. False when the session has to end."""
        for message in screened.to_client:
            await self.client.send_text(message)
        for message in screened.to_provider:
            await self.to_provider(message)
        self._heard.stopped = self._heard.stopped or screened.ends
        return not screened.ends


async def relay(client: Client, provider: ClientConnection, heard: Heard, screen: SessionScreen | None = None) -> None:
    """Passes messages on both ways until one side closes; then closes the other with the same code.

    `screen` sees each message first. A session that it or `heard` stops is closed on the provider's side alone.
    """
    sides = _Sides(client, provider, heard, screen)
    ways = (asyncio.create_task(_up(sides)), asyncio.create_task(_down(sides, heard)))
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


async def _up(sides: _Sides) -> bool:
    """From the client to the provider; True when the client has left."""
    while True:
        message = await sides.client.receive()
        if message.get("type") == "websocket.disconnect":
            return True
        text = message.get("text")
        said = text if text is not None else message.get("bytes")
        if said is None:
            continue
        try:
            if sides.screen is None:
                await sides.to_provider(said)
            elif not await sides.pass_on(await sides.screen.client_said(said)):
                return False
        except ConnectionClosed:
            return False


async def _down(sides: _Sides, heard: Heard) -> None:
    """From the provider to the client, until the provider closes."""
    try:
        async for message in sides.provider:
            if not isinstance(message, str):
                await sides.client.send_bytes(message)
            elif not await heard.hear(message):
                return
            elif sides.screen is None:
                await sides.client.send_text(message)
            elif not await sides.pass_on(await sides.screen.provider_said(message)):
                return
    except ConnectionClosed:
        return
