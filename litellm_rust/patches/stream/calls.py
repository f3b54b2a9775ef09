"""Whole calls of `acompletion` for streams: sent natively, and read natively as far as the script of their kind goes.

Where it does not go on, upstream's own function is called with the reply as it came, and its wrapper takes the place
of the stream that the application holds: nothing is sent twice.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from litellm_rust import flags
from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.exchange import CURRENT, Answered, Exchange, Sent, Watch
from litellm_rust.patches.call.hidden import HeaderNames, HiddenParams
from litellm_rust.patches.call.service import Service, encoded, header_mapping
from litellm_rust.patches.call.template import same
from litellm_rust.patches.call.wire import Unsuitable, Wire
from litellm_rust.patches.patch import Function
from litellm_rust.patches.stream import replacements
from litellm_rust.patches.stream.client import Whole, bodies
from litellm_rust.patches.stream.course import Course
from litellm_rust.patches.stream.failures import wording_of
from litellm_rust.patches.stream.feed import AsyncFeed
from litellm_rust.patches.stream.recorder import Recorder
from litellm_rust.patches.stream.script import Script
from litellm_rust.patches.stream.wrapper import Source, stream_type
from litellm_rust.pool import Reply, TransportFailure

_HANDLER: Final = "litellm.litellm_core_utils.streaming_handler"
_MAX_PLANS: Final = 1024
_OK: Final = 200
# They differ from call to call, and are compared without their values.
_MEASURED: Final = frozenset({"_response_ms", "litellm_overhead_time_ms", "callback_duration_ms"})
_metrics: Final = feature_metrics("completion")


class _Opening(Watch):
    """Notes what is sent for a stream, and the head of the reply."""

    streams = True

    def replied(self, response: Any) -> None:
        self.sent[-1].status, self.sent[-1].reply_headers = response.status_code, dict(response.headers)


class _Resumed(Answered):
    """Answers with a stream that has begun to arrive: what came of it, and the rest as it comes."""

    streams = True

    def __init__(self, reply: Reply, course: Course) -> None:
        super().__init__(reply, b"")
        self._reply, self._course = reply, course

    def answer(self, request: Any) -> Any:
        if self._outcome is None:
            return None
        self._outcome = None
        httpx: Any = sys.modules[type(request).__module__.partition(".")[0]]
        wording = wording_of(self.client, str(request.url), is_async=True)
        body = bodies(httpx)[0](self._course, request, wording)
        return httpx.Response(self._reply.status, headers=self._reply.headers, stream=body, request=request)


class StreamPlan(Wire):
    """One kind of call for a stream: its request, the wrapper's attributes, and the script of its events."""

    def __init__(
        self, call: Arguments, sent: Sent, wrapper: Any, twice: HeaderNames, once: Callable[[Any], dict[str, Any]]
    ) -> None:
        """From one call, what upstream sent and what it returned. Raises Unsuitable."""
        super().__init__(call, sent)
        state = wrapper.__dict__
        self.names = frozenset(state)
        self.once = once
        self.script = Script()
        try:
            self._model, self._provider = state["model"], state["custom_llm_provider"]
            hidden = state["_hidden_params"]
            self._cost = hidden["response_cost"]
            self._filled = HiddenParams(hidden, twice, private={"_hidden_params": hidden})
            mine = self.known(call, sent.reply_headers, hidden.get("litellm_call_id", ""), call.started_s, 0.0)
            if state["messages"] is not mine["messages"] and state["messages"] != mine["messages"]:
                raise Unsuitable("other messages")
        except KeyError as error:
            raise Unsuitable(f"hidden parameters: {error}") from None
        if not same(_unmeasured(mine["_hidden_params"]), _unmeasured(hidden)):
            raise Unsuitable("hidden parameters of another kind")
        if self._cost not in (None, 0.0):
            raise Unsuitable("a price before the stream")
        if not same(state["_response_headers"], sent.reply_headers):
            raise Unsuitable("response headers of another kind")

    def known(
        self, call: Arguments, headers: dict[str, str], call_id: str, started_s: float, network_ms: float
    ) -> dict[str, Any]:
        """The attributes of a wrapper that are known without upstream. `started_s` is a `time.time()`."""
        given = {
            "litellm_call_id": call_id,
            "model_id": call.model_id,
            "response_cost": self._cost,
            "provider_response_model": None,
        }
        if "api_base" in call.control:
            given["api_base"] = call.control["api_base"]
        duration_ms = (time.time() - started_s) * 1000
        private = self._filled.build(given, call.body, headers, duration_ms, network_ms)
        return {
            "model": self._model,
            "custom_llm_provider": self._provider,
            "messages": call.body["messages"],
            "_response_headers": headers,
            "_hidden_params": private["_hidden_params"],
        }


def _unmeasured(hidden: Mapping[str, Any]) -> dict[str, Any]:
    return {name: 0.0 if name in _MEASURED else value for name, value in hidden.items()}


class StreamCalls:
    """The calls for streams of one upstream."""

    def __init__(self, litellm: Any, service: Service, process: Callable[[Any], dict[str, Any]]) -> None:
        """`process` is upstream's function from a reply's headers to those that it shows."""
        self._litellm, self._service = litellm, service
        self._base: type = sys.modules[_HANDLER].CustomStreamWrapper
        self._once = HeaderNames(process)
        self._plans: dict[tuple[object, ...], StreamPlan | None] = {}

    def _admit(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Arguments | None:
        """The call's arguments when it may be native; None when it is upstream's."""
        stepping: Any = vars(self._base).get("__anext__")
        if flags.flag("streaming").state != "on" or stepping.__globals__ is not vars(replacements):
            return None
        if getattr(self._litellm.constants, "LITELLM_MAX_STREAMING_DURATION_SECONDS", None) is not None:
            return None
        if CURRENT.get() is not None:
            return None
        call = self._service.admit(args, kwargs, "stream", streams=True)
        if call is None or call.router_call:
            return None
        # A wrapper tells of a model without a price that it has none.
        return call._replace(key=(call.key, len(self._litellm.model_cost)))

    async def acompletion(self, original: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Serve one call; `original` is upstream's own function."""
        call = self._admit(args, kwargs)
        if call is None:
            return await original(*args, **kwargs)
        if call.key in self._plans and self._plans[call.key] is None:
            return await original(*args, **kwargs)
        plan = self._plans.get(call.key)
        if plan is None:
            return await self._learn(call, original, args, kwargs)
        content = encoded(plan, call)
        if content is None:
            return await original(*args, **kwargs)
        call_id = call.control.get("litellm_call_id") or str(uuid.uuid4())
        kwargs = {**kwargs, "litellm_call_id": call_id}
        return await self._serve(call, plan, content, call_id, lambda: original(*args, **kwargs))

    async def _learn(self, call: Arguments, original: Function, args: Any, kwargs: Any) -> Any:
        watch = _Opening()
        token = CURRENT.set(watch)
        try:
            wrapper = await original(*args, **kwargs)
        finally:
            CURRENT.reset(token)
        if len(watch.sent) != 1 or watch.sent[0].status != _OK or type(wrapper) is not self._base:
            return wrapper
        if len(self._plans) >= _MAX_PLANS:
            self._plans.clear()
        sent = watch.sent[0]
        try:
            plan = StreamPlan(call, sent, wrapper, self._service.header_names, self._once.of)
        except (Unsuitable, ValueError):
            self._plans[call.key] = None
            return wrapper
        self._plans[call.key] = plan
        self._record(plan, wrapper, sent.reply_headers)
        return wrapper

    def _record(self, plan: StreamPlan, wrapper: Any, headers: dict[str, str]) -> None:
        feed = replacements.attach(wrapper, AsyncFeed, "AsyncStream") if type(wrapper) is self._base else None
        if feed is not None and not feed.taken:
            feed.recorder = Recorder(plan.script, wrapper, feed, plan.once(headers))

    async def _serve(
        self, call: Arguments, plan: StreamPlan, content: bytes, call_id: str, original: Callable[[], Any]
    ) -> Any:
        url, headers = plan.target(call)
        began = time.time()
        exchange: Exchange
        try:
            reply = await self._service.connections().arequest("POST", url, headers, content, plan.timeouts)
            if reply.status == _OK:
                return await self._open(call, plan, reply, call_id, began, original)
            body = b"".join([piece async for piece in reply.aiter_bytes()])
            exchange = Whole(reply, body, began)
        except TransportFailure as failure:
            exchange = Whole(failure, b"", began)
        return await _inside(exchange, original)

    async def _open(
        self, call: Arguments, plan: StreamPlan, reply: Reply, call_id: str, began: float, original: Callable[[], Any]
    ) -> Any:
        """The stream over a reply."""
        headers = header_mapping(reply.headers) or {}
        known = plan.known(call, headers, call_id, call.started_s, (time.time() - began) * 1000)
        course = Course(plan.script, reply, known["_hidden_params"], plan.once(headers))
        course.patience = max(1, getattr(self._litellm, "REPEATED_STREAMING_CHUNK_LIMIT", 2) // 2)

        async def resumed() -> Any:
            wrapper = await _inside(_Resumed(reply, course), original)
            self._record(plan, wrapper, headers)
            return wrapper

        plain = headers.get("content-type", "").startswith("text/event-stream") and "content-encoding" not in headers
        if not plain or not plan.script.ends:
            return await resumed()
        _metrics.native.add()
        source = Source(course, known, plan.names, resumed, lambda: self._service.state.busy() is None)
        return stream_type(self._base)(source)


async def _inside(exchange: Exchange, original: Callable[[], Any]) -> Any:
    """What upstream's function gives when its request passes through `exchange`."""
    token = CURRENT.set(exchange)
    try:
        return await original()
    finally:
        CURRENT.reset(token)
