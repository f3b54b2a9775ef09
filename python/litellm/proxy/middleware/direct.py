"""The routes that are asked for most, found by their path alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]


class DirectRoutes:
    """Answers POST requests to `endpoints` (by path) itself; all else goes to `app`, which knows every route.

    A request that it answers passes through no route matching and none of FastAPI's own middleware.
    """

    def __init__(self, app: ASGIApp, owner: Starlette, endpoints: Mapping[str, Endpoint]) -> None:
        self.app, self._owner, self._endpoints = app, owner, endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        endpoint = None
        if scope["type"] == "http" and scope["method"] == "POST" and not scope.get("root_path"):
            endpoint = self._endpoints.get(scope["path"])
        if endpoint is None:
            await self.app(scope, receive, send)
            return
        scope["app"], scope["path_params"] = self._owner, {}
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)
