"""What upstream sends for one kind of call and makes of the reply, learnt from a call that it served itself."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.cost import UNKNOWN, CostRule
from litellm_rust.patches.call.exchange import Sent
from litellm_rust.patches.call.hidden import HeaderNames, HiddenParams
from litellm_rust.patches.call.template import Template, same, shape_of
from litellm_rust.patches.call.wire import Unsuitable, Wire

_MAX_TEMPLATES: Final = 64
_MAX_RULES: Final = 64
# They differ from call to call, and are compared without their values.
_VOLATILE: Final = frozenset({"_response_ms", "litellm_overhead_time_ms", "callback_duration_ms", "litellm_call_id"})


class Replies:
    """How the replies to one kind of call become responses."""

    def __init__(self, litellm: Any, response: Any, headers: HeaderNames) -> None:
        """From one response of upstream's. Raises Unsuitable."""
        self._litellm = litellm
        private = response.__pydantic_private__ or {}
        try:
            self._hidden = HiddenParams(private["_hidden_params"], headers, private=private)
        except KeyError as error:
            raise Unsuitable(f"hidden parameters: {error}") from None
        self._models = tuple(filter(None, (private["_hidden_params"].get("litellm_model_name"),)))
        self._templates: dict[object, Template | None] = {}
        self._rules: dict[object, CostRule] = {}

    def _rule(self, body: Mapping[str, Any]) -> CostRule:
        key = (body["model"], body.get("service_tier"))
        rule = self._rules.get(key)
        if rule is None:
            if len(self._rules) >= _MAX_RULES:
                self._rules.clear()
            named = body["model"]
            models = [*self._models, *[name.partition("/")[2] for name in self._models if "/" in name]]
            rule = self._rules[key] = CostRule(self._litellm, (*models, named, f"openai/{named}"))
        return rule

    def learn(self, call: Arguments, reply: bytes, headers: dict[str, str], response: Any) -> None:
        """Take note of `response`, which upstream made of `reply`."""
        try:
            body = json.loads(reply)
        except ValueError:
            return
        self.learn_from(call, body, headers, response)

    def learn_from(self, call: Arguments, body: Any, headers: dict[str, str], response: Any) -> None:
        """As `learn`, of a reply that is parsed."""
        shape = shape_of(body)
        if shape is None or type(response).__name__ != "ModelResponse":
            return
        hidden = (response.__pydantic_private__ or {}).get("_hidden_params") or {}
        self._rule(body).learn(body, call.model_id, hidden.get("response_cost"))
        if shape in self._templates:
            return
        if len(self._templates) >= _MAX_TEMPLATES:
            self._templates.clear()
        template = Template(_detached(response))
        self._templates[shape] = template
        mine = self.build_from(call, body, dict(headers), hidden.get("litellm_call_id", ""), 0.0, 0.0)
        if mine is None or not agree(response, mine):
            self._templates[shape] = None

    def build(
        self,
        call: Arguments,
        reply: bytes,
        headers: dict[str, str],
        call_id: str,
        started_s: float,
        network_ms: float,
    ) -> Any:
        """The response object for `reply`; None when upstream has to read it. `started_s` is a `time.time()`."""
        try:
            body = json.loads(reply)
        except ValueError:
            return None
        return self.build_from(call, body, headers, call_id, started_s, network_ms)

    def build_from(
        self, call: Arguments, body: Any, headers: dict[str, str], call_id: str, started_s: float, network_ms: float
    ) -> Any:
        """As `build`, of a reply that is parsed."""
        template = self._templates.get(shape_of(body))
        if template is None:
            return None
        cost = self._rule(body).cost(body, call.model_id)
        if cost is UNKNOWN:
            return None
        duration_ms = (time.time() - started_s) * 1000
        given = {
            "litellm_call_id": call_id,
            "model_id": call.model_id,
            "response_cost": cost,
            "provider_response_model": body["model"],
        }
        if "api_base" in call.control:
            given["api_base"] = call.control["api_base"]
        return template.build(body, self._hidden.build(given, call.body, headers, duration_ms, network_ms), duration_ms)


class Plan(Wire, Replies):
    """A kind of call: its request, and how its replies become responses."""

    def __init__(self, litellm: Any, call: Arguments, sent: Sent, response: Any, headers: HeaderNames) -> None:
        """From one call, what upstream sent and what it returned. Raises Unsuitable."""
        Wire.__init__(self, call, sent)
        Replies.__init__(self, litellm, response, headers)
        self.learn(call, sent.reply, sent.reply_headers, response)


def _detached(response: Any) -> Any:
    """A copy that the application cannot change."""
    return response.model_copy(deep=True)


def agree(theirs: Any, mine: Any) -> bool:
    """Whether a rebuilt response is upstream's, but for what differs from call to call."""
    mine, theirs = _detached(mine), _detached(theirs)
    for response in (mine, theirs):
        for name in _VOLATILE:
            if name in response.__pydantic_private__["_hidden_params"]:
                response.__pydantic_private__["_hidden_params"][name] = 0.0
        if "_response_ms" in response.__dict__:
            response.__dict__["_response_ms"] = 0.0
    return same(mine, theirs)
