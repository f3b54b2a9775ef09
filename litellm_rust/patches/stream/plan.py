"""What upstream sends for one kind of call for a stream, and what it makes of the reply's head."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.exchange import Answered, Sent, Watch
from litellm_rust.patches.call.hidden import HeaderNames, HiddenParams
from litellm_rust.patches.call.template import same
from litellm_rust.patches.call.wire import Unsuitable, Wire
from litellm_rust.patches.stream.client import bodies
from litellm_rust.patches.stream.course import Course
from litellm_rust.patches.stream.failures import wording_of
from litellm_rust.patches.stream.script import Script
from litellm_rust.pool import Reply

# They differ from call to call, and are compared without their values.
_MEASURED: Final = frozenset({"_response_ms", "litellm_overhead_time_ms", "callback_duration_ms"})


class Opening(Watch):
    """Notes what is sent for a stream, and the head of the reply."""

    streams = True

    def replied(self, response: Any) -> None:
        self.sent[-1].status, self.sent[-1].reply_headers = response.status_code, dict(response.headers)


class Resumed(Answered):
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
        is_async = self._course.is_async
        wording = wording_of(self.client, str(request.url), is_async=is_async)
        body = bodies(httpx)[0 if is_async else 1](self._course, request, wording)
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
        self.recorded = 0
        """How many streams the script was to be learnt from."""
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
