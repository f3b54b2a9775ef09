"""Routers whose routes ask who is calling before they look at anything else, and cost nothing until they are asked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from litellm.proxy.auth.route_table import Access, access_of
from litellm.proxy.request_body import refuse_lone_surrogates
from litellm.proxy.request_context import authenticated
from litellm.proxy.unread_filters import refuse_unread

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A route that answers 401 before it reads parameters or a body; a public one (`auth/route_table.py`) does not.

    What FastAPI reads out of its endpoint – some 2 ms of work, for each of several hundred routes – is read when it is
    asked for first: by a request, or by the OpenAPI document. Until then it knows what it takes to be matched.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """As FastAPI's."""
        Route.__init__(self, path, endpoint, methods=options.get("methods"), name=options.get("name"))
        self.methods = {method.upper() for method in options.get("methods") or ("GET",)}  # without HEAD
        del self.app, self.include_in_schema  # FastAPI's are others
        self._declared: tuple[str, Callable[..., Any], dict[str, Any]] | None = (path, endpoint, options)

    def __getattr__(self, name: str) -> Any:
        """What the endpoint has not been read for yet."""
        declared = self.__dict__.get("_declared")
        if declared is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        self._declared = None
        path, endpoint, options = declared
        super().__init__(path, endpoint, **options)
        return getattr(self, name)

    def get_route_handler(self) -> _Handler:
        """FastAPI's handler behind the check."""
        handle = super().get_route_handler()
        if all(access_of(self.path, method) is Access.PUBLIC for method in self.methods or ()):
            return handle

        async def guarded(request: Request) -> Response:
            await authenticated(request, self.path)
            if request.query_params:
                refuse_unread(request, self.path)
            if "form" not in request.headers.get("content-type", ""):
                refuse_lone_surrogates(await request.body())
            return await handle(request)

        return guarded


def guarded_router(*tags: str) -> APIRouter:
    """A router with these tags in the OpenAPI document."""
    return APIRouter(tags=list(tags), route_class=GuardedRoute)
