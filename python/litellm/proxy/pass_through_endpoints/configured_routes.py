"""Requests to configured pass-through endpoints, which come and go while the gateway runs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.money import usd_to_pico
from litellm.proxy.pass_through_endpoints.asked import allowed, read_body
from litellm.proxy.pass_through_endpoints.built_in import raw_path
from litellm.proxy.pass_through_endpoints.configured import PassThroughEndpoint, resolved
from litellm.proxy.pass_through_endpoints.credentials import Credential
from litellm.proxy.pass_through_endpoints.relay import Target, relay
from litellm.proxy.pass_through_endpoints.target import address, below, query_of
from litellm.proxy.request_context import authenticated, state_of

TEMPLATE = "/{configured pass-through}"
"""The route of them all in the table of access."""
_FOUND = "litellm.pass_through_endpoint"
_LANGFUSE = ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY")


class ConfiguredRoute(BaseRoute):
    """Matches the path of every endpoint that is served now."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Starlette's question whether a request is for this route."""
        if scope["type"] != "http" or not hasattr(scope["app"].state, "gateway"):
            return Match.NONE, {}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        found = scope["app"].state.gateway.pass_through.find(path, scope["method"])
        return (Match.NONE, {}) if found is None else (Match.FULL, {_FOUND: found})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        request = Request(scope, receive)
        answer = await _forward(request, scope[_FOUND])
        await answer(scope, receive, send)


_NO_SECRETS = ("accept", "content-", "user-agent", "anthropic-", "openai-")


async def _forward(request: Request, endpoint: PassThroughEndpoint) -> Response:
    auth = await authenticated(request, TEMPLATE) if endpoint.auth else UserAPIKeyAuth()
    if endpoint.auth:
        _check_team(auth, endpoint)
    rest = below(raw_path(request), endpoint.path)
    body = await read_body(request, auth)
    auth = allowed(state_of(request), auth, body.model)
    headers = {name.lower(): resolved(str(value)) for name, value in _flat(endpoint.headers).items()}
    target = Target(
        _url(endpoint, rest, request.url.query),
        Credential(secrets=tuple(value for name, value in headers.items() if _is_secret(name, value))),
        endpoint.path,
        provider="pass_through",
        asked_model=body.model or "",
        headers=headers,
        all_headers=endpoint.forward_headers,
        timeout_s=endpoint.timeout,
        request_pico=usd_to_pico(endpoint.cost_per_request),
        guardrails=tuple(endpoint.guardrails) if isinstance(endpoint.guardrails, (list, dict)) else (),
    )
    return await relay(request, auth, body, target)


def _is_secret(name: str, value: str) -> bool:
    """Whether a header of the config is hidden from answers: all but those that say what is sent and wanted."""
    return not name.startswith(_NO_SECRETS) and len(value) > len("Bearer ") + 8


def _check_team(auth: UserAPIKeyAuth, endpoint: PassThroughEndpoint) -> None:
    for metadata in (auth.metadata, auth.team_metadata):
        allowed = metadata.get("allowed_passthrough_routes")
        if isinstance(allowed, list) and endpoint.path not in allowed:
            raise ProxyException(f"this key may not use {endpoint.path}", "auth_error", None, 403)


def _flat(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The headers; Langfuse's pair of keys as the basic authentication that it stands for."""
    if not all(name in headers for name in _LANGFUSE):
        return dict(headers)
    pair = ":".join(resolved(str(headers[name])) for name in _LANGFUSE)
    kept = {name: value for name, value in headers.items() if name not in _LANGFUSE}
    return kept | {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _url(endpoint: PassThroughEndpoint, rest: str, query: str) -> str:
    base, _, own = resolved(endpoint.target).partition("?")
    defaults = [(quote(name), quote(str(value))) for name, value in endpoint.default_query_params.items()]
    if own:
        pairs = (pair.partition("=") for pair in own.split("&"))
        defaults += [(name, value) for name, _, value in pairs]
    asked = query_of(query, (), defaults)
    return address(base, rest, asked) if rest else f"{base}?{asked}" if asked else base
