"""The one place where a request's exception becomes an answer."""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from litellm.proxy.errors import INTERNAL, details_of, error_response, format_of

log = logging.getLogger("litellm.proxy")


class ErrorBoundary:
    """Answers known errors in the route's format; logs the others with their request id and answers a bare 500.

    `unexpected` counts the latter.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.unexpected = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watching_send(message: Message) -> None:
            nonlocal started
            await send(message)
            started = started or message["type"] == "http.response.start"

        try:
            await self.app(scope, receive, watching_send)
        except ClientDisconnect:
            return  # in the middle of its request: there is nobody to answer
        except Exception as error:
            details = details_of(error)
            if details is None:
                self.unexpected += 1
                log.exception("request %s %r failed", scope.get("state", {}).get("call_id"), scope["path"])
                details = INTERNAL
            if started:
                log.error("request %s broke off after its head was sent", scope.get("state", {}).get("call_id"))
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await error_response(details, format_of(scope["path"]), _named(scope))(scope, receive, send)


def _named(scope: Scope) -> str | None:
    """The request's id, where errors are to name it."""
    gateway = getattr(scope["app"].state, "gateway", None) if "app" in scope else None
    wanted = gateway is not None and gateway.config.general_settings.raw.get("include_call_id_in_error_body") is True
    return str(scope["state"]["call_id"]) if wanted and "state" in scope else None
