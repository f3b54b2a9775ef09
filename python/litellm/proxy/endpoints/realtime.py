"""Realtime sessions: a websocket of a client's, authorised, paid for, and connected with a deployment's."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from litellm.proxy.charge import Charge
from litellm.proxy.deployment_used import take_hidden_params
from litellm.proxy.endpoints.routes import LLMRoute
from litellm.proxy.errors import INTERNAL, InvalidRequestError, details_of, error_body, error_response
from litellm.proxy.metering import Metered, meter_response
from litellm.proxy.model_access import acting, check_model
from litellm.proxy.request_context import authenticated, call_id_of, client_address, headers_of, state_of
from litellm.proxy.request_metadata import add_metadata, session_of
from litellm.proxy.request_subject import subject_of

log = logging.getLogger("litellm.proxy.realtime")
REALTIME = LLMRoute("/realtime", "_arealtime", "_arealtime", {}, "openai", ("/v1{path}", "{path}", "/openai/v1{path}"))
PROTOCOL = "realtime"
KEY_PROTOCOL = "openai-insecure-api-key."
"""Browsers cannot set headers, so OpenAI's clients there send the key as a subprotocol of this prefix."""
POLICY_VIOLATION, INTERNAL_ERROR = 1008, 1011


def routes() -> list[BaseRoute]:
    """Every spelling of the endpoint."""
    return [WebSocketRoute(path, realtime, name=f"realtime:{path}") for path in REALTIME.paths]


async def realtime(websocket: WebSocket) -> None:
    """One session, from the handshake until one side closes."""
    websocket.scope.setdefault("state", {})["call_id"] = str(uuid.uuid4())
    _take_key(websocket)
    try:
        charge, body = await _admitted(websocket)
    except Exception as error:  # noqa: BLE001 - the request handler's boundary
        await _refuse(websocket, error)
        return
    try:
        await websocket.accept(PROTOCOL if PROTOCOL in websocket.scope["subprotocols"] else None)
        session = await charge.state.router._arealtime(
            **body, websocket=websocket, query_params=dict(websocket.query_params)
        )
    except asyncio.CancelledError as cancelled:
        charge.state.keep(charge.settle(Metered(), "failure", error=cancelled))
        raise
    except Exception as error:  # noqa: BLE001 - the request handler's boundary
        await charge.settle(Metered(), "failure", error=error)
        await _refuse(websocket, error)
        return
    hidden = take_hidden_params(session, charge.state.router)
    await charge.settle(meter_response(session, hidden), "success", hidden)


def _take_key(websocket: WebSocket) -> None:
    """A key among the subprotocols, as the header that it stands for."""
    if "authorization" in websocket.headers:
        return
    for offered in websocket.scope["subprotocols"]:
        if offered.startswith(KEY_PROTOCOL):
            key = offered[len(KEY_PROTOCOL) :]
            pair = (b"authorization", f"Bearer {key}".encode("latin-1", "replace"))
            websocket.scope["headers"] = [*websocket.scope["headers"], pair]
            return


async def _admitted(websocket: WebSocket) -> tuple[Charge, dict[str, Any]]:
    """The session's money, set aside, and the router's arguments. Raises what refuses it."""
    state = state_of(websocket)
    auth = await authenticated(websocket, REALTIME.path)
    model = websocket.query_params.get("model")
    if not model:
        raise InvalidRequestError("model: name it in the query, as in /v1/realtime?model=…", "model")
    body: dict[str, Any] = {"model": model}
    auth = acting(auth, model)
    check_model(state, auth, body)
    headers = headers_of(websocket)
    subject = await subject_of(state, auth, body, headers, REALTIME.metadata_field)
    charge = Charge(
        state, subject.auth, REALTIME.call_type, model, REALTIME.path, call_id_of(websocket),
        client_address(websocket), session_of(body, headers),
    )  # fmt: skip
    add_metadata(body, REALTIME, subject.auth, charge.call_id, websocket)
    await charge.admit(subject.limits)
    try:
        body = await state.hooks.pre_call(subject.auth, body, REALTIME.call_type)
        await charge.reserve(state.prices.estimate(body["model"], {**body, "input": ""}), subject.accounts)
    except BaseException as error:
        charge.refused(error)
        raise
    return charge, body


async def _refuse(websocket: WebSocket, error: Exception) -> None:
    """Tells the client why: by the status of the handshake, or in an event before the connection is closed."""
    details = details_of(error)
    if details is None:
        log.error("realtime session %s failed", websocket.scope["state"]["call_id"], exc_info=error)
        details = INTERNAL
    code = INTERNAL_ERROR if details.status >= 500 else POLICY_VIOLATION
    try:
        if websocket.application_state is WebSocketState.CONNECTING:
            if "websocket.http.response" in websocket.scope.get("extensions", {}):
                await websocket.send_denial_response(error_response(details, "openai"))
            else:
                await websocket.close(code)
        elif websocket.application_state is WebSocketState.CONNECTED:
            await websocket.send_text(json.dumps({"type": "error", **error_body(details, "openai")}))
            await websocket.close(code, details.message[:100])
    except (RuntimeError, WebSocketDisconnect) as gone:
        log.debug("the client of a realtime session had left: %s", gone)
