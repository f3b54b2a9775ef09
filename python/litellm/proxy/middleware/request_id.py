"""Every request has an id: the client's `x-litellm-call-id` when it is a sane one, else a fresh one."""

from __future__ import annotations

import re
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from litellm.proxy.middleware.in_flight import InFlight
from litellm.proxy.observability import json_logs

HEADER = b"x-litellm-call-id"
_SANE = re.compile(rb"[A-Za-z0-9._:-]{1,128}")


class RequestId:
    """Puts the id into `scope["state"]["call_id"]` and into the answer's headers."""

    def __init__(self, app: ASGIApp, in_flight: InFlight | None = None) -> None:
        self.app, self._in_flight = app, in_flight or InFlight()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        call_id = given.decode() if _SANE.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["call_id"] = call_id
        json_logs.call_id.set(call_id)
        header = (HEADER, call_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        self._in_flight.count += 1
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            self._in_flight.count -= 1
