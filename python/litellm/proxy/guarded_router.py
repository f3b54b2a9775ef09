"""Routers whose routes ask who is calling before they look at anything else of a request."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from litellm.proxy.auth.route_table import Access, access_of
from litellm.proxy.request_body import refuse_lone_surrogates
from litellm.proxy.request_context import authenticated

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A route that answers 401 before it reads parameters or a body; a public one (`auth/route_table.py`) does not."""

    def get_route_handler(self) -> _Handler:
        """FastAPI's handler behind the check."""
        handle = super().get_route_handler()
        if all(access_of(self.path, method) is Access.PUBLIC for method in self.methods or ()):
            return handle

        async def guarded(request: Request) -> Response:
            await authenticated(request, self.path)
            if "form" not in request.headers.get("content-type", ""):
                refuse_lone_surrogates(await request.body())
            return await handle(request)

        return guarded


def guarded_router(*tags: str) -> APIRouter:
    """A router with these tags in the OpenAPI document."""
    return APIRouter(tags=list(tags), route_class=GuardedRoute)
