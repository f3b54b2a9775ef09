"""The way of every LLM request: who asks, what for, may they, reserve, call, settle, answer."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.deployment_used import take_hidden_params
from litellm.proxy.endpoints.routes import LLMRoute
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.estimate import Estimate
from litellm.proxy.metering import Metered, StreamMeter, meter_response
from litellm.proxy.model_access import check_model
from litellm.proxy.request_body import Body, check_body, parse_body, parse_form, refuse_control_fields
from litellm.proxy.request_context import authenticated, call_id_of, state_of
from litellm.proxy.request_metadata import add_metadata
from litellm.proxy.request_subject import subject_of
from litellm.proxy.response_headers import key_headers, llm_headers
from litellm.proxy.serialization import encode_response, event_encoder, whole_events
from litellm.proxy.spend_tracking.ledger import Reservation
from litellm.proxy.spend_tracking.rate_limits import Admission
from litellm.proxy.state import GatewayState
from litellm.proxy.stream_meters import stream_meter
from litellm.proxy.streaming import EventStream
from litellm.proxy.version import VERSION

PROGRESS_EVERY = 8
"""Stream pieces between two checkpoints of what a stream has cost so far."""


@dataclass(slots=True)
class Call:
    """One request on its way."""

    state: GatewayState
    route: LLMRoute
    auth: UserAPIKeyAuth
    call_id: str
    body: Body
    asked_model: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """The gateway's own id, which money is settled under; a client cannot choose it."""
    started: float = field(default_factory=time.time)
    estimate: Estimate = field(default_factory=Estimate)
    reservation: Reservation | None = None
    admission: Admission | None = None
    ip_address: str = ""

    async def settle(
        self, metered: Metered, status: str, hidden: Mapping[str, Any] | None = None, error: BaseException | None = None
    ) -> None:
        """Settle what was reserved, whatever the end is (`success`, `failure`, `client_gone`)."""
        if self.reservation is not None:
            await self.reservation.settle(
                metered.usage, metered.cost_pico, status, call_type=self.route.call_type,
                model_group=self.asked_model, hidden_params=hidden or {}, started=self.started, error=error,
                call_id=self.call_id, ip_address=self.ip_address, endpoint=self.route.path,
                session_id=self.body.get("litellm_session_id"),
            )  # fmt: skip
        if self.admission is not None:
            self.admission.end(int(metered.usage.get("total_tokens") or 0))


async def process(request: Request, route: LLMRoute) -> Response:
    """Answer one LLM request. Raises what the error boundary answers."""
    state = state_of(request)
    auth = await authenticated(request, route.path)
    body = await _form(request) if route.form else parse_body(await request.body())
    call = Call(state, route, auth, call_id_of(request), body, _settle_model(request, route, body, state))
    call.ip_address = request.client.host if request.client else ""
    check_body(body, route.required)
    refuse_control_fields(
        body, admin=auth.user_role == "proxy_admin",
        client_credentials=bool(state.config.general_settings.raw.get("allow_client_side_credentials")),
    )  # fmt: skip
    check_model(state, auth, body)
    subject = await subject_of(state, auth, body, request.headers, route.metadata_field)
    auth = call.auth = subject.auth
    add_metadata(body, route, auth, call.call_id, request)
    call.admission = state.limiter.admit(subject.limits)
    try:
        call.body = await state.hooks.pre_call(auth, body, route.call_type)
        call.estimate = state.prices.estimate(call.body["model"], call.body)
        call.reservation = await state.ledger.reserve(
            auth, call.request_id, call.asked_model, call.estimate.total_pico, subject.accounts,
            call.estimate.so_far(0),  # what is sent is paid for, even if this process dies
        )  # fmt: skip
    except BaseException:
        call.admission.end(0)
        raise
    try:
        response = await _send(call)
        return await (_stream(call, response) if call.body.get("stream") else _whole(call, response))
    except asyncio.CancelledError as cancelled:
        state.keep(call.settle(Metered(), "failure", error=cancelled))
        raise
    except Exception as error:
        await call.settle(Metered(), "failure", error=error)
        raise await state.hooks.post_call_failure(auth, call.body, error) from error


async def _form(request: Request) -> Body:
    """A multipart body. Raises InvalidRequestError for one that is none."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InvalidRequestError("send a multipart/form-data body with a file", "file")
    async with request.form(max_files=16, max_fields=200) as form:
        files = {
            name: (value.filename or name, await value.read(), value.content_type or "application/octet-stream")
            for name, value in form.items()
            if isinstance(value, UploadFile)
        }
        return parse_form(form, files)


def _settle_model(request: Request, route: LLMRoute, body: Body, state: GatewayState) -> str:
    """Put the model that is meant into `body`: the path's, the body's, or the configured default. Returns it."""
    default = getattr(state.config.general_settings, route.default_model) if route.default_model else None
    given = body.get("model")
    model = request.path_params.get("model") or (default if given is None else given)
    if model is not None:
        body["model"] = model
    return model if isinstance(model, str) else ""


async def _send(call: Call) -> Any:
    method = getattr(call.state.router, call.route.method, None)
    if method is None:
        raise InvalidRequestError(f"{call.route.path} is not available", status_code=501, type="not_implemented")
    body = call.body
    if body.get("stream") and call.route.events == "chat":
        # Asked for whether or not the client wants to see it: it is what the call is billed by.
        body = {**body, "stream_options": {**(body.get("stream_options") or {}), "include_usage": True}}
    moderation = call.state.hooks.moderation(call.auth, body, call.route.call_type)
    if moderation is None:
        return await method(**body)
    try:
        response = await method(**body)
        await moderation
    finally:
        moderation.cancel()
    return response


async def _whole(call: Call, response: Any) -> Response:
    hidden = take_hidden_params(response, call.state.router)
    metered = meter_response(response, hidden)
    await call.settle(metered, "success", hidden)
    answer = await call.state.hooks.post_call_success(call.auth, call.body, response)
    headers = await _headers(call, answer, hidden, metered.cost_pico)
    content = getattr(answer, "content", None)
    if isinstance(content, bytes):  # audio
        kind = answer.response.headers.get("content-type") if getattr(answer, "response", None) is not None else None
        return Response(content, headers=headers, media_type=kind or "audio/mpeg")
    if isinstance(answer, str):  # a transcription that is asked for as text
        return Response(answer, headers=headers, media_type="text/plain")
    return Response(encode_response(answer, call.asked_model), headers=headers, media_type="application/json")


async def _stream(call: Call, response: Any) -> Response:
    hidden = take_hidden_params(response, call.state.router)
    meter = stream_meter(call.route.events, call.body, hidden)
    source = whole_events(response) if call.route.shape == "anthropic" else response
    chunks = call.state.hooks.stream(call.auth, call.body, _metered(call, source, meter))
    encode = event_encoder(call.route, call.asked_model, usage_wanted=_wants_usage(call))
    try:
        first = await anext(chunks, None)  # an error before the first piece still gets its own status
    except Exception as error:
        await call.settle(meter.total(), "failure", hidden, error)
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
        call.state.keep(call.settle(meter.total(), status, hidden, error))

    headers = await _headers(call, response, hidden, None)
    return EventStream(events(), call.route.shape, headers, ended)


def _wants_usage(call: Call) -> bool:
    wanted = bool((call.body.get("stream_options") or {}).get("include_usage"))
    return wanted or call.state.config.general_settings.always_include_stream_usage


async def _metered(call: Call, chunks: Any, meter: StreamMeter) -> AsyncIterator[Any]:
    checkpoint = 0
    async for chunk in chunks:
        meter.feed(chunk)
        if meter.pieces >= checkpoint and call.reservation is not None:
            call.reservation.progress(call.estimate.so_far(meter.pieces))
            checkpoint = meter.pieces + PROGRESS_EVERY
        yield chunk


async def _close(*streams: Any) -> None:
    for stream in streams:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


async def _headers(call: Call, response: Any, hidden: Any, cost_pico: int | None) -> dict[str, str]:
    headers = llm_headers(hidden, version=VERSION, cost_pico=cost_pico, duration_s=time.time() - call.started)
    headers.setdefault("x-litellm-model-group", call.asked_model)
    headers |= key_headers(call.auth, cost_pico)
    if call.admission is not None:
        headers |= call.admission.headers()
    return headers | await call.state.hooks.response_headers(call.auth, call.body, response)
