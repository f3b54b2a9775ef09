"""Agents asked by A2A's JSON-RPC: admitted, reserved, forwarded as it is, metered and settled as pass-through is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.agents.agent import Agent
from litellm.proxy.errors import ErrorDetails, details_of
from litellm.proxy.estimate import Prices
from litellm.proxy.money import usd_to_pico
from litellm.proxy.pass_through_endpoints.asked import Body, read_body
from litellm.proxy.pass_through_endpoints.credentials import MIN_SECRET, Credential
from litellm.proxy.pass_through_endpoints.headers import CREDENTIALS
from litellm.proxy.pass_through_endpoints.relay import Target, relay
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.spend_tracking.rate_limits import limits_of
from litellm.proxy.state import GatewayState

PATHS = ("/a2a/{agent_id}", "/a2a/{agent_id}/message/send", "/v1/a2a/{agent_id}/message/send")
PROVIDER = "a2a_agent"
ASKED = {"message/send": "asend_message", "message/stream": "asend_message_streaming"}
"""The methods that are paid for, and what hooks and logs call them."""
FREE = frozenset({"tasks/get", "tasks/cancel", "tasks/resubscribe"})
"""Methods on tasks that were paid for when they were begun."""
_INVALID, _NO_METHOD, _REFUSED, _INTERNAL = -32600, -32601, -32000, -32603


def routes() -> list[BaseRoute]:
    """Every spelling."""
    return [Route(path, _endpoint, methods=["POST"], name=f"a2a:{path}") for path in PATHS]


async def _endpoint(request: Request) -> Response:
    auth = await authenticated(request, PATHS[0])
    asked: Mapping[str, Any] = {}
    try:
        body = await read_body(request, auth, whole=True)
        asked = body.fields
        return await _invoke(request, auth, body)
    except Exception as error:
        details = details_of(error)
        if details is None:
            raise
        return _refusal(details, getattr(error, "rpc_code", None), asked.get("id"))


async def _invoke(request: Request, auth: UserAPIKeyAuth, body: Body) -> Response:
    state, method = state_of(request), body.fields.get("method")
    if body.fields.get("jsonrpc") != "2.0" or not isinstance(method, str):
        raise _problem('expected JSON-RPC: "jsonrpc": "2.0" and a method', _INVALID, 400)
    if method not in ASKED and method not in FREE:
        raise _problem(f"method: expected one of {', '.join([*ASKED, *sorted(FREE)])}", _NO_METHOD, 400)
    name = request.path_params["agent_id"]
    agent = state.agents.find(name)
    if agent is None:
        raise _problem(f"there is no agent {name[:200]!r}", _REFUSED, 404)
    if not agent.may_be_called(auth):
        raise _problem(f"this key may not call the agent {name[:200]!r}", _REFUSED, 403)
    if not agent.enabled:
        raise _problem(f"the agent {name[:200]!r} is switched off", _REFUSED, 403)
    return await relay(request, auth, body, _target(request, state, agent, method))


def _target(request: Request, state: GatewayState, agent: Agent, method: str) -> Target:
    paid = method in ASKED
    per_input, per_output = (agent.price(f"{way}_cost_per_token") if paid else 0.0 for way in ("input", "output"))
    given = {name.lower(): request.headers[name] for name in agent.extra_headers
             if name in request.headers and name.lower() not in CREDENTIALS}  # fmt: skip
    static = {name.lower(): value for name, value in agent.static_headers.items()}
    return Target(
        agent.url, Credential(secrets=tuple(value for value in static.values() if len(value) >= MIN_SECRET)),
        PATHS[0], PROVIDER, f"{PROVIDER}/{agent.agent_name}", agent.agent_name,
        facts={"custom_cost_per_token": {"input_cost_per_token": per_input, "output_cost_per_token": per_output}},
        headers=given | static, all_headers=False,
        request_pico=usd_to_pico(agent.price("cost_per_query")) if paid else 0,
        call_type=ASKED.get(method, "a2a_task"), agent_id=agent.agent_id,
        prices=Prices(usd_to_pico(per_input), usd_to_pico(per_output)),
        refuses=_is_error, limits=tuple(limits_of("agent", agent.agent_id, agent.limits)),
    )  # fmt: skip


def _is_error(answer: Any) -> bool:
    """Whether JSON-RPC answers with an error, which HTTP calls a success."""
    return isinstance(answer, dict) and "error" in answer and "result" not in answer


class _Problem(ProxyException):
    """A refusal with JSON-RPC's number for it."""

    rpc_code = _REFUSED


def _problem(message: str, rpc_code: int, status: int) -> _Problem:
    made = _Problem(message, "invalid_request_error", None, status)
    made.rpc_code = rpc_code
    return made


def _refusal(details: ErrorDetails, rpc_code: int | None, request_id: Any) -> Response:
    code = rpc_code or (_INTERNAL if details.status >= 500 else _REFUSED)
    told = {"code": code, "message": details.message, "data": {"type": details.type, "param": details.param}}
    known = request_id if isinstance(request_id, (str, int)) else None
    return JSONResponse({"jsonrpc": "2.0", "id": known, "error": told}, details.status, dict(details.headers))
