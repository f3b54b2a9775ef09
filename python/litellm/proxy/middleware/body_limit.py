"""Request bodies are bounded, whether they say their length or not."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from litellm.proxy.errors import InvalidRequestError


class BodyLimit:
    """Refuses bodies over `max_bytes` with 413: at once by `content-length`, else as soon as they pass it."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        length = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if length is not None:
            # The server reads no more than the announced length.
            if length.isdigit() and int(length) > self.max_bytes:
                raise self._too_large()
            await self.app(scope, receive, send)
            return
        seen = 0

        async def counted_receive() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_bytes:
                raise self._too_large()
            return message

        await self.app(scope, counted_receive, send)

    def _too_large(self) -> InvalidRequestError:
        limit = self.max_bytes / (1024 * 1024)
        message = f"the request body is over the limit of {limit:g} MB (general_settings.max_request_size_mb)"
        return InvalidRequestError(message, "request_body", 413, "request_too_large")
