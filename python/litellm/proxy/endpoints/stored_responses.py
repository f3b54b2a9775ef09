"""Responses that a provider keeps: read, cancelled, deleted, their input listed. Each costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from litellm.proxy.auth.response_ids import ResponseIds
from litellm.proxy.endpoints.routes import RESPONSES
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.request_context import authenticated, state_of


@dataclass(frozen=True, slots=True)
class StoredResponseRoute:
    """What is done with a stored response: the HTTP method, the path below it, the router's method."""

    method: str
    below: str
    call: str
    query: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The route's template, without a prefix."""
        return f"/responses/{{response_id}}{self.below}"


ROWS = (
    StoredResponseRoute("GET", "", "aget_responses"),
    StoredResponseRoute("DELETE", "", "adelete_responses"),
    StoredResponseRoute("POST", "/cancel", "acancel_responses"),
    StoredResponseRoute("GET", "/input_items", "alist_input_items", ("after", "before", "limit", "order", "include")),
)


def routes() -> list[BaseRoute]:
    """Every spelling of each."""
    return [_route(row, spelling.format(path=row.path)) for row in ROWS for spelling in RESPONSES.spellings]


def _route(row: StoredResponseRoute, path: str) -> Route:
    async def endpoint(request: Request) -> Response:
        ids = ResponseIds(state_of(request), await authenticated(request, row.path))
        given = request.path_params["response_id"]
        call = getattr(state_of(request).router, row.call)
        found = await call(response_id=ids.opened(given, "response_id"), **_query(request, row))
        plain = found if isinstance(found, dict) else found.model_dump(exclude_none=True)
        if "id" in plain:
            plain = ids.in_answer(plain) | {"id": given}
        return Response(orjson.dumps(plain), media_type="application/json")

    return Route(path, endpoint, methods=[row.method], name=f"{row.call}:{path}")


def _query(request: Request, row: StoredResponseRoute) -> dict[str, Any]:
    given: dict[str, Any] = {name: request.query_params[name] for name in row.query if name in request.query_params}
    if "limit" in given:
        if not given["limit"].isdigit():
            raise InvalidRequestError("limit: expected a whole number", "limit")
        given["limit"] = int(given["limit"])
    if "include" in given:
        given["include"] = request.query_params.getlist("include")
    return given
