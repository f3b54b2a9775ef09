"""What every endpoint needs of a request: the gateway's state and who is asking."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from starlette.requests import HTTPConnection

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.user_api_key_auth import authenticate
from litellm.proxy.state import GatewayState

_CALLER = "litellm.caller"
_HEADERS = "litellm.headers"
_KEY_IN_QUERY = ("/models/{model", "/v1/models/{model", "/v1beta/", "/gemini/", "/vertex_ai/", "/vertex-ai/")
"""Routes of Google's clients, which may send their key as `?key=`."""


def state_of(request: HTTPConnection) -> GatewayState:
    """The gateway's state."""
    state: GatewayState = request.app.state.gateway
    return state


def headers_of(request: HTTPConnection) -> Mapping[str, str]:
    """The headers by their names in lower case, read once a request; of one that comes twice, the first."""
    found: dict[str, str] | None = request.scope.get(_HEADERS)
    if found is None:
        pairs = reversed(request.scope["headers"])
        found = request.scope[_HEADERS] = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    return found


async def authenticated(request: HTTPConnection, route: str | None = None) -> UserAPIKeyAuth:
    """Who asks, allowed to use `route` (a template), by default the one that was matched; asked once a request.

    Raises ProxyException 401 or 403.
    """
    known: UserAPIKeyAuth | None = request.scope.get(_CALLER)
    if known is not None:
        return known
    template: str = route or getattr(request.scope.get("route"), "path", None) or request.scope["path"]
    headers = headers_of(request)
    if template.startswith(_KEY_IN_QUERY) and "key" in request.query_params:
        headers = {"x-goog-api-key": request.query_params["key"], **headers}
    if template.startswith("/langfuse/") and (key := _basic_password(headers.get("authorization", ""))):
        headers = {**headers, "authorization": f"Bearer {key}"}
    caller = await authenticate(request, template, state_of(request), headers)
    request.scope[_CALLER] = caller
    return caller


def _basic_password(authorization: str) -> str | None:
    """The password of basic authentication, which is where Langfuse's clients put their secret key."""
    scheme, _, coded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(coded, validate=True).decode().partition(":")[2]
    except ValueError:
        return None


def client_address(request: HTTPConnection) -> str:
    """Where the request came from."""
    return request.client.host if request.client else ""


def call_id_of(request: HTTPConnection) -> str:
    """The request's id, as in its `x-litellm-call-id` header."""
    call_id: str = request.scope["state"]["call_id"]
    return call_id
