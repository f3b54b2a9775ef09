"""What takes the place of the proxy's routing: requests that can be native are answered, the rest goes on."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments, Refused, read_arguments
from litellm_rust.patches.call.exchange import CURRENT
from litellm_rust.patches.call.router_callbacks import RouterCallbacks
from litellm_rust.patches.call.service import Service, decoded_body, encoded, header_mapping
from litellm_rust.patches.call.wire import Unsuitable
from litellm_rust.patches.gateway.exchange import GatewayAnswered, GatewayWatch
from litellm_rust.patches.gateway.plan import Answer, GatewayPlan
from litellm_rust.patches.gateway.request import PATHS, Incoming, Request, caller, read_request
from litellm_rust.patches.gateway.state import ProxyState
from litellm_rust.patches.gateway.stream import Stream
from litellm_rust.patches.patch import Function
from litellm_rust.patches.route.call import FORCED
from litellm_rust.patches.route.group import Group, Groups
from litellm_rust.pool import Reply, TransportFailure

FEATURE: Final = "proxy"
_MAX_PLANS: Final = 1024
_ENDPOINT: Final = "chat_completion"
_metrics: Final = feature_metrics(FEATURE)


class _Admitted:
    """A request that may be native, and what it is served with."""

    def __init__(
        self, scope: Any, incoming: Incoming, request: Request, call: Arguments, deployment: dict[str, Any]
    ) -> None:
        self.scope, self.incoming, self.request = scope, incoming, request
        self.call, self.deployment = call, deployment
        self.began = time.time()


class Gateway:
    """The native requests of one proxy: rules by kind of request."""

    def __init__(self, original: Function, litellm: Any, proxy: Any, service: Service, groups: Groups) -> None:
        self._original, self._proxy, self._service, self._groups = original, proxy, service, groups
        self._litellm = litellm
        self._callbacks = RouterCallbacks(litellm)
        self._state = ProxyState(litellm, proxy, self._callbacks)
        self._plans: dict[tuple[object, ...], GatewayPlan | str] = {}

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI scope."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in PATHS:
            await self._original(scope, receive, send)
            return
        incoming = Incoming(receive)
        try:
            admitted = await self._admit(scope, incoming)
            plan = self._plans.get(admitted.call.key)
            if isinstance(plan, str):
                raise Refused(plan)
        except Refused as refused:
            _metrics.fallback(str(refused))
            await self._original(scope, incoming.receive, send)
            return
        if plan is None:
            await self._learn(admitted, send)
        else:
            await self._serve(admitted, plan, send)

    async def _admit(self, scope: Any, incoming: Incoming) -> _Admitted:
        busy = self._state.busy()
        if busy is not None:
            raise Refused(busy)
        who = caller(scope)
        await incoming.read()
        if incoming.body is None:
            raise Refused("a large request")
        request = read_request(who, incoming.body)
        router = self._proxy.llm_router
        group = "no router" if router is None else self._groups.get(router, request.model, for_call=True)
        if not isinstance(group, Group) or group.limited:
            raise Refused(group if isinstance(group, str) else "limits of deployments")
        deployment = group.pick()
        if deployment is None:
            raise Refused("no deployment")
        call = read_arguments((), {**deployment["litellm_params"], **request.body}, self._service.plain_base)
        call = call._replace(key=(request.key, call.key, self._state.key()))
        return _Admitted(scope, incoming, request, call, deployment)

    async def _through_upstream(self, admitted: _Admitted, exchange: Any, send: Any) -> None:
        """Let upstream serve the request inside `exchange`, with the chosen deployment."""
        tokens = CURRENT.set(exchange), FORCED.set([admitted.deployment])
        try:
            await self._original(admitted.scope, admitted.incoming.receive, send)
        finally:
            CURRENT.reset(tokens[0])
            FORCED.reset(tokens[1])

    async def _learn(self, admitted: _Admitted, send: Any) -> None:
        _metrics.fallback("first of its kind")
        watch, answer = GatewayWatch(), Answer()

        async def noted(message: Any) -> None:
            answer.note(message)
            await send(message)

        await self._through_upstream(admitted, watch, noted)
        endpoint = getattr(admitted.scope.get("endpoint"), "__name__", "")
        if len(watch.sent) != 1 or watch.sent[0].status != 200 or answer.status != 200 or endpoint != _ENDPOINT:
            return
        sent = watch.sent[0]
        if len(self._plans) >= _MAX_PLANS:
            self._plans.clear()
        key = admitted.call.key
        try:
            plan = GatewayPlan(self._litellm, admitted.call, sent, admitted.request.model, self._service.header_names)
            plan.learn(sent.reply, sent.reply_headers, admitted.deployment, answer, stream=admitted.request.stream)
            self._plans[key] = plan
        except (Unsuitable, ValueError) as reason:
            self._plans[key] = str(reason)

    async def _serve(self, admitted: _Admitted, plan: GatewayPlan, send: Any) -> None:
        content = encoded(plan, admitted.call)
        if content is None:
            await self._original(admitted.scope, admitted.incoming.receive, send)
            return
        url, headers = plan.target(admitted.call)
        asked, body = time.time(), b""
        try:
            reply = await self._service.connections().arequest("POST", url, headers, content, plan.timeouts)
            if admitted.request.stream:
                await self._stream(admitted, plan, reply, asked, send)
                return
            body = b"".join([piece async for piece in reply.aiter_bytes()])
        except TransportFailure as failure:
            await self._hand_over(admitted, plan, GatewayAnswered(failure, body, None), send)
            return
        made = self._answer(admitted, plan, reply, body, asked)
        if made is None:
            await self._hand_over(admitted, plan, GatewayAnswered(reply, body, None), send)
            return
        headers_out, content_out, tokens = made
        await send({"type": "http.response.start", "status": 200, "headers": headers_out})
        await send({"type": "http.response.body", "body": content_out})
        self._report(admitted, tokens)

    @staticmethod
    def _answer(admitted: _Admitted, plan: GatewayPlan, reply: Reply, body: bytes, asked: float) -> Any:
        headers = header_mapping(reply.headers)
        if reply.status != 200 or headers is None or not headers.get("content-type", "").startswith("application/json"):
            return None
        times = (admitted.began, asked)
        return plan.answer(decoded_body(reply, body), headers, admitted.deployment, str(uuid.uuid4()), times)

    async def _stream(self, admitted: _Admitted, plan: GatewayPlan, reply: Reply, asked: float, send: Any) -> None:
        headers = header_mapping(reply.headers)
        head = None
        if (
            reply.status == 200
            and headers is not None
            and headers.get("content-type", "").startswith("text/event-stream")
            and "content-encoding" not in headers
        ):
            head = plan.stream_head(headers, admitted.deployment, str(uuid.uuid4()), (admitted.began, asked))
        stream = Stream(reply, plan.rules, head, admitted.incoming.next, send)
        try:
            finished = await stream.run()
        except asyncio.CancelledError:
            reply.close()
            raise
        if not finished:
            exchange = GatewayAnswered(reply, bytes(stream.received), stream.rest())
            await self._hand_over(admitted, plan, exchange, stream.resumed)
        elif stream.completed:
            self._report(admitted, self._count(admitted, "".join(stream.texts)))

    async def _hand_over(self, admitted: _Admitted, plan: GatewayPlan, exchange: GatewayAnswered, send: Any) -> None:
        """Upstream goes on with what the provider has answered; what it makes of it is learnt."""
        _metrics.fallback("a reply for upstream to read")
        answer = Answer()

        async def noted(message: Any) -> None:
            answer.note(message)
            await send(message)

        outcome = exchange.outcome
        await self._through_upstream(admitted, exchange, noted)
        if not isinstance(outcome, Reply) or outcome.status != 200:
            return
        headers = header_mapping(outcome.headers)
        if headers is not None:
            body = decoded_body(outcome, exchange.received)
            with contextlib.suppress(Unsuitable, ValueError):
                plan.learn(body, headers, admitted.deployment, answer, stream=admitted.request.stream)

    def _count(self, admitted: _Admitted, text: str) -> int:
        """The tokens of a stream, as upstream counts them when the provider does not."""
        model, count = admitted.deployment["litellm_params"]["model"], self._litellm.token_counter
        return int(count(model=model, messages=admitted.request.body["messages"]) + count(model=model, text=text))

    def _report(self, admitted: _Admitted, tokens: int) -> None:
        """Do what upstream does when a call of its router has succeeded."""
        _metrics.native.add()
        router, deployment = self._proxy.llm_router, admitted.deployment
        params: Mapping[str, Any] = deployment["litellm_params"]
        router.total_calls[params["model"]] += 1
        router.success_calls[params["model"]] += 1
        metadata = {
            "model_group": admitted.request.model,
            "deployment": params["model"],
            "api_base": params.get("api_base"),
            "model_info": deployment["model_info"],
        }
        self._callbacks.report(metadata, deployment["model_info"], tokens, None, is_async=True)
