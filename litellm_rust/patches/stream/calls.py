"""Whole calls for streams: sent natively, and read natively as far as the script of their kind goes.

Where it does not go on, upstream's own function is called with the reply as it came, and its wrapper takes the place
of the stream that the application holds: nothing is sent twice.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from litellm_rust import flags
from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.exchange import CURRENT, Exchange
from litellm_rust.patches.call.hidden import HeaderNames
from litellm_rust.patches.call.service import Service, encoded, header_mapping
from litellm_rust.patches.call.wire import Unsuitable
from litellm_rust.patches.patch import Function
from litellm_rust.patches.stream import replacements
from litellm_rust.patches.stream.client import Whole
from litellm_rust.patches.stream.course import Course
from litellm_rust.patches.stream.feed import AsyncFeed, SyncFeed
from litellm_rust.patches.stream.plan import Opening, Resumed, StreamPlan
from litellm_rust.patches.stream.recorder import Recorder
from litellm_rust.patches.stream.wrapper import Source, stream_types
from litellm_rust.pool import Reply, TransportFailure

_HANDLER: Final = "litellm.litellm_core_utils.streaming_handler"
_MAX_PLANS: Final = 1024
_MAX_RECORDED: Final = 4
_OK: Final = 200
_metrics: Final = feature_metrics("completion")


class _Begun(NamedTuple):
    """A call that is served here."""

    call: Arguments
    plan: StreamPlan
    content: bytes
    call_id: str
    original: Callable[[], Any]
    """Upstream's own function with the call's arguments."""
    began_s: float
    """When the request was sent, as `time.time()` counts."""


class StreamCalls:
    """The calls for streams of one upstream."""

    def __init__(self, litellm: Any, service: Service, process: Callable[[Any], dict[str, Any]]) -> None:
        """`process` is upstream's function from a reply's headers to those that it shows."""
        self._litellm, self._service = litellm, service
        self._base: type = sys.modules[_HANDLER].CustomStreamWrapper
        self._once = HeaderNames(process)
        self._plans: dict[tuple[object, ...], StreamPlan | None] = {}

    def _admit(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, is_async: bool) -> Arguments | None:
        """The call's arguments when it may be native; None when it is upstream's."""
        stepping: Any = vars(self._base).get("__anext__" if is_async else "__next__")
        if flags.flag("streaming").state != "on" or stepping.__globals__ is not vars(replacements):
            return None
        if getattr(self._litellm.constants, "LITELLM_MAX_STREAMING_DURATION_SECONDS", None) is not None:
            return None
        if CURRENT.get() is not None:
            return None
        call = self._service.admit(args, kwargs, "stream" if is_async else "sync stream", streams=True)
        if call is None or call.router_call:
            return None
        # A wrapper tells of a model without a price that it has none.
        call = call._replace(key=(call.key, len(self._litellm.model_cost)))
        return None if call.key in self._plans and self._plans[call.key] is None else call

    def _begin(
        self, call: Arguments, original: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> _Begun | None:
        """The call with its plan; None while there is none."""
        plan = self._plans.get(call.key)
        content = None if plan is None else encoded(plan, call)
        if plan is None or content is None:
            return None
        call_id = call.control.get("litellm_call_id") or str(uuid.uuid4())
        own = {**kwargs, "litellm_call_id": call_id}
        return _Begun(call, plan, content, call_id, lambda: original(*args, **own), time.time())

    async def acompletion(self, original: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Serve one call of `acompletion`; `original` is upstream's own function."""
        call = self._admit(args, kwargs, is_async=True)
        begun = None if call is None else self._begin(call, original, args, kwargs)
        if begun is not None:
            return await self._serve(begun)
        if call is None:
            return await original(*args, **kwargs)
        watch = Opening()
        wrapper = await _inside(watch, lambda: original(*args, **kwargs))
        self._learn(call, watch, wrapper)
        return wrapper

    def completion(self, original: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Serve one call of `completion`; `original` is upstream's own function."""
        call = self._admit(args, kwargs, is_async=False)
        begun = None if call is None else self._begin(call, original, args, kwargs)
        if begun is not None:
            return self._serve_now(begun)
        if call is None:
            return original(*args, **kwargs)
        watch = Opening()
        wrapper = _inside_now(watch, lambda: original(*args, **kwargs))
        self._learn(call, watch, wrapper)
        return wrapper

    def _learn(self, call: Arguments, watch: Opening, wrapper: Any) -> None:
        """Take note of a call that upstream has served."""
        if call.key in self._plans or len(watch.sent) != 1 or watch.sent[0].status != _OK:
            return
        if type(wrapper) is not self._base:
            return
        if len(self._plans) >= _MAX_PLANS:
            self._plans.clear()
        sent = watch.sent[0]
        try:
            plan = StreamPlan(call, sent, wrapper, self._service.header_names, self._once.of)
        except (Unsuitable, ValueError):
            self._plans[call.key] = None
            return
        self._plans[call.key] = plan
        self._record(plan, wrapper, sent.reply_headers)

    def _record(self, plan: StreamPlan, wrapper: Any, headers: dict[str, str]) -> None:
        # A stream that is recorded is upstream's chunk by chunk: kinds that have no script are not recorded for ever.
        if type(wrapper) is not self._base or plan.recorded >= _MAX_RECORDED:
            return
        plan.recorded += 1
        feed = replacements.attach(wrapper, AsyncFeed, "AsyncStream") or replacements.attach(
            wrapper, SyncFeed, "Stream"
        )
        if feed is not None and not feed.taken:
            feed.recorder = Recorder(plan.script, wrapper, feed, plan.once(headers))

    def _source(self, begun: _Begun, reply: Reply, *, is_async: bool) -> tuple[Source, bool]:
        """The stream over a reply, and whether it can be read natively."""
        plan, headers = begun.plan, header_mapping(reply.headers) or {}
        network_ms = (time.time() - begun.began_s) * 1000
        known = plan.known(begun.call, headers, begun.call_id, begun.call.started_s, network_ms)
        course = Course(plan.script, reply, known["_hidden_params"], plan.once(headers), is_async=is_async)
        course.patience = max(1, getattr(self._litellm, "REPEATED_STREAMING_CHUNK_LIMIT", 2) // 2)

        async def resumed() -> Any:
            wrapper = await _inside(Resumed(reply, course), begun.original)
            self._record(plan, wrapper, headers)
            return wrapper

        def resumed_now() -> Any:
            wrapper = _inside_now(Resumed(reply, course), begun.original)
            self._record(plan, wrapper, headers)
            return wrapper

        open_ = resumed if is_async else resumed_now
        source = Source(course, known, plan.names, open_, lambda: self._service.state.busy() is None)
        plain = headers.get("content-type", "").startswith("text/event-stream") and "content-encoding" not in headers
        return source, plain and plan.script.ends

    async def _serve(self, begun: _Begun) -> Any:
        url, headers = begun.plan.target(begun.call)
        exchange: Exchange
        try:
            pool = self._service.connections()
            reply = await pool.arequest("POST", url, headers, begun.content, begun.plan.timeouts)
            if reply.status == _OK:
                source, is_native = self._source(begun, reply, is_async=True)
                return self._stream(source, 0) if is_native else await source.wrapper()
            exchange = Whole(reply, b"".join([piece async for piece in reply.aiter_bytes()]), begun.began_s)
        except TransportFailure as failure:
            exchange = Whole(failure, b"", begun.began_s)
        return await _inside(exchange, begun.original)

    def _serve_now(self, begun: _Begun) -> Any:
        url, headers = begun.plan.target(begun.call)
        exchange: Exchange
        try:
            pool = self._service.connections()
            reply = pool.request("POST", url, headers, begun.content, begun.plan.timeouts)
            if reply.status == _OK:
                source, is_native = self._source(begun, reply, is_async=False)
                return self._stream(source, 1) if is_native else source.wrapper_now()
            exchange = Whole(reply, b"".join(reply.iter_bytes()), begun.began_s)
        except TransportFailure as failure:
            exchange = Whole(failure, b"", begun.began_s)
        return _inside_now(exchange, begun.original)

    def _stream(self, source: Source, kind: int) -> Any:
        _metrics.native.add()
        return stream_types(self._base)[kind](source)


async def _inside(exchange: Exchange, original: Callable[[], Any]) -> Any:
    """What upstream's function gives when its request passes through `exchange`."""
    token = CURRENT.set(exchange)
    try:
        return await original()
    finally:
        CURRENT.reset(token)


def _inside_now(exchange: Exchange, original: Callable[[], Any]) -> Any:
    """As `_inside`, of a function that waits."""
    token = CURRENT.set(exchange)
    try:
        return original()
    finally:
        CURRENT.reset(token)
