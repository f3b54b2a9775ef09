"""The LLM endpoints on Starlette's bare routes: no dependency solving or body model stands in their way."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from litellm.proxy.endpoints.routes import LLM_ROUTES, LLMRoute
from litellm.proxy.request_processing import process


def routes() -> list[BaseRoute]:
    """Every spelling of every LLM endpoint, the plain ones first: they are asked for most."""
    rows = [(path, row) for row in LLM_ROUTES for path in row.paths]
    rows.sort(key=lambda item: "{" in item[0])
    return [_route(path, row) for path, row in rows]


def _route(path: str, row: LLMRoute) -> Route:
    async def endpoint(request: Request) -> Response:
        return await process(request, row)

    return Route(path, endpoint, methods=["POST"], name=f"{row.call_type}:{path}")
