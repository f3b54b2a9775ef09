"""Whole calls in shadow: upstream serves each call, and what it sent and made of the reply is compared with the plan's.

Nothing is sent twice: the native response is built from the reply that upstream got.
"""

from __future__ import annotations

import json
from typing import Any, Final

from litellm_rust import shadow
from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.exchange import CURRENT, Sent, Watch
from litellm_rust.patches.call.plan import Plan, agree
from litellm_rust.patches.call.replacements import service
from litellm_rust.patches.call.service import FEATURE, Service, encoded
from litellm_rust.patches.call.wire import TRANSPORT_HEADERS
from litellm_rust.patches.patch import Function

_OK: Final = 200


def _request(url: str, headers: list[tuple[bytes, bytes]], content: bytes) -> tuple[object, ...]:
    """A request in a form that can be compared: the body by value and order, headers without the connection's own."""
    own = sorted((name.lower(), value) for name, value in headers if name.lower() not in TRANSPORT_HEADERS)
    body = json.loads(content)
    return url, own, list(body), body


def _compare(calls: Service, call: Arguments, plan: Plan, sent: Sent, response: Any) -> None:
    content = encoded(plan, call)
    private = response.__pydantic_private__ or {}
    hidden = private.get("_hidden_params") or {}
    call_id = hidden.get("litellm_call_id", "")
    mine = plan.build(call, sent.reply, dict(sent.reply_headers), call_id, call.started_s, 0.0)
    if content is None or mine is None:
        plan.learn(call, sent.reply, sent.reply_headers, response)
        return
    theirs = _request(sent.url, sent.headers, sent.content)
    ours = _request(*plan.target(call), content)
    shadow.report(FEATURE, "the request of a call", (theirs, None), (ours, None), lambda one, other: one == other)
    shadow.report(FEATURE, "the response of a call", (response, None), (mine, None), agree)


def _seen(calls: Service, call: Arguments, watch: Watch, response: Any) -> None:
    plan = calls.plan(call)
    if plan is None:
        calls.watched(call, watch, response)
    elif len(watch.sent) == 1 and watch.sent[0].status == _OK and type(response).__name__ == "ModelResponse":
        _compare(calls, call, plan, watch.sent[0], response)


def acompletion(original: Function, module: Any) -> Function:
    """`acompletion`, watched."""
    calls = service()

    async def acompletion(*args: Any, **kwargs: Any) -> Any:
        call = calls.admit(args, kwargs, "async")
        if call is None:
            return await original(*args, **kwargs)
        watch = Watch()
        token = CURRENT.set(watch)
        try:
            response = await original(*args, **kwargs)
        finally:
            CURRENT.reset(token)
        _seen(calls, call, watch, response)
        return response

    return acompletion


def completion(original: Function, module: Any) -> Function:
    """`completion`, watched."""
    calls = service()

    def completion(*args: Any, **kwargs: Any) -> Any:
        call = None if "acompletion" in kwargs else calls.admit(args, kwargs, "sync")
        if call is None:
            return original(*args, **kwargs)
        watch = Watch()
        token = CURRENT.set(watch)
        try:
            response = original(*args, **kwargs)
        finally:
            CURRENT.reset(token)
        _seen(calls, call, watch, response)
        return response

    return completion
