"""One stream of the proxy, from the provider's bytes to the client's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from litellm_rust.patches.gateway.events import DONE, Rules, Translator
from litellm_rust.patches.gateway.head import Headers
from litellm_rust.pool import Reply, TransportFailure

_END: Final = b"\n\n"


class Stream:
    """Sends a provider's stream to the client as far as the rules go."""

    def __init__(self, reply: Reply, rules: Rules, head: Headers | None, receive: Any, send: Any) -> None:
        """`head` is what the client's stream starts with; None when upstream has to read all of it."""
        self._reply, self._head, self._receive, self._send = reply, head, receive, send
        self._translator = Translator(rules, int(time.time()))
        self._pieces: AsyncIterator[bytes] = reply.aiter_bytes()
        self._failure: TransportFailure | None = None
        self._pending = b""
        self._sent: int | None = None
        self.texts = self._translator.texts
        self.received = bytearray()
        """All that has come from the provider."""
        self.completed = False
        """Whether the stream has come to its end, not to that of the client's patience."""

    async def run(self) -> bool:
        """Send what can be sent; False: upstream has to go on."""
        if self._head is None:
            return False
        gone: asyncio.Future[Any] | None = None
        try:
            while True:
                piece = asyncio.ensure_future(anext(self._pieces, b""))
                await asyncio.sleep(0)  # what has arrived needs no watching of the client meanwhile
                if not piece.done():
                    gone = gone or asyncio.ensure_future(self._receive())
                    await asyncio.wait({piece, gone}, return_when=asyncio.FIRST_COMPLETED)
                if gone is not None and gone.done():
                    if gone.result()["type"] == "http.disconnect":
                        piece.cancel()
                        self._reply.close()
                        return True
                    gone = None
                arrived = await piece
                if not arrived:
                    return False
                self.received += arrived
                made, going = self._translate(arrived)
                if made:
                    await self._pass_on(made)
                if self.completed:
                    await self._send({"type": "http.response.body", "body": b""})
                    return True
                if not going:
                    return False
        except TransportFailure as failure:
            self._failure = failure
            return False
        finally:
            if gone is not None and not gone.done():
                gone.cancel()

    def _translate(self, arrived: bytes) -> tuple[bytes, bool]:
        """What the client gets for what has arrived, and whether the rules go on."""
        *events, self._pending = (self._pending + arrived).split(_END)
        made: list[bytes] = []
        for event in events:
            part = self._translator.translate(event + _END)
            if part is None:
                return b"".join(made), False
            made.append(part)
            if part is DONE:
                self.completed = True
                break
        return b"".join(made), True

    async def _pass_on(self, made: bytes) -> None:
        if self._sent is None:
            self._sent = 0
            await self._send({"type": "http.response.start", "status": 200, "headers": self._head})
        self._sent += len(made)
        await self._send({"type": "http.response.body", "body": made, "more_body": True})

    async def rest(self) -> AsyncIterator[bytes]:
        """What is still to come from the provider. Raises TransportFailure, also one that has come already."""
        if self._failure is not None:
            raise self._failure
        async for piece in self._pieces:
            yield piece

    async def resumed(self, message: Any) -> None:
        """Send a message of upstream, which answers from the start, without what the client has."""
        if self._sent is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            body = message.get("body", b"")
            kept = body[self._sent :]
            self._sent = max(0, self._sent - len(body))
            await self._send({**message, "body": kept})
