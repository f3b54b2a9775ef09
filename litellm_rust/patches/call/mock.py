"""Calls with a `mock_response`: nothing is sent, and upstream's answer is rebuilt from one that it gave before."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.plan import Replies
from litellm_rust.patches.call.service import Service
from litellm_rust.patches.call.wire import Unsuitable

MOCK: Final = "mock_response"
_MAX_PLANS: Final = 1024
_metrics: Final = feature_metrics("completion")
# Words that stand for errors, which upstream raises.
_ERRORS: Final = ("litellm.", "Exception")


class _Mocked(Replies):
    """The answers of one kind of call."""

    def __init__(self, service: Service, litellm: Any, call: Arguments, text: str, response: Any) -> None:
        """From one call and upstream's answer. Raises Unsuitable."""
        super().__init__(litellm, response, service.header_names)
        try:
            (choice,), usage = response.choices, response.usage
            self._usage = {name: usage[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
            self._body = {"model": response.model, "object": response.object, "usage": self._usage}
            self._choice = {"index": choice.index, "finish_reason": choice.finish_reason}
            self._role = choice.message.role
        except (AttributeError, ValueError, TypeError, KeyError) as error:
            raise Unsuitable(f"an answer of another kind: {error!r}") from None
        self.learn_from(call, self.body(text, response.id, response.created), {}, response)

    def body(self, text: str, ident: str, created: int) -> dict[str, Any]:
        """The answer with `text` as if a provider had given it."""
        message = {"content": text, "role": self._role}
        return {**self._body, "id": ident, "created": created, "choices": [{**self._choice, "message": message}]}

    def build_from(self, *args: Any) -> Any:
        response = super().build_from(*args)
        if response is not None:
            response.__pydantic_private__["_response_headers"] = None
        return response


class Mock(NamedTuple):
    """A call that may be answered here."""

    call: Arguments
    text: str
    key: tuple[object, ...]


class Mocks:
    """The calls with a `mock_response` of one upstream."""

    def __init__(self, litellm: Any, service: Service) -> None:
        self._litellm, self._service = litellm, service
        self._plans: dict[tuple[object, ...], _Mocked | None] = {}

    def admit(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], kind: str) -> Mock | None:
        """The call when it may be answered here; None when it is upstream's."""
        text = kwargs[MOCK]
        if type(text) is not str or not text or text.startswith(_ERRORS) or kwargs.get("n") is not None:
            return None
        rest = {name: value for name, value in kwargs.items() if name != MOCK}
        call = self._service.admit(args, rest, f"{kind} mock")
        return None if call is None else Mock(call, text, call.key)

    def answer(self, mock: Mock, *, is_async: bool) -> Any:
        """The response; None when upstream has to make it, and `learn` is to be told."""
        plan = self._plans.get(mock.key)
        if plan is None:
            return None
        call = mock.call
        call_id = call.control.get("litellm_call_id") or str(uuid.uuid4())
        body = plan.body(mock.text, f"chatcmpl-{uuid.uuid4()}", int(time.time()))
        response = plan.build_from(call, body, {}, call_id, call.started_s, 0.0)
        if response is not None:
            _metrics.native.add()
            self._service.report(call, response, is_async=is_async)
        return response

    def learn(self, mock: Mock, response: Any) -> None:
        """Take note of what upstream made of a call."""
        plan = self._plans.get(mock.key)
        if type(response).__name__ != "ModelResponse" or (plan is None and mock.key in self._plans):
            return
        if plan is not None:
            plan.learn_from(mock.call, plan.body(mock.text, response.id, response.created), {}, response)
            return
        if len(self._plans) >= _MAX_PLANS:
            self._plans.clear()
        try:
            self._plans[mock.key] = _Mocked(self._service, self._litellm, mock.call, mock.text, response)
        except Unsuitable:
            self._plans[mock.key] = None
