"""The way of a forwarded request: counted, reserved, sent as it is, metered while it comes back, settled."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from litellm.llms.custom_httpx.clients import CONNECT_TIMEOUT_S, pool
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.charge import Charge
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.estimate import Estimate, Prices
from litellm.proxy.metering import Metered
from litellm.proxy.pass_through_endpoints.asked import Body
from litellm.proxy.pass_through_endpoints.credentials import Credential
from litellm.proxy.pass_through_endpoints.headers import from_provider, to_provider
from litellm.proxy.pass_through_endpoints.reply_meter import ReplyMeter
from litellm.proxy.pass_through_endpoints.seen import Seen
from litellm.proxy.request_context import call_id_of, client_address, state_of
from litellm.proxy.request_metadata import noted, session_of
from litellm.proxy.request_subject import subject_of
from litellm.proxy.response_headers import key_headers, llm_headers
from litellm.proxy.spend_tracking.rate_limits import RateLimit
from litellm.proxy.state import GatewayState
from litellm.proxy.streaming import Streamed
from litellm.proxy.usage_shapes import texts
from litellm.proxy.version import VERSION

CALL_TYPE = "pass_through_endpoint"
DEFAULT_TIMEOUT_S = 600.0
"""`general_settings.pass_through_request_timeout`."""
MAX_WHOLE = 16 * 1024 * 1024
"""Longer answers go on in pieces, without the headers that say what they cost."""
PROGRESS_EVERY = 8
_STREAMS = ("text/event-stream", "application/vnd.amazon.eventstream", "application/x-ndjson")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes, as whom, and what it is counted as."""

    url: str
    credential: Credential
    template: str
    """The route, as it is logged."""
    provider: str = ""
    asked_model: str = ""
    """As the client names it: budgets and limits of models go by it."""
    model: str | None = None
    """As the provider names it; None when it is unknown, and so free."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent instead of the client's of the same name."""
    all_headers: bool = True
    """Whether all of the client's headers go on, or only those that describe the body."""
    timeout_s: float | None = None
    request_pico: int = 0
    """What a request costs by itself, in pico-dollars."""
    reserve_pico: int = 0
    """What the answer may cost beside its tokens, in pico-dollars."""
    refuses: Callable[[Any], bool] | None = None
    """Whether a JSON answer, or an event of one, is a refusal that has an HTTP status of success."""
    call_type: str = CALL_TYPE
    tells_model: bool = False
    """Whether an answer names the model that it is paid by, where the request does not."""
    agent_id: str | None = None
    """The agent that is asked, where it is one."""
    prices: Prices | None = None
    """Of its own; else those of `model`."""
    limits: tuple[RateLimit, ...] = ()
    """Of its own, beside the caller's."""
    guardrails: tuple[Any, ...] = ()
    """What the endpoint itself asks for."""
    noticed: Callable[[Charge, bytes], Awaitable[None]] | None = None
    """Told of an answer that is no error and came whole."""

    @property
    def hidden(self) -> dict[str, Any]:
        """What prices and headers are found by."""
        known = {"llm_provider": self.provider, "api_base": self.url.partition("?")[0]}
        named = {"litellm_model_name": f"{self.provider}/{self.model}"} if self.model else {}
        return named | known | {name: value for name, value in self.facts.items() if value is not None}


async def relay(request: Request, auth: UserAPIKeyAuth, body: Body, target: Target) -> Response:
    """The provider's answer. Raises ProxyException for a refusal, 502 and 504 when the provider does not answer."""
    state = state_of(request)
    fields = {**body.fields, "model": target.asked_model}
    subject = await subject_of(state, auth, fields, request.headers, "metadata", request)
    if state.config.general_settings.enforce_user_param and target.model is not None and request.method == "POST":
        _check_end_user(subject.auth)
    charge = Charge(
        state, subject.auth, target.call_type, target.asked_model, target.template, call_id_of(request),
        client_address(request), session_of(fields, request.headers),
        noted(fields, "metadata", request.headers), target.agent_id,
    )  # fmt: skip
    await charge.admit([*subject.limits, *target.limits])
    try:
        seen = Seen(request, state.hooks, charge, target.guardrails)
        body = await seen.request(body)
        prompt, estimate = _estimate(state, request, body, target)
        await charge.reserve(estimate, subject.accounts)
    except BaseException as error:
        charge.refused(error)
        raise
    try:
        reply = await _send(request, body, target, state)
        return await _Answer(request, charge, body, target, reply, prompt, seen).response()
    except asyncio.CancelledError as cancelled:
        state.keep(charge.settle(Metered(), "failure", target.hidden, cancelled))
        raise
    except Exception as error:
        await charge.settle(Metered(), "failure", target.hidden, error)
        raise await state.hooks.post_call_failure(charge.auth, body.fields, error) from error


def _check_end_user(auth: UserAPIKeyAuth) -> None:
    """Raises InvalidRequestError for a call that names no end user, by any of the ways of doing so."""
    if auth.end_user_id is None:
        message = "user: required, as general_settings.enforce_user_param is set; or x-litellm-customer-id as a header"
        raise InvalidRequestError(message, "user")


def _estimate(state: GatewayState, request: Request, body: Body, target: Target) -> tuple[int, Estimate]:
    """The prompt's tokens, and what the request may cost."""
    from litellm import token_counter

    if target.model is None or request.method != "POST":
        return 0, Estimate(target.request_pico + target.reserve_pico)
    name = f"{target.provider}/{target.model}"
    prompt = int(token_counter(model=name, text="".join(texts(body.fields))))
    if target.prices is not None:
        found = state.prices.estimate_priced(target.prices, prompt, body.fields)
    else:
        found = state.prices.estimate_model(name, prompt, body.fields)
    own = target.request_pico + target.reserve_pico
    return prompt, dataclasses.replace(found, prompt_pico=found.prompt_pico + own)


async def _send(request: Request, body: Body, target: Target, state: GatewayState) -> httpx.Response:
    settings = state.config.general_settings.raw
    own_header = settings.get("litellm_key_header_name")
    headers = to_provider(
        request.headers.items(), everything=target.all_headers,
        own_key_header=own_header.lower() if isinstance(own_header, str) else None,
    )  # fmt: skip
    headers |= {name.lower(): value for name, value in target.headers.items()}
    headers |= {**target.credential.headers, "accept-encoding": "identity"}
    url = target.url
    if (signer := target.credential.signer) is not None:
        raw = body.raw if isinstance(body.raw, bytes) else b""
        headers = await signer.async_sign(request.method, url, headers, raw)
        located = getattr(signer, "located", None)
        url = located(url) if located is not None else url
    wait_s = float(target.timeout_s or settings.get("pass_through_request_timeout") or DEFAULT_TIMEOUT_S)
    client = pool.asynchronous()
    made = client.build_request(
        request.method, url, headers=headers, content=body.raw or None,
        timeout=httpx.Timeout(wait_s, connect=min(wait_s, CONNECT_TIMEOUT_S)),
    )  # fmt: skip
    try:
        return await client.send(made, stream=True, follow_redirects=False)
    except httpx.TimeoutException as error:
        raise ProxyException("the provider did not answer in time", "timeout_error", None, 504) from error
    except httpx.TransportError as error:
        raise ProxyException("the provider cannot be reached", "bad_gateway", None, 502) from error


class _Answer:
    """One answer on its way back."""

    def __init__(
        self, request: Request, charge: Charge, body: Body, target: Target, reply: httpx.Response, prompt: int,
        seen: Seen,
    ) -> None:  # fmt: skip
        self._hooks = seen if seen.replies and reply.status_code < 400 else None
        self._charge, self._target, self._reply = charge, target, reply
        priced = target.model is not None or target.tells_model
        counts = priced and request.method == "POST" and reply.status_code < 400
        self._meter = ReplyMeter(target.hidden, reply.headers, prompt, body.fields, target.refuses) if counts else None
        self._streams = body.fields.get("stream") is True or "stream" in target.url.rpartition("/")[2]
        self._pieces = reply.aiter_bytes()

    async def response(self) -> Response:
        """The answer, whole when it is short JSON or an error, else in pieces."""
        kind = self._reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        streams = self._reply.status_code < 400 and (self._streams or kind in _STREAMS or not kind.endswith("json"))
        start = b"" if streams else await self._start()
        if streams or len(start) > MAX_WHOLE:
            return await self._in_pieces(start, kind)
        for secret in self._target.credential.secrets:
            start = start.replace(secret.encode(), b"***")
        if self._meter is not None:
            self._meter.feed(start)
        metered = self._total("success")
        status = "failure" if self._refused else "success"
        given = start
        try:
            if self._target.noticed is not None and status == "success":
                await self._target.noticed(self._charge, start)
            if self._hooks is not None:
                given = await self._hooks.reply(start)
        except (Exception, asyncio.CancelledError) as error:  # what came is paid for, though nobody gets it
            await self._charge.settle(metered, "failure", self._target.hidden, error)
            raise
        await self._charge.settle(metered, status, self._target.hidden)
        return Response(given, self._reply.status_code, headers=await self._headers(metered.cost_pico))

    async def _start(self) -> bytes:
        """The whole body, or more than `MAX_WHOLE` bytes of its start."""
        start = bytearray()
        try:
            async for piece in self._pieces:
                start += piece
                if len(start) > MAX_WHOLE:
                    return bytes(start)
        except httpx.TransportError as error:
            raise ProxyException("the provider broke its answer off", "bad_gateway", None, 502) from error
        await self._reply.aclose()
        return bytes(start)

    async def _in_pieces(self, start: bytes, kind: str) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            count = 0
            try:
                if start:
                    yield self._seen(start)
                async for piece in self._pieces:
                    yield self._seen(piece)
                    count += 1
                    if count % PROGRESS_EVERY == 0:
                        self._charge.progress(count)
            finally:
                await self._reply.aclose()

        async def ended(status: str, error: BaseException | None) -> None:
            metered = self._total(status)
            told = "failure" if status == "success" and self._refused else status
            self._charge.state.keep(self._charge.settle(metered, told, self._target.hidden, error))

        given: AsyncIterator[bytes] = pieces()
        if self._hooks is not None:
            try:
                if start:
                    message = "the answer is too long for the hooks that look at it"
                    raise ProxyException(message, "bad_gateway", None, 502)
                given = await _begun(self._hooks.stream(given, kind))
            except (Exception, asyncio.CancelledError) as error:  # what came is paid for, though nobody gets it
                await self._reply.aclose()
                await self._charge.settle(self._total("failure"), "failure", self._target.hidden, error)
                raise
        return Streamed(given, await self._headers(None), ended, status=self._reply.status_code)

    def _seen(self, piece: bytes) -> bytes:
        if self._meter is not None:
            self._meter.feed(piece)
        return piece

    @property
    def _refused(self) -> bool:
        """Whether nothing was answered but a refusal."""
        return self._reply.status_code >= 400 or (self._meter is not None and self._meter.refused)

    def _total(self, status: str) -> Metered:
        metered = self._meter.total() if self._meter is not None else Metered()
        if self._refused:
            return Metered()
        return Metered(metered.usage, metered.cost_pico + self._target.request_pico)

    async def _headers(self, cost_pico: int | None) -> dict[str, str]:
        charge = self._charge
        headers = from_provider(self._reply.headers.multi_items(), self._target.credential.secrets)
        headers |= llm_headers(
            self._target.hidden, version=VERSION, cost_pico=cost_pico, duration_s=time.time() - charge.started
        )
        headers |= key_headers(charge.auth, cost_pico)
        headers |= charge.admission.headers() if charge.admission is not None else {}
        return headers | (await self._hooks.headers() if self._hooks is not None else {})


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, the first of which is there: what fails before it still gets its own status."""
    first = await anext(pieces, None)

    async def all_of_them() -> AsyncIterator[bytes]:
        if first is not None:
            yield first
            async for piece in pieces:
                yield piece

    return all_of_them()
