"""What every endpoint needs of a request: the gateway's state and who is asking."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.user_api_key_auth import authenticate
from litellm.proxy.state import GatewayState


def state_of(request: HTTPConnection) -> GatewayState:
    """The gateway's state."""
    state: GatewayState = request.app.state.gateway
    return state


async def authenticated(request: HTTPConnection, route: str | None = None) -> UserAPIKeyAuth:
    """Who asks, allowed to use `route`, by default the one that was matched. Raises ProxyException 401 or 403."""
    template: str = route or getattr(request.scope.get("route"), "path", None) or request.scope["path"]
    method = request.scope.get("method", "GET")
    return await authenticate(request.headers, template, state_of(request), path=request.scope["path"], method=method)


def call_id_of(request: HTTPConnection) -> str:
    """The request's id, as in its `x-litellm-call-id` header."""
    call_id: str = request.scope["state"]["call_id"]
    return call_id
