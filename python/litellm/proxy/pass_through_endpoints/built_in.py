"""The built-in pass-through routes: `/<provider>/<the provider's own path>`."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from litellm.proxy._types import ProxyException
from litellm.proxy.pass_through_endpoints.asked import allowed, read_body
from litellm.proxy.pass_through_endpoints.headers import own_credentials
from litellm.proxy.pass_through_endpoints.place import Asked, place_of
from litellm.proxy.pass_through_endpoints.providers import BUILT_IN, PassThroughProvider
from litellm.proxy.pass_through_endpoints.relay import Target, relay
from litellm.proxy.pass_through_endpoints.target import below, model_in
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.state import GatewayState


def routes() -> list[BaseRoute]:
    """Every provider's, longer prefixes first."""
    pairs = sorted(((prefix, row) for row in BUILT_IN for prefix in row.prefixes), key=lambda pair: -len(pair[0]))
    return [_route(prefix, row) for prefix, row in pairs]


def _route(prefix: str, row: PassThroughProvider) -> Route:
    template = f"{prefix}/{{endpoint}}"

    async def endpoint(request: Request) -> Response:
        auth, state = await authenticated(request, template), state_of(request)
        rest = below(raw_path(request), prefix)
        _check_only(row, request.method, rest)
        _refuse_agents(state, row, rest)
        body = await read_body(request, auth, whole=row.auth == "bedrock")
        model = model_in(rest) or body.model
        auth = allowed(state, auth, model)
        asked = Asked(rest, request.url.query, model)
        place = place_of(state, row, asked, own_credentials(request.headers))
        if place.model is not None and body.model is not None:
            body = body.with_fields({**body.fields, "model": place.model})
        target = Target(
            place.url, place.credential, template, place.provider, model or "", place.model or model, place.facts
        )
        return await relay(request, auth, body, target)

    return Route(f"{prefix}/{{endpoint:path}}", endpoint, methods=list(row.methods), name=template)


def raw_path(request: Request) -> str:
    """The path as it was sent, percent-encoding included, below the root path."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.decode("latin-1").removeprefix(request.scope.get("root_path", ""))


def _refuse_agents(state: GatewayState, row: PassThroughProvider, rest: str) -> None:
    """Agents, flows and knowledge bases of Bedrock, where `disable_bedrock_agent_runtime_passthrough` closes them."""
    closed = state.config.general_settings.raw.get("disable_bedrock_agent_runtime_passthrough") is True
    if closed and row.auth == "bedrock" and not rest.lstrip("/").startswith(("model/", "guardrail/")):
        raise ProxyException("Bedrock's agents are switched off here", "auth_error", None, 403)


def _check_only(row: PassThroughProvider, method: str, rest: str) -> None:
    asked = f"{method} /{rest}"
    if row.only and not any(re.fullmatch(pattern, asked) for pattern in row.only):
        raise ProxyException(f"{asked[:200]} is not among what {row.prefixes[0]} serves", "auth_error", None, 403)
