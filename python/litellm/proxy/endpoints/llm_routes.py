"""The LLM endpoints on Starlette's bare routes: no dependency solving or body model stands in their way."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from litellm.proxy.endpoints.routes import LLM_ROUTES, LLMRoute
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.middleware.direct import Endpoint
from litellm.proxy.request_processing import process


def routes() -> list[BaseRoute]:
    """Every spelling of every LLM endpoint, the plain ones first: they are asked for most."""
    rows = [(path, row) for row in LLM_ROUTES for path in row.paths]
    rows.sort(key=lambda item: "{" in item[0])
    return [_route(path, row) for path, row in rows]


def direct() -> dict[str, Endpoint]:
    """The endpoints of the paths without parameters."""
    return {path: _endpoint(row) for row in LLM_ROUTES for path in row.paths if "{" not in path}


def _route(path: str, row: LLMRoute) -> Route:
    return Route(path, _endpoint(row), methods=["POST"], name=f"{row.call_type}:{path}")


def _endpoint(row: LLMRoute) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return await process(request, row)
        except HTTPException as error:  # of a hook: told in the route's own shape
            raise InvalidRequestError(_text(error.detail), status_code=error.status_code, type="") from error

    return endpoint


def _text(detail: Any) -> str:
    """The message of an `HTTPException`, which LiteLLM's hooks often wrap as `{"error": message}`."""
    if isinstance(detail, dict):
        detail = detail.get("error") or detail.get("message") or detail
    return detail if isinstance(detail, str) else orjson.dumps(detail, default=str).decode()
