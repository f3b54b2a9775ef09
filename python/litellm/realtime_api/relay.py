"""Two websockets, each told what the other says, until one of them has had enough."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from litellm.llms.openai.realtime import add_usage

NORMAL, GOING_AWAY = 1000, 1001
_SENDABLE = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
"""Codes that a side may close with (RFC 6455, 7.4)."""


class Client(Protocol):
    """The client's side, as ASGI servers' websockets are."""

    async def receive(self) -> Any: ...
    async def send_text(self, data: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...
    async def close(self, code: int = NORMAL, reason: str | None = None) -> None: ...


class Heard:
    """What a session's events have told so far."""

    def __init__(self) -> None:
        self.usage: dict[str, Any] = {}
        self.responses = 0
        self.session_id: str | None = None

    def hear(self, message: str) -> None:
        """Reads one event of the provider; what cannot be read is passed over."""
        if '"response.done"' not in message and '"session.created"' not in message:
            return
        try:
            event = json.loads(message)
        except ValueError:
            return
        if not isinstance(event, dict):
            return
        if event.get("type") == "response.done":
            self.responses += 1
            add_usage(self.usage, event)
        elif event.get("type") == "session.created" and isinstance(event.get("session"), dict):
            self.session_id = event["session"].get("id")


async def relay(client: Client, provider: ClientConnection, heard: Heard) -> None:
    """Passes messages on both ways until one side closes; then closes the other with the same code."""
    ways = (asyncio.create_task(_up(client, provider)), asyncio.create_task(_down(client, provider, heard)))
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        ended = await asyncio.gather(*ways, return_exceptions=True)
    if ended[0] is True:  # the client left
        await provider.close()
        return
    said = provider.close_code
    code = said if said is not None and said in _SENDABLE else NORMAL
    await provider.close()
    await client.close(code, (provider.close_reason or "")[:120])


async def _up(client: Client, provider: ClientConnection) -> bool:
    """From the client to the provider; True when the client has left."""
    while True:
        message = await client.receive()
        if message.get("type") == "websocket.disconnect":
            return True
        text = message.get("text")
        said = text if text is not None else message.get("bytes")
        if said is not None:
            try:
                await provider.send(said)
            except ConnectionClosed:
                return False


async def _down(client: Client, provider: ClientConnection, heard: Heard) -> None:
    """From the provider to the client, until the provider closes."""
    try:
        async for message in provider:
            if isinstance(message, str):
                heard.hear(message)
                await client.send_text(message)
            else:
                await client.send_bytes(message)
    except ConnectionClosed:
        return
