"""The way of every LLM request: who asks, what for, may they, reserve, call, settle, answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from litellm.integrations.custom_guardrail import ModifyResponseException
from litellm.litellm_core_utils.plain_stream import PlainFlow
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.response_ids import FIELD, ResponseIds
from litellm.proxy.charge import Charge
from litellm.proxy.client_headers import forward_headers
from litellm.proxy.config.settings import MIB
from litellm.proxy.deployment_used import take_hidden_params
from litellm.proxy.endpoints.inbound import as_chat, encode_reply, stream_type
from litellm.proxy.endpoints.routes import RESPONSES, LLMRoute
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guardrails.instead import said_instead
from litellm.proxy.metering import Metered, StreamMeter, meter_response
from litellm.proxy.model_access import acting, guard_fallbacks
from litellm.proxy.native.attempt import ATTEMPT, Attempt
from litellm.proxy.native.plan import CALL_TYPE
from litellm.proxy.request_asked import Asked, AskedModel, AskedRag, AskedSearchTool
from litellm.proxy.request_body import Body, check_body, parse_body, refuse_control_fields
from litellm.proxy.request_context import authenticated, call_id_of, client_address, headers_of, state_of
from litellm.proxy.request_demands import in_the_name_of, refuse_undemanded, session_for
from litellm.proxy.request_form import read_form
from litellm.proxy.request_metadata import add_metadata, noted, request_seen, session_of
from litellm.proxy.request_subject import subject_of
from litellm.proxy.response_headers import key_headers, llm_headers
from litellm.proxy.serialization import Shown, encode_response, event_encoder, whole_events
from litellm.proxy.spend_tracking.payloads import Payload
from litellm.proxy.state import GatewayState
from litellm.proxy.stream_meters import stream_meter
from litellm.proxy.streaming import EventStream
from litellm.proxy.team_callbacks import add_callbacks
from litellm.proxy.version import VERSION

_ASKED: Mapping[str, type[Asked]] = {"model": AskedModel, "search_tool": AskedSearchTool, "rag": AskedRag}
PROGRESS_EVERY = 8
"""Stream pieces between two checkpoints of what a stream has cost so far."""


@dataclass(slots=True)
class Call:
    """One request on its way."""

    state: GatewayState
    route: LLMRoute
    auth: UserAPIKeyAuth
    body: Body
    asked_model: str
    charge: Charge
    resumed: Attempt | None = None
    """An attempt that the native front has made."""
    shown: Shown | None = None
    """What the client is shown of a response's fields, where that is not as they are."""

    @property
    def streams(self) -> bool:
        """Whether the answer is asked for as a stream."""
        return bool(self.body.get("stream")) if self.route.streams is None else self.route.streams


async def process(request: Request, route: LLMRoute) -> Response:
    """Answer one LLM request. Raises what the error boundary answers."""
    resumed: Attempt | None = request.scope.get(ATTEMPT)
    if resumed is None:
        return await _process(request, route, None)
    try:
        return await _process(request, route, resumed)
    finally:
        resumed.close()


async def _process(request: Request, route: LLMRoute, resumed: Attempt | None) -> Response:
    state = state_of(request)
    auth = await authenticated(request, route.path)
    body = await read_form(request) if route.form else parse_body(await request.body())
    asked = _ASKED[route.asks]
    model = asked.settle(request, route, body, state)
    body = as_chat(state, route, body)
    check_body(body, route.required)
    refuse_control_fields(
        body, admin=auth.user_role == "proxy_admin",
        client_credentials=bool(state.config.general_settings.raw.get("allow_client_side_credentials")),
    )  # fmt: skip
    shown = _own_responses(state, auth, body) if route.path.startswith(RESPONSES.path) else None
    auth = acting(state, auth, body.get("model"))
    asked.check(state, auth, body)
    if state.config.general_settings.enforce_user_param and "user" not in body:
        raise InvalidRequestError("user: required, as general_settings.enforce_user_param is set", "user")
    refuse_undemanded(state, auth, body)
    session = session_for(state, session_of(body, request.headers), body)
    subject = await subject_of(state, auth, body, headers_of(request), route.metadata_field)
    guard_fallbacks(state, subject.auth)
    charge = Charge(
        state, subject.auth, route.call_type, model, route.path, call_id_of(request), client_address(request),
        session, noted(body, route.metadata_field, request.headers),
    )  # fmt: skip
    call = Call(state, route, subject.auth, body, model, charge, resumed, shown)
    if state.native is not None and route.call_type == CALL_TYPE and body["model"] == model:
        state.native.saw(auth, subject, model)
    if state.stores_prompts:
        charge.payload = Payload(dict(body))
    seen = request_seen(request, body) if state.hooks.see_requests or state.hooks.see_responses else None
    add_metadata(body, route, call.auth, charge.call_id, request)
    if seen is not None:
        body["proxy_server_request"] = seen
    in_the_name_of(state, call.auth, body)
    forward_headers(state, body, headers_of(request))
    if auth.team_metadata or auth.metadata:
        add_callbacks(body, call.auth)
    await charge.admit(subject.limits)
    try:
        call.body = await state.hooks.pre_call(call.auth, body, route.call_type)
        if charge.payload is not None:
            charge.payload.request = dict(call.body)  # as it is sent, so without what a guardrail masked
        await charge.reserve(asked.estimate(state, call.body), subject.accounts)
    except BaseException as error:
        charge.refused(error)
        if isinstance(error, ModifyResponseException):
            return said_instead(error, route, model, streams=call.streams)
        raise
    try:
        response = await _send(call)
        return await (_stream(call, response) if call.streams else _whole(call, response))
    except asyncio.CancelledError as cancelled:
        state.keep(charge.settle(Metered(), "failure", error=cancelled))
        raise
    except ModifyResponseException as said:
        await charge.settle(Metered(), "failure", error=said)
        return said_instead(said, route, model, streams=call.streams)
    except Exception as error:
        await charge.settle(Metered(), "failure", error=error)
        raise await state.hooks.post_call_failure(call.auth, call.body, error) from error


def _own_responses(state: GatewayState, auth: UserAPIKeyAuth, body: Body) -> Shown:
    """How responses are shown to `auth`, whose own id of a previous one becomes the provider's in `body`."""
    ids, previous = ResponseIds(state, auth), body.get(FIELD)
    if isinstance(previous, str):
        body[FIELD] = ids.opened(previous, FIELD)
    return partial(ids.in_answer, previous=previous)


async def _send(call: Call) -> Any:
    name = call.route.method
    if name == "acompletion" and not call.state.hooks.see_responses:
        name = "acompletion_data"  # nobody asks for objects: what comes is only passed on
    method = getattr(call.state.router, name, None)
    if method is None:
        raise InvalidRequestError(f"{call.route.path} is not available", status_code=501, type="not_implemented")
    body = call.body
    if body.get("stream") and call.route.events == "chat":
        # Asked for whether or not the client wants to see it: it is what the call is billed by.
        body = {**body, "stream_options": {**(body.get("stream_options") or {}), "include_usage": True}}
    moderation = call.state.hooks.moderation(call.auth, body, call.route.call_type)
    if moderation is None:
        if call.resumed is not None and name == "acompletion_data":
            return await method(**body, resumed=call.resumed)
        return await method(**body)
    try:
        response = await method(**body)
        try:
            await moderation
        except Exception as refusal:
            if not call.streams:  # it is paid for, though nobody gets it
                hidden = take_hidden_params(response, call.state.router)
                await call.charge.settle(meter_response(response, hidden), "failure", hidden, refusal)
            raise
    finally:
        moderation.cancel()
    return response


async def _whole(call: Call, response: Any) -> Response:
    hidden = take_hidden_params(response, call.state.router)
    metered = meter_response(response, hidden)
    if call.charge.payload is not None:
        call.charge.payload.response = response
    await call.charge.settle(metered, "success", hidden)
    answer = await call.state.hooks.post_call_success(call.auth, call.body, response)
    headers = await _headers(call, answer, hidden, metered.cost_pico)
    content = getattr(answer, "content", None)
    if isinstance(content, bytes):  # audio
        kind = answer.response.headers.get("content-type") if getattr(answer, "response", None) is not None else None
        return Response(content, headers=headers, media_type=kind or "audio/mpeg")
    if isinstance(answer, str):  # a transcription that is asked for as text
        return Response(answer, headers=headers, media_type="text/plain")
    if call.route.inbound is None:
        encoded = encode_response(answer, call.asked_model, call.shown)
    else:
        encoded = encode_reply(call.route.inbound, answer, call.asked_model, time.time() - call.charge.started)
    _refuse_too_large(call, encoded)
    return Response(encoded, headers=headers, media_type="application/json")


def _refuse_too_large(call: Call, encoded: bytes) -> None:
    most = call.state.config.general_settings.raw.get("max_response_size_mb")
    if most and len(encoded) > most * MIB:
        message = f"the response is over the limit of {most:g} MB (general_settings.max_response_size_mb)"
        raise InvalidRequestError(message, "content-length")


async def _stream(call: Call, response: Any) -> Response:
    hidden = take_hidden_params(response, call.state.router)
    plain = isinstance(getattr(response, "flow", None), PlainFlow)
    meter = stream_meter(call.route.events, call.body, hidden, plain=plain)
    source = whole_events(response) if call.route.events in ("anthropic", "google") else response
    chunks = call.state.hooks.stream(call.auth, call.body, _metered(call, source, meter))
    encode = event_encoder(call.route, call.asked_model, usage_wanted=_wants_usage(call), shown=call.shown)
    try:
        first = await anext(chunks, None)  # an error before the first piece still gets its own status
    except Exception as error:
        await call.charge.settle(meter.total(), "failure", hidden, error)
        raise

    async def events() -> AsyncIterator[bytes]:
        try:
            if first is not None:
                yield encode.piece(first)
                async for chunk in chunks:
                    yield encode.piece(chunk)
            yield encode.end()
        finally:
            await _close(chunks, source, response)

    async def ended(status: str, error: BaseException | None) -> None:
        call.state.keep(call.charge.settle(meter.total(), status, hidden, error))

    headers = await _headers(call, response, hidden, None)
    return EventStream(events(), call.route.shape, headers, ended, media_type=stream_type(call.route))


def _wants_usage(call: Call) -> bool:
    wanted = bool((call.body.get("stream_options") or {}).get("include_usage"))
    return wanted or call.state.config.general_settings.always_include_stream_usage


async def _metered(call: Call, chunks: Any, meter: StreamMeter) -> AsyncIterator[Any]:
    checkpoint = 0
    async for chunk in chunks:
        meter.feed(chunk)
        if call.charge.payload is not None:
            call.charge.payload.piece(chunk)
        if meter.pieces >= checkpoint:
            call.charge.progress(meter.pieces)
            checkpoint = meter.pieces + PROGRESS_EVERY
        yield chunk


async def _close(*streams: Any) -> None:
    for stream in streams:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


async def _headers(call: Call, response: Any, hidden: Any, cost_pico: int | None) -> dict[str, str]:
    headers = llm_headers(hidden, version=VERSION, cost_pico=cost_pico, duration_s=time.time() - call.charge.started)
    headers.setdefault("x-litellm-model-group", call.asked_model)
    if (timeout := call.body.get("timeout")) is not None:
        headers["x-litellm-timeout"] = str(timeout)
    headers |= key_headers(call.auth, cost_pico)
    if call.charge.admission is not None:
        headers |= call.charge.admission.headers()
    return headers | await call.state.hooks.response_headers(call.auth, call.body, response)
