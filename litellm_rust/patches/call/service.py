"""Serves calls: decides, sends, builds the response, or hands the reply to upstream."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments, Refused, read_arguments
from litellm_rust.patches.call.exchange import CURRENT, Answered, Watch
from litellm_rust.patches.call.hidden import HeaderNames
from litellm_rust.patches.call.plan import Plan
from litellm_rust.patches.call.router_callbacks import RouterCallbacks
from litellm_rust.patches.call.state import GlobalState
from litellm_rust.patches.call.wire import Unsuitable, Wire
from litellm_rust.patches.patch import Function
from litellm_rust.patches.route.call import WATCHED, Watched
from litellm_rust.pool import Limits, Pool, Reply, TransportFailure

FEATURE: Final = "completion"
_MAX_PLANS: Final = 4096
_MAX_BASES: Final = 4096
_LIMITS: Final = Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=60.0)


class Outcome(NamedTuple):
    """What became of a request: a response, or what upstream has to make one of."""

    response: Any
    reply: Reply | TransportFailure
    body: bytes
    began_s: float
    """When the request was sent, as `time.time()` counts."""


class Service:
    """The native calls of one upstream: plans by kind of call, and the connections they share."""

    def __init__(self, litellm: Any, process_headers: Function) -> None:
        self._litellm = litellm
        self._metrics = feature_metrics(FEATURE)
        self._callbacks = RouterCallbacks(litellm)
        self.state = GlobalState(litellm, self._callbacks.is_own)
        self.header_names = HeaderNames(process_headers)
        self._plans: dict[tuple[object, ...], Plan | str] = {}
        self._bases: dict[str, object] = {}
        self._pool: Pool | None = None

    def admit(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], kind: str, *, streams: bool = False
    ) -> Arguments | None:
        """The call's arguments when it may be native; None when it is upstream's."""
        pending = CURRENT.get()
        if isinstance(pending, Answered) and pending.pending:
            return None
        try:
            busy = self.state.busy()
            if busy is not None:
                raise Refused(busy)
            call = read_arguments(args, kwargs, self.plain_base, streams=streams)
            key = (kind, call.key, self.state.key())
            if type(self._plans.get(key)) is str:
                raise Refused("sent by upstream in a way of its own")
            return call._replace(key=key)
        except Refused as refused:
            self._metrics.fallback(str(refused))
            return None

    def plain_base(self, base: str) -> object:
        """True for an address that upstream does not know; a known one stands for itself."""
        found = self._bases.get(base)
        if found is None:
            if len(self._bases) >= _MAX_BASES:
                self._bases.clear()
            known = [*self._litellm.openai_compatible_endpoints, "openai", "azure", "?", "#"]
            plain = base.startswith(("http://", "https://")) and not any(name in base for name in known)
            found = self._bases[base] = plain or base
        return found

    def plan(self, call: Arguments) -> Plan | None:
        """The call's plan, None while it is not known."""
        plan = self._plans.get(call.key)
        return plan if isinstance(plan, Plan) else None

    def watched(self, call: Arguments, watch: Watch, response: Any) -> None:
        """Learn from a call that upstream has served."""
        self._metrics.fallback("first of its kind")
        if len(watch.sent) != 1 or watch.sent[0].status != 200 or type(response).__name__ != "ModelResponse":
            return
        if len(self._plans) >= _MAX_PLANS:
            self._plans.clear()
        try:
            self._plans[call.key] = Plan(self._litellm, call, watch.sent[0], response, self.header_names)
        except Unsuitable as reason:
            self._plans[call.key] = str(reason)

    def connections(self) -> Pool:
        """The pool of all native calls, made when first asked for."""
        if self._pool is None:
            self._pool = Pool(limits=_LIMITS)
        return self._pool

    async def send_async(self, call: Arguments, plan: Plan, content: bytes) -> Outcome:
        """Send the request with the body `content`."""
        url, headers = plan.target(call)
        began, body = time.time(), b""
        try:
            reply = await self.connections().arequest("POST", url, headers, content, plan.timeouts)
            body = b"".join([piece async for piece in reply.aiter_bytes()]) if reply.content is None else reply.content
        except TransportFailure as failure:
            return Outcome(None, failure, body, began)
        return Outcome(self._finish(call, plan, reply, body, began), reply, body, began)

    def send_sync(self, call: Arguments, plan: Plan, content: bytes) -> Outcome:
        """As `send_async`, waiting."""
        url, headers = plan.target(call)
        began, body = time.time(), b""
        try:
            reply = self.connections().request("POST", url, headers, content, plan.timeouts)
            body = b"".join(reply.iter_bytes()) if reply.content is None else reply.content
        except TransportFailure as failure:
            return Outcome(None, failure, body, began)
        return Outcome(self._finish(call, plan, reply, body, began), reply, body, began)

    def _finish(self, call: Arguments, plan: Plan, reply: Reply, body: bytes, began: float) -> Any:
        """The response for a reply that upstream need not read, else None."""
        if reply.status != 200:
            return None
        headers = header_mapping(reply.headers)
        if headers is None or not headers.get("content-type", "").startswith("application/json"):
            return None
        network_ms = (time.time() - began) * 1000
        call_id = call.control.get("litellm_call_id") or str(uuid.uuid4())
        response = plan.build(call, decoded_body(reply, body), headers, call_id, call.started_s, network_ms)
        if response is not None:
            self._metrics.native.add()
        return response

    def report(self, call: Arguments, response: Any, *, is_async: bool) -> None:
        """Tell the routers of the process, which watch every call."""
        if call.router_call:
            self._callbacks.succeeded(call, response, is_async=is_async)

    def hand_over(self, outcome: Outcome) -> Answered:
        """The exchange in which upstream finds the outcome of the request."""
        self._metrics.fallback("a reply for upstream to read")
        return Answered(outcome.reply, outcome.body, outcome.began_s)

    @staticmethod
    def learn_more(plan: Plan, call: Arguments, outcome: Outcome, response: Any) -> None:
        """Learn from what upstream made of a reply that was handed over."""
        if isinstance(outcome.reply, Reply) and outcome.reply.status == 200:
            headers = header_mapping(outcome.reply.headers)
            if headers is not None:
                plan.learn(call, decoded_body(outcome.reply, outcome.body), headers, response)


def header_mapping(pairs: list[tuple[bytes, bytes]]) -> dict[str, str] | None:
    """Headers as upstream's client gives them; None when it would join several of one name."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    return headers if len(headers) == len(pairs) else None


def decoded_body(reply: Reply, body: bytes) -> bytes:
    """The body without its content encoding, if that is gzip or deflate; else as it is."""
    for name, value in reply.headers:
        if name == b"content-encoding" and value in (b"gzip", b"deflate"):
            try:
                return zlib.decompress(body, 47)
            except zlib.error:
                return body
    return body


def encoded(plan: Wire, call: Arguments) -> bytes | None:
    """The request's body; None for values that are not JSON, which upstream may explain."""
    try:
        return plan.encode(call)
    except (TypeError, ValueError):
        return None


def wrap_async(original: Function, service: Service) -> Function:
    """`acompletion`, native where it can be."""

    async def acompletion(*args: Any, **kwargs: Any) -> Any:
        watched = WATCHED.get()
        if watched is not None:
            return await _shown(service, watched, kwargs, lambda: original(*args, **kwargs))
        call = service.admit(args, kwargs, "async")
        if call is None:
            return await original(*args, **kwargs)
        plan = service.plan(call)
        if plan is None:
            return await _learn_async(service, call, lambda: original(*args, **kwargs))
        content = encoded(plan, call)
        if content is None:
            return await original(*args, **kwargs)
        outcome = await service.send_async(call, plan, content)
        response = outcome.response
        if response is None:
            token = CURRENT.set(service.hand_over(outcome))
            try:
                response = await original(*args, **kwargs)
            finally:
                CURRENT.reset(token)
            service.learn_more(plan, call, outcome, response)
        else:
            service.report(call, response, is_async=True)
        return response

    return acompletion


async def _shown(service: Service, watched: Watched, kwargs: Mapping[str, Any], original: Callable[[], Any]) -> Any:
    """A call inside a router's call that is being watched."""
    watched.note_call(kwargs)
    call = service.admit((), kwargs, "async")
    response = await (original() if call is None else _learn_async(service, call, original))
    watched.note_response(response)
    return response


async def _learn_async(service: Service, call: Arguments, original: Callable[[], Any]) -> Any:
    watch = Watch()
    token = CURRENT.set(watch)
    try:
        response = await original()
    finally:
        CURRENT.reset(token)
    service.watched(call, watch, response)
    return response


def wrap_sync(original: Function, service: Service) -> Function:
    """`completion`, native where it can be."""

    def completion(*args: Any, **kwargs: Any) -> Any:
        call = None if "acompletion" in kwargs else service.admit(args, kwargs, "sync")
        if call is None:
            return original(*args, **kwargs)
        plan = service.plan(call)
        if plan is None:
            return _learn_sync(service, call, lambda: original(*args, **kwargs))
        content = encoded(plan, call)
        if content is None:
            return original(*args, **kwargs)
        outcome = service.send_sync(call, plan, content)
        response = outcome.response
        if response is None:
            token = CURRENT.set(service.hand_over(outcome))
            try:
                response = original(*args, **kwargs)
            finally:
                CURRENT.reset(token)
            service.learn_more(plan, call, outcome, response)
        else:
            service.report(call, response, is_async=False)
        return response

    return completion


def _learn_sync(service: Service, call: Arguments, original: Callable[[], Any]) -> Any:
    watch = Watch()
    token = CURRENT.set(watch)
    try:
        response = original()
    finally:
        CURRENT.reset(token)
    service.watched(call, watch, response)
    return response
