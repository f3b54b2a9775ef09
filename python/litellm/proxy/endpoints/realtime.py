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
from litellm.proxy.guardrails.realtime import RealtimeScreen
from litellm.proxy.metering import Metered, meter_response
from litellm.proxy.model_access import acting, check_model
from litellm.proxy.request_context import authenticated, call_id_of, client_address, headers_of, state_of
from litellm.proxy.request_metadata import add_metadata, session_of
from litellm.proxy.request_subject import subject_of
from litellm.types.realtime import RealtimeSession

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
    payer = _Payer(websocket, charge)
    transcribes = websocket.query_params.get("intent") == "transcription"
    screen = RealtimeScreen(charge.state.hooks, charge.auth, body, transcribes=transcribes)
    try:
        await websocket.accept(PROTOCOL if PROTOCOL in websocket.scope["subprotocols"] else None)
        await charge.state.router._arealtime(
            **body, websocket=websocket, query_params=dict(websocket.query_params), observer=payer,
            screen=screen,
        )  # fmt: skip
    except asyncio.CancelledError as cancelled:
        charge.state.keep(payer.close("failure", cancelled))
        raise
    except Exception as error:  # noqa: BLE001 - the request handler's boundary
        await payer.close("failure", error)
        await _refuse(websocket, error)
        return
    await payer.close("success")
    if payer.refusal is not None:
        await _refuse(websocket, payer.refusal)
    elif screen.ended:
        await _close(websocket, POLICY_VIOLATION, "ended by a guardrail")


class _Payer:
    """Pays for a session's responses: each is admitted, set aside and settled as a request of its own.

    What was admitted when the session began is for the first; so a session is never further over a budget than one
    response, ends when its key is blocked, and a killed process leaves no more than one response open.
    """

    def __init__(self, websocket: WebSocket, charge: Charge) -> None:
        self._websocket = websocket
        self._charge: Charge | None = charge
        self.refusal: Exception | None = None

    async def began(self) -> bool:
        """A response begins; False when it is refused."""
        if self._charge is None:
            try:
                self._charge, _ = await _admitted(self._websocket)
            except Exception as error:  # noqa: BLE001 - the client is told when the session has ended
                self.refusal = error
        return self.refusal is None

    async def ended(self, response: RealtimeSession) -> bool:
        """A response is done, and is paid for; False when one that had not begun is refused."""
        if not await self.began() or self._charge is None:
            return False
        charge, self._charge = self._charge, None
        hidden = take_hidden_params(response, charge.state.router)
        await charge.settle(meter_response(response, hidden), "success" if response.finished else "client_gone", hidden)
        return True

    async def close(self, status: str, error: BaseException | None = None) -> None:
        """Settle what no response has used."""
        if self._charge is not None:
            await self._charge.settle(Metered(), status, error=error)


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
    """The money of a session's next response, set aside, and the router's arguments. Raises what refuses it."""
    state = state_of(websocket)
    auth = await authenticated(websocket, REALTIME.path)
    model = websocket.query_params.get("model")
    if not model:
        raise InvalidRequestError("model: name it in the query, as in /v1/realtime?model=…", "model")
    body: dict[str, Any] = {"model": model}
    auth = acting(state, auth, model)
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
            await _close(websocket, code, details.message[:100])
    except (RuntimeError, WebSocketDisconnect) as gone:
        log.debug("the client of a realtime session had left: %s", gone)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        await websocket.close(code, reason)
    except (RuntimeError, WebSocketDisconnect) as gone:
        log.debug("the client of a realtime session had left: %s", gone)
